"""GA4's export to BigQuery: events of JSON lines and of Parquet become the same figures."""

from __future__ import annotations

import io
import json
import random
from collections.abc import Callable
from functools import partial
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from exports_facts import KEY, SHOP
from hypothesis import given, settings
from hypothesis import strategies as st
from odd_values import with_odd_values

from backref.errors import DiskFull
from backref.sources import ga4_events
from backref.sources.decompress import Stream
from backref.sources.ga4_events import GA4_EVENTS
from backref.sources.joined import joined
from backref.sources.opening import Input
from backref.sources.registry import recognise
from backref.sources.source import Context, Reject


def param(key: str, value: str | int) -> dict[str, Any]:
    kind = "int_value" if isinstance(value, int) else "string_value"
    empty = dict.fromkeys(("string_value", "int_value", "float_value", "double_value"))
    return {"key": key, "value": empty | {kind: value}}


def event(user: str, at: int, name: str, page: str, **told: Any) -> dict[str, Any]:
    params = {"ga_session_id": 1, "page_location": f"https://shop.example{page}"}
    params |= told.pop("params", {})
    return {
        "event_date": "20260901",
        "event_timestamp": 1_788_220_800_000_000 + at,
        "event_name": name,
        "user_pseudo_id": user,
        "event_params": [param(key, value) for key, value in params.items()],
        "traffic_source": {"source": "(direct)", "medium": "(none)", "name": None},
        "session_traffic_source_last_click": None,
        "ecommerce": {"purchase_revenue": None},
    } | told


CLICK = {
    "cross_channel_campaign": {
        "source": "blog.example",
        "medium": "referral",
        "campaign_name": None,
        "default_channel_group": "Referral",
    }
}
CAME = {"page_referrer": "https://blog.example/tea"}
EVENTS = [
    event("a", 0, "session_start", "/tea?x=1", params=CAME),
    event("a", 5, "page_view", "/tea?x=1", params=CAME, session_traffic_source_last_click=CLICK),
    event("a", 9, "page_view", "/cart", params={"session_engaged": "1"}),
    event("a", 12, "purchase", "/cart", ecommerce={"purchase_revenue": 80.5}),
    event("b", 3, "page_view", "/tea", params=CAME, session_traffic_source_last_click=CLICK),
    event("c", 7, "page_view", "/", params={"page_referrer": "https://www.shop.example/x"}),
    event("", 7, "page_view", "/"),
]


def lines(events: list[dict[str, Any]], *, as_bigquery: bool = False) -> bytes:
    """As JSON lines; BigQuery writes whole numbers as text."""

    def spelled(value: Any) -> Any:
        if isinstance(value, dict):
            return {key: spelled(each) for key, each in value.items()}
        if isinstance(value, list):
            return [spelled(each) for each in value]
        return str(value) if isinstance(value, int) and as_bigquery else value

    return b"".join(json.dumps(spelled(each)).encode() + b"\n" for each in events)


def parquet(events: list[dict[str, Any]]) -> bytes:
    out = io.BytesIO()
    pq.write_table(pa.Table.from_pylist(events), out)
    return out.getvalue()


def figures(data: bytes) -> tuple[list[dict[str, Any]], list[Reject]]:
    head = data[:65_536]
    context = Context(KEY, "ga4 events", SHOP, (SHOP,), head=head)
    rows: list[dict[str, Any]] = []
    rejects: list[Reject] = []
    for chunk in GA4_EVENTS.chunks(io.BytesIO(data), context):
        if isinstance(chunk, Reject):
            rejects.append(chunk)
        else:
            parsed = GA4_EVENTS.parse(chunk, context)
            rejects += parsed.rejects
            rows += [row for made in parsed.rows for row in made.batch.to_pylist()]
    return rows, rejects


NAMES = ("source_page", "source", "medium", "channel", "landing_page", "visits", "views")


