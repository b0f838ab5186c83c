"""Which link a visit came through, and how certain that is.

    tagged          its code is that of one placement, or its campaign tag, with no other sender
    page            its full referrer is a page with a known link
    only candidate  one link was live then, on that host, to the page it landed on
    inferred        several could have sent it: each gets a share
    host            an outside host sent it on which no link is known that could have
    dark            no referrer, on a page that a new link which hides referrers leads to
    none            search, e-mail, advertisements, ourselves, or nothing to go by
    not logged      the log tells no referrers, so that there is nothing to go by

A code proves its placement. A campaign's name alone may stand in mail and advertisements too: it
proves only a visit of no such channel that no other host than the placement's sent. A link that
only a placement sheet claims, and nobody has seen, is inferred at most.

A link leads to the page of a visit when the path is the same and the log may speak of the link's
host (`own_hosts.py`).

The shares of a visit sum to one, in whole billionths. Shares of candidates follow a plain model: a
link's weight is that of its placement (`known_links.PLACEMENT_WEIGHTS`) times its recency, 1/4 +
3/4 · 2^(−a/90) at an age of `a` days, 1/4 without a date. One more candidate, a link that nobody
knows, weighs 0.05: its share goes to a row of level `host`, and so does the whole visit when no
candidate reaches a fifth. A link that a witness first saw after the visit may have been there
before: it counts, at half its weight and never as certain, when no link is known to have been live.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, NamedTuple

import numpy as np
import pyarrow as pa

from backref.schema import VISIT_LINKS
from backref.visits.channels import NOT_LOGGED
from backref.visits.days import local_days
from backref.visits.known_links import EVER, Arrival, KnownLinks, Placement, Placements
from backref.visits.referrers import one_host

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence
    from datetime import date

DAY = 24 * 60 * 60 * 1_000_000
HALF_LIFE = 90 * DAY
UNKNOWN_LINK = 0.05
FLAT = 0.2
WHOLE = 1_000_000_000
SEEN_LATER = 0.5
DARK_WINDOW = 7 * DAY
NOT_LINKS = frozenset(
    {
        "Organic Search",
        "Email",
        "Cross-network",
        "Paid Shopping",
        "Paid Search",
        "Paid Social",
        "Paid Video",
        "Display",
        "Paid Other",
        "Audio",
        "SMS",
        "Mobile Push Notifications",
    }
)
"""Channels whose visits come through no link of a page, unless a tag or full referrer says so."""

EVIDENCE = (
    "started", "entry_page", "entry_host", "channel", "origin", "referrer_host", "referrer_page",
    "campaign", "code",
)  # fmt: skip
CARRIED = (
    "session_id", "site", "referrer_domain", "verdict", "channel", "engaged", "bounced",
    "conversions", "seconds",
)  # fmt: skip


class Visit(NamedTuple):
    """What is known of how a visit came; `started` in microseconds since 1970, `day` in the
    site's zone."""

    started: int
    entry_page: str
    entry_host: str | None
    channel: str
    origin: str
    referrer_host: str | None
    referrer_page: int | None
    campaign: str | None
    code: str | None
    day: date

    @property
    def arrival(self) -> Arrival:
        """Where it entered."""
        return Arrival(self.entry_page, self.entry_host, self.day)


class Part(NamedTuple):
    """One row about a visit: the level, the link and placement if any, and the share."""

    certainty: str
    link: int | None = None
    placement: bytes | None = None
    share: float = 1.0
    candidates: int = 0


NONE = (Part("none"),)


def resolve(visit: Visit, links: KnownLinks, placements: Placements) -> tuple[Part, ...]:
    """Say which link, or links by shares, a visit came through."""
    return _whole(_resolve(visit, links, placements))


def _resolve(visit: Visit, links: KnownLinks, placements: Placements) -> tuple[Part, ...]:
    campaign = None if visit.channel in NOT_LINKS else visit.campaign
    tagged = placements.tagged(visit.code, campaign, visit.referrer_page, visit.referrer_host)
    if tagged:
        return _tagged(tagged)
    on_page = links.on_page(visit.referrer_page, visit.arrival) if visit.referrer_page else []
    if on_page:
        return _on_page(visit, links, on_page)
    if visit.referrer_host and visit.channel not in NOT_LINKS:
        return _by_host(visit, links)
    if visit.origin == "none" and _is_dark(visit, links):
        return (Part("dark", candidates=1),)
    return (Part(NOT_LOGGED),) if visit.origin == NOT_LOGGED else NONE


def _tagged(placements: list[Placement]) -> tuple[Part, ...]:
    """A tag that several placements share proves the campaign and not the link."""
    level = "tagged" if len(placements) == 1 else "inferred"
    return tuple(
        Part(level, found.link, found.placement_id, 1 / len(placements), len(placements))
        for found in placements
    )


