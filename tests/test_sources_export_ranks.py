"""Published ranks: the release that a file's name tells."""

from __future__ import annotations

import gzip
import io
from pathlib import Path

import pytest
from exports_facts import KEY

from backref.errors import UsageError
from backref.sources.export_ranks import named_release, preamble, release_of, told_release
from backref.sources.exports import EXPORTS
from backref.sources.source import Chunk, Context


@pytest.mark.parametrize(
    ("name", "release"),
    [
        ("cc-main-2026-apr-may-jun-domain-ranks-top1000.txt.gz", "2026-06"),
        ("/tmp/CC-MAIN-2026-mar-apr-may-host-ranks.txt", "2026-05"),
        ("x.zip!cc-main-2025-26-nov-dec-jan-domain-ranks.txt", "2026-01"),
        ("cc-main-2017-feb-mar-apr-hostgraph", "2017-04"),
        ("domain-ranks.txt.gz", None),
        ("cc-main-2026-17-ranks.txt", None),
    ],
)
def test_the_release_of_a_file(name: str, release: str | None) -> None:
    assert named_release(name) == release


def test_what_was_said_counts_where_the_name_does_not_tell() -> None:
    name = "cc-main-2026-apr-may-jun-domain-ranks.txt"
    assert release_of(Context(KEY, "", None, name=name, release="2025-01")) == "2026-06"
    assert release_of(Context(KEY, "", None, name="ranks.txt", release="2025-01")) == "2025-01"
    assert release_of(Context(KEY, "", None)) is None
    assert told_release("cc-main-2026-apr-may-jun") == told_release("2026-06") == "2026-06"
    with pytest.raises(UsageError, match="is no release"):
        told_release("2026-13")


def test_rows_of_two_releases_are_two_records_and_say_so(shared_data: Path) -> None:
    def rows(name: str) -> list[dict[str, object]]:
        context = Context(KEY, "common crawl domain ranks", None, name=name)
        (chunk,) = EXPORTS.chunks(io.BytesIO(data), context)
        assert isinstance(chunk, Chunk)
        (made,) = EXPORTS.parse(chunk, context).rows
        found: list[dict[str, object]] = made.batch.to_pylist()
        return found

    name = "cc-main-2026-apr-may-jun-domain-ranks-top1000.txt.gz"
    data = gzip.decompress((shared_data / "webgraph" / name).read_bytes())
    told, untold = rows(name), rows("ranks.txt")
    assert {row["release"] for row in told} == {"2026-06"}
    assert {row["release"] for row in untold} == {None}
    assert not {row["row_id"] for row in told} & {row["row_id"] for row in untold}


def test_a_cut_tells_of_how_many_rows_it_is_and_what_is_not_ranked() -> None:
    header = b"#harmonicc_pos\t#harmonicc_val\t#pr_pos\t#pr_val\t#host_rev\t#n_hosts\n"
    body = b"7\t2.5\t9\t0.25\tcom.a\t3\n\t\t\t\tcom.b\t\n"
    found = []
    for head in (preamble(123), b""):
        data = head + header + body
        context = Context(KEY, "common crawl domain ranks", None, head=data, release="2026-06")
        (chunk,) = EXPORTS.chunks(io.BytesIO(data), context)
        assert isinstance(chunk, Chunk)
        parsed = EXPORTS.parse(chunk, context)
        assert (parsed.read, parsed.rejects) == (2, [])
        found.append(parsed.rows[0].batch.to_pylist())
    cut, plain = found
    names = ("domain", "harmonic_pos", "pagerank", "hosts", "ranked")
    assert [tuple(row[name] for name in names) for row in cut] == [
        ("a.com", 7, 0.25, 3, 123),
        ("b.com", None, None, None, 123),
    ]
    assert {row["ranked"] for row in plain} == {None}
    assert [row["row_id"] for row in cut] == [row["row_id"] for row in plain]