def test_sessions_become_visits_by_sender_and_landing_page() -> None:
    rows, rejects = figures(lines(EVENTS))
    assert rejects == []
    assert [tuple(row[name] for name in NAMES) for row in rows] == [
        (None, "(direct)", "(none)", None, "/", 1, 1),
        ("blog.example/tea", "blog.example", "referral", "Referral", "/tea", 2, 3),
    ]
    sent = rows[1]
    assert (sent["engaged_visits"], sent["conversions"], sent["value"]) == (1, 1, 80.5)
    assert {str(row["day_lo"]) for row in rows} == {"2026-09-01"}
    assert {(row["tool"], row["site"]) for row in rows} == {("ga4", "shop.example")}


def test_every_spelling_gives_the_same_rows() -> None:
    expected = figures(lines(EVENTS))
    assert figures(lines(EVENTS, as_bigquery=True)) == expected
    assert figures(parquet(EVENTS)) == expected
    assert figures(lines(EVENTS[::-1])) == expected
    assert recognise("x", lines(EVENTS)[:65_536])[0] is GA4_EVENTS
    assert recognise("x", parquet(EVENTS)[:65_536])[0] is GA4_EVENTS


def test_a_real_event(shared_data: Path) -> None:
    data = (shared_data / "analytics/ga4_event_velir_example.jsonl").read_bytes()
    assert recognise("x", data)[0] is GA4_EVENTS
    rows, rejects = figures(data)
    assert rejects == []
    (row,) = rows
    assert row["landing_page"] == "/blog/2016/08/25/behavior-driven-testing-drupal-8"
    assert (row["visits"], row["engaged_visits"], row["views"]) == (1, 1, 0)
    assert str(row["day_lo"]) == "2021-04-06"


@pytest.mark.parametrize(
    ("line", "why"),
    [
        (b"{", "no event can be read"),
        (b"[1]", "it has no event_name"),
        (b"[" * 100_000, "no event can be read"),
        (b'{"event_name": "x"}' + b" " * (1 << 20), "a line of over"),
        (b"\xff\xfe", "no event can be read"),
        (lines(EVENTS[:1]).replace(b"1788220800000000", b'"soon"').strip(), "no event_timestamp"),
    ],
)
def test_a_bad_line_is_a_reject_and_the_rest_is_read(line: bytes, why: str) -> None:
    rows, rejects = figures(lines(EVENTS[:1]) + line + b"\n" + lines(EVENTS[4:5]))
    assert [(reject.position, why in reject.reason) for reject in rejects] == [(2, True)]
    assert sum(row["visits"] for row in rows) == 2


@settings(max_examples=100, deadline=None)
@given(st.integers(0, 1 << 40))
def test_no_type_of_value_raises(seed: int) -> None:
    odd = with_odd_values(EVENTS[3], random.Random(seed))
    rows, rejects = figures(json.dumps(odd).encode() + b"\n" + lines(EVENTS[4:5]))
    assert sum(row["visits"] for row in rows) in (1, 2)
    assert len(rejects) < 2


@pytest.mark.parametrize("name", [[], {}, ["purchase"], 5, None])
def test_an_event_whose_name_is_no_text_is_no_purchase(name: Any) -> None:
    (row,), rejects = figures(json.dumps(EVENTS[3] | {"event_name": name}).encode())
    assert (row["visits"], row["conversions"], row["value"], rejects) == (1, 0, 0, [])


