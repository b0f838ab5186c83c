from __future__ import annotations

import shutil
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from lake_rows import PLACE, agents, ids_of, row_id, store, texts

from backref.lake import compaction
from backref.lake.compaction import LIMIT, crowded, mergeable
from backref.lake.lake import Lake
from backref.lake.records import ImportSummary, Segment

sizes = st.lists(st.integers(1, 10**9), min_size=LIMIT + 1, max_size=200)


def segment(number: int, size: int) -> Segment:
    return Segment(number, "agents", "all", number, f"{number}.parquet", 1, size, "")


def test_only_partitions_above_the_limit_are_crowded():
    segments = [segment(number, 1) for number in range(LIMIT)]
    assert crowded(segments) == []
    assert crowded([*segments, segment(99, 1)]) == [("agents", "all")]


@given(sizes)
def test_merging_always_helps_and_never_takes_one_that_outweighs_the_smaller(sizes: list[int]):
    segments = [segment(number, size) for number, size in enumerate(sizes)]
    chosen = mergeable(segments)
    assert len(chosen) >= LIMIT // 2
    assert max(s.bytes for s in chosen) <= min(
        (s.bytes for s in segments if s not in chosen), default=10**9
    )


def test_a_row_is_rewritten_a_logarithmic_number_of_times():
    """Ten thousand equal segments, one after another: the mean number of rewrites is small."""
    held: list[int] = []
    written = 0
    for _ in range(10_000):
        held.append(1)
        if len(held) > LIMIT:
            chosen = mergeable([segment(n, size) for n, size in enumerate(held)])
            merged = sum(s.bytes for s in chosen)
            gone = {s.id for s in chosen}
            held = [size for n, size in enumerate(held) if n not in gone] + [merged]
            written += merged
    assert sum(held) == 10_000
    assert written / 10_000 < 6


@pytest.fixture(scope="module")
def crowded_store(tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("crowd") / "store"
    with pytest.MonkeyPatch.context() as patch, Lake.create(path) as lake:
        patch.setattr(compaction, "LIMIT", 10**9)
        for number in range(LIMIT + 1):
            store(lake, [f"{number:02}"])
    return path


@pytest.fixture
def crowd(crowded_store: Path, tmp_path: Path):
    with Lake.open(shutil.copytree(crowded_store, tmp_path / "store")) as lake:
        yield lake


def live(lake: Lake) -> int:
    with lake.snapshot() as snapshot:
        return len(snapshot._contents.segments["agents"]["all"])


def test_merging_changes_no_row_no_id_and_no_version(crowd: Lake):
    before = texts(crowd), crowd.content_digest("agents"), crowd.ids(*PLACE)[0]
    with crowd.snapshot() as snapshot:
        digest = snapshot.digest("agents")
    assert crowd.compact() == LIMIT + 1
    assert live(crowd) == 1
    assert (texts(crowd), crowd.content_digest("agents"), crowd.ids(*PLACE)[0]) == before
    with crowd.snapshot() as snapshot:
        assert snapshot.digest("agents") == digest
    assert ids_of(crowd.ids(*PLACE)[1]) == {row_id(text) for text in texts(crowd)}
    assert list(crowd.verify()) == []
    assert crowd.compact() == 0


def test_merged_rows_are_sorted_as_the_table_says(crowd: Lake):
    crowd.compact()
    with crowd.snapshot() as snapshot:
        rows = snapshot.table("/* t.t */ SELECT agent FROM agents")["agent"].to_pylist()
    assert rows == sorted(rows)


def test_publishing_makes_room_by_itself(crowd: Lake):
    store(crowd, ["one more"])
    assert live(crowd) == 1
    assert len(texts(crowd)) == LIMIT + 2


def test_what_was_read_before_a_merge_may_be_published_after_it(crowd: Lake):
    version, _ = crowd.ids(*PLACE)
    with crowd.writer(crowd.begin_import("f", "agents")) as writer:
        writer.write(*PLACE, agents(["late"]))
        crowd.compact()
        crowd.publish(writer.import_id, writer, {PLACE: version}, ImportSummary(1, 1, 0, 0))
    assert "late" in texts(crowd)
    _, news = crowd.ids(*PLACE, after_version=version)
    assert row_id("late") in ids_of(news)


def test_two_merges_at_once_keep_every_row_once(crowd: Lake):
    """The second to finish finds its segments retired and leaves everything as it is."""
    before = texts(crowd)
    merged: list[int] = []

    def meanwhile(point: str) -> None:
        if point == "segment.settled":
            merged.append(crowd.compact())

    with Lake.open(crowd.path, fault=meanwhile) as other:
        assert other.compact() == 0
    assert merged == [LIMIT + 1]
    assert texts(crowd) == before
    assert list(crowd.verify()) == []


def test_an_older_snapshot_reads_what_was_merged(crowd: Lake):
    with crowd.snapshot() as snapshot:
        crowd.compact()
        query = "/* t.t */ SELECT count(*) AS n FROM agents"
        assert snapshot.rows(query) == [{"n": LIMIT + 1}]
