"""Which days a dates table covers, and when it is not believed."""

from __future__ import annotations

import io
from datetime import date

import pytest
from exports_facts import KEY, SHOP

from backref.sources import export_period
from backref.sources.decompress import Stream
from backref.sources.export_period import period_of, tells_period
from backref.sources.exports import EXPORTS
from backref.sources.source import HEAD_BYTES, Context

HEADER = "Date,Clicks,Impressions,CTR,Position\n"
DAY = "{},1,2,50%,3\n"


def context_of(text: str) -> Context:
    head = text.encode()[:HEAD_BYTES]
    return Context(KEY, EXPORTS.sniff(head).dialect, SHOP, (SHOP,), head=head)


def told(text: str) -> tuple[date, date] | None:
    context = context_of(text)
    assert tells_period(context)
    return period_of(Stream(io.BytesIO(text.encode())), context)


@pytest.mark.parametrize(
    "text",
    [
        HEADER + DAY.format("2026-03-15") + DAY.format("2026-03-01") + DAY.format("2026-02-27"),
        "Datum;Klicks;Impressionen;CTR;Position\n15.03.2026;1;2;50,5 %;3,1\n27.02.2026;1;2;5 %;3\n",
        HEADER + DAY.format("02/27/2026") + DAY.format("03/15/2026"),
    ],
)
def test_the_first_and_the_last_day_in_any_order_and_language(text: str) -> None:
    assert told(text) == (date(2026, 2, 27), date(2026, 3, 15))


@pytest.mark.parametrize(
    "text",
    [
        HEADER,
        HEADER + DAY.format("2026-03-15") + DAY.format("soon"),
        HEADER + DAY.format("2026-03-15") + "2026-03-16,1\n",
        HEADER + DAY.format("03/03/2026") + DAY.format("04/03/2026"),
    ],
)
def test_a_table_that_cannot_be_read_whole_tells_nothing(text: str) -> None:
    assert told(text) is None


def test_an_endless_table_is_not_read_to_its_end(monkeypatch: pytest.MonkeyPatch) -> None:
    text = HEADER + DAY.format("2026-03-15") * 5
    monkeypatch.setattr(export_period, "MOST_BYTES", len(text))
    assert told(text)
    assert told(text + DAY.format("2026-03-16")) is None


@pytest.mark.parametrize(
    "text",
    [
        "Top queries,Clicks,Impressions,CTR,Position\nshop,1,2,50%,3\n",
        "date,query,clicks,impressions,ctr,position\n2026-03-15,shop,1,3,0.33,1.7\n",
        "Filter,Value\nDate,Last 3 months\n",
    ],
)
def test_other_tables_do_not_tell(text: str) -> None:
    assert not tells_period(context_of(text))
