from __future__ import annotations

import gzip
from pathlib import Path

import pytest
from farm import Farm, Reply, page

from backref.ingest import import_inputs
from backref.lake.lake import Lake
from backref.watch.looks import histories, time_of
from backref.watch.run import Checked, Wanted, check, plan
from tests.check_facts import micros
from tests.checking_store import SHOP, fetcher, new_store, rows, states

BLOGS = [f"https://blog{n}.test/post" for n in range(4)]
WANTED = Wanted(("shop.test",), targets=False)


@pytest.fixture(scope="module")
def farm() -> Farm:
    held = Farm(8)
    held.site("shop.test", {"/shoes": page("https://maker.test/")})
    for n in range(4):
        held.site(f"blog{n}.test", {"/post": page(SHOP)})
    with held:
        yield held


@pytest.fixture
def store(tmp_path: Path) -> Path:
    return new_store(tmp_path / "store", *BLOGS)


def run(store: Path, farm: Farm, days: float = 0.0, wanted: Wanted = WANTED, **manners) -> Checked:
    with Lake.open(store) as lake:
        return check(lake, fetcher(farm, days, **manners), wanted)


def answering(farm: Farm, host: str, reply: Reply) -> None:
    farm.sites[host].pages["/post"] = reply


def test_what_is_due_is_looked_at_and_then_waits_for_its_day(store: Path, farm: Farm) -> None:
    checked = run(store, farm)
    assert {look["url"] for look in checked.looks} == set(BLOGS)
    assert {look["told"] for look in checked.looks} == {"page"}
    assert checked.later is None, "all were due"
    later = run(store, farm, 0.5)
    assert later.looks == ()
    assert later.later
    assert time_of(micros(0.99)) < later.later < time_of(micros(1.1))
    with Lake.open(store) as lake:
        assert len(plan(lake, WANTED, time_of(micros(8))).due) == 4
    witnesses = {row["witnesses"] for row in rows(store, "links") if row["target_page"]}
    assert "archive check" in witnesses
    assert "verified" in {row["cell"] for row in rows(store, "lifelines")}


def test_two_looks_a_day_apart_prove_a_loss_and_the_link_may_return(
    store: Path, farm: Farm
) -> None:
    key = "blog0.test/post"
    try:
        answering(farm, "blog0.test", page("https://other.test/"))
        assert [change.state for change in run(store, farm).changes] == ["suspect"]
        assert run(store, farm, 0.9).looks == ()
        checked = run(store, farm, 1.1)
        assert [(c.source_page, c.was, c.state) for c in checked.changes] == [
            (key, "suspect", "lost")
        ]
        assert states(store)[key] == ("lost", "removed")
        answering(farm, "blog0.test", page(SHOP))
        found = run(store, farm, 40)
        assert (key, "lost", "live") in [(c.source_page, c.was, c.state) for c in found.changes]
    finally:
        answering(farm, "blog0.test", page(SHOP))


def test_a_budget_of_pages_takes_the_weightiest_and_leaves_the_rest(
    store: Path, farm: Farm
) -> None:
    checked = run(store, farm, wanted=Wanted(("shop.test",), most=1, targets=False))
    assert (len(checked.looks), checked.left) == (1, 3)
    assert len(run(store, farm, 0.01).looks) == 3


def test_a_budget_of_time_asks_for_nothing_more_when_it_is_over(store: Path, farm: Farm) -> None:
    checked = run(store, farm, wanted=Wanted(("shop.test",), seconds=0.0, targets=False))
    assert (checked.looks, checked.left) == ((), 4)


def test_a_page_that_is_named_is_looked_at_though_not_due(store: Path, farm: Farm) -> None:
    run(store, farm)
    wanted = Wanted(("shop.test",), urls=("blog2.test/post",))
    assert [look["page"] for look in run(store, farm, 0.1, wanted).looks] == ["blog2.test/post"]


def test_a_link_that_nobody_knew_is_found(store: Path, farm: Farm) -> None:
    farm.site("news.test", {"/a": page(SHOP)})
    wanted = Wanted(("shop.test",), urls=("https://news.test/a",))
    assert [(c.was, c.state) for c in run(store, farm, 0, wanted).changes] == [(None, "live")]


def test_targets_are_followed_and_their_answer_is_kept(store: Path, farm: Farm) -> None:
    farm.sites["shop.test"].pages["/shoes"] = Reply(
        status=301, headers=(("Location", "https://shop.test/boots"),)
    )
    farm.sites["shop.test"].pages["/boots"] = page(text="Boots")
    try:
        checked = run(store, farm, wanted=Wanted(("shop.test",)))
        [target] = [look for look in checked.looks if look["purpose"] == "target"]
        assert (target["status"], target["final_url"]) == (200, "https://shop.test/boots")
        links = [row for row in rows(store, "links") if row["target_page"] == "shop.test/shoes"]
        assert {row["resolved_page"] for row in links} == {"shop.test/boots"}
        assert {row["target_status"] for row in links} == {200}
    finally:
        farm.sites["shop.test"].pages["/shoes"] = page()


def test_evidence_is_an_archive_that_another_store_reads(
    store: Path, farm: Farm, tmp_path: Path
) -> None:
    kept = tmp_path / "proof.warc.gz"
    run(store, farm, wanted=Wanted(("shop.test",), keep=kept, targets=False))
    assert gzip.decompress(kept.read_bytes()).count(b"\r\nWARC-Type: response\r\n") == 4
    with Lake.open(new_store(tmp_path / "other")) as lake:
        [report] = import_inputs(lake, [str(kept)])
    assert (report.format, report.stored, report.rejected) == ("own checks", 4, 0)


def test_a_clock_that_jumps_makes_no_look_too_many_and_none_too_late(
    store: Path, farm: Farm
) -> None:
    run(store, farm, 3_000)
    assert len(run(store, farm, 0).looks) == 4, "looks from the far future are no looks"
    assert run(store, farm, -0.5).looks == (), "a clock that goes back a little is no reason"


def test_the_next_run_knows_of_requests_failures_and_waits(tmp_path: Path) -> None:
    with Farm(4) as farm:
        moved = Reply(status=301, headers=(("Location", "/there"),))
        farm.site("a.test", {"/x": moved, "/there": page(SHOP)})
        farm.site("b.test", {"/x": Reply(b"", 429)})
        path = new_store(tmp_path / "store", "http://a.test/x", "http://b.test/x")
        with Lake.open(path) as lake:
            check(lake, fetcher(farm, backoff=400.0), WANTED)
            now = time_of(fetcher(farm).clock.now())
            with lake.snapshot() as snapshot:
                known = histories(snapshot, now, ["a.test", "b.test", "never.test"])
        assert known["a.test"].today == len(farm.requests("a.test")) == 3
    assert (known["a.test"].failures, known["a.test"].next_allowed) == (0, None)
    assert (known["b.test"].failures, known["b.test"].today) == (1, 2)
    assert known["b.test"].next_allowed is not None
