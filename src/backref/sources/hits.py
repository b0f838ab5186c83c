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
from backref.sources import digests, hitids, logtimes, operators, privacy, referrer, request
from backref.sources.logline import unescaped
from backref.sources.logtable import UNTOLD
from backref.sources.own_site import site_of
from backref.sources.source import Context, Parsed, Reject, Rows

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Sequence

    from backref.sources.logtable import Column, Misfit, Table
    from backref.sources.request import Request

MAX_AGENT_CHARS = 1_024
MAX_HOST_CHARS = 253
STATUS_DIGITS = 3
NO_STATUS = "there is no status of a response"
NO_DATE = "the time is no date of the calendar"
DAY = logtimes.DAY
NOTHING = frozenset((b"-", b"", UNTOLD))
TAGS = ("source", "medium", "campaign", "term", "content", "code")


def parsed(table: Table, misfits: Sequence[Misfit], position: int, context: Context) -> Parsed:
    """What the lines hold: hits, the agents that they name, and the lines that are neither."""
    text_of = unescaped if table.spelling.escaped else _plain
    rejects = [
        Reject(position + miss.start, miss.reason, privacy.sample(miss.line)) for miss in misfits
    ]
    if not table.height:
        return Parsed(len(rejects), rejects=sorted(rejects))
    requests = [request.read(text_of(value)) for value in table.columns["request"].values]
    seconds = logtimes.seconds(table.columns["time"].values, table.spelling.time)
    hosts = _Hosts(table, context)
    codes = [_code(value) for value in table.columns["status"].values]
    reasons = _reasons(table, seconds, hosts, codes)
    rejects += [
        Reject(position + int(table.starts[line]), reason, privacy.sample(table.line(line)))
        for line, reason in reasons.items()
    ]
    sound = table.take(np.delete(np.arange(table.height), [*reasons])) if reasons else table
    read = len(rejects) + sound.height
    if not sound.height:
        return Parsed(read, rejects=sorted(rejects))
    agents = _Agents(sound, context, text_of)
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
        **_request_columns(sound, requests, codes),
        "bytes": pa.array(sound.sizes, mask=sound.sizes < 0),
        **_referrer_columns(sound.column("referrer"), context.key, text_of),
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
        _named(sound, text_of),
    )


def _plain(value: bytes) -> str:
    return value.decode("utf-8", errors="replace")


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


def _named(table: Table, text_of: Callable[[bytes], str]) -> dict[str, set[str]]:
    """The hosts of the referrers as they were sent, where the shape has them."""
    if "referrer" not in table.columns:
        return {}
    values, numbers = table.columns["referrer"]
    used = (values[number] for number in np.unique(numbers).tolist())
    hosts = {referrer.sent_host(text_of(value)) for value in used if value not in NOTHING}
    return {"referrer_hosts": {host for host in hosts if host}}


def _batch(columns: dict[str, pa.Array]) -> pa.RecordBatch:
    """The columns in the order of the table, `client` in place of what the salt makes of it."""
    names = ["client" if name == "visitor" else name for name in schema.HITS.names]
    names = [name for name in names if name not in ("import_id", "visitor_before")]
    return pa.RecordBatch.from_arrays([columns[name] for name in names], names=names)


class _Hosts:
    """The distinct virtual hosts of a chunk, and the site that each belongs to: the one that
    was chosen, else the one whose host it is, and where none is named the only one."""

    def __init__(self, table: Table, context: Context) -> None:
        values = table.columns["host"].values if "host" in table.columns else [b""]
        self.names = [_host(value) for value in values]
        chosen = context.site_name or None
        only = context.sites[0].name if len(context.sites) == 1 else None
        self.sites = [
            chosen or (site_of(name, context.sites) if name else only) for name in self.names
        ]

    def numbers(self, table: Table) -> np.ndarray:
        """Each line's number among the hosts."""
        if "host" in table.columns:
            return table.columns["host"].numbers
        return np.zeros(table.height, np.int64)