def test_other_parquet_and_damaged_parquet_say_what_they_are(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    (other,) = figures(parquet([{"a": 1}]))[1]
    assert "only GA4's export" in other.reason
    whole = parquet(EVENTS)
    (cut,) = figures(whole[:-30])[1]
    assert "damaged" in cut.reason
    monkeypatch.setattr(ga4_events, "MOST_GROUP_BYTES", 10)
    (large,) = figures(whole)[1]
    assert "row group" in large.reason
    monkeypatch.setattr(ga4_events, "MOST_PARQUET_BYTES", 10)
    (vast,) = figures(whole)[1]
    assert "a Parquet file of over" in vast.reason


def test_columns_that_claim_more_than_their_group_are_not_read(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    whole = parquet(EVENTS)
    group = pq.ParquetFile(io.BytesIO(whole)).metadata.row_group(0)
    columns = sum(group.column(at).total_uncompressed_size for at in range(group.num_columns))
    assert ga4_events._unpacked(group) == max(group.total_byte_size, columns)
    monkeypatch.setattr(ga4_events, "MOST_GROUP_BYTES", columns - 1)
    assert "row group" in figures(whole)[1][0].reason


def test_the_copy_lies_in_scratch_and_a_full_disk_is_no_damage(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    told = []
    real = ga4_events.TemporaryFile

    def noted(**how: Any) -> Any:
        told.append(how["dir"])
        return real(**how)

    monkeypatch.setattr(ga4_events, "TemporaryFile", noted)
    context = Context(KEY, "ga4 events", SHOP, (SHOP,), head=b"PAR1", scratch=str(tmp_path))
    assert [*GA4_EVENTS.chunks(io.BytesIO(parquet(EVENTS)), context)]
    assert told == [str(tmp_path)]
    full = partial(Path("/dev/full").open, "r+b")
    monkeypatch.setattr(ga4_events, "TemporaryFile", lambda **_: full())
    with pytest.raises(DiskFull, match="free some space"):
        [*GA4_EVENTS.chunks(io.BytesIO(parquet(EVENTS)), context)]


NIGHT = 1_788_220_800 - 600
"""Ten minutes before the events' day begins."""
OVER_MIDNIGHT = [
    event("n", at, name, "/tea", params={"ga_session_id": NIGHT} | CAME)
    for at, name in (
        (-600_000_000, "session_start"),
        (-599_000_000, "page_view"),
        (60_000_000, "page_view"),
    )
]


@pytest.mark.parametrize("spelled", [lines, parquet])
def test_a_session_over_midnight_is_one_visit_however_its_days_are_imported(
    spelled: Callable[[list[dict[str, Any]]], bytes],
) -> None:
    days = [spelled(OVER_MIDNIGHT[:2]), spelled(OVER_MIDNIGHT[2:] + EVENTS)]
    apart = [row for day in days for row in figures(day)[0]]
    whole, rejects = figures(spelled(OVER_MIDNIGHT + EVENTS))
    together = [
        row
        for chunk in GA4_EVENTS.chunks(stream_of(days), CONTEXT)
        for made in GA4_EVENTS.parse(chunk, CONTEXT).rows
        for row in made.batch.to_pylist()
    ]
    assert rejects == []
    assert sorted(map(shown, together)) == sorted(map(shown, whole))
    for name in ("visits", "views", "conversions", "value"):
        assert sum(row[name] for row in apart) == sum(row[name] for row in whole)


CONTEXT = Context(KEY, "ga4 events", SHOP, (SHOP,), head=b"")


def shown(row: dict[str, Any]) -> str:
    return str([row[name] for name in (*NAMES, "day_lo", "conversions", "value")])


def stream_of(files: list[bytes]) -> Any:
    """Files as an import joins them."""
    inputs = [
        Input(str(at), data[:100], len(data), lambda data=data: Stream(io.BytesIO(data)))
        for at, data in enumerate(files)
    ]
    return joined(inputs).open()


def test_joined_files_are_read_to_their_ends() -> None:
    stream = stream_of([b"one", b"three"])
    for part, _ in stream.parts():
        assert part.read(1)
    stream.drain()
    assert (stream.position, stream.consumed, stream.damages) == (8, 8, [])
    assert stream.digest != stream_of([b"one", b"three"]).digest


@settings(max_examples=60, deadline=None)
@given(st.data())
def test_mutations_never_crash(data: st.DataObject) -> None:
    mutate(data)


@pytest.mark.torture
@settings(max_examples=2_000, deadline=None)
@given(st.data())
def test_two_thousand_mutations(data: st.DataObject) -> None:
    mutate(data)


def mutate(data: st.DataObject) -> None:
    mutated = bytearray(data.draw(st.sampled_from([lines(EVENTS), parquet(EVENTS)])))
    for _ in range(data.draw(st.integers(1, 8))):
        at = data.draw(st.integers(0, len(mutated)))
        mutated[at : at + data.draw(st.integers(0, 4))] = data.draw(st.binary(max_size=4))
    rows, rejects = figures(bytes(mutated))
    assert all(row["visits"] >= 1 for row in rows)
    assert all(reject.reason for reject in rejects)
