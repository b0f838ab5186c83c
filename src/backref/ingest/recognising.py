"""What each input is and what its parser may know, decided before anything is stored."""

from __future__ import annotations

import posixpath
from collections import defaultdict
from dataclasses import replace
from typing import TYPE_CHECKING, NamedTuple

from backref.errors import AmbiguousSite, UnknownFormat, UnknownSite, UsageError
from backref.sources import opening, registry
from backref.sources.export_period import period_of, tells_period
from backref.sources.export_property import hosts_of, tells_nobody
from backref.sources.joined import joined
from backref.sources.own_site import site_of
from backref.sources.source import Context, Site, Source, Verdict
from backref.url import bare_host, registrable_domain

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import date

    from backref.lake.records import SiteRecord
    from backref.sources.opening import Input


_FOREIGN = "which is no site of this store: run `backref init {}`, or say with --site whose it is."


class ForeignPages(UnknownSite):
    """All pages of a table are of `domain`, which is no site of the store."""

    def __init__(self, sentence: str, domain: str) -> None:
        super().__init__(sentence)
        self.domain = domain


class Recognised(NamedTuple):
    """An input, what it is, and what its parser may know."""

    input: Input
    source: Source
    verdict: Verdict
    context: Context


class Refused(NamedTuple):
    """A path that cannot be imported, and why."""

    path: str
    error: UsageError


def as_parsed(record: SiteRecord) -> Site:
    """A site of the store as parsers know it."""
    hosts = (record.name, *record.also, *record.was)
    return Site(record.name, frozenset(bare_host(host) for host in hosts))


def all_recognised(
    paths: Sequence[str], asked: Context, site: str | None, within: str = ""
) -> tuple[list[Recognised], list[Refused]]:
    """The inputs of all paths, and the paths that cannot be imported. `within` is a beginning of
    paths that inputs are named without, as of a folder that files were put into for a while.

    Raises UnknownSite when the chosen site is none of the store.
    """
    if site is not None:
        _named(site, asked.sites)
    found: list[Recognised] = []
    refused: list[Refused] = []
    for path in paths:
        try:
            found += recognised(path, asked, site, within)
        except UsageError as error:
            refused.append(Refused(path, error))
    return _with_kin_refused(found, refused)


def _with_kin_refused(
    found: Sequence[Recognised], refused: list[Refused]
) -> tuple[list[Recognised], list[Refused]]:
    """Tables of Search Console that lie beside a table of somebody else's pages are somebody
    else's too, unless they tell pages of their own."""
    owners = {
        posixpath.dirname(each.path): each.error.domain
        for each in refused
        if isinstance(each.error, ForeignPages)
    }
    kept = []
    for each in found:
        domain = owners.get(_folder(each))
        if domain and tells_nobody(each.context) and each.context.site is not None:
            why = f"{each.input.name} lies beside pages of {domain}, {_FOREIGN.format(domain)}"
            refused.append(Refused(each.input.name, UnknownSite(why)))
        else:
            kept.append(each)
    return kept, refused


def recognised(path: str, asked: Context, site: str | None, within: str = "") -> list[Recognised]:
    """The inputs of one path; in a ZIP, files of unknown format are passed over, and all files
    of a folder learn the period and the property that one of them tells.

    Raises MissingFile, UnknownFormat, UnknownSite and AmbiguousSite.
    """
    found, refusals = [], []
    for each in opening.inputs(path):
        each.name = each.name.removeprefix(within)
        try:
            source, verdict = registry.recognise(each.name, each.head, asked.log_format)
        except UnknownFormat as refusal:
            refusals.append(refusal)
        else:
            context = replace(asked, dialect=verdict.dialect, head=each.head, name=each.name)
            found.append(Recognised(each, source, verdict, context))
    if not found:
        raise refusals[0] if refusals else UnknownFormat(f"{path} holds no files.")
    placed = _placed(found, site)
    return _dated(placed) if len(placed) > 1 else placed


def with_joined(found: Sequence[Recognised]) -> list[Recognised]:
    """All of them, the parts of what a source joins as one, where the first of them stands."""
    groups: dict[object, list[Recognised]] = {}
    for at, each in enumerate(found):
        joins = getattr(each.source, "joins", False)
        key = (each.source.name, each.context.site_name) if joins else at
        groups.setdefault(key, []).append(each)
    return [
        group[0]._replace(input=joined([each.input for each in group])) for group in groups.values()
    ]


def _placed(found: Sequence[Recognised], chosen: str | None) -> list[Recognised]:
    """Each with its site: the chosen one, else that whose pages its folder tells, else the
    only one. Rows that name their own site need none."""
    told = {} if chosen else {_folder(each): one for each in found if (one := _property(each))}

    def site(each: Recognised) -> Site | None:
        if chosen is not None:
            return _named(chosen, each.context.sites)
        if not each.source.needs_site(each.context):
            return None
        return told.get(_folder(each)) or _only(each.input.name, each.context.sites)

    return [each._replace(context=replace(each.context, site=site(each))) for each in found]


def _property(found: Recognised) -> Site | None:
    """The site whose pages a table holds; None when it tells none, or several of the store.

    Raises UnknownSite when all of its pages are of somebody else.
    """
    hosts = hosts_of(found.context)
    names = {site_of(host, found.context.sites) for host in hosts} - {None}
    if hosts and not names:
        domain = registrable_domain(hosts.most_common(1)[0][0])
        raise ForeignPages(
            f"{found.input.name} holds pages of {domain}, {_FOREIGN.format(domain)}", domain
        )
    return next((s for s in found.context.sites if {s.name} == names), None)


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
