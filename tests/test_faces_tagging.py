"""Tagged links: made, kept, and recognised when they come back in a log."""

from __future__ import annotations

import csv
import struct
from pathlib import Path
from typing import TYPE_CHECKING
from urllib.parse import parse_qs, urlsplit
from xml.etree import ElementTree

import pytest
from hypothesis import given
from hypothesis import strategies as st
from typer.testing import CliRunner

from backref.errors import UsageError
from backref.faces import importing
from backref.faces.cli import app
from backref.faces.query import open_store
from backref.faces.tagging import codes
from backref.faces.tagging.address import Tags, tagged
from backref.faces.tagging.qr import drawn
from backref.lake.lake import Lake
from backref.lake.records import SiteRecord
from backref.sources.request import read

if TYPE_CHECKING:
    from click.testing import Result

    from backref.faces.query.tags import TagRow

AGENT = "Mozilla/5.0 (X11; Linux x86_64; rv:140.0) Gecko/20100101 Firefox/140.0"


@pytest.fixture
def store(tmp_path: Path) -> Path:
    with Lake.create(tmp_path / "store") as lake:
        lake.save_site(SiteRecord("example.com", also=("example.de",), goals=("/thanks",)))
    return tmp_path / "store"


def run(store: Path, *arguments: str | Path) -> Result:
    return CliRunner().invoke(app, ["tag", *map(str, arguments), "--store", str(store)])


def made(store: Path, *arguments: str | Path) -> str:
    done = run(store, *arguments)
    assert done.exit_code == 0, done.exception
    return done.stdout.strip()


def comes_back(store: Path, *links: str, referrer: str = "-") -> None:
    """A person follows each link and reads two pages."""
    lines = []
    for at, link in enumerate(links):
        parts = urlsplit(link)
        for minute, target in enumerate((f"{parts.path}?{parts.query}", "/next")):
            lines.append(
                f"192.0.2.{at + 1} - - [20/Dec/2026:10:{minute:02}:00 +0000] "
                f'"GET {target} HTTP/1.1" 200 900 "{referrer}" "{AGENT}"\n'
                f"192.0.2.{at + 1} - - [20/Dec/2026:10:{minute:02}:01 +0000] "
                f'"GET /app.css HTTP/1.1" 200 90 "https://example.com/next" "{AGENT}"\n'
            )
    (path := store.parent / "access.log").write_text("".join(lines), encoding="utf-8")
    with Lake.open(store) as lake:
        importing.into(lake, [str(path)], lambda _: None)


def kept(store: Path) -> list[TagRow]:
    with open_store(store) as opened:
        return opened.site(None, "2026-12-31").tags()


def test_a_link_on_a_page_comes_back_at_level_tagged(store: Path) -> None:
    link = made(
        store, "https://example.com/pricing?plan=a#top", "--source", "ann", "--medium", "video",
        "--campaign", "Spring fair", "--placement", "https://www.youtube.com/@Ann", "--code",
    )  # fmt: skip
    said = parse_qs(urlsplit(link).query)
    assert (said["plan"], urlsplit(link).fragment) == (["a"], "top")
    comes_back(store, link, referrer="https://www.youtube.com/")
    (row,) = kept(store)
    assert [row.code] == said["utm_id"]
    assert (row.campaign, row.link, row.creator) == ("Spring fair", link, "youtube.com/@ann")
    assert (row.visits, row.engaged_visits) == (1.0, 1.0)
    with open_store(store) as opened:
        site = opened.site(None, "2026-12-31")
        (found,) = site.links()
        assert (found.source_page, found.certainty) == ("youtube.com/@Ann", {"tagged": 1.0})
        (host,) = site.referrers()
        assert (host.host, host.certainty) == ("youtube.com", {"tagged": 1.0})
        (creator,) = site.groups("creator")
        assert (creator.group, creator.visits) == ("youtube.com/@ann", 1.0)
        (placement,) = site.placements()
        assert (placement.codes, placement.visits) == (tuple(said["utm_id"]), 1.0)


def test_what_stands_on_no_page_comes_back_too(store: Path) -> None:
    flyer = made(store, "https://example.com/fair", "--code", "--placement", "Flyer at the fair")
    mail = made(
        store, "https://example.de/", "--source", "letter", "--medium", "email",
        "--campaign", "December", "--code",
    )  # fmt: skip
    comes_back(store, flyer, flyer, mail)
    visits = {row.placement: (row.visits, row.creator) for row in kept(store)}
    assert visits == {"offline:Flyer at the fair": (2.0, None), "offline:December": (1.0, None)}
    with open_store(store) as opened:
        site = opened.site(None, "2026-12-31")
        assert site.links() == []
        by_domain = {row.group: row.certainty for row in site.groups("domain")}
        assert by_domain == {
            "offline:flyer at the fair": {"tagged": 2.0},
            "offline:december": {"tagged": 1.0},
        }
        assert {row.verdict for row in site.placements()} == {"off the web"}


