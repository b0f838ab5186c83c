"""Own eyes against planted truth: a simulated web is watched for months, and what is said to have
happened to its links is compared with what did: found at all, rightly, how soon.

Only what two looks confirmed is judged. What happened so late that the rhythm of looks could not
confirm it within the watch is no miss, and of what never happened and was never said nothing is
shown.
"""

from __future__ import annotations

from collections import defaultdict
from typing import TYPE_CHECKING, NamedTuple

from bench.measure import Measure
from bench.watching import START, watched

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

    from bench.measure import Size
    from bench.watching import Row, Watched

WATCHES = {"small": ((7,), "tiny", 56), "full": ((7, 11), "small", 150)}
"""Of each size the seeds, the scale of the web, and days of watch."""
KINDS = (
    "lost",
    "nofollowed",
    "anchor changed",
    "noindexed",
    "indexed",
    "canonicalised",
    "target redirected",
    "target broken",
)
WEEKLY, LATEST, LATER = 63.0, 16.0, 40.0
"""So many days pages are looked at weekly, then monthly: what happened in the last days of a watch,
fewer or more of them, is not expected to be confirmed."""
SLACK = 1 / 86_400
PRECISION, RECALL, DAYS, ALARMS = 0.97, 0.9, 14.0, 1.0
MONTH = 30.0


class Said(NamedTuple):
    """A confirmed event: which link, what, between which days of the world, confirmed when."""

    link: int
    kind: str
    after: float
    before: float
    known: float


class Judged(NamedTuple):
    """Of one kind over all worlds: what was said, what of it rightly, what happened in time, what
    of it was found, and after how many days."""

    said: int
    right: int
    happened: int
    found: int
    days: list[float]


def run(size: Size) -> Iterator[Measure]:
    """All figures, pooled over the worlds of this size."""
    seeds, scale, days = WATCHES[size]
    yield from measures([watched(seed, scale, days) for seed in seeds])


def measures(worlds: Sequence[Watched]) -> Iterator[Measure]:
    """What was said of links, of those that were agreed upon, and alarms for nothing."""
    for kind in KINDS:
        yield from _of_kind(f"eyes: {kind}", [judged(world, kind) for world in worlds])
    broken = [judged(world, kind, agreed=True) for world in worlds for kind in KINDS]
    yield from _of_kind("eyes: any breach of an agreement", broken)
    every = [judged(world, kind) for world in worlds for kind in KINDS]
    false = sum(one.said - one.right for one in every)
    months = sum(len(world.links) * world.days / MONTH for world in worlds)
    alarms = false / months * 1000 if months else None
    yield Measure(
        "eyes: false alarms", false, months, alarms, ALARMS, "per 1,000 links and month", "lower"
    )
    looks = sum(world.looks for world in worlds) / months if months else None
    yield Measure("eyes: looks a link and month", looks, None, looks, None, "looks", "lower")


def _of_kind(name: str, found: Iterable[Judged]) -> Iterator[Measure]:
    parts = list(found)
    said, right = sum(one.said for one in parts), sum(one.right for one in parts)
    happened, known = sum(one.happened for one in parts), sum(one.found for one in parts)
    if said:
        yield _share(f"{name}, precision", right, said, PRECISION)
    if happened:
        yield _share(f"{name}, recall", known, happened, RECALL)
    days = sorted(day for one in parts for day in one.days)
    if days:
        middle, late = days[len(days) // 2], days[len(days) * 9 // 10]
        note = f"nine of ten within {late:.1f}"
        yield Measure(
            f"{name}, days to detection", middle, None, middle, DAYS, "days", "lower", note
        )


def _share(name: str, right: float, of: float, bar: float) -> Measure:
    return Measure(name, right, of, right / of, bar, "share")


def judged(world: Watched, kind: str, *, agreed: bool = False) -> Judged:
    """What was said of one kind against what happened; of `agreed` links as breaches."""
    wanted = {link.number for link in world.links.values()}
    wanted &= world.agreed if agreed else wanted
    said = [one for one in _said(world, agreed=agreed) if one.kind == kind and one.link in wanted]
    truth: defaultdict[int, list[float]] = defaultdict(list)
    for told in world.happened:
        if told.kind == kind and told.link.number in wanted:
            truth[told.link.number].append(told.at)
    right = sum(any(_within(one, at) for at in truth[one.link]) for one in said)
    in_time = [(link, at) for link, times in truth.items() for at in times if at < _until(world)]
    found = [
        min(one.known for one in said if one.link == link and _within(one, at)) - at
        for link, at in in_time
        if any(one.link == link and _within(one, at) for one in said)
    ]
    return Judged(len(said), right, len(in_time), len(found), found)


def _within(said: Said, at: float) -> bool:
    return said.after - SLACK <= at <= said.before + SLACK


def _until(world: Watched) -> float:
    return START + world.days - (LATEST if world.days <= WEEKLY else LATER)


def _said(world: Watched, *, agreed: bool) -> Iterator[Said]:
    for row in world.breaches if agreed else world.events:
        link = world.links.get((row["source_page"], row["target_page"] or ""))
        if link is not None and row["certainty"] == "confirmed":
            yield Said(link.number, row["kind"], *_times(world, row))


def _times(world: Watched, row: Row) -> tuple[float, float, float]:
    first = world.web.moment(0)
    times = (row["after"], row["before"], row["confirmed_at"])
    after, before, known = ((at - first).total_seconds() / 86_400 for at in times)
    return after, before, known
