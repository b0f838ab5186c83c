"""Ranks of a release that streams by: what is kept of it, and that nothing cuts it short."""

from __future__ import annotations

import gzip
import json
import random
import shutil
import subprocess
import sys
import time
from collections import deque
from pathlib import Path

import pytest
from farm import Farm
from farm.files import Mood, Shelf, endless

from backref.check.download import NoDownload, Unfinished
from backref.errors import StoreBusy, UsageError
from backref.ingest import import_inputs
from backref.lake.lake import Lake
from backref.releases import ranks as fetching
from backref.releases import release
from backref.releases.ranks import Fetched, Wanted, fetch
from backref.releases.resume import FOLDER, alone
from backref.releases.sieve import NoRanks
from backref.sources.gunzip import BadGzip
from tests import releases_facts as facts
from tests.releases_facts import LINKING, PATH, RELEASE, name, packed, table

EVERY = 500


def shelf(farm: Farm, data: bytes, *moods: Mood) -> Shelf:
    held = Shelf(data, deque(moods))
    farm.site("data.test", {PATH: held.answer()})
    return held


def run(path: Path, farm: Farm, every: int = EVERY, **rest: object) -> Fetched:
    with Lake.open(path) as lake:
        return fetch(lake, facts.fetcher(farm), Wanted(RELEASE, every=every, **rest))  # type: ignore[arg-type]


