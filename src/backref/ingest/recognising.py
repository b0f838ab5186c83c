"""What each input is and what its parser may know, decided before anything is stored."""

from __future__ import annotations

import posixpath
from collections import defaultdict
from dataclasses import replace
from typing import TYPE_CHECKING, NamedTuple

from backref.errors import AmbiguousSite, UnknownFormat, UnknownSite
from backref.sources import opening, registry
from backref.sources.export_period import period_of, tells_period
from backref.sources.source import Context, Site, Source, Verdict
from backref.url import bare_host

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import date

    from backref.lake.records import SiteRecord
    from backref.sources.opening import Input


class Recognised(NamedTuple):
    """An input, what it is, and what its parser may know."""

    input: Input
    source: Source
    verdict: Verdict
    context: Context


def as_parsed(record: SiteRecord) -> Site:
    """A site of the store as parsers know it."""
    hosts = (record.name, *record.also, *record.was)
    return Site(record.name, frozenset(bare_host(host) for host in hosts))


def recognised(path: str, asked: Context, site: str | None) -> list[Recognised]:
    """The inputs of one path; in a ZIP, files of unknown format are passed over, and all files
    of a folder learn the period that one of them tells.

    Raises MissingFile, UnknownFormat, UnknownSite and AmbiguousSite.
    """
    found, refusals = [], []
    for each in opening.inputs(path):
        try:
            source, verdict = registry.recognise(each.name, each.head)
        except UnknownFormat as refusal:
            refusals.append(refusal)
        else:
            context = _context(source, verdict, each, asked, site)
            found.append(Recognised(each, source, verdict, context))
    if found:
        return _dated(found) if len(found) > 1 else found
    raise refusals[0] if refusals else UnknownFormat(f"{path} holds no files.")


def _context(
    source: Source, verdict: Verdict, found: Input, asked: Context, site: str | None
) -> Context:
    context = replace(asked, dialect=verdict.dialect, head=found.head)
    if site is not None:
        return replace(context, site=_named(site, asked.sites))
    if source.needs_site(context):
        return replace(context, site=_only(found.name, asked.sites))
    return context


def _named(name: str, sites: Sequence[Site]) -> Site:
    for site in sites:
        if site.name == name:
            return site
    known = ", ".join(site.name for site in sites) or "none"
    raise UnknownSite(f"{name} is no site of this store; its sites are: {known}.")


def _only(file: str, sites: Sequence[Site]) -> Site:
    if not sites:
        raise UnknownSite(f"{file} is about a site, and the store has none: run `backref init`.")
    if len(sites) > 1:
        names = ", ".join(site.name for site in sites)
        raise AmbiguousSite(f"{file} does not say whose it is: add --site with one of {names}.")
    return sites[0]


def _dated(found: Sequence[Recognised]) -> list[Recognised]:
    """What came in one archive, each told the period of its folder, when there is one only."""
    periods: dict[str, set[tuple[date, date]]] = defaultdict(set)
    for each in found:
        if period := _told(each):
            periods[_folder(each)].add(period)
    sole = {folder: next(iter(told)) for folder, told in periods.items() if len(told) == 1}
    return [
        each._replace(context=replace(each.context, period=sole.get(_folder(each))))
        for each in found
    ]


def _told(found: Recognised) -> tuple[date, date] | None:
    if not tells_period(found.context):
        return None
    with found.input.open() as stream:
        return period_of(stream, found.context)


def _folder(found: Recognised) -> str:
    return posixpath.dirname(found.input.name)
