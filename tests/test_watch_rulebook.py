"""robots.txt files that hold beyond a run, and never for longer than a day."""

from __future__ import annotations

from collections import Counter
from pathlib import Path

from farm import Farm, Reply, page
from hypothesis import given
from hypothesis import strategies as st

from backref.check.kept import Kept
from backref.lake.lake import Lake
from backref.watch import rulebook
from backref.watch.rulebook import Rulebook
from backref.watch.run import Wanted, check
from tests.checking_store import SHOP, fetcher, new_store

HOUR = 3_600_000_000
PLACE = ("https", "a.test", 443)


def test_the_next_run_goes_by_what_this_one_was_told(tmp_path: Path) -> None:
    rules = b"User-agent: *\nDisallow: /no\n"
    short = Reply(rules, headers=(("Cache-Control", "max-age=60"),))
    with Farm(4) as farm:
        answers = {"a": Reply(rules), "b": Reply(b"", 404), "c": Reply(b"", 503), "d": short}
        for name, answer in answers.items():
            pages = {"/robots.txt": answer, "/x": page(SHOP), "/no": page(SHOP)}
            farm.site(f"{name}.test", pages)
        urls = [f"http://{name}.test/{path}" for name in "abcd" for path in ("x", "no")]
        store = new_store(tmp_path / "store", *urls)
        asked = []
        for days in (0.0, 0.9, 2.1):
            with Lake.open(store) as lake:
                check(lake, fetcher(farm, days), Wanted((), tuple(urls)))
            asked.append(Counter(seen.host for seen in farm.seen if seen.path == "/robots.txt"))
        forbidden = [seen for seen in farm.seen if seen.path == "/no" and seen.host == "a.test"]
    files = [{name: counted[f"{name}.test"] for name in "abd"} for counted in asked]
    assert files == [
        {"a": 1, "b": 1, "d": 1},
        {"a": 1, "b": 1, "d": 2},
        {"a": 2, "b": 2, "d": 3},
    ]
    assert asked[1]["c.test"] > asked[0]["c.test"], "what could not be read is read again"
    assert forbidden == []


def opened(folder: Path, now: int) -> Rulebook:
    return Rulebook(folder, lambda: now)


def kept(until: int, text: str = "User-agent: *\nDisallow: /x") -> Kept:
    return Kept("allowed", text, "search=yes", until)


def test_what_is_kept_is_recalled_until_its_time_and_the_last_counts(tmp_path: Path) -> None:
    book = opened(tmp_path, 0)
    book.keep(PLACE, kept(HOUR, "old"))
    book.keep(PLACE, kept(2 * HOUR, "new"))
    book.keep(("http", "far.test", 80), kept(25 * HOUR))
    book.close()
    for now, text in ((1, "new"), (HOUR + 1, "new"), (2 * HOUR, None), (-24 * HOUR, None)):
        copy = tmp_path / f"at {now}"
        copy.mkdir()
        (copy / rulebook.FILE).write_bytes((tmp_path / rulebook.FILE).read_bytes())
        book = opened(copy, now)
        found = book.recall(PLACE)
        assert (found.text if found else None) == text
        assert book.recall(("http", "far.test", 80)) is None or now > HOUR
        book.close()


@given(st.binary(max_size=200))
def test_a_file_that_was_torn_or_written_by_others_is_read_as_far_as_it_is_ours(
    tmp_path_factory, data: bytes
) -> None:
    folder = tmp_path_factory.mktemp("book")
    book = opened(folder, 0)
    book.keep(PLACE, kept(HOUR))
    book.close()
    whole = (folder / rulebook.FILE).read_bytes()
    for torn in (data + b"\n" + whole, whole + data, whole + whole[: len(whole) // 2]):
        (folder / rulebook.FILE).write_bytes(torn)
        book = opened(folder, 1)
        assert book.recall(PLACE) == kept(HOUR)
        book.close()
        assert (folder / rulebook.FILE).read_bytes() == whole


def test_so_much_is_held_and_the_latest_stays(tmp_path: Path, monkeypatch) -> None:
    monkeypatch.setattr(rulebook, "MOST_BYTES", 1000)
    book = opened(tmp_path, 0)
    for n in range(50):
        book.keep(("http", f"{n}.test", 80), kept(HOUR, "x" * 100))
    book.close()
    book = opened(tmp_path, 1)
    assert book.recall(("http", "49.test", 80))
    assert not book.recall(("http", "0.test", 80))
    book.close()
