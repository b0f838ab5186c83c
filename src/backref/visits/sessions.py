"""Sessions: one person's requests until 30 minutes of silence or another source from outside.

A request from an outside host or with a campaign *arrives*; it begins a session when what it
brings differs from what the person brought last. Midnight ends nothing: but so that a day needs
its neighbours alone, a session carried over midnight ends at noon at the latest, and what was
brought is remembered until the end of the next day.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from backref.visits.codes import coded, combined, joined_words
from backref.visits.patterns import goal_regex
from backref.visits.session_ids import session_ids

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from backref.visits.codes import Codes, Flags

    Words = np.ndarray[Any, np.dtype[np.uint64]]

MICROSECONDS = 1_000_000
SILENCE = 30 * 60 * MICROSECONDS
DAY = 24 * 60 * 60 * MICROSECONDS
CAMPAIGN = ("source", "medium", "campaign", "code", "click_id")
ENTRY = (*CAMPAIGN, "content", "referrer_host", "referrer_page", "referrer_via")
NEVER = np.iinfo(np.int64).max


@dataclass(frozen=True)
class Requests:
    """The rows of `requests.sql`, with `own_host`, in order of person and time, as numbers.

    `host` and `campaign` number what a request brought, 0 for nothing; `moment` is in
    microseconds since 1970.
    """

    rows: pa.Table
    person: Words
    moment: Codes
    view: Flags
    host: Codes
    campaign: Codes

    @classmethod
    def of(cls, rows: pa.Table, outside: Callable[[str], str | None]) -> Requests:
        """Order the rows. `outside` names the host that a referrer counts as, None for inside.

        Logs are exact to a second: within one, arrivals come before clicks inside.
        """
        rows = rows.combine_chunks()
        person, moment = _words(rows["person"]), _numbers(rows["at"])
        host, campaign = _hosts(rows, outside), _campaigns(rows)
        told = _flags(pc.is_valid(rows["referrer_host"]))
        rank = np.select([campaign > 0, host > 0, ~told], [0, 1, 2], 3)
        order = np.lexsort((_first_words(rows["row_id"]), rank, moment, person))
        return cls(
            rows.take(pa.array(order)),
            person[order],
            moment[order],
            _flags(pc.equal(rows["kind"], "view"))[order],
            host[order],
            campaign[order],
        )

    @property
    def arrives(self) -> Flags:
        """Whether each request brings an outside host or a campaign."""
        return (self.host > 0) | (self.campaign > 0)


def _hosts(rows: pa.Table, outside: Callable[[str], str | None]) -> Codes:
    """The outside host of each row as a number; a referrer that is the log's own host is none."""
    values, codes = coded(rows["referrer_host"])
    hosts = [outside(value) if value else None for value in values]
    number = {host: place for place, host in enumerate(sorted({h for h in hosts if h}), 1)}
    own = _flags(pc.fill_null(pc.equal(rows["referrer_host"], rows["host"]), False))
    return np.where(own, 0, np.array([number.get(h or "", 0) for h in hosts], np.int64)[codes])


def _campaigns(rows: pa.Table) -> Codes:
    """The campaign of each row as a number; case makes no difference."""
    values, codes = combined([pc.utf8_lower(rows[name]) for name in CAMPAIGN])
    number = {value: place for place, value in enumerate(values, 1) if any(value)}
    return np.array([number.get(value, 0) for value in values], np.int64)[codes]


def starts(requests: Requests, midnight: int) -> Flags:
    """Which requests begin a session, on the day from `midnight` and around it."""
    silent = _silences(requests)
    begins = silent | _new_arrivals(requests, np.cumsum(silent), midnight)
    return begins | _overdue(requests, begins, midnight)


def _silences(requests: Requests) -> Flags:
    silent = np.ones(len(requests.person), bool)
    same = requests.person[1:] == requests.person[:-1]
    silent[1:] = ~same | (np.diff(requests.moment) > SILENCE)
    return silent


