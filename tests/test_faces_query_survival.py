"""How long the links of a store live: the hand-written store's lives can be reckoned."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import pyarrow as pa
import pytest

from backref.errors import UsageError
from backref.faces.query import open_store
from backref.faces.query.lives import lives_of
from backref.faces.query.survival import MONTH

if TYPE_CHECKING:
    from pathlib import Path


def test_lives_end_with_a_look_and_losses_between_two():
    at = pa.timestamp("us", tz="UTC")
    day = 86_400_000_000
    held = pa.table(
        {
            "born": pa.array([0, 0, day], at),
            "lived": pa.array([10 * day, 20 * day, day], at),
            "lost": pa.array([None, 30 * day, None], at),
        }
    )
    lives = lives_of(held)
    assert lives.low.tolist() == [10.0, 20.0, 0.0]
    assert np.array_equal(lives.high, [np.nan, 30.0, np.nan], equal_nan=True)


def test_links_are_grouped_and_the_whole_stands_first(small_store: Path):
    with open_store(small_store) as opened:
        site = opened.site()
        whole, *ways = site.survival()
        assert (whole.group, whole.lost) == ("all links", 1)
        assert whole.links == sum(row.links for row in ways)
        assert whole.months == pytest.approx(sum(row.months for row in ways), abs=0.01)
        (placed,) = (row for row in ways if row.group == "outreach")
        # Agreed for 120 EUR, first seen 20 days ago and last 10 days ago.
        assert placed.links == 1
        assert placed.costs_per_month == {"EUR": pytest.approx(120 / (10 / MONTH), rel=1e-6)}
        assert (whole.median_days, whole.median_why) == (None, "not enough data")
        assert {row.group for row in site.survival(by="placement")} >= {"content", "comment"}
        assert "nobody agreed" in {row.group for row in site.survival(by="vendor")}
        with pytest.raises(UsageError, match="no grouping 'colour'"):
            site.survival(by="colour")
