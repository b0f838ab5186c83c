"""Hits and agents from the lines of an access log, column by column.

Every distinct request, referrer, agent and address of a chunk is read once; rows are put
together from the results by number. A line's address and agent go on only as an index into
`Parsed.clients`; the query string and the referring page do not go on at all.
"""

from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from backref import identity, schema, url
from backref.sources import dates, hitids, operators, privacy, referrer, request
from backref.sources.logline import unescaped
from backref.sources.own_site import site_of
from backref.sources.source import Context, Parsed, Reject, Rows

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from backref.sources.logtable import Column, Misfit, Table
    from backref.sources.request import Request

MAX_AGENT_CHARS = 1_024
MAX_HOST_CHARS = 253
DAY = 86_400
MOST_OFFSET = 14 * 3_600
"""No clock on earth is further from UTC."""
NOTHING = frozenset((b"-", b""))
MONTHS = ("Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec")
TAGS = ("source", "medium", "campaign", "term", "content", "code")


def parsed(table: Table, misfits: Sequence[Misfit], position: int, context: Context) -> Parsed:
    """What the lines hold: hits, the agents that they name, and the lines that are neither."""
    requests = [request.read(unescaped(value)) for value in table.columns["request"].values]
    seconds = _seconds(table.columns["time"].values)
    hosts = _Hosts(table, context)
    reasons = _reasons(table, seconds, hosts)
    rejects = [
        Reject(position + miss.start, miss.reason, privacy.sample(miss.line)) for miss in misfits
    ]
    rejects += [
        Reject(position + int(table.starts[line]), reason, privacy.sample(table.line(line)))
        for line, reason in reasons.items()
    ]
    sound = table.take(np.delete(np.arange(table.height), [*reasons])) if reasons else table
    read = len(rejects) + sound.height
    if not sound.height:
        return Parsed(read, rejects=sorted(rejects))
    agents = _Agents(sound, context)
    clients, client = _clients(sound, agents)
    at = seconds[sound.columns["time"].numbers]
    site = hosts.numbers(sound)
    address = sound.columns["address"]
    columns = {
        "row_id": hitids.of_lines(sound, site, hosts.sites, context),
        "position": pa.array(sound.starts + position),
        "site": _coded(hosts.sites, site),
        "host": _coded(hosts.names, site),
        "at": pa.array(at * 1_000_000).cast(pa.timestamp("us", tz="UTC")),
        "client": pa.array(client, pa.int32()),
        **_request_columns(sound, requests),
        "bytes": pa.array(sound.sizes, mask=sound.sizes < 0),
        **_referrer_columns(sound.column("referrer"), context.key),
        "agent": _taken(agents.hashes, agents.numbers, pa.uint64()),
        "operator": _coded(operators.of_all(address.values), address.numbers),
    }
    units = pa.array(np.arange(sound.height, dtype=np.int64))
    hit_rows = Rows("hits", _batch(columns), _partitions(hosts.sites, site, at), units)
    return Parsed(
        read,
        [hit_rows, agents.rows(position)],
        sorted(rejects),
        _counts(sound, columns["kind"]),
        clients,
        _named(sound),
    )


def _counts(table: Table, kinds: pa.Array) -> Counter[str]:
    """The hits of each kind, and those without a referrer where the shape has one."""
    found = Counter(
        {f"kind {each['values']}": each["counts"] for each in pc.value_counts(kinds).to_pylist()}
    )
    if "referrer" in table.columns:
        values, numbers = table.columns["referrer"]
        blank = np.array([value in NOTHING for value in values], bool)
        found["without_referrer"] = int(blank[numbers].sum())
    return found


def _named(table: Table) -> dict[str, set[str]]:
    """The hosts of the referrers as they were sent, where the shape has them."""
    if "referrer" not in table.columns:
        return {}
    values, numbers = table.columns["referrer"]
    used = (values[number] for number in np.unique(numbers).tolist())
    hosts = {referrer.sent_host(unescaped(value)) for value in used if value not in NOTHING}
    return {"referrer_hosts": {host for host in hosts if host}}


