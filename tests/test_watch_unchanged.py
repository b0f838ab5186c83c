"""Pages that are asked for only if they have changed: what an answer 304 shows, and what it never
does."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from farm import Farm, Request, page

from backref.faces.query import Store
from backref.faces.query.evidence import evidence
from backref.ingest import import_inputs
from backref.lake.lake import Lake
from backref.watch.run import Checked, Wanted, check
from tests.checking_store import SHOP, fetcher, new_store, rows, states

BLOG, KEY = "https://blog.test/post", "blog.test/post"
WANTED = Wanted(("shop.test",), targets=False)


class Versioned:
    """A page with an ETag, whose server may lie about it."""

    def __init__(self) -> None:
        self.body = page(SHOP).body
        self.etag = '"1"'
        self.always_unchanged = False
        self.says: str | None = None

    async def reply(self, request: Request) -> None:
        asked = dict(request.headers).get("if-none-match")
        same = asked == self.etag or self.always_unchanged
        status, body = (304, b"") if same else (200, self.body)
        head = (
            f"HTTP/1.1 {status} -\r\nETag: {self.says or self.etag}\r\nContent-Type: text/html\r\n"
        )
        await request.send(f"{head}Content-Length: {len(body)}\r\n\r\n".encode() + body)


@pytest.fixture
def versioned() -> Iterator[tuple[Farm, Versioned]]:
    held, answer = Farm(2), Versioned()
    held.site("blog.test", {"/post": answer.reply})
    with held:
        yield held, answer


@pytest.fixture
def store(tmp_path: Path) -> Path:
    return new_store(tmp_path / "store", BLOG)


def run(store: Path, farm: Farm, days: float, **wanted: Any) -> Checked:
    with Lake.open(store) as lake:
        return check(lake, fetcher(farm, days), Wanted(("shop.test",), targets=False, **wanted))


def told(store: Path, farm: Farm, *days: float) -> list[str]:
    return [run(store, farm, day).looks[0]["told"] for day in days]


def test_an_unchanged_page_shows_its_links_again(
    store: Path, versioned: Any, tmp_path: Path
) -> None:
    farm, _ = versioned
    assert told(store, farm, 0) == ["page"]
    kept = tmp_path / "proof.warc"
    checked = run(store, farm, 10, keep=kept)
    assert [(look["told"], look["status"], look["bytes"]) for look in checked.looks] == [
        ("unchanged", 304, 0)
    ]
    assert checked.changes == ()
    [link] = [row for row in rows(store, "links") if row["target_page"]]
    [first, second] = sorted(rows(store, "checks"), key=lambda row: row["at"])
    assert (link["state"], link["last_seen_hi"]) == ("live", second["at"])
    assert link["last_verified"] == second["at"]
    assert (second["digest"], second["confirms"]) == (None, first["digest"])
    assert len([row for row in rows(store, "link_observations") if row["witness"] == "check"]) == 1
    assert b"WARC-Type: revisit" in kept.read_bytes()
    assert first["digest"].encode() in kept.read_bytes()
    with Store(Lake.open(store)) as opened:
        seen = evidence(opened.site("shop.test").view, f"{link['link_id']:016x}").observations
    assert [(one.witness, one.assertion, one.status) for one in seen[:2]] == [
        ("check", "present", 304),
        ("check", "present", 200),
    ]


def test_the_page_itself_is_wanted_at_every_fourth_look(store: Path, versioned: Any) -> None:
    farm, answer = versioned
    days = [0, 10, 20, 30, 40, 50]
    assert told(store, farm, *days) == ["page", *["unchanged"] * 3, "page", "unchanged"]
    answer.body = page("https://other.test/").body
    assert told(store, farm, 60, 70) == ["unchanged"] * 2, "an ETag that stays is believed so long"
    assert told(store, farm, 80, 90) == ["page", "page"], "a link in doubt needs the page itself"
    assert states(store)[KEY] == ("lost", "removed")


def test_a_page_without_the_link_stays_lost_and_404_is_no_304(store: Path, versioned: Any) -> None:
    farm, answer = versioned
    answer.body = page("https://other.test/").body
    assert told(store, farm, 0, 2, 40) == ["page", "page", "unchanged"]
    assert states(store)[KEY] == ("lost", "removed")
    answer.body, answer.etag = page(SHOP).body, '"2"'
    assert told(store, farm, 80) == ["page"]
    assert states(store)[KEY] == ("live", None)


@pytest.mark.parametrize("says", [None, '"other"'])
def test_a_server_that_lies_makes_no_presence(
    store: Path, versioned: Any, says: str | None
) -> None:
    farm, answer = versioned
    if says is None:
        answer.always_unchanged = True
        assert told(store, farm, 0, 2) == ["unreadable", "unreadable"], "nobody asked for a change"
        assert not [row for row in rows(store, "link_observations") if row["witness"] == "check"]
    else:
        assert told(store, farm, 0) == ["page"]
        answer.says, answer.always_unchanged = says, True
        assert told(store, farm, 10) == ["unreadable"]
        answer.always_unchanged = False
        assert told(store, farm, 12) == ["page"], "what is in doubt is asked for whole"
    assert [row["confirms"] for row in rows(store, "checks") if row["confirms"]] == []


def test_a_page_that_is_named_or_read_by_an_older_extractor_is_wanted_whole(
    store: Path, versioned: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    farm, _ = versioned
    assert told(store, farm, 0) == ["page"]
    assert [look["told"] for look in run(store, farm, 1, urls=(BLOG,)).looks] == ["page"]
    monkeypatch.setattr("backref.watch.looks.EXTRACTOR", "newer")
    assert told(store, farm, 20) == ["page"]


def test_evidence_of_unchanged_looks_says_the_same_in_another_store(
    store: Path, versioned: Any, tmp_path: Path
) -> None:
    farm, _ = versioned
    kept = tmp_path / "proof.warc.gz"
    for day in (0, 10):
        run(store, farm, day, keep=kept)
    other = new_store(tmp_path / "other", BLOG)
    with Lake.open(other) as lake:
        [report] = import_inputs(lake, [str(kept)])
    assert (report.stored, report.rejected) == (2, 0)
    assert [row["told"] for row in rows(other, "checks")] == [
        row["told"] for row in rows(store, "checks")
    ]