def test_a_code_hides_no_cost_that_a_sheet_tells(store: Path) -> None:
    page = "https://blog.example/post"
    sheet = store.parent / "placements.csv"
    with sheet.open("w", encoding="utf-8", newline="") as file:
        rows = csv.writer(file)
        rows.writerow(["Live URL", "Target", "How acquired", "Date", "Cost", "Currency"])
        rows.writerow([page, "https://example.com/", "paid", "2026-01-05", "120", "EUR"])
    with Lake.open(store) as lake:
        importing.into(lake, [str(sheet)], lambda _: None)
    link = made(store, "https://example.com/", "--code", "--placement", page)
    comes_back(store, link)
    with open_store(store) as opened:
        site = opened.site(None, "2026-12-31")
        (row,) = site.links()
        assert (row.cost, row.acquired, row.visits) == (120.0, "paid", 1.0)
        (placement,) = site.placements()
        assert (placement.costs, placement.visits) == ({"EUR": 120.0}, 1.0)


def test_a_link_that_nobody_asked_to_keep_is_not_kept(store: Path) -> None:
    done = run(store, "https://example.com/", "--source", "ann", "--campaign", "x")
    assert done.stdout == "https://example.com/?utm_source=ann&utm_campaign=x\n"
    assert "Not kept" in done.stderr
    assert kept(store) == []


@pytest.mark.parametrize(
    ("given", "why"),
    [
        (("https://other.test/", "--source", "a"), "is no site's page"),
        (("javascript:alert(1)", "--source", "a"), "is no address"),
        (("https://example.com/",), "to tag the link with"),
        (("https://example.com/", "--source", "ann@example.org"), "would not come back"),
        (("https://example.com/", "--source", "x" * 201), "would not come back"),
        (("https://example.com/", "--code", "--qr", "svg"), "and -o FILE"),
        (("https://example.com/", "--code", "--qr", "gif", "-o", "x.gif"), "choose svg or png"),
        ((), "Say which page"),
        (("https://example.com/", "--list"), "takes no address"),
    ],
)
def test_a_wrong_request_keeps_nothing(
    store: Path, given: tuple[str, ...], why: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(store.parent)
    done = run(store, *given)
    assert isinstance(done.exception, UsageError)
    assert why in str(done.exception)
    assert kept(store) == []
    assert not Path("x.gif").exists()


WORDS = st.text(st.characters(codec="utf-8", categories=["L", "N", "P", "S", "Zs"]), max_size=60)


@given(WORDS, WORDS, WORDS, st.sampled_from(["", "a=1", "a=%26&utm_source=old&ref=b", "&&x"]))
def test_a_log_gives_back_what_was_put_in(
    source: str, medium: str, campaign: str, query: str
) -> None:
    tags = Tags(source, medium, campaign, "K7M4Q")
    try:
        link = tagged(f"https://example.com/a%20b?{query}#end", tags)
    except UsageError:
        return
    parts = urlsplit(link)
    found = read(f"GET {parts.path}?{parts.query} HTTP/1.1").campaign
    told = {name: " ".join(text.split()) for name, text in tags._asdict().items()}
    assert found == {name: text for name, text in told.items() if text}
    assert parts.fragment == "end"
    assert tagged(link, tags) == link


def test_codes_are_readable_and_never_given_twice() -> None:
    taken: set[str] = set()
    for _ in range(2_000):
        made = codes.code(taken)
        assert len(made) == 5
        assert made[0].isalpha()
        assert not set(made) & set("0O1IL2Z5S8BUVAE")
        assert made.lower() not in {one.lower() for one in taken}
        taken.add(made)
    assert codes.code({"CCCCC"}, lambda letters: letters[0]) == "CCCCCC"


def test_a_qr_code_is_a_picture_of_the_same_modules_either_way(store: Path) -> None:
    for kind in ("svg", "png"):
        path = store.parent / f"code.{kind}"
        link = made(store, "https://example.com/", "--code", "--qr", kind, "-o", path)
        assert path.read_bytes() == drawn(link, kind)
    svg = ElementTree.fromstring(drawn(link, "svg"))
    png = drawn(link, "png")
    assert png.startswith(b"\x89PNG\r\n\x1a\n")
    width, height = struct.unpack(">II", png[16:24])
    modules = float(svg.attrib["width"]) / 8
    assert width == height == modules * 12
    assert (modules - 8 - 17) % 4 == 0
    assert {child.tag.rpartition("}")[2] for child in svg.iter()} == {"svg", "g", "path"}
