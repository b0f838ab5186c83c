"""`backref leads`: leads and sales beside the placements that they came by."""

from __future__ import annotations

import shutil
import sys
from collections import Counter
from typing import TYPE_CHECKING

import pytest

from backref.errors import UsageError
from backref.faces import cli
from backref.faces.query import Site, open_store
from backref.faces.query.groups import DIMENSIONS

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator
    from pathlib import Path

    from backref.faces.query import GroupRow, LeadRow

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
        run(*arguments, "--store", str(folder / "store"))
    return folder / "store"


def run(*arguments: str) -> None:
    """A command, which succeeds."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(sys, "argv", ["backref", *arguments])
        with pytest.raises(SystemExit) as end:
            cli.main()
    assert not end.value.code


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


def test_the_ledger_adds_up_to_all_leads_however_it_is_grouped(store: Path) -> None:
    with open_store(store) as opened:
        for as_of in ("2026-11-04", "2026-11-08", "2026-11-22", "2027-01-02", None):
            site = opened.site(as_of=as_of)
            told = site.leads()
            count, value = sum(row.leads for row in told), worth(told)
            for by in DIMENSIONS:
                if by != "channel":
                    groups = site.groups(by)
                    assert sum(row.leads or 0 for row in groups) == count, (as_of, by)
                    assert worth(groups) == value, (as_of, by)


def worth(rows: Iterable[LeadRow | GroupRow]) -> dict[str, float]:
    """All values of rows, by currency."""
    sums: Counter[str] = Counter()
    for row in rows:
        sums.update(row.value)
    return dict(sums)


def test_leads_stand_with_the_sender_of_their_code_or_campaign(site: Site) -> None:
    by_page = {row.group: (row.leads, row.value) for row in site.groups("placement") if row.leads}
    assert by_page == {
        "news.example.net/post": (2, {"EUR": 1250, "USD": 150}),
        "no placement": (7, {"EUR": 20}),
    }
    campaigns = {row.group: row.leads for row in site.groups("campaign")}
    assert campaigns == {"autumn": 3, "spring": 1, "not known": 5}
    assert site.groups("domain", sort="leads")[0].group == "(not known)"


LINKED = """\
Referring page URL,Domain rating,Target URL,Anchor,First seen,Last seen
https://news.example.net/post,60,https://example.com/,lamp,2026-09-02,2026-11-02
https://news.example.net/post,60,https://example.com/two,lamp,2026-09-02,2026-11-02
https://other.example.org/,30,https://example.com/,lamp,2026-09-02,2026-11-02
"""


def test_leads_of_a_placement_stand_on_one_of_its_links(store: Path, tmp_path: Path) -> None:
    copy = tmp_path / "store"
    shutil.copytree(store, copy)
    (tmp_path / "links.csv").write_text(LINKED)
    (tmp_path / "more.csv").write_text(
        PLACEMENTS + "https://news.example.net/post,,,own,2026-09-01,autumn,n2\n"
    )
    (tmp_path / "leads.csv").write_text("Date,Value,Currency,Code\n2026-11-10,5,EUR,n2\n")
    files = [str(tmp_path / name) for name in ("links.csv", "more.csv", "leads.csv")]
    run("import", *files, "--site", "example.com", "--store", str(copy))
    with open_store(copy) as opened:
        site = opened.site(as_of="2026-11-22")
        links = {
            row.target_page: (row.leads, row.value)
            for row in site.links(domain="example.net", state="live")
        }
        assert links == {
            "example.com": (3, {"EUR": 1255, "USD": 150}),
            "example.com/two": (0, {}),
        }
        (news,) = (row for row in site.domains() if row.domain == "example.net")
        assert (news.leads, news.value) == (3, {"EUR": 1255, "USD": 150})
        assert site.links(sort="leads", limit=1)[0].target_page == "example.com"
        assert sum(row.leads or 0 for row in site.groups("rel")) == 10


def test_without_a_sheet_nobody_knows_of_leads(tmp_path: Path) -> None:
    (tmp_path / "links.csv").write_text(LINKED)
    store = str(tmp_path / "store")
    run("init", "example.com", "--store", store)
    run("import", str(tmp_path / "links.csv"), "--store", store)
    with open_store(tmp_path / "store") as opened:
        assert {row.leads for row in opened.site().links()} == {None}
        assert {row.leads for row in opened.site().domains()} == {None}


def test_of_placements_with_codes_leads_are_not_known_without_a_sheet(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (tmp_path / "placements.csv").write_text(PLACEMENTS)
    store = str(tmp_path / "store")
    run("init", "example.com", "--store", store)
    run("import", str(tmp_path / "placements.csv"), "--store", store)
    with open_store(tmp_path / "store") as opened:
        rows = opened.site().leads()
    assert rows
    assert {(row.leads, row.rate, row.shrunk_rate) for row in rows} == {(None, None, None)}
    capsys.readouterr()
    run("leads", "--store", store)
    assert "Not known: the store holds no leads or sales of example.com" in capsys.readouterr().err
