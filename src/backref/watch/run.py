"""A run of checks: what is due is looked at, the store learns of it, and what changed is told."""

from __future__ import annotations

import asyncio
from dataclasses import dataclass
from itertools import chain
from math import inf
from typing import TYPE_CHECKING, Any

from backref import pipeline
from backref import url as urls
from backref.errors import UsageError
from backref.watch import looks
from backref.watch.due import Due, Page, ordered, stakes
from backref.watch.journal import Journal
from backref.watch.looking import Looking

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping, Sequence
    from datetime import datetime
    from pathlib import Path

    from backref.check.clock import Clock
    from backref.check.fetched import Ask, Fetched
    from backref.check.fetcher import Fetcher
    from backref.check.history import HostHistory
    from backref.lake.lake import Lake
    from backref.lake.snapshot import Snapshot

MOST_AT_ONCE = 50_000
"""So many pages are held, and looked at, by one run; the next one goes on."""


@dataclass(frozen=True)
class Wanted:
    """What a run shall look at: the due pages of `sites`, or the `urls` whether due or not; at
    most `most` of them, for at most `seconds`. `targets`: the own pages that links lead to, too.
    `keep` is an archive that the evidence is added to."""

    sites: tuple[str, ...]
    urls: tuple[str, ...] = ()
    most: int | None = None
    seconds: float | None = None
    targets: bool = True
    keep: Path | None = None


@dataclass(frozen=True)
class Plan:
    """What is to be looked at now, in its order; `more` pages are due but for a later run, and
    `later` is when the next page is due."""

    due: tuple[Due, ...]
    more: int
    later: datetime | None


@dataclass(frozen=True)
class Change:
    """A link that stands otherwise than before the run; `was` is None for one that was found."""

    link_id: int
    source_page: str
    source_url: str
    target_url: str | None
    was: str | None
    state: str
    reason: str | None


@dataclass(frozen=True)
class Checked:
    """What a run came to: its looks, the links that changed, how many due pages were `left` for
    another time, how many looks an earlier run had left, and when the next page is due."""

    looks: tuple[dict[str, Any], ...]
    changes: tuple[Change, ...]
    left: int
    recovered: int
    later: datetime | None


@dataclass
class Told:
    """Whom a run tells of its progress; `stopped` is asked whether it shall end early."""

    planned: Callable[[int], None] = lambda _: None
    look: Callable[[Fetched], None] = lambda _: None
    stage: pipeline.Progress | None = None
    stopped: Callable[[], bool] = lambda: False


def plan(lake: Lake, wanted: Wanted, now: datetime) -> Plan:
    """What a run would look at. Raises UsageError for a URL that is none."""
    if wanted.urls:
        return Plan(tuple(_named(wanted.urls, now)), 0, None)
    with lake.snapshot() as snapshot:
        known = stakes(_pages(snapshot, wanted, now), now)
        found = ordered(_pages(snapshot, wanted, now), now, known, MOST_AT_ONCE * len(wanted.sites))
    due = _distinct(found)[:MOST_AT_ONCE]
    return Plan(due, known.due - len(found), known.later)


def _pages(snapshot: Snapshot, wanted: Wanted, now: datetime) -> Iterator[Page]:
    return chain.from_iterable(
        looks.pages(snapshot, site, now, targets=wanted.targets) for site in wanted.sites
    )


def _named(named: Sequence[str], now: datetime) -> list[Due]:
    return [Due(_page(text), now, "asked for", 1.0) for text in dict.fromkeys(named)]


def _page(text: str) -> Page:
    parsed = urls.parse(text)
    if parsed is None:
        raise UsageError(f"{text!r} is no URL: write it as https://example.com/page.")
    domain = urls.registrable_domain(parsed.host)
    return Page(urls.fold_key(parsed), domain, parsed.href)


def _distinct(due: Sequence[Due]) -> tuple[Due, ...]:
    """Each page once for each purpose, where several sites are linked from it."""
    return tuple({(each.page.page, each.page.purpose): each for each in reversed(due)}.values())[
        ::-1
    ]


def check(
    lake: Lake,
    fetcher: Fetcher,
    wanted: Wanted,
    told: Told | None = None,
) -> Checked:
    """Look at what is due, take it into the store and bring the ledger up to date.

    What an earlier run left behind is taken in first. However this run ends, what it saw is kept:
    another one goes on where it stopped. Raises StoreBusy while another process checks, and
    UsageError.
    """
    told = told or Told()
    first = max((record.id for record in lake.imports()), default=0) + 1
    with Journal(lake.path, fetcher.manners.agent, fetcher.clock.now) as journal:
        fetcher.kept_by(journal.rulebook)
        recovered = looks.taken_in(lake, journal.left(), wanted.keep)
        if recovered:
            pipeline.run(lake, told.stage)
        now = looks.time_of(fetcher.clock.now())
        found = plan(lake, wanted, now)
        chosen = found.due[: wanted.most]
        with lake.snapshot() as snapshot:
            before = looks.standing(snapshot, wanted.sites)
            history = looks.histories(snapshot, now, {due.page.domain for due in chosen})
            asks = looks.asks(snapshot, chosen, now)
        told.planned(len(chosen))
        over = ending(fetcher.clock, wanted.seconds, told.stopped)
        looking = Looking(lake, fetcher, journal, wanted.keep, told.look, over)
        try:
            asyncio.run(_look(looking, asks, history))
        finally:
            journal.seal()
            looks.taken_in(lake, journal.finished(), wanted.keep)
            pipeline.run(lake, told.stage)
    with lake.snapshot() as snapshot:
        seen = tuple(looks.looked(snapshot, first))
        changed = changes(snapshot, before)
    done = {(look["url"], look["purpose"]) for look in seen}
    left = sum((due.page.url, due.page.purpose) not in done for due in found.due)
    return Checked(seen, changed, left + found.more, recovered, found.later)


async def _look(looking: Looking, asks: Sequence[Ask], history: Mapping[str, HostHistory]) -> None:
    async with looking.fetcher:
        await looking.at(asks, history)


def ending(clock: Clock, seconds: float | None, stopped: Callable[[], bool]) -> Callable[[], bool]:
    """Whether so many seconds are over, counted from now, or somebody stopped the run."""
    ends = inf if seconds is None else clock.monotonic() + seconds
    return lambda: stopped() or clock.monotonic() >= ends


def changes(snapshot: Snapshot, before: looks.Standing) -> tuple[Change, ...]:
    """The links that stand otherwise now than they did; where there are very many, those that were
    lost first."""
    found = {row["link_id"]: Change(**row) for row in looks.changed(snapshot, before)}
    return tuple(sorted(found.values(), key=lambda change: (change.state, change.source_url)))
