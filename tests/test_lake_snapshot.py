from __future__ import annotations

from datetime import UTC, date, datetime
from pathlib import Path

import pyarrow as pa
import pytest
from lake_rows import agents, store, swap_in

from backref import schema
from backref.errors import QueryFailed, StoreDamaged
from backref.lake.lake import Lake
from backref.lake.records import ImportSummary, SiteRecord


@pytest.fixture
def lake(tmp_path: Path):
    with Lake.create(tmp_path / "store") as lake:
        yield lake


def put(lake: Lake, partition: str, *names: str) -> None:
    """Store agents in a partition of their own."""
    place = ("agents", partition)
    with lake.writer(lake.begin_import("f", "agents")) as writer:
        version, _ = lake.ids(*place)
        writer.write(*place, agents(names, writer.import_id))
        summary = ImportSummary(len(names), len(names), 0, 0)
        lake.publish(writer.import_id, writer, {place: version}, summary)


@pytest.mark.parametrize("name", schema.TABLES)
def test_an_empty_table_has_the_types_of_a_full_one(lake: Lake, name: str):
    table = schema.TABLES[name]
    with lake.snapshot() as snapshot:
        empty = snapshot.table(f"/* t.t */ SELECT * FROM {name}")
    assert empty.column_names == [*table.names, "partition"]
    assert empty.select(table.names).cast(table.arrow).num_rows == 0


def test_partitions_limit_what_a_model_sees(lake: Lake):
    put(lake, "x", "a")
    put(lake, "y", "b")
    query = "/* t.t */ SELECT partition, text FROM agents ORDER BY text"
    with lake.snapshot() as snapshot:
        both = [{"partition": "x", "text": "a"}, {"partition": "y", "text": "b"}]
        assert snapshot.partitions("agents") == ("x", "y")
        assert snapshot.rows(query) == both
        assert snapshot.rows(query, partitions={"agents": ["y", "none"]}) == both[1:]
        assert snapshot.rows(query, partitions={"agents": []}) == []
        assert snapshot.rows_in("agents", "x") == 1


def test_digests_change_with_their_own_partitions_alone(lake: Lake):
    put(lake, "x", "a")
    with lake.snapshot() as snapshot:
        of_x, of_y, of_all = (
            snapshot.digest("agents", "x"),
            snapshot.digest("agents", "y"),
            snapshot.digest("agents"),
        )
    put(lake, "y", "b")
    with lake.snapshot() as snapshot:
        assert snapshot.digest("agents", "x") == of_x
        assert snapshot.digest("agents", "y") != of_y
        assert snapshot.digest("agents") != of_all
        assert snapshot.digest("agents", "y", "x") == snapshot.digest("agents", "x", "y")


def test_a_derived_digest_follows_the_rows_not_the_writing(lake: Lake):
    def write(*values: float) -> str:
        rows = [dict.fromkeys(schema.LEDGER.names) | _ledger_row(value) for value in values]
        table = pa.Table.from_pylist(rows, schema.LEDGER.arrow)
        swap_in(lake, {"ledger": table}, "example.com", "any")
        with lake.snapshot() as snapshot:
            return snapshot.digest("ledger")

    first = write(0.1, 0.2)
    assert write(0.2, 0.1) == first
    assert write(0.2, 0.1 + 1e-17) == first
    assert write(0.2, 0.1001) != first
    assert write(0.1, 0.2, 0.2) != first


def _ledger_row(share: float) -> dict[str, object]:
    return {
        "site": "example.com",
        "row_kind": "link",
        "source_identity": "a.com",
        "source_domain": "a.com",
        "search_share": share,
    }


def test_sites_hosts_and_goals_are_views(lake: Lake):
    lake.save_site(SiteRecord("example.com", ("example.de",), ("old.com",), goals=("/thanks*",)))
    with lake.snapshot() as snapshot:
        hosts = snapshot.rows("/* t.t */ SELECT * FROM site_hosts ORDER BY host")
        assert [(row["host"], row["role"]) for row in hosts] == [
            ("example.com", "main"),
            ("example.de", "also"),
            ("old.com", "was"),
        ]
        joined = "/* t.t */ SELECT zone, pattern FROM sites JOIN goals USING (site)"
        assert snapshot.rows(joined) == [{"zone": "UTC", "pattern": "/thanks*"}]


