"""Tables told as JSON are the tables that they are as CSV."""

from __future__ import annotations

import base64
import csv
import io
import json
import zipfile
from typing import Any

import pytest
from exports_facts import KEY, SAMPLES, SHOP, read
from hypothesis import given, settings
from hypothesis import strategies as st

from backref.sources import json_tables
from backref.sources.json_tables import JSON_TABLES
from backref.sources.registry import recognise
from backref.sources.source import Context, Reject


def rows_of(data: bytes) -> tuple[list[dict[str, Any]], list[Reject]]:
    verdict = JSON_TABLES.sniff(data[:65_536])
    rows: list[dict[str, Any]] = []
    rejects: list[Reject] = []
    if not verdict.confidence:
        return rows, rejects
    context = Context(KEY, verdict.dialect, SHOP, (SHOP,), head=data[:65_536])
    for chunk in JSON_TABLES.chunks(io.BytesIO(data), context):
        if isinstance(chunk, Reject):
            rejects.append(chunk)
        else:
            parsed = JSON_TABLES.parse(chunk, context)
            rejects += parsed.rejects
            rows += [row for made in parsed.rows for row in made.batch.to_pylist()]
    return rows, rejects


def objects(name: str) -> list[dict[str, str]]:
    text = (SAMPLES / name).read_bytes()
    encoding = "utf-16" if text.startswith(b"\xff\xfe") else "utf-8-sig"
    return list(csv.DictReader(io.StringIO(text.decode(encoding), newline="")))


TABLES = ("matomo_websites.csv", "semrush_referring_domains.csv", "plausible_sources.csv")


@pytest.mark.parametrize("name", TABLES)
def test_a_list_of_objects_and_one_a_line_are_the_table(name: str) -> None:
    told = objects(name)
    ids = {row_id for table in read((SAMPLES / name).read_bytes()).rows.values()
           for row_id in (row["row_id"] for row in table)}  # fmt: skip
    whole = json.dumps(told).encode()
    lines = "\n".join(map(json.dumps, told)).encode()
    for data in (whole, lines, json.dumps({"data": told}, indent=1).encode()):
        assert recognise("x", data)[0] is JSON_TABLES
        rows, rejects = rows_of(data)
        assert rejects == []
        assert {row["row_id"] for row in rows} == ids


def test_lists_by_day_tell_the_day() -> None:
    told = objects("matomo_websites.csv")
    rows, rejects = rows_of(json.dumps({"2026-09-01": told, "2026-09-02": told[:1]}).encode())
    assert rejects == []
    assert [str(row["day_lo"]) for row in rows] == ["2026-09-01", "2026-09-01", "2026-09-02"]
    assert [row["visits"] for row in rows] == [10, 4, 10]


def umami(**tables: str) -> bytes:
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, text in tables.items():
            archive.writestr(f"{name}.csv", text)
    return json.dumps({"zip": base64.b64encode(packed.getvalue()).decode()}).encode()


def test_umamis_download_holds_tables() -> None:
    data = umami(
        referrers=(SAMPLES / "umami_referrers.csv").read_text(),
        pages=(SAMPLES / "umami_pages.csv").read_text(),
        browsers="x,y\nfirefox,12\nchrome,30\n",
    )
    assert recognise("x", data)[0] is JSON_TABLES
    rows, rejects = rows_of(data)
    assert rejects == []
    assert [(row["source_domain"], row["visits"]) for row in rows][:2] == [
        ("blog.example", 10),
        ("forum.example", 4),
    ]
    assert [(row["landing_page"], row["views"]) for row in rows][-1] == ("/tea", 31)
    assert [row["position"] for row in rows] == [1, 2, 3, 4, 5, 6]


def test_bombs_and_damage_are_told(monkeypatch: pytest.MonkeyPatch) -> None:
    def reason(data: bytes) -> str:
        ((reject,),) = [rows_of(data)[1]]
        return reject.reason

    assert "ZIP is damaged" in reason(umami(pages="x,y\n")[:40] + b'"}')
    assert "ZIP is damaged" in reason(b'{"zip": "UEsD')
    monkeypatch.setattr(json_tables, "MOST_ZIP_BYTES", 1_000)
    assert "unpacks to more" in reason(umami(pages="x,y\n" + "/,1\n" * 1_000))
    monkeypatch.setattr(json_tables, "MOST_BYTES", 100)
    assert "a JSON text of over" in reason(json.dumps(objects("matomo_websites.csv")).encode())


@pytest.mark.parametrize(
    "data",
    [
        b"[" * 65_536,
        b'{"a":' * 12_000,
        b"{}",
        b"[]",
        b"[1, 2]",
        b'[{"x": 1}]',
        b"{\xff\xfe",
        b"[{]",
    ],
)
def test_other_json_is_no_table(data: bytes) -> None:
    assert JSON_TABLES.sniff(data).confidence == 0.0


def test_a_row_that_is_none_is_a_reject() -> None:
    told: list[Any] = [*objects("matomo_websites.csv"), 7, None]
    rows, rejects = rows_of(json.dumps(told).encode())
    assert (len(rows), [reject.reason for reject in rejects]) == (2, ["no object"] * 2)


@settings(max_examples=80, deadline=None)
@given(st.data())
def test_mutations_never_crash(data: st.DataObject) -> None:
    name = data.draw(st.sampled_from(TABLES))
    mutated = bytearray(json.dumps(objects(name)).encode())
    for _ in range(data.draw(st.integers(1, 8))):
        at = data.draw(st.integers(0, len(mutated)))
        odd = st.sampled_from(
            [b'"', b",", b"{", b"}", b"[", b"]", b":", b"\n", b"null", b"\\u0000"]
        )
        mutated[at : at + data.draw(st.integers(0, 3))] = data.draw(odd | st.binary(max_size=3))
    rows_of(bytes(mutated))
