"""The Python API: relations answer what the command line answers, and read only when asked."""

from __future__ import annotations

import csv
import io
import subprocess
import sys
from datetime import UTC, datetime
from operator import attrgetter
from typing import TYPE_CHECKING, Any

import pyarrow as pa
import pytest
from lxml import html

import backref
from backref import schema
from backref.errors import NotInstalled, QueryRefused, UsageError
from backref.faces import listing
from backref.faces.python import frames
from backref.faces.query import open_store
from backref.faces.query import store as query_store
from backref.faces.query.sums import GROUPINGS
from backref.lake.snapshot import Snapshot

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from pathlib import Path

LISTINGS = ("links", "domains", "referrers", "broken", "pages")


@pytest.fixture(scope="module")
def store(small_store: Path) -> Iterator[backref.Store]:
    with backref.open(small_store) as opened:
        yield opened


@pytest.fixture(scope="module")
def site(store: backref.Store) -> backref.Site:
    return store.site("example.com")


@pytest.fixture(scope="module")
def oracle(small_store: Path) -> Iterator[Any]:
    with open_store(small_store) as opened:
        yield opened.site()


@pytest.mark.parametrize("name", LISTINGS)
def test_a_listing_is_the_answer_of_the_command_line(
    site: backref.Site, oracle: Any, name: str
) -> None:
    relation = getattr(site, name)()
    answer = getattr(oracle, name)()
    assert relation.rows() == list(answer) == list(relation)
    assert len(getattr(site, name)()) == answer.total
    assert relation.columns == listing.names(type(answer[0]))
    assert relation.limit(2).rows() == answer[:2]


@pytest.mark.parametrize(
    ("name", "given"),
    [
        ("links", {"state": "lost"}),
        ("links", {"state": "live", "since": "30d"}),
        ("links", {"domain": "example.org", "page": "/pricing"}),
        ("domains", {"state": "reported-lost", "since": "90d"}),
        ("referrers", {"channel": "Referral", "since": "4d"}),
        ("broken", {"since": "2026-11-19"}),
    ],
)
def test_its_filters_are_those_of_the_command_line(
    site: backref.Site, oracle: Any, name: str, given: dict[str, str]
) -> None:
    answer = list(getattr(oracle, name)(**given))
    assert answer
    assert getattr(site, name)(**given).rows() == answer
    assert getattr(site, name)().filter(**given).rows() == answer
    assert len(getattr(site, name)(**given)) == len(answer)


@pytest.mark.parametrize("sort", ["visits", "search", "first-seen", "lost", "source"])
def test_its_orders_are_those_of_the_command_line(
    site: backref.Site, oracle: Any, sort: str
) -> None:
    assert site.links().sort(sort).rows() == list(oracle.links(sort=sort))
    assert site.links().sort(sort).limit(3).rows() == list(oracle.links(sort=sort, limit=3))


WHERE: tuple[tuple[dict[str, Any], Callable[[Any], bool]], ...] = (
    ({"followed": True}, lambda row: row.followed is True),
    ({"anchor": None}, lambda row: row.anchor is None),
    ({"position": ["footer", "comment"]}, lambda row: row.position in ("footer", "comment")),
    ({"witnesses": "ahrefs"}, lambda row: "ahrefs" in row.witnesses),
    ({"visits": lambda visits: visits is not None and visits > 3}, lambda r: (r.visits or 0) > 3),
    ({"certainty": "page"}, lambda row: "page" in row.certainty),
    ({"followed": True, "reason": None}, lambda row: row.followed and row.reason is None),
)


@pytest.mark.parametrize(("where", "meant"), WHERE, ids=[" and ".join(where) for where, _ in WHERE])
def test_columns_narrow_too(
    site: backref.Site, oracle: Any, where: dict[str, Any], meant: Callable[[Any], bool]
) -> None:
    expected = [row for row in oracle.links() if meant(row)]
    assert 0 < len(expected) < len(oracle.links())
    found = site.links().filter(**where)
    assert found.rows() == expected
    assert len(found) == len(expected)
    assert found.limit(1).rows() == expected[:1]


@pytest.mark.parametrize("reverse", [False, True])
@pytest.mark.parametrize("column", ["last_seen", "cost", "anchor", "weekly_visits"])
def test_what_is_not_known_stands_last_in_every_order(
    site: backref.Site, column: str, reverse: bool
) -> None:
    values = [getattr(row, column) for row in site.links().sort(column, reverse=reverse)]
    known = [value for value in values if value is not None]
    assert values[len(known) :] == [None] * (len(values) - len(known))
    falling = column in ("last_seen", "cost")
    assert known == sorted(known, reverse=falling is not reverse)