@pytest.fixture(scope="module")
def fetched_straight(made_ledger: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The store after a fetch in which nothing went wrong."""
    path = shutil.copytree(made_ledger, tmp_path_factory.mktemp("straight") / ".backref")
    with Farm() as farm:
        shelf(farm, packed(table()))
        run(path, farm)
    return path


def test_the_ledgers_domains_and_a_sample_are_kept(ledger: Path, farm: Farm) -> None:
    shelf(farm, packed(table()))
    fetched = run(ledger, farm)
    rows = facts.ranks(ledger)
    sample = {1, 500, 1000, 1500, 2000, 2500, 3000}
    absent = {"nowhere.example", "shop.test", "brand.test"}
    assert {row["harmonic_pos"] for row in rows} == sample | set(LINKING) | {None}
    assert {row["domain"] for row in rows if row["harmonic_pos"] is None} == absent
    (fifth,) = (row for row in rows if row["harmonic_pos"] == 5)
    expected = facts.line(5).split("\t")
    assert [str(fifth[column]) for column in ("harmonic", "pagerank_pos", "pagerank", "hosts")] == [
        *expected[1:4], expected[5],
    ]  # fmt: skip
    assert (fifth["domain"], fifth["release"], fifth["level"]) == (name(5), "2026-06", "domain")
    assert {row["ranked"] for row in rows} == {3_000}
    assert (fetched.rows, fetched.kept, fetched.passed) == (3_000, 10, 2_990)
    assert (fetched.wanted, fetched.ranked, fetched.requests) == (6, 3, 1)
    assert fetched.report is not None
    assert (fetched.report.read, fetched.report.stored) == (13, 13)
    assert fetched.report.file == f"{facts.NAME}-domain-ranks.txt"


def test_nothing_but_the_rows_is_left_on_disk(ledger: Path, farm: Farm) -> None:
    shelf(farm, packed(table()), Mood(cut=9_000), Mood(cut=9_000))
    run(ledger, farm)
    assert [path.name for path in (ledger / FOLDER).iterdir()] == ["lock"]
    assert not list((ledger / "scratch").rglob("*ranks*"))


def test_a_second_fetch_asks_nobody_and_a_later_one_takes_what_is_new(
    ledger: Path, farm: Farm
) -> None:
    held = shelf(farm, packed(table()))
    run(ledger, farm)
    before, served = facts.digest(ledger), held.served
    again = run(ledger, farm)
    assert (again.wanted, again.report, held.served) == (0, None, served)
    assert facts.digest(ledger) == before
    third = run(ledger, farm, rivals=(name(2_222), "https://www.rival.test/"))
    assert (third.wanted, third.ranked) == (2, 1)
    assert third.report is not None
    assert (third.report.stored, third.report.duplicate) == (2, 7)
    rows = facts.ranks(ledger)
    assert len({(row["domain"], row["release"]) for row in rows}) == len(rows)


def test_an_import_is_taken_back_and_fetched_again(ledger: Path, farm: Farm) -> None:
    shelf(farm, packed(table()))
    first = run(ledger, farm)
    before = facts.digest(ledger)
    assert first.report is not None
    with Lake.open(ledger) as lake:
        lake.undo(first.report.import_id)
    assert facts.ranks(ledger) == []
    assert run(ledger, farm).wanted == 6
    assert facts.digest(ledger) == before


def test_the_whole_file_and_a_cut_of_it_are_the_same_records(
    ledger: Path, farm: Farm, tmp_path: Path
) -> None:
    shelf(farm, packed(table()))
    fetched = run(ledger, farm)
    whole = tmp_path / f"{facts.NAME}-domain-ranks.txt.gz"
    whole.write_bytes(packed(table()))
    with Lake.open(ledger) as lake:
        (report,) = import_inputs(lake, [str(whole)], processes=1)
    assert (report.read, report.duplicate) == (3_000, fetched.kept)


@pytest.mark.parametrize("seed", range(2))
def test_cuts_anywhere_leave_the_same_rows(
    ledger: Path, farm: Farm, fetched_straight: Path, seed: int
) -> None:
    chance, data = random.Random(seed), packed(table())
    moods = [Mood(cut=chance.randrange(len(data) // 3)) for _ in range(5)]
    shelf(farm, data, *moods, Mood(status=503), Mood(shift=3))
    run(ledger, farm)
    assert facts.digest(ledger) == facts.digest(fetched_straight)


def test_a_run_that_is_stopped_goes_on_where_it_was(ledger: Path, farm: Farm) -> None:
    data = packed(table())
    cut = len(data) // 2
    held = shelf(farm, data, Mood(cut=cut), Mood(status=404))
    with pytest.raises(NoDownload, match="answered 404"):
        run(ledger, farm)
    assert facts.ranks(ledger) == []
    fetched = run(ledger, farm)
    assert (fetched.resumed, fetched.bytes, held.served) == (cut, len(data) - cut, len(data))
    assert (fetched.rows, fetched.kept) == (3_000, 10)


def test_domains_that_came_meanwhile_are_left_for_another_fetch(ledger: Path, farm: Farm) -> None:
    data = packed(table())
    shelf(farm, data, Mood(cut=len(data) // 2), Mood(status=404))
    with pytest.raises(NoDownload):
        run(ledger, farm)
    fetched = run(ledger, farm, rivals=(name(11),))
    assert (fetched.wanted, fetched.later, fetched.resumed) == (6, 1, len(data) // 2)
    assert run(ledger, farm, rivals=(name(11),)).ranked == 1


def test_a_changed_file_and_another_sample_begin_anew(ledger: Path, farm: Farm) -> None:
    data = packed(table())
    shelf(farm, data, Mood(cut=5_000), Mood(changed=packed(table(2_000))))
    assert run(ledger, farm).rows == 2_000
    assert len([row for row in facts.ranks(ledger) if row["harmonic_pos"]]) == 4 + 1 + 3


def test_another_sample_begins_anew(ledger: Path, farm: Farm) -> None:
    data = packed(table())
    shelf(farm, data, Mood(cut=5_000), Mood(status=404))
    with pytest.raises(NoDownload):
        run(ledger, farm)
    fetched = run(ledger, farm, every=1_000)
    assert (fetched.resumed, fetched.kept) == (0, 4 + 3)


def test_a_damaged_note_of_how_far_it_was_begins_anew(ledger: Path, farm: Farm) -> None:
    data = packed(table())
    for damage in (b"", b"rubbish", b"PK\x03\x04" + bytes(90)):
        shelf(farm, data, Mood(cut=5_000), Mood(status=404))
        with pytest.raises(NoDownload):
            run(ledger, farm)
        (note,) = (ledger / FOLDER).glob("*.npz")
        note.write_bytes(damage or note.read_bytes()[:-50])
    assert run(ledger, farm).resumed == 0


@pytest.mark.parametrize(
    ("data", "error", "why"),
    [
        (packed(table())[:-9], BadGzip, "end too early"),
        (packed(table())[:20_000], BadGzip, "end too early"),
        (packed(table())[:-8] + bytes(8), BadGzip, "checksum"),
        (table(), BadGzip, "no gzip data"),
        (b"<html>Not what you think</html>", BadGzip, "no gzip data"),
        (packed(b""), NoRanks, "no ranks"),
        (packed(facts.HEADER.encode() + b"\n"), NoRanks, "no ranks"),
        (packed(b"#hc_pos\t#hc_val\t#host_rev\n1\t2\tcom.x\n"), NoRanks, "#harmonicc_pos"),
        (packed(b"x" * 200_000), NoRanks, "too long"),
        (packed(facts.HEADER.encode() + b"\nx\ty\n" * 3_000), NoRanks, "do not have the columns"),
        (packed(bytes(90 << 20)), NoRanks, "too long"),
    ],
)
def test_what_is_not_whole_or_no_ranks_publishes_nothing(
    ledger: Path, farm: Farm, data: bytes, error: type[Exception], why: str
) -> None:
    shelf(farm, data)
    with Lake.open(ledger) as lake:
        before = len(list(lake.imports()))
    with pytest.raises(error, match=why):
        run(ledger, farm)
    with Lake.open(ledger) as lake:
        assert len(list(lake.imports())) == before
    assert not list((ledger / FOLDER).glob("*.npz")), "nothing can be gone on with"


@pytest.mark.slow
def test_kills_at_any_time_leave_the_same_rows(
    ledger: Path, farm: Farm, fetched_straight: Path
) -> None:
    data = packed(table())
    held = shelf(farm, data)
    held.after = Mood(slow=0.02, piece=1_000)
    places = {"data.test": (farm.sites["data.test"].address, farm.ports["http"])}
    asked = [str(ledger), json.dumps(places), facts.BASE, str(EVERY)]
    child = [sys.executable, "-m", "tests.fetch_child", *asked]
    for part in (0.2, 0.7, 1.0):
        running = subprocess.Popen(child, cwd=Path(__file__).parents[1])
        while held.served < part * len(data) and running.poll() is None:
            time.sleep(0.005)
        running.kill()
        running.wait()
    held.after = Mood()
    run(ledger, farm)
    assert facts.digest(ledger) == facts.digest(fetched_straight)


def test_an_endless_table_is_bounded(
    ledger: Path, farm: Farm, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(fetching, "MOST_BYTES", 1 << 20)
    farm.site("data.test", {PATH: endless(packed(table(500)), 2_000)})
    with pytest.raises((NoDownload, NoRanks)):
        run(ledger, farm)
    assert facts.ranks(ledger) == []


def test_what_comes_with_dashes_or_odd_lines_is_counted(ledger: Path, farm: Farm) -> None:
    lines = table().decode().splitlines()
    lines[4] = "4\tonly three\tcells"
    lines[5] = lines[5].replace(lines[5].split("\t")[2], "---", 1)
    shelf(farm, packed("\n".join(lines).encode()))
    fetched = run(ledger, farm)
    assert (fetched.rows, fetched.odd) == (3_000, 1)
    assert fetched.report is not None
    assert fetched.report.read == fetched.report.stored + fetched.report.rejected


def test_two_fetches_at_once_are_one_too_many(ledger: Path, farm: Farm) -> None:
    shelf(farm, packed(table()))
    with alone(ledger), pytest.raises(StoreBusy, match="Another fetch"):
        run(ledger, farm)


def test_a_rival_that_is_no_domain_is_a_wrong_request(ledger: Path, farm: Farm) -> None:
    with pytest.raises(UsageError, match="is no domain"):
        run(ledger, farm, rivals=("not a domain",))


def test_the_time_that_is_given_leaves_the_rest_for_later(ledger: Path, farm: Farm) -> None:
    shelf(
        farm, packed(table()), Mood(cut=8_000), Mood(status=503, headers=(("Retry-After", "9999"),))
    )
    with pytest.raises(Unfinished, match="the same command goes on"):
        run(ledger, farm)
    assert run(ledger, farm).resumed == 8_000


def test_hosts_are_found_with_and_without_www(ledger: Path, farm: Farm) -> None:
    hosts = release.told(facts.NAME, "host", facts.BASE)
    linking = [facts.reversed_name(place) for place in LINKING]
    lines = [
        "#harmonicc_pos\t#harmonicc_val\t#pr_pos\t#pr_val\t#host_rev",
        f"1\t9.5\t1\t0.5\t{linking[0]}.www",
        f"2\t9.5\t1\t0.5\t{linking[1]}",
        "3\t9.5\t1\t0.5\tcom.other",
    ]
    path = PATH.replace("domain", "host")
    farm.site("data.test", {path: Shelf(packed("\n".join([*lines, ""]).encode())).answer()})
    with Lake.open(ledger) as lake:
        fetched = fetch(lake, facts.fetcher(farm), Wanted(hosts, every=100))
        again = fetch(lake, facts.fetcher(farm), Wanted(hosts, every=100))
    assert (fetched.ranked, fetched.kept, again.wanted) == (2, 3, 0)
    found = {row["domain"] for row in facts.ranks(ledger) if row["harmonic_pos"]}
    assert found == {f"www.{name(LINKING[0])}", name(LINKING[1]), "other.com"}


def test_a_real_table_of_ranks(ledger: Path, farm: Farm, shared_data: Path) -> None:
    file = shared_data / "webgraph" / f"{facts.NAME}-domain-ranks-top1000.txt.gz"
    rows = gzip.decompress(file.read_bytes()).decode().splitlines()
    shelf(farm, file.read_bytes(), Mood(cut=10_000), Mood(cut=4_000))
    fetched = run(ledger, farm, every=100, rivals=("wikipedia.org", "bbc.co.uk"))
    assert (fetched.rows, fetched.odd) == (len(rows) - 1, 0)
    found = {row["domain"]: row for row in facts.ranks(ledger)}
    (expected,) = (row.split("\t") for row in rows if row.split("\t")[4] == "org.wikipedia")
    row = found["wikipedia.org"]
    assert (row["harmonic_pos"], row["pagerank_pos"]) == (int(expected[0]), int(expected[2]))
    assert row["hosts"] == int(expected[5])
    assert sum(row["harmonic_pos"] is not None for row in found.values()) == fetched.kept
