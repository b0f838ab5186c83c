from __future__ import annotations

import os
import sqlite3
import stat
import time
from contextlib import closing
from datetime import UTC, date, datetime, timedelta
from pathlib import Path

import pyarrow as pa
import pytest
from lake_rows import PLACE, agents, ids_of, row_id, store, swap_in, texts

from backref.errors import Conflict, NoStore, StoreError, UsageError
from backref.lake.lake import Lake
from backref.lake.records import ImportSummary, SiteRecord


@pytest.fixture
def lake(tmp_path: Path):
    with Lake.create(tmp_path / "store") as lake:
        yield lake


def days(*names: str) -> pa.Table:
    """Rows of `page_days`, a derived table."""
    return pa.table(
        {
            "site": ["example.com"] * len(names),
            "day": pa.array([date(2026, 1, 1)] * len(names)),
            "host": pa.array([None] * len(names), pa.string()),
            "page": list(names),
            "status": pa.array([200] * len(names), pa.int32()),
            "referrer_host": pa.array([None] * len(names), pa.string()),
            "people": pa.array([1] * len(names), pa.int64()),
            "bots": pa.array([0] * len(names), pa.int64()),
            "without_referrers": pa.array([False] * len(names)),
        }
    )


def pages(lake: Lake) -> list[str]:
    with lake.snapshot() as snapshot:
        return [r["page"] for r in snapshot.rows("/* t.t */ SELECT page FROM page_days ORDER BY 1")]


def test_a_new_store_is_empty_and_keeps_its_key_to_its_owner(lake: Lake):
    assert lake.sites() == ()
    assert list(lake.imports()) == []
    assert list(lake.verify()) == []
    key = lake.path / "key"
    assert stat.S_IMODE(key.stat().st_mode) == 0o600
    assert key.read_bytes() == lake.key
    assert len(lake.key) == 32


def test_creating_over_something_changes_nothing(tmp_path: Path):
    Lake.create(tmp_path / "store").close()
    key = (tmp_path / "store" / "key").read_bytes()
    with pytest.raises(UsageError, match="already"):
        Lake.create(tmp_path / "store")
    assert (tmp_path / "store" / "key").read_bytes() == key
    (tmp_path / "full").mkdir()
    (tmp_path / "full" / "letter.txt").write_text("mine")
    with pytest.raises(UsageError, match="not an empty folder"):
        Lake.create(tmp_path / "full")
    assert sorted(path.name for path in tmp_path.iterdir()) == ["full", "store"]


def test_what_died_while_making_a_store_is_cleared_by_the_next_who_makes_one(tmp_path: Path):
    for name, age in (("store.0a.unfinished", 7200), ("store.0b.unfinished", 0)):
        (tmp_path / name).mkdir()
        os.utime(tmp_path / name, (time.time() - age,) * 2)
    Lake.create(tmp_path / "store").close()
    assert sorted(path.name for path in tmp_path.iterdir()) == ["store", "store.0b.unfinished"]


def test_opening_nothing_says_how_to_begin(tmp_path: Path):
    with pytest.raises(NoStore, match="backref init"):
        Lake.open(tmp_path)


def test_a_store_in_a_folder_with_awkward_names_works(tmp_path: Path):
    with Lake.create(tmp_path / "it's [a] store* 100% ü") as lake:
        store(lake, ["a", "b"])
        assert texts(lake) == ["a", "b"]


def test_sites_are_kept_as_given_and_can_change(lake: Lake):
    created = datetime(2026, 1, 2, 3, 4, 5, 6, UTC)
    site = SiteRecord(
        "example.com", ("example.de",), ("old.com",), "Europe/Berlin", ("ex",), ("/t*",), created
    )
    lake.save_site(site)
    lake.save_site(SiteRecord("b.com"))
    assert lake.sites()[1] == site
    lake.save_site(SiteRecord("example.com", zone="UTC", created=created))
    assert lake.sites()[1] == SiteRecord("example.com", created=created)
    assert len(lake.sites()) == 2


def test_an_import_is_stored_once_however_often_it_is_repeated(lake: Lake):
    store(lake, ["a", "b"], rejects=[(7, "no agent", "x" * 500)])
    store(lake, ["b", "c", "b"])
    store(lake, ["a", "b"])
    assert texts(lake) == ["a", "b", "c"]
    assert [(r.read, r.stored, r.duplicate, r.rejected) for r in lake.imports()] == [
        (3, 2, 0, 1),
        (3, 1, 2, 0),
        (2, 0, 2, 0),
    ]
    (reject,) = lake.rejects()
    assert (reject.import_id, reject.position, reject.reason) == (1, 7, "no agent")
    assert reject.sample == "x" * 200
    assert list(lake.rejects(2)) == []