def _new_arrivals(requests: Requests, run: Codes, midnight: int) -> Flags:
    """Arrivals that differ from the latest one since the last silence, or that are the first."""
    here = np.flatnonzero(requests.arrives)
    host, campaign, moment = requests.host[here], requests.campaign[here], requests.moment[here]
    differs = np.ones(len(here), bool)
    forgotten = (moment[1:] >= midnight + DAY) & (moment[:-1] < midnight)
    differs[1:] = (
        (run[here][1:] != run[here][:-1])
        | forgotten
        | ((host[1:] > 0) & (host[1:] != host[:-1]))
        | ((campaign[1:] > 0) & (campaign[1:] != campaign[:-1]))
    )
    new = np.zeros(len(requests.person), bool)
    new[here[differs]] = True
    return new


def _overdue(requests: Requests, begins: Flags, midnight: int) -> Flags:
    """The first request after noon of each session carried over this midnight."""
    started = requests.moment[begins][np.cumsum(begins) - 1]
    late = (started < midnight) & (requests.moment >= midnight + DAY // 2)
    overdue: Flags = late.copy()
    overdue[1:] &= ~late[:-1]
    return overdue


def sessions(requests: Requests, midnight: int, goals: Sequence[str], site: str) -> pa.Table:
    """The sessions that begin on the day from `midnight` (microseconds since 1970): the columns
    of the table `sessions` except verdict and channel, and `internal`: sent by ourselves."""
    first = np.flatnonzero(starts(requests, midnight))
    if not len(first):
        first = np.zeros(0, np.int64)
    started = requests.moment[first]
    columns = {
        "session_id": pa.array(
            session_ids(
                site, requests.person[first], started.astype(np.uint64), _ordinals(requests, first)
            )
        ),
        "visitor": pa.array(requests.person[first]),
        "started": _times(started),
        **_engagement(requests, first, goals),
        **_entry(requests, first),
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


def _entry(requests: Requests, first: Codes) -> dict[str, pa.ChunkedArray | pa.Array]:
    """What the first requests tell of the origin; a referrer inside is none."""
    rows = requests.rows.take(pa.array(first))
    columns = {name: rows[name] for name in ENTRY}
    outside = pa.array(requests.host[first] > 0)
    for name in ("referrer_host", "referrer_page", "referrer_via"):
        columns[name] = pc.if_else(outside, rows[name], pa.scalar(None, rows[name].type))
    internal = pc.and_(pc.is_valid(rows["referrer_host"]), pc.invert(outside))
    return columns | {
        "internal": internal,
        "entry_page": rows["page"],
        "entry_host": rows["own_host"],
        "entry_status": rows["status"],
    }


def _engagement(
    requests: Requests, first: Codes, goals: Sequence[str]
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
        "seconds": pa.array((last_view - first_view) / MICROSECONDS, mask=views < 2),
        "engaged": pa.array(engaged),
        "bounced": pa.array(~engaged),
        "conversions": pa.array(conversions),
        "goals": joined_words(reached) if reached else pa.nulls(len(first), pa.string()),
    }


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


def _numbers(column: pa.ChunkedArray) -> Codes:
    return np.asarray(column.cast(pa.int64()).to_numpy())


def _words(column: pa.ChunkedArray) -> Words:
    return np.asarray(column.cast(pa.uint64()).to_numpy())


def _flags(column: pa.ChunkedArray) -> Flags:
    return np.asarray(column.to_numpy(zero_copy_only=False), bool)


def _first_words(ids: pa.ChunkedArray) -> Words:
    """The first half of each 16-byte identity: enough to order equal moments."""
    whole = ids.cast(pa.binary(16)).combine_chunks()
    data = np.frombuffer(whole.buffers()[1], ">u8", 2 * len(whole), whole.offset * 16)
    return data[::2].astype(np.uint64)
