"""`backref leads`: leads and sales beside the placements that they came by."""

from __future__ import annotations

import sys
from typing import TYPE_CHECKING

import pytest

from backref.errors import UsageError
from backref.faces import cli
from backref.faces.query import Site, open_store

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

PLACEMENTS = """\
Live URL,Target,Anchor,Acquired,Date,Campaign,Code
https://news.example.net/post,https://example.com/?utm_id=n1,,own,2026-09-01,autumn,n1
https://blog.example.org/lamp,https://example.com/?utm_id=b1,,own,2026-09-01,autumn,b1
https://one.example.org/,https://example.com/,,own,2026-09-01,spring,twice
https://two.example.org/,https://example.com/,,own,2026-09-01,spring,twice
"""
LEADS = """\
Date,Stage,Value,Currency,Code,Campaign,Source,Google Click ID,Order ID
2026-11-03,lead,100,EUR,n1,,,,L-1
2026-11-05,sale,1250,EUR,,,,,L-1
2026-11-06,sale,200,USD,N1,,,,L-2
2026-11-07,refund,-50,USD,,,,,L-2
2026-11-08,lead,,,twice,,,,L-3
2026-11-08,lead,,,,Autumn,,,L-4
2026-11-08,lead,,,,,Podcast,,L-5
2026-11-08,lead,,,,,,secret,L-6
2026-11-08,lead,,,,,,,L-7
2026-11-09,sale,10,EUR,unknown,,,,
2026-11-09,sale,10,EUR,unknown,,,,
2027-01-01,sale,7,EUR,n1,,,,L-8
"""
LINE = (
    '192.0.2.{n} - - [20/Nov/2026:10:{n:02}:00 +0000] "GET /{path} HTTP/1.1" 200 512 '
    '"-" "Mozilla/5.0 (X11; Linux x86_64; rv:1{n}.0) Gecko/20100101 Firefox/1{n}.0"\n'
)


@pytest.fixture(scope="module")
def store(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("leads")
    (folder / "placements.csv").write_text(PLACEMENTS)
    (folder / "leads.csv").write_text(LEADS)
    visits = [LINE.format(n=n, path="?utm_id=n1") for n in range(41, 49)]
    parts = [LINE.format(n=n, path="a.css") for n in range(41, 49)]
    (folder / "access.log").write_text("".join(visits + parts))
    files = [str(folder / name) for name in ("placements.csv", "leads.csv", "access.log")]
    for arguments in (["init", "example.com"], ["import", *files]):
        with pytest.MonkeyPatch.context() as patch:
            patch.setattr(sys, "argv", ["backref", *arguments, "--store", str(folder / "store")])
            with pytest.raises(SystemExit) as end:
                cli.main()
            assert not end.value.code
    return folder / "store"


@pytest.fixture
def site(store: Path) -> Iterator[Site]:
    with open_store(store) as opened:
        yield opened.site(as_of="2026-11-22")


def test_each_lead_counts_once_where_it_leads_back_to(site: Site) -> None:
    found = {(row.certainty, row.sender): (row.leads, row.value) for row in site.leads()}
    assert found == {
        ("tagged", "news.example.net/post"): (2, {"EUR": 1250, "USD": 150}),
        ("tagged", "blog.example.org/lamp"): (0, {}),
        ("campaign", "spring"): (1, {}),
        ("campaign", "autumn"): (1, {}),
        ("source", "podcast"): (1, {}),
        ("click id", "gclid"): (1, {}),
        ("none", None): (3, {"EUR": 20}),
    }


def test_visits_stand_beside_and_rates_with_their_interval(site: Site) -> None:
    (news,) = (row for row in site.leads() if row.code == "n1")
    assert (news.visits, news.rate, news.conversions) == (8, 0.25, None)
    assert news.rate_low is not None
    assert news.rate_low < 0.25 < (news.rate_high or 0)
    assert news.shrunk_rate is None, "two placements are not enough data"
    (autumn,) = (row for row in site.leads() if row.sender == "autumn")
    assert (autumn.visits, autumn.rate) == (None, None)


def test_leads_of_later_are_not_known_yet(store: Path) -> None:
    with open_store(store) as opened:
        later = {row.code: row.leads for row in opened.site(as_of="2027-01-02").leads()}
        before = {row.code: row.leads for row in opened.site(as_of="2026-11-04").leads()}
    assert (later["n1"], before["n1"]) == (3, 1)


def test_order_and_length(site: Site) -> None:
    assert [row.leads for row in site.leads()] == [3, 2, 1, 1, 1, 1, 0]
    found = site.leads(sort="visits", limit=1)
    assert (found[0].code, found.total) == ("n1", 7)
    with pytest.raises(UsageError, match="sort"):
        site.leads(sort="nope")