def _on_page(visit: Visit, links: KnownLinks, places: list[int]) -> tuple[Part, ...]:
    """The links of the referring page: certain when one leads to the entry page or is alone."""
    if len(places) > 1 and not links.lands(places[0], visit.arrival):
        return _shared(_weights(visit, links, places), links, places)
    return tuple(
        Part(
            "inferred" if links.claimed[place] else "page",
            int(links.link_id[place]),
            None,
            1 / len(places),
            len(places),
        )
        for place in places
    )


def _by_host(visit: Visit, links: KnownLinks) -> tuple[Part, ...]:
    """A host alone is known, or a page on it that no witness knows to link here."""
    host = one_host(visit.referrer_host or "")
    known = [] if visit.referrer_page else links.on_host(host, visit.arrival)
    standing = [place for place in known if links.lost[place] >= visit.started]
    live = [place for place in standing if links.first[place] <= visit.started]
    if len(live) == 1 and not links.claimed[live[0]]:
        return (Part("only candidate", int(links.link_id[live[0]]), candidates=1),)
    if live:
        return _shared(_weights(visit, links, live), links, live)
    return _shared(SEEN_LATER * _weights(visit, links, standing), links, standing)


def _weights(visit: Visit, links: KnownLinks, places: list[int]) -> np.ndarray[Any, Any]:
    """The weight of each candidate at the time of the visit."""
    first = links.first[places]
    age = np.maximum(0, visit.started - np.where(first == EVER, visit.started, first))
    recency = np.where(first == EVER, 0.0, 0.5 ** (age / HALF_LIFE))
    return np.asarray(links.weight[places] * (0.25 + 0.75 * recency))


def _shared(
    weights: np.ndarray[Any, Any], links: KnownLinks, places: list[int]
) -> tuple[Part, ...]:
    """Shares by weight, with a rest for a link that nobody knows; all to the host when flat."""
    shares = weights / (weights.sum() + UNKNOWN_LINK)
    if not len(places) or shares.max() < FLAT:
        return (Part("host", candidates=len(places)),)
    parts = [
        Part("inferred", int(links.link_id[place]), None, float(share), len(places))
        for place, share in zip(places, shares, strict=True)
    ]
    return (*parts, Part("host", None, None, 1 - float(shares.sum()), len(places)))


def _whole(parts: tuple[Part, ...]) -> tuple[Part, ...]:
    """The shares in whole billionths that sum to one: what rounding leaves goes to the largest."""
    units = [round(part.share * WHOLE) for part in parts]
    units[max(range(len(units)), key=units.__getitem__)] += WHOLE - sum(units)
    return tuple(part._replace(share=unit / WHOLE) for part, unit in zip(parts, units, strict=True))


def _is_dark(visit: Visit, links: KnownLinks) -> bool:
    """Whether exactly one link that hides referrers led to this deep page since a few days."""
    if visit.entry_page == "/":
        return False
    ages = [visit.started - int(links.first[p]) for p in links.hidden_to(visit.arrival)]
    return sum(0 <= age <= DARK_WINDOW for age in ages) == 1


def resolved(
    sessions: Iterable[pa.RecordBatch], links: KnownLinks, placements: Placements, zone: str
) -> Iterator[pa.RecordBatch]:
    """The rows of `visit_links` for sessions, batch by batch, on the days of the zone."""
    for batch in sessions:
        started = batch["started"].cast(pa.int64())
        days = local_days(started.to_numpy(), zone)
        columns = [started, *(batch[name] for name in EVIDENCE[1:]), days]
        visits = map(Visit._make, zip(*(column.to_pylist() for column in columns), strict=True))
        parts = [resolve(visit, links, placements) for visit in visits]
        yield from _rows(batch, parts, days).to_batches()


def _rows(batch: pa.RecordBatch, parts: Sequence[tuple[Part, ...]], days: pa.Array) -> pa.Table:
    counts = [len(found) for found in parts]
    visit = pa.array(np.repeat(np.arange(len(counts)), counts))
    carried = pa.table({name: batch[name] for name in CARRIED}).take(visit)
    flat = [part for found in parts for part in found]
    columns = {
        "day": days.take(visit),
        "certainty": pa.array([part.certainty for part in flat], pa.string()),
        "link_id": pa.array([part.link for part in flat], pa.uint64()),
        "placement_id": pa.array([part.placement for part in flat], pa.binary(16)),
        "share": pa.array([part.share for part in flat], pa.float64()),
        "candidates": pa.array([part.candidates for part in flat], pa.int64()),
    }
    for name, column in columns.items():
        carried = carried.append_column(name, column)
    return carried.select(VISIT_LINKS.names).cast(VISIT_LINKS.arrow)