def _host(value: bytes) -> str | None:
    """A virtual host without port, lower-case, without `www.`."""
    if value in NOTHING:
        return None
    name = value.decode("ascii").lower()
    if not name.startswith("["):
        name = name.partition(":")[0]
    return url.bare_host(name.rstrip("."))[:MAX_HOST_CHARS] or None


def _code(value: bytes) -> int:
    """A status, -1 for none."""
    return int(value) if value.isdigit() and len(value) <= STATUS_DIGITS else -1


def _reasons(
    table: Table, seconds: np.ndarray, hosts: _Hosts, codes: Sequence[int]
) -> dict[int, str]:
    """The lines that are no hits, by number, each with its reason."""
    host = hosts.numbers(table)
    bad_time = (seconds < 0)[table.columns["time"].numbers]
    bad_host = np.array([site is None for site in hosts.sites], bool)[host]
    homeless = [
        f"{name} is no host of a site of this store: name it with --site"
        if name
        else "the line names no host: name its site with --site"
        for name in hosts.names
    ]
    bad_code = (np.array(codes) < 0)[table.columns["status"].numbers]
    found = {line: homeless[host[line]] for line in np.flatnonzero(bad_host).tolist()}
    found |= dict.fromkeys(np.flatnonzero(bad_code).tolist(), NO_STATUS)
    return found | dict.fromkeys(np.flatnonzero(bad_time).tolist(), NO_DATE)


class _Agents:
    """The distinct user agents of a chunk; `hashes` has None where there is none."""

    def __init__(self, table: Table, context: Context, text_of: Callable[[bytes], str]) -> None:
        values, self.numbers = table.column("agent")
        self._key = context.key
        self._starts = table.starts
        self.texts = [
            "" if value in NOTHING else text_of(value)[:MAX_AGENT_CHARS] for value in values
        ]
        hashes = digests.numbers([each.encode() for each in self.texts], self._key, identity.AGENT)
        self.hashes = [
            hashed if text else None
            for text, hashed in zip(self.texts, hashes.tolist(), strict=True)
        ]

    def rows(self, position: int) -> Rows:
        """The dictionary's entries for the agents that hits use."""
        used, first = np.unique(self.numbers, return_index=True)
        entries = {
            self.hashes[agent]: (self.texts[agent], position + int(self._starts[line]))
            for agent, line in zip(used.tolist(), first.tolist(), strict=True)
            if self.texts[agent]
        }
        records = [b"agents\0\0" + text.encode() for text, _ in entries.values()]
        ids = digests.of_values(records, self._key, identity.ID_BYTES)
        batch = pa.RecordBatch.from_pydict(
            {
                "row_id": pa.array(map(bytes, ids), pa.binary(identity.ID_BYTES)),
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


def _request_columns(
    table: Table, requests: Sequence[Request], codes: Sequence[int]
) -> dict[str, pa.Array]:
    numbers, status = table.columns["request"].numbers, table.columns["status"]
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


def _referrer_columns(
    column: Column, key: bytes, text_of: Callable[[bytes], str]
) -> dict[str, pa.Array]:
    read = [
        referrer.NOBODY if value in NOTHING else referrer.read(text_of(value))
        for value in column.values
    ]
    untold = np.array([value == UNTOLD for value in column.values], bool)
    told = [(r.page or "").encode() for r in read]
    pages = [
        None if r.page is None else hashed
        for r, hashed in zip(read, digests.numbers(told, key, identity.PAGE).tolist(), strict=True)
    ]
    return {
        "referrer_host": _coded([r.host for r in read], column.numbers),
        "referrer_page": _taken(pages, column.numbers, pa.uint64()),
        "referrer_via": _coded([r.via for r in read], column.numbers),
        "without_referrers": pa.array(untold[column.numbers]),
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
