"""A change of authority between two graphs, against planted causes and the sum of its parts."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from graph_facts import ranked
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from backref.errors import UsageError
from backref.graph.change import Change, Side, change

if TYPE_CHECKING:
    from pathlib import Path

US = "us.example"
BASE = [
    *((f"reader{number}.example", "big.example") for number in range(40)),
    *((f"reader{number}.example", "small.example") for number in range(4)),
    *(("big.example", f"other{number}.example") for number in range(20)),
    ("small.example", US),
    *((f"far{number}.example", f"away{number}.example") for number in range(500)),
]


def between(folder: Path, old: list[tuple[str, str]], new: list[tuple[str, str]]) -> Change:
    ranked(folder / "old", old)
    ranked(folder / "new", new)
    return change(Side(folder / "old"), Side(folder / "new"), US)


def test_a_link_that_came_is_yours(tmp_path: Path) -> None:
    """big.example links to us: nothing that linked to us before hands on less."""
    found = between(tmp_path, BASE, [*BASE, ("big.example", US)])
    assert [one.domain for one in found.came] == ["big.example"]
    assert found.went == ()
    assert found.links > 0
    assert found.after > found.before
    assert found.links_value == pytest.approx(found.came[0].after)


def test_a_link_that_went_is_yours(tmp_path: Path) -> None:
    found = between(tmp_path, [*BASE, ("big.example", US)], BASE)
    assert [one.domain for one in found.went] == ["big.example"]
    assert found.links < 0
    assert found.links_value == pytest.approx(-found.went[0].before)


def test_what_moves_far_away_is_the_webs(tmp_path: Path) -> None:
    """Readers find small.example, which links to us as before."""
    more = [(f"late{number}.example", "small.example") for number in range(50)]
    found = between(tmp_path, BASE, [*BASE, *more])
    assert (found.came, found.went) == ((), ())
    assert (found.links, found.links_value) == (0.0, 0.0)
    assert found.web == pytest.approx(found.after - found.before)
    assert found.web_value > 0
    assert [one.domain for one in found.stayed] == ["small.example"]


def test_a_linker_that_links_to_more_is_the_webs(tmp_path: Path) -> None:
    found = between(tmp_path, BASE, [*BASE, ("small.example", "rival.example")])
    assert found.links == 0.0
    assert found.web_value < 0
    assert found.stayed[0].after == pytest.approx(found.stayed[0].before / 2, rel=0.05)


NODES = st.integers(0, 9)
LINKS = st.sets(st.tuples(NODES, NODES), min_size=1, max_size=40)


@settings(
    deadline=None, max_examples=25, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
@given(LINKS, LINKS)
def test_the_parts_add_up(tmp_path_factory: pytest.TempPathFactory, old: set, new: set) -> None:
    old, new = (
        [(f"n{a}.example", US if b == 9 else f"n{b}.example") for a, b in {*some, (0, 9)} if a != b]
        for some in (old, new)
    )
    found = between(tmp_path_factory.mktemp("both"), old, new)
    assert found.links + found.web == pytest.approx(found.after - found.before, abs=1e-6)
    moved = sum(one.by for one in (*found.came, *found.went, *found.stayed))
    assert found.links_value + found.web_value == pytest.approx(moved, abs=1e-6)
    assert sum(one.by for one in found.stayed) == pytest.approx(found.web_value, abs=1e-6)


def test_a_domain_that_one_graph_does_not_know(tmp_path: Path) -> None:
    with pytest.raises(UsageError, match="old does not know us"):
        between(tmp_path, [("a.example", "b.example")], BASE)