def test_ids_are_those_published_after_a_version(lake: Lake):
    assert lake.ids(*PLACE)[0] == 0
    store(lake, ["a"])
    first, ids = lake.ids(*PLACE)
    assert ids_of(ids) == {row_id("a")}
    store(lake, ["b"])
    second, ids = lake.ids(*PLACE, after_version=first)
    assert ids_of(ids) == {row_id("b")}
    assert second > first
    assert len(lake.ids(*PLACE, after_version=second)[1]) == 0


def test_a_publish_that_read_an_older_version_changes_nothing_and_can_be_repeated(lake: Lake):
    version, _ = lake.ids(*PLACE)
    import_id = lake.begin_import("late", "agents")
    writer = lake.writer(import_id)
    staged = writer.write(*PLACE, agents(["a", "b"]))
    store(lake, ["a"])
    with pytest.raises(Conflict) as caught:
        lake.publish(import_id, writer, {PLACE: version}, ImportSummary(2, 2, 0, 0))
    assert caught.value.partitions == (PLACE,)
    assert texts(lake) == ["a"]
    version, news = lake.ids(*PLACE, after_version=version)
    assert ids_of(news) == {row_id("a")}
    writer.rewrite(staged, agents(["b"]))
    lake.publish(import_id, writer, {PLACE: version}, ImportSummary(2, 1, 1, 0))
    assert texts(lake) == ["a", "b"]
    assert list(lake.verify()) == []


def test_rewriting_to_nothing_unstages(lake: Lake):
    writer = lake.writer(lake.begin_import("f", "agents"))
    staged = writer.write(*PLACE, agents(["a"]))
    assert writer.rewrite(staged, agents([])) is None
    assert writer.staged == ()
    assert list(lake.verify()) == []


def test_segments_for_partitions_that_were_not_read_are_refused(lake: Lake):
    writer = lake.writer(lake.begin_import("f", "agents"))
    writer.write(*PLACE, agents(["a"]))
    with pytest.raises(StoreError, match="not read"):
        lake.publish(writer.import_id, writer, {}, ImportSummary(1, 1, 0, 0))


def test_sums_that_do_not_add_up_are_refused_whole(lake: Lake):
    writer = lake.writer(lake.begin_import("f", "agents"))
    writer.write(*PLACE, agents(["a"]))
    with pytest.raises(StoreError):
        lake.publish(writer.import_id, writer, {PLACE: 0}, ImportSummary(2, 1, 0, 0))
    assert texts(lake) == []
    assert next(lake.imports()).state == "running"


def test_what_is_abandoned_leaves_no_file(lake: Lake):
    with lake.writer(lake.begin_import("f", "agents")) as writer:
        writer.write(*PLACE, agents(["a"]))
    assert [path for path in (lake.path / "segments").rglob("*") if path.is_file()] == []
    lake.fail_import(writer.import_id, "bad gzip")
    record = next(lake.imports())
    assert (record.state, record.reason, record.read) == ("failed", "bad gzip", None)


@pytest.mark.parametrize(
    ("spoil", "says"),
    [
        (lambda rows: rows.drop_columns(["text"]), "lack the columns"),
        (lambda rows: rows.append_column("more", rows["text"]), "too many"),
        (lambda rows: rows.set_column(4, "text", pa.nulls(1, pa.string())), "values in text"),
        (lambda rows: rows.set_column(3, "agent", pa.array(["x"])), "wrong types"),
    ],
)
def test_rows_that_are_not_the_tables_are_refused(lake: Lake, spoil, says: str):
    with lake.writer(1) as writer, pytest.raises(StoreError, match=says):
        writer.write(*PLACE, spoil(agents(["a"])))


def test_a_snapshot_sees_one_version_while_others_write(lake: Lake):
    store(lake, ["a"])
    with lake.snapshot() as snapshot:
        reader = snapshot.sql("/* t.t */ SELECT text FROM agents")
        store(lake, ["b"])
        assert [row["text"] for row in reader.read_all().to_pylist()] == ["a"]
        assert snapshot.rows("/* t.t */ SELECT count(*) AS n FROM agents") == [{"n": 1}]
    assert texts(lake) == ["a", "b"]


def test_a_snapshot_still_reads_what_was_replaced_and_swept_within_the_grace(lake: Lake):
    swap_in(lake, {"page_days": days("/a")}, "example.com/2026-01-01", "v1")
    with lake.snapshot() as before:
        swap_in(lake, {"page_days": days("/b")}, "example.com/2026-01-01", "v2")
        assert lake.sweep() == 0
        assert before.rows("/* t.t */ SELECT page FROM page_days") == [{"page": "/a"}]
    assert pages(lake) == ["/b"]


