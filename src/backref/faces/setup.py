"""Setting up a site: is it a domain, is its zone a zone, is it nobody else's already."""

from __future__ import annotations

import re
from dataclasses import replace
from typing import TYPE_CHECKING
from zoneinfo import ZoneInfo

from backref import config, pipeline
from backref.errors import NotADomain, UsageError
from backref.lake.lake import Lake
from backref.lake.records import SiteRecord
from backref.url import bare_host, parse, registrable_domain

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence
    from pathlib import Path

LABEL = re.compile(r"(?!-)[a-z0-9_-]{1,63}(?<!-)")


def host_name(text: str) -> str:
    """The host that `text` names, without `www.`; a scheme and a closing slash may stand around.

    Raises NotADomain for paths, ports, addresses, single labels and public suffixes.
    """
    url = parse(text.strip())
    if url is None or url.path != "/" or url.query or url.port or "@" in text or "#" in text:
        raise _not_a_domain(text)
    host = bare_host(url.host)
    if not _is_domain(host):
        raise _not_a_domain(text)
    return host


def _not_a_domain(text: str) -> NotADomain:
    """What to say, with the domain in the text where there is one."""
    url = parse(text.strip())
    host = bare_host(url.host) if url else ""
    if _is_domain(host):
        return NotADomain(f"{text!r} is not a domain: did you mean {host}?")
    return NotADomain(f"{text!r} is not a domain: give a name such as example.com.")


def _is_domain(host: str) -> bool:
    labels = host.split(".")
    return (
        len(labels) >= 2
        and len(host) <= 253
        and not labels[-1].isdigit()
        and all(LABEL.fullmatch(label) for label in labels)
        and registrable_domain(f"x.{host}") != f"x.{host}"
    )


def site_record(
    name: str,
    *,
    also: Iterable[str] = (),
    was: Iterable[str] = (),
    brand: Iterable[str] = (),
    goals: Iterable[str] = (),
    zone: str | None = None,
) -> SiteRecord:
    """A site from what the user typed. Raises NotADomain or UsageError."""
    return SiteRecord(
        host_name(name),
        also=_unique(map(host_name, also)),
        was=_unique(map(host_name, was)),
        zone=_zone(zone or "UTC"),
        brand=_unique(map(_term, brand)),
        goals=_unique(map(_goal, goals)),
    )


def _zone(name: str) -> str:
    try:
        ZoneInfo(name)
    except (KeyError, ValueError, OSError):
        raise UsageError(
            f"{name!r} is not a time zone: give a name such as Europe/Berlin."
        ) from None
    return name


def _term(text: str) -> str:
    if not text.strip():
        raise UsageError("A brand term is empty: give the words people search the brand by.")
    return text.strip().lower()


def _goal(pattern: str) -> str:
    if not pattern.startswith(("/", "*")):
        raise UsageError(f"The goal {pattern!r} is not a path: give one such as /thanks or /buy/*.")
    return pattern


def _unique(texts: Iterable[str]) -> tuple[str, ...]:
    return tuple(dict.fromkeys(texts))


def merged(known: SiteRecord | None, new: SiteRecord, *, zone: bool) -> SiteRecord:
    """What is known of a site with what was said now; the zone changes only when it was said."""
    if known is None:
        return new
    return replace(
        known,
        also=_unique((*known.also, *new.also)),
        was=_unique((*known.was, *new.was)),
        brand=_unique((*known.brand, *new.brand)),
        goals=_unique((*known.goals, *new.goals)),
        zone=new.zone if zone else known.zone,
    )


def refuse_shared(site: SiteRecord, others: Sequence[SiteRecord]) -> None:
    """Raise UsageError when a host belongs to another site already."""
    mine = {site.name, *site.also, *site.was}
    for other in others:
        shared = mine & {other.name, *other.also, *other.was}
        if other.name != site.name and shared:
            raise UsageError(f"{min(shared)} belongs to the site {other.name} already.")


def save(store: Path, site: SiteRecord, *, zone: bool) -> SiteRecord:
    """Put a site into the store at `store`, which is made when it is not there. What was imported
    already is judged anew, so that a goal said later finds its conversions."""
    made = (store / "catalogue.db").exists()
    if not made:
        make_folder(store)
    with Lake.open(store) if made else Lake.create(store) as lake:
        sites = lake.sites()
        known = next((one for one in sites if one.name == site.name), None)
        record = merged(known, site, zone=zone)
        refuse_shared(record, sites)
        lake.save_site(record)
        if made:
            pipeline.run(lake)
    return record


def make_folder(folder: Path) -> None:
    """Make a folder and those above it. Raises UsageError when that cannot be."""
    try:
        folder.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise UsageError(f"The folder {folder} cannot be made: {error.strerror}.") from error


def store_of(folder: Path, named: Path | None) -> Path:
    """Where `init` in `folder` keeps its store: as named, as its `backref.toml` says, or beside
    it; a `backref.toml` is written when the folder has none."""
    if named is not None:
        return named
    settings = config.read(config.write(folder))
    return folder / settings.get("store", config.STORE_FOLDER)
