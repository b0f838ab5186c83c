"""Published ranks: the release that a file's name tells."""

from __future__ import annotations

import gzip
import io
from pathlib import Path

import pytest
from exports_facts import KEY

from backref.errors import UsageError
from backref.sources.export_ranks import named_release, release_of, told_release
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
