"""Sessions: what one person did from one start of a visit to the next, under one definition."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from backref.visits.codes import coded, joined_words
from backref.visits.cutting import DAY, MICROSECONDS, starts
from backref.visits.definitions import BACKREF
from backref.visits.patterns import goal_regex
from backref.visits.requests import CAMPAIGN
from backref.visits.session_ids import session_ids

if TYPE_CHECKING:
    from collections.abc import Sequence

    from backref.visits.codes import Codes, Flags
    from backref.visits.definitions import Definition
    from backref.visits.requests import Requests, Words

ENTRY = (*CAMPAIGN, "content", "referrer_host", "referrer_page", "referrer_via")
NEVER = np.iinfo(np.int64).max


def sessions(
    requests: Requests,
    midnight: int,
    goals: Sequence[str],
    site: str,
    *,
    zone: str = "UTC",
    rules: Definition = BACKREF,
) -> pa.Table:
    """The sessions that begin on the day from `midnight` (microseconds since 1970): the columns
    of the table `sessions` except verdict and channel, `internal`: sent by ourselves, and
    `unlogged`: from a log that tells no referrers."""
    if not rules.dead:
        requests = requests.views()
    first = np.flatnonzero(starts(requests, midnight, rules, zone))
    started = requests.moment[first]
    columns = {
        "session_id": pa.array(
            session_ids(
                site, requests.person[first], started.astype(np.uint64), _ordinals(requests, first)
            )
        ),
        "visitor": pa.array(requests.person[first]),
        "started": _times(started),
        **_engagement(requests, first, goals, rules),
        **_entry(requests, first),
        **_origin(requests, _remembered(requests, first) if rules.remembers else first),
    }
    table = pa.table(columns | {"site": pa.array([site] * len(first), pa.string())})
    return table.filter(pa.array((started >= midnight) & (started < midnight + DAY)))


def _ordinals(requests: Requests, first: Codes) -> Words:
    """The order among sessions that one visitor began in the same instant, from 1."""
    place = np.arange(len(first))
    fresh = np.ones(len(first), bool)
    fresh[1:] = (np.diff(requests.moment[first]) != 0) | (
        requests.person[first][1:] != requests.person[first][:-1]
    )
    return (place - np.maximum.accumulate(np.where(fresh, place, 0)) + 1).astype(np.uint64)


def _entry(requests: Requests, first: Codes) -> dict[str, pa.ChunkedArray]:
    """Where the sessions begin."""
    rows = requests.rows.take(pa.array(first))
    return {
        "entry_page": rows["page"],
        "entry_host": rows["own_host"],
        "entry_status": rows["status"],
    }


def _remembered(requests: Requests, first: Codes) -> Codes:
    """For each session the latest arrival of its person up to its start; without any its start."""
    place = np.where(requests.arrives, np.arange(len(requests.person)), -1)
    latest = np.maximum.accumulate(place)[first]
    same = (latest >= 0) & (requests.person[latest] == requests.person[first])
    return np.where(same, latest, first)


def _origin(requests: Requests, at: Codes) -> dict[str, pa.ChunkedArray | pa.Array]:
    """What these requests tell of the origin; a referrer inside is none."""
    rows = requests.rows.take(pa.array(at))
    columns = {name: rows[name] for name in ENTRY}
    outside = pa.array(requests.host[at] > 0)
    for name in ("referrer_host", "referrer_page", "referrer_via"):
        columns[name] = pc.if_else(outside, rows[name], pa.scalar(None, rows[name].type))
    internal = pc.and_(pc.is_valid(rows["referrer_host"]), pc.invert(outside))
    unlogged = pc.fill_null(rows["without_referrers"], False)
    return columns | {"internal": internal, "unlogged": unlogged}


def _engagement(
    requests: Requests, first: Codes, goals: Sequence[str], rules: Definition
) -> dict[str, pa.ChunkedArray | pa.Array]:
    """What was done in each session: pages, time, goals."""
    last = np.append(first[1:], len(requests.person))[: len(first)] - 1
    views = _sums(np.add, requests.view.astype(np.int64), first)
    first_view = _sums(np.minimum, np.where(requests.view, requests.moment, NEVER), first)
    last_view = _sums(np.maximum, np.where(requests.view, requests.moment, 0), first)
    exit_row = _sums(np.maximum, np.where(requests.view, np.arange(len(requests.view)), -1), first)
    reached = _goals_reached(requests, first, goals)
    conversions = sum((flag.astype(np.int64) for flag in reached.values()), np.zeros_like(views))
    engaged = (views >= 2) | (conversions > 0)
    return {
        "ended": _times(requests.moment[last]),
        "exit_page": requests.rows["page"].take(pa.array(np.where(exit_row < 0, last, exit_row))),
        "views": pa.array(views),
        "seconds": _seconds(last_view - first_view, views < 2, rules),
        "engaged": pa.array(engaged),
        "bounced": pa.array(~engaged if rules.engages else views < 2),
        "conversions": pa.array(conversions),
        "goals": joined_words(reached) if reached else pa.nulls(len(first), pa.string()),
    }


def _seconds(between: Codes, single: Flags, rules: Definition) -> pa.Array:
    """First to last view; of a single view what the definition says."""
    if rules.single is None:
        return pa.array(between / MICROSECONDS, mask=single)
    return pa.array(np.where(single, rules.single, between / MICROSECONDS))


def _goals_reached(requests: Requests, first: Codes, goals: Sequence[str]) -> dict[str, Flags]:
    """For each goal, in which sessions a page view reached it."""
    if not goals:
        return {}
    pages, codes = coded(requests.rows["page"])
    reached = {}
    for goal in dict.fromkeys(goals):
        pattern = goal_regex(goal)
        pages_reach = np.array([bool(pattern.match(page)) for page in pages], bool)
        reached[goal] = _sums(np.logical_or, pages_reach[codes] & requests.view, first)
    return reached


def _sums(function: np.ufunc, values: Any, first: Codes) -> Any:
    """Reduce the values of each session, which begin at `first`."""
    return function.reduceat(values, first) if len(first) else values[:0]


def _times(moments: Codes) -> pa.Array:
    return pa.array(moments).cast(pa.timestamp("us", tz="UTC"))
