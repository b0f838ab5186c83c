"""Exports as a whole: real files against independent counts, spellings, mutations, refusals."""

from __future__ import annotations

import csv
import gzip
import io
from pathlib import Path
from urllib.parse import urlsplit

import polars as pl
import pytest
from exports_facts import KEY, SAMPLES, SHOP, Reading, read, sample
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from backref.sources import exports
from backref.sources.exports import EXPORTS
from backref.sources.registry import SURE_ENOUGH
from backref.sources.source import Context, Site
from backref.world import World

OWNER = Site("chobble.com", frozenset({"chobble.com"}))
REFUSED = {
    "seo/semrush/naturesmartcities.com-backlinks_outgoing_domains.csv": "links out to",
    "seo/semrush/ninewall.com-backlinks_outgoing_domains.csv": "links out to",
    "seo/semrush/theglobalsummit.org-backlinks_outgoing_domains.csv": "links out to",
    "analytics/ga4_source_categories.csv": "no row looks like the header",
    "webgraph/cc-domain.tsv": "no row looks like the header",
    "webgraph/cc-host.tsv": "no row looks like the header",
    "webgraph/corpus-shared-domain-edges.txt.gz": "no row looks like the header",
    "logs/apache_combined_semicomplete.log": "no row looks like the header",
    "lists/matomo-referrer-spammers.txt": "no row looks like the header",
}
COUNTS = {
    "seo/ahrefs_backlinks_extract.csv": ("ahrefs backlinks", 5, 0),
    "seo/majestic_clique_hunter.csv": ("majestic clique hunter", 154, 0),
    "seo/maesitos-new_links.csv": ("url list", 320, 1),
    "seo/maesitos-whitelist_urls.csv": ("url list", 169, 2),
    "gsc/chobble-Queries.csv": ("search console queries", 196, 0),
    "gsc/chobble-Pages.csv": ("search console pages", 99, 0),
    "gsc/chobble-Countries.csv": ("search console countries", 125, 0),
    "gsc/chobble-Devices.csv": ("search console devices", 3, 0),
    "gsc/chobble-Chart.csv": ("search console dates", 129, 0),
    "analytics/ga4_ui_pages_extract.csv": ("ga4", 8, 0),
    "webgraph/cc-main-2026-apr-may-jun-domain-ranks-top1000.txt.gz": (
        "common crawl domain ranks",
        1000,
        0,
    ),
    "webgraph/cc-main-2026-mar-apr-may-domain-ranks-top1000.txt.gz": (
        "common crawl domain ranks",
        1000,
        0,
    ),
    "webgraph/cc-main-2026-apr-may-jun-host-ranks-top1000.txt.gz": (
        "common crawl host ranks",
        1000,
        0,
    ),
}


def real(path: Path) -> bytes:
    data = path.read_bytes()
    return gzip.decompress(data) if path.suffix == ".gz" else data


@pytest.mark.parametrize(("name", "facts"), COUNTS.items(), ids=[*COUNTS])
def test_real_files_give_the_counts_known_of_them(
    shared_data: Path, name: str, facts: tuple[str, int, int]
) -> None:
    reading = read(real(shared_data / name), OWNER, (OWNER,))
    assert (reading.verdict.dialect, reading.read, len(reading.rejects)) == facts


@pytest.mark.parametrize(("name", "why"), REFUSED.items(), ids=[*REFUSED])
def test_files_that_hold_no_links_are_refused_with_the_reason(
    shared_data: Path, name: str, why: str
) -> None:
    verdict = EXPORTS.sniff(real(shared_data / name)[:65_536])
    assert verdict.confidence == 0.0
    assert why in verdict.why


def test_semrush_backlinks_agree_with_an_independent_reader(shared_data: Path) -> None:
    paths = sorted((shared_data / "seo" / "semrush").glob("*-backlinks.csv"))
    assert len(paths) == 14
    for path in paths:
        oracle = pl.read_csv(path, infer_schema=False)
        reading = read(path.read_bytes())
        units = [row for row in reading.rows["link_observations"] if row["is_unit"]]
        lost = [r for r in reading.rows["link_observations"] if r["assertion"] == "reported_lost"]
        assert (reading.read, reading.rejects) == (len(oracle), [])
        assert sum(row["nofollow"] for row in units) == sum(oracle["Nofollow"] == "true")
        assert len(lost) == sum(oracle["Lost link"] == "true")
        hosts = {urlsplit(url).hostname for url in oracle["Source url"]}
        assert {row["source_host"] for row in units} == hosts
        days = [row["observed_lo"].strftime("%Y-%m-%d") for row in units]
        assert days == oracle["Last seen"].to_list()
        assert [row["anchor"] for row in units] == [
            " ".join(text.split()) if text else "" for text in oracle["Anchor"].fill_null("")
        ]


