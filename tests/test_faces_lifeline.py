from __future__ import annotations

from backref.faces.lifeline import BARS, LEGEND, bars, painted, strip
from backref.ledger.lifeline import STRENGTH


def test_a_glyph_for_every_kind_of_cell() -> None:
    cells = ["verified", "archive", "vendor", "archive nofollow", "lost", "reported", ""]
    assert strip(cells) == "█▓░▒×x·"
    assert all(glyph in LEGEND for glyph in strip(cells))
    assert len({*strip(list(STRENGTH))}) == len(STRENGTH)


def test_bars_scale_to_the_largest_and_tell_none_from_not_measurable() -> None:
    assert bars([0, 1, 4, 8]) == " ▂▅█"
    assert bars([0.0, 0.0]) == "  "
    assert bars(None) == ""
    assert {*bars([at / 7 for at in range(1, 8)])} <= {*BARS}


def test_runs_are_painted_once() -> None:
    assert painted("██×", wanted=True) == "\x1b[32m██\x1b[0m\x1b[31m×\x1b[0m"
    assert painted("██×", wanted=False) == "██×"
