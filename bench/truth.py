"""Backref against planted truth: what it found, judged and attributed, and how often rightly.

Worlds of several seeds are imported by the command line; every figure is pooled over them. A
figure without a bar is shown because it should be known, not because it could be held.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from typing import TYPE_CHECKING

from bench import planted as sides
from bench.measure import Measure

if TYPE_CHECKING:
    from collections.abc import Iterator

    from bench.measure import Size
    from bench.planted import Planted, Row

SEEDS = {"small": (7, 11), "full": tuple(range(1, 21))}
LEVELS = ("tagged", "page", "only candidate", "inferred", "host")
GONE = ("lost", "reported lost")


def run(size: Size) -> Iterator[Measure]:
    """All figures, pooled over the seeds of this size."""
    yield from measures([sides.plant(seed) for seed in SEEDS[size]])


def measures(worlds: list[Planted]) -> Iterator[Measure]:
    """All figures, pooled over these worlds."""
    for part in (_links, _states, _placements, _sessions, _bots, _channels, _levels, _totals):
        yield from part(worlds)


def share(name: str, right: float, of: float, bar: float | None, note: str = "") -> Measure:
    """A part of a whole, 1 being perfect; without a whole there is nothing to judge."""
    if not of:
        return Measure(name, right, of, None, bar, "share", note="nothing to judge")
    return Measure(name, right, of, right / of, bar, "share", note=note)


def off(name: str, ours: float, truth: float, bar: float | None, note: str = "") -> Measure:
    """A relative error, 0 being perfect."""
    error = abs(ours - truth) / truth if truth else float(ours != truth)
    return Measure(name, ours, truth, error, bar, "error", better="lower", note=note)


def _found(world: Planted) -> list[tuple[Row, Row]]:
    """Links of ours beside the links of the truth that they are."""
    truth = dict(sides.keyed(world.links))
    return [(row, truth[key]) for key, row in sides.keyed(_to_us(world)) if key in truth]


def _to_us(world: Planted) -> list[Row]:
    """Links of ours that lead to the site from outside and have a known target."""
    return [
        row
        for row in world.ours["links"]
        if row["target_page"]
        and row["target_host"].removeprefix("www.") in world.hosts
        and row["source_host"].removeprefix("www.") not in world.hosts
    ]


def _links(worlds: list[Planted]) -> Iterator[Measure]:
    """Which links are known at all, among those that some observer saw."""
    known = seen = claimed = ours = 0
    for world in worlds:
        pairs = _found(world)
        numbers, visible = {truth["link"] for _, truth in pairs}, sides.observed(world)
        known, seen = known + len(numbers & visible), seen + len(visible)
        rows = [row for row in _to_us(world) if row["state"] != "never verified"]
        truth = dict(sides.keyed(world.links))
        claimed += sum(key in truth for key, _ in sides.keyed(rows))
        ours += len(rows)
    yield share("links: recall of those seen by anybody", known, seen, 0.995)
    yield share("links: precision", claimed, ours, 0.995)


def _states(worlds: list[Planted]) -> Iterator[Measure]:
    """States against life and death at the world's end, print versions and moved pages apart."""
    counts: Counter[tuple[str, bool]] = Counter()
    shown = told = 0
    for world in worlds:
        visible_deaths = sides.seen_dead(world)
        for ours, truth in _found(world):
            if truth["copy_of"] or truth["cause"] == "moved":
                continue
            counts[ours["state"], bool(truth["died"])] += 1
            if truth["link"] in visible_deaths:
                shown += 1
                told += ours["state"] in (*GONE, "suspect")
    for state, dead, bar in (("live", False, 0.95), ("lost", True, 0.995),
                             ("reported lost", True, None), ("suspect", True, None)):  # fmt: skip
        total = counts[state, True] + counts[state, False]
        if total or bar:
            yield share(f"states: {state} is {'dead' if dead else 'alive'}",
                        counts[state, dead], total, bar)  # fmt: skip
    yield share("states: seen deaths are told", told, shown, 0.97)
    unverified = counts["never verified", True] + counts["never verified", False]
    total = sum(counts.values())
    yield share("states: links with a verdict", total - unverified, total, None)


def _placements(worlds: list[Planted]) -> Iterator[Measure]:
    """Where on the page a link stands, for links that an archive showed."""
    right = judged = 0
    wrong: Counter[str] = Counter()
    for world in worlds:
        for ours, truth in _found(world):
            if ours["placement"]:
                judged += 1
                right += ours["placement"] == truth["place"]
                if ours["placement"] != truth["place"]:
                    wrong[f"{truth['place']} as {ours['placement']}"] += 1
    yield share("placement on the page", right, judged, 0.95, _most(wrong))


def _most(wrong: Counter[str]) -> str:
    return "; ".join(f"{name} {count}" for name, count in wrong.most_common(3))


