"""What a file tells beside its rows."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest
from log_lines import line

from backref.faces.importing import summary
from backref.ingest import import_inputs
from backref.lake.lake import Lake
from backref.lake.records import SiteRecord

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from pathlib import Path

    from backref.ingest import ImportReport

SEMRUSH = (
    "Page ascore,Source url,Target url,Anchor,Nofollow,First seen,Last seen,Lost link\n"
    "7,https://a.example/1,https://{site}/,x,true,2026-01-01,2026-02-01,false\n"
    "7,https://www.a.example/2,https://{site}/,x,false,2026-01-01,2026-02-01,true\n"
)
ARCHIVE_KEYS = ("pages", "links", "external_links", "nofollow", "ugc", "sponsored")


def record(kind: str, *fields: str, block: bytes = b"x") -> bytes:
    head = ("WARC/1.0", f"WARC-Type: {kind}", *fields, f"Content-Length: {len(block)}")
    return "\r\n".join(head).encode() + b"\r\n\r\n" + block + b"\r\n\r\n"


def page_record(html: str) -> bytes:
    block = f"HTTP/1.1 200 OK\r\nContent-Type: text/html\r\n\r\n{html}".encode()
    told = ("WARC-Target-URI: https://a.example/", "WARC-Date: 2026-11-01T10:00:00Z")
    return record("response", *told, block=block)


@pytest.fixture
def imported(tmp_path: Path) -> Iterator[Callable[..., ImportReport]]:
    """Import one file, by its path or bytes, into a store of example.com."""
    with Lake.create(tmp_path / "store") as lake:
        lake.save_site(SiteRecord("example.com", also=("example.de",)))

        def run(what: Path | bytes) -> ImportReport:
            path = tmp_path / "file" if isinstance(what, bytes) else what
            if isinstance(what, bytes):
                path.write_bytes(what)
            (report,) = import_inputs(lake, [str(path)], processes=1)
            assert report.read == report.stored + report.duplicate + report.rejected
            return report

        yield run


def figures(report: ImportReport) -> dict[str, Any]:
    """What `--json` tells beyond the sums that every file has."""
    return dict([*summary(report).items()][8:])


class TestLinks:
    @pytest.mark.parametrize(
        ("site", "warned"),
        [
            ("example.com", False),
            ("blog.example.de", False),
            ("www.example.com", False),
            ("notexample.com", True),
            ("example.org", True),
        ],
    )
    def test_an_export_of_links_elsewhere(
        self, imported: Callable[..., ImportReport], site: str, warned: bool
    ) -> None:
        mend = f"Most lead to {site}: did you mean `backref init {site}`?"
        told = [f"0 of 2 links lead to a site of this store. {mend}"] * warned
        for _ in range(2):  # importing it again tells the same
            assert imported(SEMRUSH.format(site=site).encode()).warnings == told

    @pytest.mark.parametrize(
        ("target", "told"),
        [
            (
                "https://other.example/",
                [
                    (
                        "0 of 1 links lead to a site of this store. Most lead to other.example: "
                        "did you mean `backref init other.example`?"
                    )
                ],
            ),
            ("https://www.example.de/x", []),
            ("", []),
        ],
    )
    def test_a_placement_sheet_of_links_elsewhere(
        self, imported: Callable[..., ImportReport], target: str, told: list[str]
    ) -> None:
        sheet = f"Live URL,Target,How acquired\nhttps://a.example/1,{target},paid\n"
        assert imported(sheet.encode()).warnings == told

    def test_of_links_to_many_sites_none_is_guessed(
        self, imported: Callable[..., ImportReport]
    ) -> None:
        rows = SEMRUSH.format(site="example.org").replace("example.org", "b.example.net", 1)
        report = imported(rows.replace(",true\n", ",false\n").encode())
        assert report.warnings == ["0 of 2 links lead to a site of this store."]
        assert report.elsewhere == ""

    def test_a_table_of_a_header_alone_says_so(self, imported: Callable[..., ImportReport]) -> None:
        report = imported(SEMRUSH.partition("\n")[0].encode() + b"\n")
        assert report.warnings == ["It holds no records, so nothing of it was stored."]

    @pytest.mark.parametrize(("href", "warned"), [("example.com/x", False), ("b.org", True)])
    def test_an_archive_of_links_elsewhere(
        self, imported: Callable[..., ImportReport], href: str, warned: bool
    ) -> None:
        report = imported(page_record(f'<a href="https://{href}">x</a>'))
        assert report.warnings == ["0 of 1 links lead to a site of this store."] * warned

    def test_an_archive_without_links(self, imported: Callable[..., ImportReport]) -> None:
        report = imported(page_record("<p>nothing"))
        assert report.warnings == []
        assert figures(report) == dict.fromkeys(ARCHIVE_KEYS, 0) | {"pages": 1}

    def test_the_figures_of_an_export(self, imported: Callable[..., ImportReport]) -> None:
        report = imported(SEMRUSH.format(site="example.com").encode())
        assert figures(report) == {"nofollow": 1, "lost": 1, "source_hosts": 2}

    def test_the_published_figures_of_a_real_export(
        self, imported: Callable[..., ImportReport], shared_data: Path
    ) -> None:
        report = imported(shared_data / "seo/semrush/createhighland.com-backlinks.csv")
        assert report.read == 1_236
        assert figures(report) == {"nofollow": 282, "lost": 184, "source_hosts": 188}


class TestArchives:
    def test_one_without_captures_says_what_it_holds(
        self, imported: Callable[..., ImportReport]
    ) -> None:
        held = record("metadata") + record("warcinfo") + record("warcinfo") + record("own-idea")
        report = imported(held)
        assert report.read == 0
        (told,) = report.warnings
        assert told == (
            "No response or resource record; it holds 1 metadata record, 1 unknown record, "
            "2 warcinfo records."
        )
        assert figures(report) == dict.fromkeys(ARCHIVE_KEYS, 0)

    def test_what_was_not_fetched_by_http(self, imported: Callable[..., ImportReport]) -> None:
        report = imported(record("response", "WARC-Target-URI: dns:example.com"))
        assert report.warnings == [
            "No response or resource record; it holds 1 response (not fetched by http) record."
        ]

    def test_one_with_a_capture_says_nothing_of_the_others(
        self, imported: Callable[..., ImportReport]
    ) -> None:
        assert imported(record("metadata") + page_record("")).warnings == []

    @pytest.mark.parametrize(
        "name",
        ["whirlwind.warc.wat.gz", "warcio-example-digest.warc", "pywb-httpbin-resource.warc.gz"],
    )
    def test_real_archives_always_have_their_figures(
        self, imported: Callable[..., ImportReport], shared_data: Path, name: str
    ) -> None:
        report = imported(shared_data / "warc-samples" / name)
        assert tuple(figures(report)) == ARCHIVE_KEYS
        assert bool(report.warnings) == (not report.read)


class TestLogs:
    def test_figures(self, imported: Callable[..., ImportReport]) -> None:
        lines = [
            line(address="192.0.2.1", referrer="https://WWW.a.example:8080/x?y"),
            line(address="192.0.2.1", referrer="http://a.example/", agent="another"),
            line(address="192.0.2.2", referrer="http://www.a.example"),
            line("GET /a.css HTTP/1.1", address="192.0.2.3", referrer="-"),
        ]
        report = imported(b"".join(lines))
        assert figures(report) == {
            "clients": 3,
            "without_referrer": 1,
            "referrer_hosts": 2,
            "kinds": {"asset": 1, "view": 3},
        }

    def test_a_log_that_tells_no_referrer(self, imported: Callable[..., ImportReport]) -> None:
        report = imported(b'192.0.2.1 - - [17/May/2015:10:05:03 +0000] "GET / HTTP/1.1" 200 9\n')
        assert figures(report) == {
            "clients": 1,
            "without_referrer": None,
            "referrer_hosts": None,
            "kinds": {"view": 1},
        }

    def test_the_published_figures_of_a_real_log(
        self, imported: Callable[..., ImportReport], shared_data: Path
    ) -> None:
        report = imported(shared_data / "logs" / "apache_combined_semicomplete.log")
        assert report.read == 7_000
        told = figures(report)
        assert (told["clients"], told["without_referrer"], told["referrer_hosts"]) == (
            (1_302, 2_912, 135)
        )
        assert report.warnings == []

    @pytest.mark.parametrize(
        ("distinct", "again", "warned"),
        [(1_000, 111, False), (1_000, 112, True), (900, 100, False), (700, 700, True)],
    )
    def test_a_file_that_repeats_itself(
        self, imported: Callable[..., ImportReport], distinct: int, again: int, warned: bool
    ) -> None:
        lines = [line(f"GET /{number} HTTP/1.1") for number in range(distinct)]
        report = imported(b"".join(lines + lines[:again]))
        assert bool(report.warnings) == warned
        if warned:
            total = distinct + again
            assert report.warnings[0].startswith(f"{again} of {total:,} lines repeat earlier lines")
            assert imported(b"".join(lines)).warnings == []


class TestTraffic:
    @pytest.mark.parametrize(
        ("column", "warned"),
        [
            ("Page path and screen class", True),
            ("Session default channel group", True),
            ("Session source", False),
            ("Session source / medium", False),
            ("Page referrer", False),
            ("Landing page", False),
        ],
    )
    def test_a_report_that_cannot_be_joined(
        self, imported: Callable[..., ImportReport], column: str, warned: bool
    ) -> None:
        report = imported(f"{column},Sessions,Views\n/a,3,5\n".encode())
        assert report.stored == 1
        assert [told[:31] for told in report.warnings] == [
            "1 of 1 rows cannot be joined to"
        ] * warned

    def test_a_real_report_of_pages(
        self, imported: Callable[..., ImportReport], shared_data: Path
    ) -> None:
        report = imported(shared_data / "analytics" / "ga4_ui_pages_extract.csv")
        assert report.stored == 8
        assert "export session source" in report.warnings[0]


class TestSheets:
    def test_a_list_that_may_be_cut_short(self, imported: Callable[..., ImportReport]) -> None:
        whole = b"https://a.example/1\nhttps://b.example/2\n"
        assert not any("line end" in told for told in imported(whole).warnings)
        cut = imported(whole[:-1] + b"3")
        assert cut.read == 2
        assert sum("The last line has no line end" in told for told in cut.warnings) == 1

    def test_placements_that_contradict_each_other(
        self, imported: Callable[..., ImportReport]
    ) -> None:
        rows = b"Live URL,Target,How acquired,Date,Cost\n"
        for cost in (b"100", b"90"):
            rows += b"https://a.example/,https://example.com/,paid,2026-10-01," + cost + b"\n"
        report = imported(rows)
        assert report.stored == 2
        assert "1 placement stands in several rows of one day that differ" in report.warnings[0]
