"""Following a log: every line once, whatever becomes of the file meanwhile."""

from __future__ import annotations

import os

import pytest
from log_lines import line

from backref.config import Config
from backref.errors import UsageError
from backref.faces import following
from backref.ingest import import_inputs
from backref.lake.lake import Lake
from backref.lake.records import SiteRecord


@pytest.fixture
def store(tmp_path):
    with Lake.create(tmp_path / "store") as made:
        made.save_site(SiteRecord("example.com"))
    return tmp_path / "store"


def request(number: int) -> bytes:
    return line(f"GET /{number} HTTP/1.1")


def followed(store, log, *steps):
    """Follow a log; between the rounds each step is done, and behind the last it ends."""
    left = [*steps]

    def ends_after(_seconds: float) -> bool:
        if not left:
            return True
        left.pop(0)()
        return False

    config = Config(store)
    following.run(config, [str(log)], every=0.1, as_json=False, ends_after=ends_after)


def digest(store) -> str:
    with Lake.open(store) as lake:
        return lake.content_digest("hits")


def paths(store) -> list[str]:
    with Lake.open(store) as lake, lake.snapshot() as snapshot:
        found = snapshot.rows("/* test.paths */ SELECT path FROM hits ORDER BY path")
    return [row["path"] for row in found]


def test_a_log_that_grows_moves_away_and_is_cut_is_stored_once(store, tmp_path, capsys):
    log, rotated = tmp_path / "access.log", tmp_path / "access.log.1"
    log.write_bytes(request(0) * 2)

    def append(*texts: bytes) -> None:
        with log.open("ab") as opened:
            opened.write(b"".join(texts))

    def rotate() -> None:
        append(request(2))
        log.rename(rotated)

    steps = [
        lambda: append(request(0), request(1)),
        lambda: append(request(3)[:50]),
        lambda: append(request(3)[50:]),
        lambda: None,
        rotate,
        lambda: append(request(4)),
        lambda: os.truncate(log, 0),
        lambda: append(request(5)),
    ]
    followed(store, log, *steps)
    assert paths(store) == ["/0", "/0", "/0", "/1", "/2", "/3", "/4", "/5"]
    with Lake.open(store) as lake:
        assert not [*lake.rejects()]
        before = lake.content_digest("hits")
        for report in import_inputs(lake, [str(rotated), str(log)]):
            assert report.stored == 0
        assert lake.content_digest("hits") == before
    told = capsys.readouterr()
    assert told.out.count(f"{log}: combined") == 6
    assert "No longer following" in told.err


BAD = b"a line that is none\n"


def history(store) -> list[tuple[object, ...]]:
    with Lake.open(store) as lake:
        assert [*lake.verify()] == []
        rejects = [reject.import_id for reject in lake.rejects()]
        return [
            (
                each.state,
                each.read,
                each.stored,
                each.duplicate,
                each.rejected,
                rejects.count(each.id),
            )
            for each in lake.imports()
        ]


def test_all_rounds_of_a_file_are_one_import_with_its_rejects(store, tmp_path):
    log, rotated = tmp_path / "access.log", tmp_path / "access.log.1"
    log.write_bytes(request(0) * 40 + BAD * 20)

    def append(*texts: bytes) -> None:
        with log.open("ab") as opened:
            opened.write(b"".join(texts))

    def rotate() -> None:
        append(request(5))
        log.rename(rotated)
        log.write_bytes(request(6) * 3 + BAD)

    steps = [lambda n=n: append(request(n)) for n in range(1, 3)]
    followed(store, log, *steps, lambda: append(BAD), rotate)
    assert history(store) == [("done", 64, 43, 0, 21, 21), ("done", 4, 3, 0, 1, 1)]
    with Lake.open(store) as lake:
        assert lake.undo(1) == 43
    assert paths(store) == ["/6"] * 3


def test_a_file_that_is_cut_and_grows_again_is_another_import(store, tmp_path):
    log = tmp_path / "access.log"
    log.write_bytes(request(0) * 2 + BAD)
    steps = [lambda: log.write_bytes(request(1) * 3 + BAD), lambda: log.write_bytes(request(2))]
    followed(store, log, *steps)
    assert [each[1:] for each in history(store)] == [
        (3, 2, 0, 1, 1),
        (4, 3, 0, 1, 1),
        (1, 1, 0, 0, 0),
    ]


def test_a_round_after_an_undo_stands_alone(store, tmp_path):
    log = tmp_path / "access.log"
    log.write_bytes(request(0))

    def undo() -> None:
        with Lake.open(store) as lake:
            lake.undo(1)
        log.write_bytes(request(0) + request(1))

    followed(store, log, undo)
    assert [each[:3] for each in history(store)] == [("undone", 1, 1), ("done", 2, 2)]
    assert paths(store) == ["/0", "/1"]


def test_what_cannot_be_read_later_is_said_and_tried_again(store, tmp_path, capsys):
    log = tmp_path / "access.log"
    log.write_bytes(request(0))
    steps = [lambda: log.write_bytes(b"no log at all\n" * 3), lambda: log.write_bytes(request(1))]
    followed(store, log, *steps)
    assert paths(store) == ["/0", "/1"]
    assert "in no format that Backref reads" in capsys.readouterr().err


def test_a_first_round_that_fails_and_what_is_no_file_end_it(store, tmp_path):
    log = tmp_path / "access.log"
    log.write_bytes(b"no log at all\n" * 3)
    with pytest.raises(UsageError, match="in no format"):
        followed(store, log)
    for path in ("-", str(tmp_path), str(tmp_path / "missing")):
        with pytest.raises(UsageError, match="no file that could be followed"):
            followed(store, path)
