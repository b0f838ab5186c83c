"""The files of a whole graph on their way to disk."""

from __future__ import annotations

import random
from collections import deque
from pathlib import Path

import pytest
from farm import Farm
from farm.files import Mood, Shelf

from backref.check.download import NoDownload
from backref.errors import UsageError
from backref.releases import files, release
from backref.releases.files import Plan, fetch
from tests import releases_facts as facts
from tests.releases_facts import BASE, NAME, PATH, RELEASE

VERTICES, EDGES = (random.Random(seed).randbytes(150_000) for seed in (1, 2))


def shelves(farm: Farm, *moods: Mood, edges: bytes = EDGES) -> tuple[Shelf, Shelf]:
    """A release whose edges are served in moods, behind the request for their size."""
    held = Shelf(VERTICES), Shelf(edges, deque([Mood(), *moods]))
    paths = (PATH.replace("ranks", what) for what in ("vertices", "edges"))
    answers = (shelf.answer() for shelf in held)
    farm.site("data.test", dict(zip(paths, answers, strict=True)))  # type: ignore[arg-type]
    return held


def test_files_come_whole_and_what_they_take_is_told_before(farm: Farm, tmp_path: Path) -> None:
    held = shelves(farm, Mood(cut=20_000), Mood(cut=999))
    plans: list[tuple[Plan, int]] = []
    paths = fetch(
        facts.fetcher(farm), RELEASE, tmp_path,
        planned=lambda plan: plans.append((plan, sum(shelf.served for shelf in held))),
    )  # fmt: skip
    assert [path.read_bytes() for path in paths] == [VERTICES, EDGES]
    assert [path.name for path in paths] == [
        f"{NAME}-domain-vertices.txt.gz", f"{NAME}-domain-edges.txt.gz",
    ]  # fmt: skip
    assert sorted(tmp_path.iterdir()) == sorted(paths)
    ((plan, served),) = plans
    assert (plan.bytes, plan.there) == (300_000, 0)
    assert served <= 2
    before = sum(shelf.served for shelf in held)
    assert fetch(facts.fetcher(farm), RELEASE, tmp_path) == paths
    assert sum(shelf.served for shelf in held) <= before + 2


def test_a_stopped_run_goes_on_and_a_changed_file_begins_anew(farm: Farm, tmp_path: Path) -> None:
    shelves(farm, Mood(cut=50_000), Mood(status=404))
    with pytest.raises(NoDownload, match="answered 404"):
        fetch(facts.fetcher(farm), RELEASE, tmp_path)
    _, edges = shelves(farm)
    paths = fetch(facts.fetcher(farm), RELEASE, tmp_path)
    assert paths[1].read_bytes() == EDGES
    assert edges.served <= 100_001
    paths[1].unlink()
    shelves(farm, Mood(cut=50_000), Mood(status=404))
    with pytest.raises(NoDownload):
        fetch(facts.fetcher(farm), RELEASE, tmp_path)
    _, other = shelves(farm, edges=VERTICES)
    other.etag = '"two"'
    assert fetch(facts.fetcher(farm), RELEASE, tmp_path)[1].read_bytes() == VERTICES


def test_what_was_not_surely_written_comes_again(farm: Farm, tmp_path: Path) -> None:
    shelves(farm, Mood(cut=50_000), Mood(status=404))
    with pytest.raises(NoDownload):
        fetch(facts.fetcher(farm), RELEASE, tmp_path)
    (part,) = tmp_path.glob("*.part")
    with part.open("ab") as file:
        file.write(b"torn")
    shelves(farm)
    assert fetch(facts.fetcher(farm), RELEASE, tmp_path)[1].read_bytes() == EDGES


def test_a_disk_that_is_too_small_and_hosts_are_refused_before_anything_comes(
    farm: Farm, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    held = shelves(farm)
    monkeypatch.setattr(files, "SPARE_BYTES", 1 << 60)
    with pytest.raises(UsageError, match="300,000 bytes are still to come"):
        fetch(facts.fetcher(farm), RELEASE, tmp_path)
    assert sum(shelf.served for shelf in held) <= 2
    with pytest.raises(UsageError, match="Only graphs of domains"):
        fetch(facts.fetcher(farm), release.told(NAME, "host", BASE), tmp_path)