def test_the_largest_semrush_file_has_the_published_figures(shared_data: Path) -> None:
    reading = read((shared_data / "seo/semrush/createhighland.com-backlinks.csv").read_bytes())
    rows = reading.rows["link_observations"]
    units = [row for row in rows if row["is_unit"]]
    assert reading.read == 1_236
    assert sum(row["nofollow"] for row in units) == 282
    assert sum(row["assertion"] == "reported_lost" for row in rows) == 184
    assert len({row["source_host"] for row in units}) == 188


def test_search_console_rows_agree_with_an_independent_reader(shared_data: Path) -> None:
    for path in sorted((shared_data / "gsc").glob("*.csv")):
        with path.open(encoding="utf-8", newline="") as file:
            oracle = list(csv.DictReader(file))
        rows = read(path.read_bytes(), OWNER, (OWNER,)).rows["rankings"]
        assert [row["clicks"] for row in rows] == [int(each["Clicks"]) for each in oracle]
        assert [row["impressions"] for row in rows] == [int(e["Impressions"]) for e in oracle]
        assert [f"{row['ctr']:.4f}" for row in rows] == [
            f"{float(each['CTR'].rstrip('%')) / 100:.4f}" for each in oracle
        ]
        assert [row["average_position"] for row in rows] == [float(e["Position"]) for e in oracle]


def test_ranks_agree_with_an_independent_reader(shared_data: Path) -> None:
    for path in sorted((shared_data / "webgraph").glob("*-ranks-top1000.txt.gz")):
        lines = real(path).decode().splitlines()
        rows = read(real(path)).rows["domain_ranks"]
        for row, line in zip(rows, lines[1:], strict=True):
            cells = line.split("\t")
            assert row["domain"] == ".".join(reversed(cells[4].split(".")))
            assert (row["harmonic_pos"], row["pagerank_pos"]) == (int(cells[0]), int(cells[2]))
            assert (row["harmonic"], row["pagerank"]) == (float(cells[1]), float(cells[3]))
            assert row["hosts"] == (int(cells[5]) if len(cells) > 5 else None)
            assert row["level"] == ("domain" if len(cells) > 5 else "host")


def test_everything_the_simulated_web_exports_is_read_whole(tiny_world: World) -> None:
    dialects = set()
    for path in sorted(tiny_world.folder.glob("*.csv")):
        reading = read(path.read_bytes())
        dialects.add(reading.verdict.dialect)
        assert reading.read > 0
        assert reading.rejects == []
    assert {"ahrefs backlinks", "semrush backlinks", "majestic backlinks"} <= dialects
    assert {"search console latest links", "ga4", "placement sheet"} <= dialects


# --- one record, many spellings --------------------------------------------------------------


def respelled(data: bytes, order: list[int], encoding: str, delimiter: str, end: str) -> bytes:
    """The same table with other columns' order, encoding, delimiter, quotes and line ends."""
    rows = list(csv.reader(io.StringIO(data.decode("utf-8-sig"), newline="")))
    out = io.StringIO(newline="")
    writer = csv.writer(out, delimiter=delimiter, lineterminator=end, quoting=csv.QUOTE_ALL)
    writer.writerows([row[at] for at in order] for row in rows)
    marks = {"utf-16-le": b"\xff\xfe", "utf-16-be": b"\xfe\xff"}
    return marks.get(encoding, b"") + out.getvalue().encode(encoding)


TABLES = {
    "ahrefs_broken_backlinks.csv": "link_observations",
    "ahrefs_referring_domains.csv": "ratings",
    "majestic_backlinks.csv": "link_observations",
    "gsc_latest_links.csv": "link_observations",
    "gsc_linking_sites.csv": "ratings",
    "gsc_queries_french.csv": "rankings",
}


@settings(max_examples=40, deadline=None)
@given(st.data())
def test_identity_ignores_encoding_delimiter_line_ends_and_column_order(
    data: st.DataObject,
) -> None:
    name = data.draw(st.sampled_from([*TABLES]))
    original = (SAMPLES / name).read_bytes()
    width = len(next(csv.reader(io.StringIO(original.decode()))))
    other = respelled(
        original,
        data.draw(st.permutations(range(width))),
        data.draw(st.sampled_from(["utf-8", "utf-8-sig", "utf-16-le", "utf-16-be"])),
        data.draw(st.sampled_from("\t,;")),
        data.draw(st.sampled_from(["\n", "\r\n", "\r"])),
    )
    before, after = read(original), read(other)
    assert after.rows.keys() == before.rows.keys()
    for table in before.rows:
        assert after.ids(table) == before.ids(table)