def test_nothing_is_read_before_it_is_asked_for(
    small_store: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def read(*_: object, **__: object) -> None:
        raise AssertionError

    with backref.open(small_store) as store:
        monkeypatch.setattr(Snapshot, "sql", read)
        site = store.site()
        for relation in (
            site.links(state="lost", since="30d").filter(followed=True).sort("cost").limit(3),
            site.links().by("domain").sort("search"),
            site.domains().by("state"),
            site.sessions(since="30d").filter(verdict="person").sort("started"),
            site.hits().limit(5),
            store.sql("select * from links where state = $state", state="live").limit(3),
        ):
            assert repr(relation).startswith("<")
        with pytest.raises(AssertionError):
            site.links().rows()


def test_a_representation_says_what_is_asked(site: backref.Site, store: backref.Store) -> None:
    relation = site.links(state="lost").filter(followed=True).sort("cost", reverse=True).limit(3)
    said = "<links of example.com: state='lost', followed=True, sort='cost', reverse=True, limit=3>"
    assert repr(relation) == said
    assert repr(site.pages()) == "<pages of example.com>"
    assert repr(site) == "<site example.com>"
    assert repr(store) == "<store: example.com>"


@pytest.mark.parametrize("by", ["domain", "state", "acquired"])
def test_groups_of_all_links_are_the_ledger(site: backref.Site, oracle: Any, by: str) -> None:
    assert site.links().by(by).rows() == list(oracle.groups(by))
    assert site.links().by(by).sort("domains").limit(2).rows() == list(
        oracle.groups(by, sort="domains", limit=2)
    )


def test_groups_of_some_links_add_up_to_them(site: backref.Site) -> None:
    for some in (site.links(state="live"), site.links().filter(followed=True), site.links()):
        groups = some.by("position").rows()
        assert sum(group.links for group in groups) == len(some)
    live = site.links(state="live")
    visits = sum(row.visits or 0 for row in live)
    assert sum(group.visits or 0 for group in live.by("domain")) == pytest.approx(visits)


@pytest.mark.parametrize(
    ("name", "by"),
    [(name, by) for name, grouping in GROUPINGS.items() for by in grouping.keys],
)
def test_groups_of_other_listings_are_sums(
    site: backref.Site, oracle: Any, name: str, by: str
) -> None:
    groups = getattr(site, name)().by(by)
    expected = query_sums(name, getattr(oracle, name)(), by)
    assert [listing.record(row) for row in groups] == expected
    assert groups.arrow().to_pylist() == expected


def query_sums(name: str, rows: Any, by: str) -> list[dict[str, Any]]:
    from backref.faces.query import sums

    return list(sums(name, rows, by))


@pytest.mark.parametrize("name", LISTINGS)
def test_frames_hold_what_csv_holds(site: backref.Site, name: str) -> None:
    relation = getattr(site, name)()
    rows = relation.rows()
    table = relation.arrow()
    assert table.column_names == list(relation.columns)
    frame, other = relation.polars(), relation.pandas()
    assert frame.columns == list(other.columns) == table.column_names
    assert frame.height == len(other) == table.num_rows == len(rows)
    told = [frames._record(row) for row in rows]
    again = list(csv.DictReader(io.StringIO(listing.csv_text(told, relation.columns))))
    for column in relation.columns:
        if isinstance(told[0][column], str):
            written = [line[column].removeprefix("'") for line in again]
            assert [
                listing.text_of(one or "").removeprefix("'") for one in table[column].to_pylist()
            ] == written


@pytest.mark.parametrize("name", LISTINGS)
def test_nothing_found_has_the_same_columns(site: backref.Site, name: str) -> None:
    nothing = getattr(site, name)().filter(
        **{"certainty": "dark"} if name == "links" else NONE[name]
    )
    assert len(nothing) == 0
    assert nothing.arrow().schema == getattr(site, name)().arrow().schema
    assert "0 rows" in nothing._repr_html_()
    assert "0 rows" in str(nothing)


NONE: dict[str, dict[str, Any]] = {
    "domains": {"domain": "nowhere.test"},
    "referrers": {"host": "nowhere.test"},
    "broken": {"page": "/nowhere"},
    "pages": {"page": "/nowhere"},
}


def test_pandas_keeps_zero_and_unknown_apart(site: backref.Site) -> None:
    frame = site.links().pandas().set_index("source_page")
    assert frame.loc["evil.test/%E2%80%AE%1B[31m", "visits"] == 0
    assert frame["visits"].isna().sum() == sum(row.visits is None for row in site.links())
    assert str(frame["conversions"].dtype) == "double[pyarrow]"


@pytest.mark.parametrize("library", ["polars", "pandas"])
def test_a_library_that_is_absent_is_named(
    site: backref.Site, library: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setitem(sys.modules, library, None)
    with pytest.raises(NotInstalled, match=f"pip install {library}"):
        getattr(site.pages(), library)()
    assert site.pages().arrow().num_rows


def test_sessions_are_those_of_the_store_in_time(site: backref.Site, store: backref.Store) -> None:
    sessions = site.sessions()
    table = sessions.arrow()
    assert table.schema.equals(schema.TABLES["sessions"].arrow)
    assert len(sessions) == table.num_rows == len(store.sql("select * from sessions")) == 140
    assert table["started"].to_pylist() == sorted(table["started"].to_pylist())
    assert list(sessions.limit(3)) == table.slice(0, 3).to_pylist()
    since = datetime(2026, 11, 19, tzinfo=UTC)
    later = [row for row in table.to_pylist() if row["started"] >= since]
    assert site.sessions(since="2026-11-19").rows() == later
    assert len(site.sessions(since=since)) == len(later) < 140


def test_sessions_are_narrowed_and_sorted_as_listings_are(site: backref.Site) -> None:
    everything = site.sessions().rows()
    bots = site.sessions().filter(verdict=["bot", "suspect"], referrer_host="spam.test")
    assert bots.rows() == [row for row in everything if row["referrer_host"] == "spam.test"]
    assert len(bots) == 5
    assert len(bots.limit(2).rows()) == len(bots.limit(2)) == 2
    unknown = site.sessions().filter(referrer_host=None)
    assert len(unknown) == sum(row["referrer_host"] is None for row in everything)
    odd = site.sessions().filter(session_id=lambda one: one % 2 == 1)
    assert len(odd) == sum(row["session_id"] % 2 for row in everything)
    hosts = [row["referrer_host"] for row in site.sessions().sort("referrer_host")]
    assert hosts == sorted(hosts, key=lambda host: (host is None, host))
    ids = [row["session_id"] for row in site.sessions().sort("session_id").limit(4)]
    assert ids == sorted((row["session_id"] for row in everything), reverse=True)[:4]


def test_a_site_of_the_past_holds_no_later_sessions(store: backref.Store) -> None:
    past = store.site(as_of="2026-11-17")
    ends = [row["started"].date().isoformat() for row in past.sessions()]
    assert 0 < len(ends) < 140
    assert max(ends) <= "2026-11-17"


def test_sql_reads_every_table(store: backref.Store) -> None:
    for table in store.tables:
        relation = store.sql(f"from {table}")
        assert len(relation) == relation.arrow().num_rows
        assert set(relation.columns) >= (
            {column.name for column in schema.TABLES[table].columns}
            if table in schema.TABLES
            else {"site"}
        )
    counted = store.sql(
        "select state, count(*) as links from links group by state",
    )
    assert counted.sort("links").limit(1).rows() == [{"state": "live", "links": 8}]
    live = store.sql("select source_host from links where state = $state", state="live")
    assert len(live) == len(live.rows()) == 8
    assert live.filter(source_host="forum.test").rows() == [{"source_host": "forum.test"}]


REFUSED = (
    "",
    "nonsense",
    "select nothing from links",
    "select * from nowhere",
    "select $missing",
    "select 1; select 2",
    "drop table links",
    "insert into links select * from links",
    "copy (select 1) to '{folder}/segments/x.parquet'",
    "with x as (copy (select 1) to '{folder}/segments/x.parquet') select 1",
    "select 1) as a, (with x as (copy (select 1) to '{folder}/segments/x.parquet') select 1",
    "select 1) as a; copy (select 1) to '{folder}/segments/x.parquet' --",
    "attach '{folder}/catalogue.db'",
    "select * from read_text('{folder}/key')",
    "select * from read_parquet('/etc/passwd')",
    "from glob('/etc/*')",
    "set enable_external_access = true",
    "install httpfs",
    "select * from site",
    "select cast(state as integer) from links",
)


@pytest.mark.parametrize("select", REFUSED)
def test_sql_can_only_select(store: backref.Store, small_store: Path, select: str) -> None:
    site = [1]  # A variable of the caller is no table either.
    assert site
    before = sorted(small_store.rglob("*.parquet"))
    relation = store.sql(select.format(folder=small_store))
    for ask in (relation.rows, relation.arrow):
        with pytest.raises(QueryRefused) as refusal:
            ask()
        assert "\n" not in str(refusal.value)
        assert str(refusal.value).startswith("The SQL cannot be run: ")
    assert sorted(small_store.rglob("*.parquet")) == before


def test_sql_leaves_nothing_open(store: backref.Store) -> None:
    snapshot = store._open._snapshot
    for _ in range(3):
        assert len(store.sql("from sessions").limit(2).rows()) == 2
        assert len(store.site().sessions().filter(verdict="person").limit(2).rows()) == 2
    assert snapshot._open == []


WRONG: tuple[tuple[str, Callable[[backref.Site], object]], ...] = (
    ("no column or filter 'nope'", lambda site: site.links(nope=1)),
    ("no sort 'nope'", lambda site: site.links().sort("nope")),
    ("cannot be turned round", lambda site: site.links().sort("search", reverse=True)),
    ("cut already: sort", lambda site: site.links().limit(3).sort("visits")),
    ("cut already: filter", lambda site: site.links().limit(3).filter(state="lost")),
    ("cut already: group", lambda site: site.links().limit(3).by("domain")),
    ("limit of 0", lambda site: site.links().limit(0)),
    ("no grouping 'nope'", lambda site: site.links().by("nope")),
    ("no grouping 'nope'", lambda site: site.pages().by("nope")),
    ("no groups of links of example.com by domain", lambda site: site.links().by("domain").by("x")),
    ("no groups of hits", lambda site: site.hits().by("status")),
    ("no state 'x'", lambda site: site.links(state="x").rows()),
    ("Channels group every visit", lambda site: site.links(state="live").by("channel").rows()),
    ("views holds no 'x'", lambda site: site.sessions().filter(views="x").rows()),
    ("is not a time", lambda site: site.sessions(since="x").rows()),
)


@pytest.mark.parametrize(("said", "wrong"), WRONG, ids=[said for said, _ in WRONG])
def test_a_wrong_request_is_one_sentence(
    site: backref.Site, said: str, wrong: Callable[[backref.Site], object]
) -> None:
    with pytest.raises(UsageError) as refusal:
        wrong(site)
    assert said in str(refusal.value)
    assert "\n" not in str(refusal.value)


def test_a_closed_store_says_so(small_store: Path) -> None:
    with backref.open(small_store) as store:
        site = store.site()
        relations = [site.links(), site.sessions(), store.sql("from links"), store.imports()]
        read = site.pages()
        assert len(read.rows()) == 3
    assert repr(store) == "<store: closed>"
    for relation in relations:
        with pytest.raises(UsageError, match="closed"):
            relation.rows()
    assert len(read) == 3


def test_html_shows_the_strip_and_escapes_the_web(site: backref.Site) -> None:
    drawn = site.links()._repr_html_()
    page = html.fromstring(drawn)
    rows = page.xpath("//tbody/tr")
    assert len(rows) == len(site.links())
    assert len(page.xpath("//tbody//svg[@class='strip']")) == len(rows)
    assert page.xpath("//script") == []
    assert "\x1b" not in drawn
    assert "\u202e" not in drawn
    assert "noreferrer" in page.text_content()
    for relation in (site.domains(), site.sessions(), site.links().by("domain"), site.referrers()):
        assert html.fromstring(relation._repr_html_()).xpath("count(//tbody/tr)") == min(
            20, len(relation)
        )


def test_html_says_how_much_is_left_out(site: backref.Site) -> None:
    assert "20 of 140 rows" in site.sessions()._repr_html_()
    assert "20 of 140 rows" in str(site.sessions())


def test_markup_from_the_web_is_text() -> None:
    from backref.faces.python import shown

    hostile = [{"<b>": "<script>alert(1)</script>\u202e"}]
    drawn = shown.html(hostile, ("<b>",), "<i>")
    page = html.fromstring(drawn)
    assert page.xpath("//script | //b | //i") == []
    assert "<script>alert(1)</script>" in page.text_content()


def test_text_is_what_a_terminal_shows(site: backref.Site) -> None:
    assert "news.example.net/story → example.com" in str(site.links())
    assert str(site.domains()).startswith("domain ")
    assert str(site.pages()).endswith("pages of example.com: 3 rows\n")


def test_imports_and_rejects_are_relations(store: backref.Store) -> None:
    assert store.imports().rows() == []
    assert "sha256" in store.imports().columns
    assert store.rejects().filter(import_id=3).rows() == []
    assert store.rejects().arrow().schema.field("line").type == pa.int64()


def test_the_overview_is_that_of_the_command_line(site: backref.Site, oracle: Any) -> None:
    assert site.overview() == oracle.overview()
    link = site.links().rows()[0]
    assert site.link(link.link_id) == link
    assert attrgetter("name", "as_of")(site) == (oracle.name, oracle.as_of)


def test_an_import_of_the_package_loads_nothing_heavy() -> None:
    program = (
        "import sys, backref; dir(backref); "
        "sys.exit(' '.join({'duckdb', 'pyarrow', 'numpy', 'sqlalchemy'} & set(sys.modules)) or 0)"
    )
    run = subprocess.run(
        [sys.executable, "-c", program], capture_output=True, text=True, check=False
    )
    assert (run.returncode, run.stderr) == (0, "")


def test_the_package_offers_what_it_names() -> None:
    for name in backref.__all__:
        assert getattr(backref, name)
    assert set(backref.__all__) <= set(dir(backref))
    with pytest.raises(AttributeError, match="nothing"):
        _ = backref.nothing
    assert query_store.open_store is not backref.open