def _sessions(worlds: list[Planted]) -> Iterator[Measure]:
    """How many visits of people there were, and whether each is one of ours."""
    true = sum(visit["person"] == "1" for world in worlds for visit in world.visits)
    ours = sum(row["verdict"] == "person" for world in worlds for row in world.ours["sessions"])
    met = sum(visit["person"] == "1" for world in worlds for _, visit in world.pairs)
    stray = sum(row["verdict"] == "person" for world in worlds for row in world.stray)
    yield off("sessions: people's visits", ours, true, 0.02)
    yield share("sessions: people's visits met one by one", met, true, 0.98)
    yield share("sessions: of ours that are nobody's visit", stray, ours, None)


def _bots(worlds: list[Planted]) -> Iterator[Measure]:
    """Bot verdicts over visits that asked for a page."""
    counts: Counter[tuple[str, bool]] = Counter()
    missed: Counter[str] = Counter()
    for session, visit in _met(worlds):
        person = visit["person"] == "1"
        counts[session["verdict"], person] += 1
        if not person and session["verdict"] == "person":
            missed[visit["actor"]] += 1
    bots = sum(count for (_, person), count in counts.items() if not person)
    people = sum(count for (_, person), count in counts.items() if person)
    called = counts["bot", False] + counts["bot", True]
    yield share("bots: precision", counts["bot", False], called, 0.97)
    yield share("bots: recall", counts["bot", False], bots, 0.9, _most(missed))
    yield share("bots: recall with suspects", bots - counts["person", False], bots, 0.95)
    yield share("bots: people taken for people", counts["person", True], people, 0.97)


def _met(worlds: list[Planted]) -> Iterator[tuple[Row, Row]]:
    for world in worlds:
        yield from world.pairs


def _channels(worlds: list[Planted]) -> Iterator[Measure]:
    """Channels of people's visits, against what the sent evidence means by GA4's rules."""
    right, total = Counter[str](), Counter[str]()
    wrong: Counter[str] = Counter()
    for session, visit in _met(worlds):
        if visit["person"] == "1":
            total[visit["channel"]] += 1
            right[visit["channel"]] += session["channel"] == visit["channel"]
            if session["channel"] != visit["channel"]:
                wrong[f"{visit['channel']} as {session['channel']}"] += 1
    yield share("channels: all", right.total(), total.total(), 0.97, _most(wrong))
    for name, count in total.most_common():
        yield share(f"channels: {name}", right[name], count, None)


def _levels(worlds: list[Planted]) -> Iterator[Measure]:
    """Each certainty level: how much of the people's visits stands on it, and is it right.

    A named link is right when its page is the page that the person truly came from, `inferred`
    by the share on that page; `host` when the visit came from that domain."""
    mass: defaultdict[str, float] = defaultdict(float)
    right: defaultdict[str, float] = defaultdict(float)
    hidden = none = 0.0
    for world in worlds:
        for row, visit in _attributed(world):
            mass[row["certainty"]] += row["share"]
            right[row["certainty"]] += row["share"] * _is_right(world, row, visit)
            if row["certainty"] in ("none", "dark"):
                none += row["share"]
                hidden += row["share"] * (visit["kind"] == "link")
    total = sum(mass.values())
    bars = {"tagged": 0.97, "page": 0.99, "only candidate": 0.95, "inferred": 0.6, "host": 0.9}
    for level in LEVELS:
        yield share(f"certainty: share of {level}", mass[level], total, None)
        yield share(f"certainty: {level} is right", right[level], mass[level], bars[level])
    yield share("certainty: none, yet came by a link", hidden, none, None, "told nothing")


def _attributed(world: Planted) -> Iterator[tuple[Row, Row]]:
    """Rows of visit_links of people's visits, beside the true visit."""
    visits = {session["session_id"]: visit for session, visit in world.pairs}
    pages = {row["link_id"]: row["source_page"] for row in world.ours["links"]}
    for row in world.ours["visit_links"]:
        visit = visits.get(row["session_id"])
        if visit is not None and visit["person"] == "1":
            yield {**row, "source_page": pages.get(row["link_id"])}, visit


def _is_right(world: Planted, row: Row, visit: Row) -> bool:
    """Whether a row names the true origin; networks and assistants have a host and no page."""
    if visit["kind"] != "link":
        return row["certainty"] == "host" and visit["kind"] in ("social", "ai", "email")
    link = world.links[int(visit["link"])]
    if row["certainty"] == "host":
        host = str(link["source_page"]).partition("/")[0]
        return f".{host}".endswith(f".{row['referrer_domain']}")
    return bool(row["source_page"] == link["source_page"])


def _totals(worlds: list[Planted]) -> Iterator[Measure]:
    """Totals that must agree whatever is right: shares, sessions, and the ledger."""
    shares = sum(row["share"] for world in worlds for row in world.ours["visit_links"])
    sessions = sum(len(world.ours["sessions"]) for world in worlds)
    yield off("totals: shares sum to sessions", shares, sessions, 1e-9)
    from_links = sum(
        row["share"]
        for world in worlds
        for row in world.ours["visit_links"]
        if row["verdict"] == "person" and row["certainty"] in LEVELS
    )
    ledger = sum(row["visits"] or 0.0 for world in worlds for row in world.ours["ledger"])
    yield off("totals: ledger holds the visits of people", ledger, from_links, 1e-6)