def test_arrow_tables_and_parameters_join_in(lake: Lake):
    store(lake, ["a", "b"])
    with lake.snapshot() as snapshot:
        found = snapshot.rows(
            "/* t.t */ SELECT text, $at AS at_time, $day AS day FROM agents "
            "JOIN wanted USING (text) WHERE text <> $no",
            tables={"wanted": pa.table({"text": ["b", "c"]})},
            at=datetime(2026, 1, 1, tzinfo=UTC),
            day=date(2026, 1, 1),
            no="x",
        )
    assert found[0]["text"] == "b"
    assert found[0]["at_time"] == datetime(2026, 1, 1, tzinfo=UTC)
    assert found[0]["day"] == date(2026, 1, 1)


def test_several_readers_of_one_snapshot_stream_at_once(lake: Lake):
    store(lake, [str(number) for number in range(200_000)])
    with lake.snapshot() as snapshot:
        query = "/* t.t */ SELECT text FROM agents"
        readers = [snapshot.sql(query) for _ in range(3)]
        total = 0
        for batches in zip(*readers, strict=True):
            total += sum(batch.num_rows for batch in batches)
    assert total == 600_000


@pytest.mark.parametrize(
    ("query", "params", "says"),
    [
        ("/* t.t */ SELECT nothing FROM agents", {}, "nothing"),
        ("/* t.t */ SELECT $a", {}, "missing parameters \\['a'\\]"),
        ("/* t.t */ SELECT 1", {"a": 1}, "unused \\['a'\\]"),
        ("/* t.t */ SELECT CAST(text AS INTEGER) FROM agents", {}, "Conversion"),
        ("/* t.t */ SELECT 1; SELECT 2", {}, "one SELECT"),
        ("/* t.t */ CREATE TABLE x AS SELECT 1", {}, "one SELECT"),
        ("SELECT 1", {}, "tag"),
    ],
)
def test_a_wrong_model_is_told_by_name_with_its_text(lake: Lake, query, params, says: str):
    store(lake, ["a"])
    with lake.snapshot() as snapshot, pytest.raises(QueryFailed, match=says) as caught:
        snapshot.rows(query, **params)
    assert query in str(caught.value)


@pytest.mark.parametrize(
    "query",
    [
        "SELECT * FROM read_csv('/etc/passwd')",
        "SELECT * FROM read_text('{store}/key')",
        "SELECT * FROM glob('/etc/*')",
        "SELECT * FROM read_parquet('https://example.com/x.parquet')",
    ],
)
def test_the_engine_reads_segments_and_nothing_else(lake: Lake, query: str):
    with lake.snapshot() as snapshot, pytest.raises(QueryFailed):
        snapshot.rows("/* t.t */ " + query.format(store=lake.path))


def test_a_segment_that_is_gone_is_told_in_a_sentence(lake: Lake):
    store(lake, ["a"])
    for path in (lake.path / "segments").rglob("*.parquet"):
        path.unlink()
    with lake.snapshot() as snapshot, pytest.raises(StoreDamaged, match="backref verify"):
        snapshot.rows("/* t.t */ SELECT * FROM agents")
    with pytest.raises(StoreDamaged, match="backref verify"):
        lake.ids("agents", "all")


def test_no_query_stays_open_that_failed_or_was_left(lake: Lake) -> None:
    with lake.snapshot() as snapshot:
        with pytest.raises(QueryFailed):
            snapshot.rows("/* test.wrong */ select nothing from links")
        left = snapshot.sql("/* test.left */ select * from (values (1), (2)) as two")
        assert left.read_next_batch().num_rows
        del left
        assert snapshot._open == []
