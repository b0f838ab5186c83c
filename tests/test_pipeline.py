from __future__ import annotations

import multiprocessing
import shutil
from collections import Counter
from collections.abc import Mapping
from dataclasses import replace
from datetime import date
from pathlib import Path

import pyarrow as pa
import pytest
from lake_rows import agents, store, swap_in

from backref import pipeline
from backref.lake.lake import Lake
from backref.lake.model import Line
from backref.lake.records import ImportSummary
from backref.lake.snapshot import Snapshot
from backref.lake.stage import Stage

PROCESSES = multiprocessing.get_context("forkserver")
PROCESSES.set_forkserver_preload(["backref.pipeline", "pytest", "pyarrow.dataset", "pandas"])


class House:
    """Two stages over `agents`: letters counted by partition, then all of them together."""

    def __init__(self) -> None:
        self.built: Counter[str] = Counter()
        self.stages = (
            Stage("letters", ("page_days",), "1", self.plan_letters, self.build_letters),
            Stage("totals", ("rankings_by_day",), "1", self.plan_total, self.build_total),
        )

    def plan_letters(self, snapshot: Snapshot) -> Mapping[str, str]:
        return {name: snapshot.digest("agents", name) for name in snapshot.partitions("agents")}

    def build_letters(self, snapshot: Snapshot, partition: str) -> Mapping[str, pa.Table]:
        self.built[f"letters {partition}"] += 1
        letters = Line(
            "/* t.letters */ SELECT left(text, 1) AS letter, count(*) AS people "
            "FROM agents GROUP BY 1"
        )
        rows = snapshot.rows(letters.text, partitions={"agents": [partition]})
        return {"page_days": page_days(partition, {r["letter"]: r["people"] for r in rows})}

    def plan_total(self, snapshot: Snapshot) -> Mapping[str, str]:
        return {"all": snapshot.digest("page_days")}

    def build_total(self, snapshot: Snapshot, partition: str) -> Mapping[str, pa.Table]:
        self.built["total"] += 1
        (total,) = snapshot.rows("/* t.t */ SELECT sum(people)::BIGINT AS n FROM page_days")
        return {"lifelines": lifelines(total["n"] or 0)}


def page_days(site: str, people: Mapping[str, int]) -> pa.Table:
    n = len(people)
    return pa.table(
        {
            "site": pa.array([site] * n, pa.string()),
            "day": pa.array([date(2026, 1, 1)] * n, pa.date32()),
            "host": pa.array([None] * n, pa.string()),
            "page": pa.array(list(people), pa.string()),
            "status": pa.array([200] * n, pa.int32()),
            "referrer_host": pa.array([None] * n, pa.string()),
            "people": pa.array(list(people.values()), pa.int64()),
            "bots": pa.array([0] * n, pa.int64()),
            "without_referrers": pa.array([False] * n),
        }
    )


def lifelines(number: int) -> pa.Table:
    return pa.table(
        {
            "link_id": pa.array([number], pa.uint64()),
            "week_lo": [date(2026, 1, 5)],
            "week_hi": pa.array([None], pa.date32()),
            "cell": ["archive"],
            "nofollow": pa.array([None], pa.bool_()),
        }
    )


def put(lake: Lake, partition: str, *texts: str) -> None:
    place = ("agents", partition)
    with lake.writer(lake.begin_import("f", "agents")) as writer:
        version, _ = lake.ids(*place)
        writer.write(*place, agents(texts, writer.import_id))
        summary = ImportSummary(len(texts), len(texts), 0, 0)
        lake.publish(writer.import_id, writer, {place: version}, summary)


@pytest.fixture
def house() -> House:
    house = House()
    house.stages = (
        house.stages[0],
        Stage("totals", ("lifelines",), "1", house.plan_total, house.build_total),
    )
    return house


@pytest.fixture
def lake(tmp_path: Path):
    with Lake.create(tmp_path / "store") as lake:
        yield lake


def derived(lake: Lake) -> tuple[str, str]:
    return lake.content_digest("page_days"), lake.content_digest("lifelines")


def total(lake: Lake) -> int:
    with lake.snapshot() as snapshot:
        (row,) = snapshot.rows("/* t.t */ SELECT link_id FROM lifelines")
    return row["link_id"]


def test_a_run_builds_only_what_changed(lake: Lake, house: House):
    put(lake, "x", "a", "b")
    put(lake, "y", "c")
    assert pipeline.run(lake, stages=house.stages) == 3
    assert pipeline.run(lake, stages=house.stages) == 0
    put(lake, "y", "d")
    house.built.clear()
    pipeline.run(lake, stages=house.stages)
    assert house.built == {"letters y": 1, "total": 1}
    assert total(lake) == 4


def test_what_is_built_anew_to_the_same_rows_changes_nothing_downstream(lake: Lake, house: House):
    put(lake, "x", "a", "b")
    pipeline.run(lake, stages=house.stages)
    house.built.clear()
    old, totals = house.stages
    newer = Stage(old.name, old.tables, "2", old.plan, old.build)
    pipeline.run(lake, stages=(newer, totals))
    assert house.built == {"letters x": 1}


