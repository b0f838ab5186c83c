"""Counting different names."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from backref.ingest import distinct
from backref.ingest.distinct import Distinct


@given(st.lists(st.sets(st.text(max_size=3), max_size=40), max_size=12))
def test_as_many_as_a_set_holds(parts):
    counted = Distinct()
    for part in parts:
        counted.add(part)
    assert counted.count() == len(set().union(*parts))


def test_beyond_the_bound_nothing_is_claimed(monkeypatch):
    monkeypatch.setattr(distinct, "MOST_DISTINCT", 10)
    counted = Distinct()
    counted.add({str(number) for number in range(10)})
    assert counted.count() == 10
    counted.add({"one more"})
    assert counted.count() is None
    counted.add({"another"})
    assert counted.count() is None
