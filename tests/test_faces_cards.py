"""Links on a terminal of any width."""

from __future__ import annotations

import pytest
from rich.cells import cell_len

from backref.faces import cards
from backref.faces.query import LinkRow


def link(**values: object) -> LinkRow:
    named = dict.fromkeys(LinkRow.__dataclass_fields__) | {
        "source_page": "news.example.net/" + "a-very-long-path/" * 12,
        "target_page": "example.com/" + "and-a-long-target/" * 8,
        "state": "live",
        "lifeline": ("archive",) * 51 + ("lost",),
        "weekly_visits": (0.0,) * 51 + (3.0,),
        "monthly_visits": 3.0,
        "acquired": "outreach",
        "owner": "somebody with a long name",
    }
    return LinkRow(**(named | values))  # type: ignore[arg-type]


@pytest.mark.parametrize("width", [60, 80, 100, 132])
def test_no_line_is_wider_than_the_terminal(width: int) -> None:
    lines = cards.cards([link()], width, colours=False).splitlines()
    assert max(map(cell_len, lines)) <= width
    weeks = int(lines[0].split()[0])
    assert lines[1].startswith("▓" * (weeks - 1) + "×"), "the newest weeks are shown"


def test_nothing_is_cut_for_a_pipe() -> None:
    told = cards.cards([link()], 1_000_000, colours=False)
    assert told.startswith("52 weeks")
    assert link().source_page in told
    assert "somebody with a long name" in told