def test_real_backlinks_in_the_vendors_utf16_spelling_are_the_same_records(
    shared_data: Path,
) -> None:
    original = (shared_data / "seo/ahrefs_backlinks_extract.csv").read_bytes()
    other = respelled(original, [*reversed(range(37))], "utf-16-le", "\t", "\r\n")
    assert read(other).ids("link_observations") == read(original).ids("link_observations")
    assert read(other).ids("ratings") == read(original).ids("ratings")


def test_rows_keep_their_identity_when_the_file_grows_or_is_joined() -> None:
    one = (SAMPLES / "majestic_backlinks.csv").read_bytes()
    joined = read(one + one)
    assert joined.read == 6
    assert joined.rejects == []
    assert joined.ids("link_observations") == read(one).ids("link_observations")


def test_identity_depends_on_site_key_and_period() -> None:
    report = (SAMPLES / "ga4_sources.csv").read_bytes()
    moved = report.replace(b"20260224", b"20260225")
    rows, others = read(report).ids("traffic_reports"), read(moved).ids("traffic_reports")
    assert len(rows & others) == 3
    assert len(rows | others) == 9


# --- hostile input ---------------------------------------------------------------------------


@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(st.data())
def test_mutations_never_crash_and_every_record_is_accounted_for(data: st.DataObject) -> None:
    path = data.draw(st.sampled_from(sorted(SAMPLES.iterdir())))
    mutated = bytearray(path.read_bytes())
    for _ in range(data.draw(st.integers(1, 12))):
        at = data.draw(st.integers(0, len(mutated)))
        cut = data.draw(st.integers(0, 6))
        odd = st.sampled_from([b'"', b",", b"\t", b"\r", b"\n", b"\0", b"\xff\xfe", b"%", b"9" * 30,
                               b"#", b"0", b"-", b"http://", b"\x1f", b"\xe2\x80\xaf"])  # fmt: skip
        mutated[at : at + cut] = data.draw(st.one_of(st.binary(max_size=4), odd))
    read(bytes(mutated))


@settings(max_examples=60, deadline=None)
@given(st.data())
def test_any_cell_may_hold_anything(data: st.DataObject) -> None:
    path = data.draw(st.sampled_from(sorted(SAMPLES.glob("*.csv"))))
    encoding = "utf-16" if path.read_bytes().startswith(b"\xff\xfe") else "utf-8"
    rows = list(csv.reader(io.StringIO(path.read_text(encoding=encoding), newline="")))
    row = data.draw(st.sampled_from([row for row in rows[1:] if len(row) > 1] or [["", ""]]))
    row[data.draw(st.integers(0, len(row) - 1))] = data.draw(
        st.text(st.characters(exclude_categories=["Cs"]), max_size=80)
    )
    out = io.StringIO(newline="")
    csv.writer(out).writerows(rows)
    read(out.getvalue().encode())


def semrush(*rows: str) -> bytes:
    head = "Page ascore,Source url,Target url,Anchor,Nofollow,First seen,Last seen"
    return "\n".join((head, *rows, "")).encode()


GOOD = "9,https://a.example/1,https://shop.example/,x,true,2026-01-01,2026-02-02"


@pytest.mark.parametrize(
    ("row", "reason"),
    [
        ("9,https://a.example/1", "2 cells where the header has 7"),
        (GOOD + ",1" * 10_000, "10,007 cells where the header has 7"),
        (GOOD.replace("x", "\0"), "NUL"),
        (GOOD.replace("x", "y" * 200_000), "field larger than field limit"),
        (GOOD.replace("https://a.example/1", "javascript:alert(1)"), "not an http(s) address"),
        (GOOD.replace("https://a.example/1", ""), "no linking page"),
        (GOOD.replace("https://shop.example/", ""), "no target page"),
        (GOOD.replace("true", "perhaps"), "neither yes nor no"),
        (GOOD.replace("2026-02-02", "02/03/2026"), "nothing in the file tells"),
        (GOOD.replace("9,", "lots,"), "not a number"),
    ],
)
def test_a_bad_row_is_a_reject_with_position_and_reason_and_the_rest_is_kept(
    row: str, reason: str
) -> None:
    reading = read(semrush(GOOD, row, GOOD.replace("/1", "/2")))
    assert (reading.read, reading.units) == (3, 2)
    (reject,) = reading.rejects
    assert reject.position == 2
    assert reason in reject.reason
    assert len(reject.sample) <= 200