def _batch(columns: dict[str, pa.Array]) -> pa.RecordBatch:
    """The columns in the order of the table, `client` in place of what the salt makes of it."""
    names = ["client" if name == "visitor" else name for name in schema.HITS.names]
    names = [name for name in names if name not in ("import_id", "visitor_before")]
    return pa.RecordBatch.from_arrays([columns[name] for name in names], names=names)


class _Hosts:
    """The distinct virtual hosts of a chunk, and the site that each belongs to: the one that
    was chosen, else the one whose host it is."""

    def __init__(self, table: Table, context: Context) -> None:
        values = table.columns["host"].values if "host" in table.columns else [b""]
        self.names = [_host(value) for value in values]
        chosen = context.site_name or None
        self.sites = [chosen or (name and site_of(name, context.sites)) for name in self.names]

    def numbers(self, table: Table) -> np.ndarray:
        """Each line's number among the hosts."""
        if "host" in table.columns:
            return table.columns["host"].numbers
        return np.zeros(table.height, np.int64)


def _host(value: bytes) -> str | None:
    """A virtual host without port, lower-case, without `www.`."""
    name = value.decode("ascii").lower()
    if not name.startswith("["):
        name = name.partition(":")[0]
    return url.bare_host(name.rstrip("."))[:MAX_HOST_CHARS] or None


def _seconds(values: Sequence[bytes]) -> np.ndarray:
    """Times as `23/Nov/2026:10:05:03 +0100` in seconds since 1970, UTC; -1 for no date."""
    text = np.frombuffer(b"".join(values), np.uint8).reshape(len(values), 26)
    digits = text.astype(np.int64) - ord("0")

    def number(start: int, stop: int) -> np.ndarray:
        return digits[:, start:stop] @ 10 ** np.arange(stop - start - 1, -1, -1)

    month = _taken_months(text[:, 3:6])
    year = number(7, 11)
    first = (year - 1970).astype("M8[Y]").astype("M8[M]") + np.maximum(month, 0)
    day = first.astype("M8[D]") + (number(0, 2) - 1)
    hour, minute, second = number(12, 14), number(15, 17), number(18, 20)
    away, beside = number(22, 24), number(24, 26)
    offset = away * 3600 + beside * 60
    seconds = day.astype(np.int64) * DAY + hour * 3600 + minute * 60 + second
    seconds -= np.where(text[:, 21] == ord("-"), -offset, offset)
    real = (month >= 0) & (day.astype("M8[M]") == first)
    real &= (year >= dates.YEARS.start) & (year < dates.YEARS.stop)
    real &= (hour <= 23) & (minute <= 59) & (second <= 60)
    real &= (beside <= 59) & (offset <= MOST_OFFSET)
    return np.where(real, seconds, -1)


def _taken_months(letters: np.ndarray) -> np.ndarray:
    names = np.ascontiguousarray(letters).view("S3").ravel()
    known = np.array([month.encode() for month in MONTHS])
    order = np.argsort(known)
    place = order[np.minimum(np.searchsorted(known, names, sorter=order), len(MONTHS) - 1)]
    return np.where(known[place] == names, place, -1)


def _reasons(table: Table, seconds: np.ndarray, hosts: _Hosts) -> dict[int, str]:
    """The lines that are no hits, by number, each with its reason."""
    host = hosts.numbers(table)
    bad_time = (seconds < 0)[table.columns["time"].numbers]
    bad_host = np.array([site is None for site in hosts.sites], bool)[host]
    return {
        line: "the time is no date of the calendar"
        if bad_time[line]
        else f"{hosts.names[host[line]]} is no host of a site of this store: name it with --site"
        for line in np.flatnonzero(bad_time | bad_host).tolist()
    }


class _Agents:
    """The distinct user agents of a chunk; `hashes` has None where there is none."""

    def __init__(self, table: Table, context: Context) -> None:
        values, self.numbers = table.column("agent")
        self._key = context.key
        self._starts = table.starts
        self.texts = [
            "" if value in NOTHING else unescaped(value)[:MAX_AGENT_CHARS] for value in values
        ]
        self.hashes = [
            identity.agent_hash(self._key, text) if text else None for text in self.texts
        ]

    def rows(self, position: int) -> Rows:
        """The dictionary's entries for the agents that hits use."""
        used, first = np.unique(self.numbers, return_index=True)
        entries = {
            self.hashes[agent]: (self.texts[agent], position + int(self._starts[line]))
            for agent, line in zip(used.tolist(), first.tolist(), strict=True)
            if self.texts[agent]
        }
        batch = pa.RecordBatch.from_pydict(
            {
                "row_id": pa.array(
                    [
                        identity.record_id(self._key, "agents", "", text.encode())
                        for text, _ in entries.values()
                    ],
                    pa.binary(16),
                ),
                "position": pa.array([place for _, place in entries.values()], pa.int64()),
                "agent": pa.array(list(entries), pa.uint64()),
                "text": pa.array([text for text, _ in entries.values()], pa.string()),
            }
        )
        return Rows("agents", batch, pa.array(["all"] * len(entries), pa.string()), None)