def test_old_salts_go_when_the_store_is_opened(tmp_path: Path):
    then = datetime(2026, 1, 1, tzinfo=UTC)
    with Lake.create(tmp_path / "s", clock=lambda: then) as lake:
        salt = lake.salt("example.com", then.date())
        assert salt in (lake.path / "salts.db").read_bytes()
    with Lake.open(tmp_path / "s", clock=lambda: then + timedelta(hours=47)) as lake:
        assert salt in (lake.path / "salts.db").read_bytes()
    with Lake.open(tmp_path / "s", clock=lambda: then + timedelta(hours=49)) as lake:
        assert salt not in (lake.path / "salts.db").read_bytes()


def test_replaced_segments_go_after_the_grace(tmp_path: Path):
    now = [datetime(2026, 1, 1, tzinfo=UTC)]
    with Lake.create(tmp_path / "s", clock=lambda: now[0], grace=timedelta(hours=1)) as lake:
        for name in ("/a", "/b"):
            swap_in(lake, {"page_days": days(name)}, "p", name)
        now[0] += timedelta(minutes=59)
        assert lake.sweep() == 0
        now[0] += timedelta(minutes=2)
        assert lake.sweep() == 1
        assert len(list((lake.path / "segments").rglob("*.parquet"))) == 1
        assert pages(lake) == ["/b"]
        assert list(lake.verify()) == []


def test_replacing_swaps_all_tables_of_a_stage_or_none(lake: Lake):
    swap_in(lake, {"page_days": days("/a")}, "p", "v1")
    with pytest.raises(StoreError):
        swap_in(lake, {"page_days": days("/b"), "ledger": days("/b")}, "p", "v2")
    assert pages(lake) == ["/a"]
    with lake.snapshot() as snapshot:
        assert snapshot.built("page_days") == {"p": "v1"}
    assert list(lake.verify()) == []


def test_replacing_what_moved_meanwhile_is_refused(lake: Lake):
    swap_in(lake, {"page_days": days("/a")}, "p", "v1")
    with pytest.raises(Conflict):
        swap_in(lake, {"page_days": days("/old")}, "p", "v0", expected={"page_days": 0})
    assert pages(lake) == ["/a"]


def test_dropping_a_partition_takes_it_out_of_every_table(lake: Lake):
    swap_in(lake, {"page_days": days("/a")}, "p", "v1")
    swap_in(lake, {"page_days": days("/b")}, "q", "v1")
    lake.drop_partition(["page_days"], "p")
    assert pages(lake) == ["/b"]
    with lake.snapshot() as snapshot:
        assert snapshot.partitions("page_days") == ("q",)
        assert snapshot.built("page_days")["p"] is None


def test_the_content_digest_ignores_order_imports_and_segments(tmp_path: Path):
    digests = set()
    for name, batches in {
        "one": [["a", "b", "c"]],
        "two": [["c"], ["b", "a"]],
        "repeated": [["c", "a"], ["a"], ["b", "c"]],
    }.items():
        with Lake.create(tmp_path / name) as lake:
            for batch in batches:
                store(lake, batch)
            digests.add(lake.content_digest("agents"))
            store(lake, ["d"])
            assert lake.content_digest("agents") not in digests
    assert len(digests) == 1


def test_salts_differ_by_site_and_day_and_stay(lake: Lake):
    day = date(2026, 1, 1)
    salt = lake.salt("a.com", day)
    assert lake.salt("a.com", day) == salt
    assert len({salt, lake.salt("b.com", day), lake.salt("a.com", date(2026, 1, 2))}) == 3
    assert lake.renewed_salts == []


def test_imports_of_one_batch_bear_the_number_of_its_first(lake: Lake) -> None:
    first = lake.begin_import("a", "agents")
    second = lake.begin_import("b", "agents", batch=first)
    alone = lake.begin_import("c", "agents")
    assert [record.batch for record in lake.imports()][-3:] == [first, first, alone]
    with lake.snapshot() as snapshot:
        batches = snapshot.rows("/* t.batches */ SELECT * FROM import_batches")
    told = {row["import_id"]: row["batch"] for row in batches}
    assert (told[first], told[second], told[alone]) == (first, first, alone)


def test_imports_from_before_batches_have_one_each(tmp_path: Path) -> None:
    path = tmp_path / "before"
    with Lake.create(path) as lake:
        number = lake.begin_import("a", "agents")
    with closing(sqlite3.connect(path / "catalogue.db")) as connection, connection:
        connection.execute("alter table imports drop column batch")
        connection.execute("delete from migrations where name = 'm007_batches_of_imports'")
    with Lake.open(path) as lake, lake.snapshot() as snapshot:
        (told,) = snapshot.rows("/* t.batches */ SELECT * FROM import_batches")
    assert told == {"import_id": number, "batch": number}