def test_positions_are_row_numbers_across_chunks(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(exports, "CHUNK_ROWS", 3)
    rows = [GOOD.replace("/1", f"/{number}") for number in range(10)]
    reading = read(semrush(*rows[:4], "short", *rows[4:]))
    units = [row for row in reading.rows["link_observations"] if row["is_unit"]]
    assert [row["position"] for row in units] == [1, 2, 3, 4, 6, 7, 8, 9, 10, 11]
    assert [reject.position for reject in reading.rejects] == [5]


def test_a_header_of_ten_thousand_columns_is_refused() -> None:
    data = semrush(GOOD).replace(b"Page ascore", b"x," * 9_999 + b"Page ascore")
    assert EXPORTS.sniff(data).confidence == 0.0


def test_a_nearly_right_header_says_what_is_missing() -> None:
    data = semrush(GOOD).replace(b"Anchor,", b"").replace(b",x,", b",")
    verdict = EXPORTS.sniff(data)
    assert verdict.confidence == 0.0
    assert 'semrush backlinks, but it lacks a column "anchor"' in verdict.why


def test_lines_above_the_header_are_passed_over() -> None:
    above = b'Backlinks report\n"Generated on 2026-03-04"\n\nSite:,shop.example\n'
    reading = read(above + semrush(GOOD))
    assert (reading.read, reading.units) == (1, 1)


@pytest.mark.parametrize(
    ("dates", "expected"),
    [
        (("13/02/2026", "03/04/2026"), "2026-04-03"),
        (("02/13/2026", "03/04/2026"), "2026-03-04"),
    ],
)
def test_one_certain_date_decides_for_its_file(dates: tuple[str, str], expected: str) -> None:
    rows = [GOOD.replace("2026-02-02", day).replace(",2026-01-01", ",") for day in dates]
    units = read(semrush(*rows)).rows["link_observations"]
    assert units[1]["observed_lo"].strftime("%Y-%m-%d") == expected


# --- lists -----------------------------------------------------------------------------------


def test_a_list_of_addresses_names_pages_that_link_to_the_site() -> None:
    reading = read(
        b"https://a.example/1\r\nhttp://b.example/x,y?z=1\r\n\r\nhttps://a.example/1\r\n"
    )
    rows = reading.rows["link_observations"]
    assert [row["source_page"] for row in rows] == ["a.example/1", "b.example/x,y?z=1",
                                                   "a.example/1"]  # fmt: skip
    for row in rows:
        assert (row["witness"], row["target_host"], row["target_page"]) == ("list", "shop.example",
                                                                           None)  # fmt: skip
        assert (row["observed_lo"], row["anchor"], row["nofollow"]) == (None, None, None)


def test_a_list_with_and_without_a_header_holds_the_same_records() -> None:
    bare = read(b"https://a.example/1\nhttps://b.example/2\n")
    headed = read(b"URL\nhttps://a.example/1\nhttps://b.example/2\n")
    assert headed.read == bare.read == 2
    assert headed.ids("link_observations") == bare.ids("link_observations")


def test_a_table_that_merely_has_a_url_column_is_no_list() -> None:
    assert EXPORTS.sniff(b"url,status\nhttps://a.example/1,200\n").confidence == 0.0


def test_a_word_above_lines_that_are_no_addresses_makes_no_list() -> None:
    assert EXPORTS.sniff(b"link\nfirst line\nsecond line\n").confidence == 0.0
    assert EXPORTS.sniff(b"url\n").confidence == 0.0


def test_a_list_is_less_certain_than_any_table() -> None:
    listed = EXPORTS.sniff(b"https://a.example/1\n").confidence
    tables = [sample(path.name).verdict.confidence for path in SAMPLES.iterdir()]
    assert SURE_ENOUGH < listed < min(tables)


# --- what a dialect needs --------------------------------------------------------------------


@pytest.mark.parametrize(
    ("name", "needed", "table"),
    [
        ("semrush backlinks", False, "link_observations"),
        ("search console latest links", True, "link_observations"),
        ("search console queries", True, "rankings"),
        ("search console pages", False, "rankings"),
        ("url list", True, "link_observations"),
        ("ga4", True, "traffic_reports"),
        ("placement sheet", False, "placements"),
        ("common crawl domain ranks", False, "domain_ranks"),
        ("majestic clique hunter", False, "ratings"),
    ],
)
def test_what_needs_a_site_and_where_its_rows_go(name: str, needed: bool, table: str) -> None:
    context = Context(KEY, name, SHOP)
    assert (EXPORTS.needs_site(context), EXPORTS.unit_table(context)) == (needed, table)


def test_the_filters_member_of_a_performance_export_is_known_and_empty() -> None:
    reading: Reading = read(b"Filter,Value\nSearch type,Web\nDate,Last 3 months\n")
    assert reading.verdict.dialect == "search console filters"
    assert (reading.read, reading.rows) == (0, {})
