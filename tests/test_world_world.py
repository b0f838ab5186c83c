"""A world is the same for the same seed, another for another, and small enough for a demo."""

from __future__ import annotations

from datetime import date
from hashlib import sha256
from typing import TYPE_CHECKING

import pytest
from world_facts import file, log_lines

from backref.world import World, make

if TYPE_CHECKING:
    from pathlib import Path


def digests(folder: Path) -> dict[str, str]:
    """Every file of a folder by its digest."""
    return {
        str(path.relative_to(folder)): sha256(path.read_bytes()).hexdigest()
        for path in sorted(folder.rglob("*"))
        if path.is_file()
    }


def test_equal_seeds_give_equal_bytes(tiny_world: World, tmp_path: Path) -> None:
    make(tmp_path, seed=3, scale="tiny")
    assert digests(tmp_path) == digests(tiny_world.folder)


def test_another_seed_gives_another_world(tiny_world: World, tmp_path: Path) -> None:
    make(tmp_path, seed=4, scale="tiny")
    ours, theirs = digests(tiny_world.folder), digests(tmp_path)
    assert ours.keys() == theirs.keys()
    assert [name for name in ours if ours[name] == theirs[name]] == []


def test_the_world_names_all_that_it_wrote_outside_the_truth(tiny_world: World) -> None:
    outside = {path for path in tiny_world.folder.iterdir() if path.is_file()}
    assert set(tiny_world.files) == outside
    assert tiny_world.truth.parent == tiny_world.folder


def test_time_ends_where_it_is_told(tmp_path: Path) -> None:
    world = make(tmp_path, seed=3, scale="tiny", end=date(2025, 3, 31))
    lines = log_lines(tmp_path / "access.log")
    assert max(line.at for line in lines).date() == world.end == date(2025, 3, 31)
    assert (world.end - world.start).days == 89


def test_an_unknown_scale_is_refused(tmp_path: Path) -> None:
    with pytest.raises(KeyError, match="huge"):
        make(tmp_path, scale="huge")


@pytest.mark.slow
def test_the_demo_stays_a_demo(tmp_path: Path) -> None:
    world = make(tmp_path)
    lines = sum(len(log_lines(path)) for path in world.files if "access.log" in path.name)
    assert 50_000 <= lines <= 120_000
    assert sum(path.stat().st_size for path in world.files) < 24_000_000
    assert file(world, "ahrefs").stat().st_size > 50_000