def _clients(table: Table, agents: _Agents) -> tuple[list[tuple[bytes, int]], np.ndarray]:
    """The distinct pairs of address and agent, and each line's number among them."""
    address = table.columns["address"]
    count = len(agents.texts)
    pairs, client = np.unique(address.numbers * count + agents.numbers, return_inverse=True)
    clients = [
        (
            address.values[pair // count] + b"\0" + agents.texts[pair % count].encode(),
            agents.hashes[pair % count] or 0,
        )
        for pair in pairs.tolist()
    ]
    return clients, client


def _request_columns(table: Table, requests: Sequence[Request]) -> dict[str, pa.Array]:
    numbers, status = table.columns["request"].numbers, table.columns["status"]
    codes = [int(value) for value in status.values]
    columns = {
        "kind": _kinds(requests, numbers, codes, status.numbers),
        "status": _taken(codes, status.numbers, pa.int32()),
        "click_id": _coded([read.click_id for read in requests], numbers),
    }
    for name in ("method", "path", "page"):
        columns[name] = _coded([getattr(read, name) for read in requests], numbers)
    for tag in TAGS:
        columns[tag] = _coded([read.campaign.get(tag) for read in requests], numbers)
    return columns


def _kinds(
    requests: Sequence[Request], asked: np.ndarray, codes: Sequence[int], status: np.ndarray
) -> pa.Array:
    """What each request was: there are few kinds of request, and few statuses."""
    distinct = dict.fromkeys((read.method, read.asks_for) for read in requests)
    sorts = {sort: number for number, sort in enumerate(distinct)}
    names = [request.kind(method, code, asks_for) for method, asks_for in sorts for code in codes]
    sort = np.array([sorts[read.method, read.asks_for] for read in requests], np.int64)
    return _coded(names, sort[asked] * len(codes) + status)


def _referrer_columns(column: Column, key: bytes) -> dict[str, pa.Array]:
    read = [
        referrer.NOBODY if value in NOTHING else referrer.read(unescaped(value))
        for value in column.values
    ]
    pages = [None if r.page is None else identity.page_hash(key, r.page) for r in read]
    return {
        "referrer_host": _coded([r.host for r in read], column.numbers),
        "referrer_page": _taken(pages, column.numbers, pa.uint64()),
        "referrer_via": _coded([r.via for r in read], column.numbers),
    }


def _taken(values: Sequence[int | None], numbers: np.ndarray, kind: pa.DataType) -> pa.Array:
    """Each line's number, from the distinct ones and its place among them."""
    distinct = pa.array(values, kind)
    if distinct.null_count == len(distinct):
        return pa.nulls(len(numbers), kind)
    return distinct.take(pa.array(numbers))


def _coded(values: Iterable[str | None], numbers: np.ndarray) -> pa.DictionaryArray:
    """Each line's text as a dictionary, from values that may stand twice."""
    distinct: dict[str, int] = {}
    place = [-1 if value is None else distinct.setdefault(value, len(distinct)) for value in values]
    indices = np.array(place, np.int32)[numbers]
    coded = pa.array(indices, mask=indices < 0) if -1 in place else pa.array(indices)
    return pa.DictionaryArray.from_arrays(coded, pa.array(distinct, pa.string()))


def _partitions(sites: Sequence[str | None], site: np.ndarray, at: np.ndarray) -> pa.Array:
    """`site/day` of each line."""
    days, day = np.unique(at // DAY, return_inverse=True)
    names = [f"{name}/{date}" for name in sites for date in days.astype("M8[D]")]
    return _coded(names, site * len(days) + day)