def test_a_stage_is_planned_again_only_when_what_it_reads_changed(lake: Lake, house: House):
    planned: Counter[str] = Counter()

    def told(stage: Stage, *reads: str) -> Stage:
        def plan(snapshot: Snapshot) -> Mapping[str, str]:
            planned[stage.name] += 1
            return stage.plan(snapshot)

        return replace(stage, plan=plan, reads=reads)

    letters, totals = told(house.stages[0], "agents"), told(house.stages[1], "page_days")
    put(lake, "x", "anna", "bob")
    pipeline.run(lake, stages=(letters, totals))
    assert planned == {"letters": 1, "totals": 1}
    pipeline.run(lake, stages=(letters, totals))
    assert planned == {"letters": 1, "totals": 1}
    lake.drop_partition(["lifelines"], "all")
    pipeline.run(lake, stages=(letters, totals))
    assert planned == {"letters": 1, "totals": 2}
    pipeline.run(lake, stages=(replace(letters, version="2"), totals))
    assert planned == {"letters": 2, "totals": 2}


def test_incremental_equals_full(tmp_path: Path, house: House):
    batches = [("x", "a"), ("y", "b"), ("x", "ab"), ("z", "c"), ("y", "bb")]
    with Lake.create(tmp_path / "step by step") as lake:
        for partition, text in batches:
            put(lake, partition, text)
            pipeline.run(lake, stages=house.stages)
        step_by_step = derived(lake)
        house.built.clear()
        pipeline.rebuild(lake, stages=house.stages)
        assert house.built == {"letters x": 1, "letters y": 1, "letters z": 1, "total": 1}
        assert derived(lake) == step_by_step
    with Lake.create(tmp_path / "at once") as lake:
        for partition, text in reversed(batches):
            put(lake, partition, text)
        pipeline.run(lake, stages=house.stages)
        assert derived(lake) == step_by_step


def test_what_is_gone_is_dropped(lake: Lake, house: House):
    swap_in(lake, {"page_days": page_days("old", {"z": 9})}, "old", "who knows")
    put(lake, "x", "a")
    pipeline.run(lake, stages=house.stages)
    with lake.snapshot() as snapshot:
        assert snapshot.partitions("page_days") == ("x",)
    assert total(lake) == 1
    assert pipeline.run(lake, stages=house.stages) == 0


def test_what_arrives_while_building_is_built_too(lake: Lake, house: House):
    put(lake, "x", "a")
    build = house.stages[0].build

    def build_while_importing(snapshot: Snapshot, partition: str) -> Mapping[str, pa.Table]:
        if not house.built:
            put(lake, "x", "late")
            put(lake, "y", "later")
        return build(snapshot, partition)

    letters, totals = house.stages
    stages = (Stage("letters", letters.tables, "1", letters.plan, build_while_importing), totals)
    pipeline.run(lake, stages=stages)
    assert total(lake) == 3
    assert house.built["letters x"] == 2


def test_a_run_overtaken_by_another_does_not_put_older_rows_in_place(lake: Lake, house: House):
    put(lake, "x", "a")
    build = house.stages[0].build
    rival = House()
    overtaken = []

    def build_slowly(snapshot: Snapshot, partition: str) -> Mapping[str, pa.Table]:
        rows = build(snapshot, partition)
        if not overtaken:
            overtaken.append(partition)
            put(lake, "x", "b")
            pipeline.run(lake, stages=(rival.stages[0],))
        return rows

    letters, totals = house.stages
    stages = (Stage("letters", letters.tables, "1", letters.plan, build_slowly), totals)
    pipeline.run(lake, stages=stages)
    assert total(lake) == 2
    assert house.built == {"letters x": 1, "total": 1}


def test_progress_counts_up_to_what_there_is(lake: Lake, house: House):
    put(lake, "x", "a")
    put(lake, "y", "a")
    told: list[tuple[str, int, int]] = []
    pipeline.run(lake, lambda *news: told.append(news), stages=house.stages)
    assert told[:3] == [("letters", 0, 2), ("letters", 1, 2), ("letters", 2, 2)]


def run_in_a_process(path: Path) -> None:
    house = House()
    letters, totals = house.stages
    with Lake.open(path) as lake:
        for number in range(5):
            store(lake, [f"{number} {house!r}"])
            pipeline.run(
                lake,
                stages=(letters, Stage("totals", ("lifelines",), "1", totals.plan, totals.build)),
            )


@pytest.mark.slow
def test_two_runs_at_once_end_where_one_would(tmp_path: Path, house: House):
    path = tmp_path / "store"
    Lake.create(path).close()
    runs = [PROCESSES.Process(target=run_in_a_process, args=(path,)) for _ in range(2)]
    for run in runs:
        run.start()
    for run in runs:
        run.join()
    assert [run.exitcode for run in runs] == [0, 0]
    with Lake.open(path) as lake:
        assert pipeline.run(lake, stages=house.stages) == 0
        by_two = derived(lake)
        pipeline.rebuild(lake, stages=house.stages)
        assert derived(lake) == by_two
        assert list(lake.verify()) == []
    shutil.rmtree(path)
