"""What files of one archive tell of each other."""

from __future__ import annotations

import zipfile
from datetime import date
from typing import TYPE_CHECKING, Any

import pytest

from backref.errors import UnknownSite
from backref.faces.query import Store
from backref.ingest import import_inputs
from backref.lake.lake import Lake
from backref.lake.records import SiteRecord
from backref.pipeline import run

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from backref.ingest import ImportReport
    from backref.ingest.recognising import Refused
    from backref.world import World

SPRING = (date(2026, 3, 1), date(2026, 5, 31))
SUMMER = (date(2026, 6, 1), date(2026, 8, 31))
QUERIES = "Top queries,Clicks,Impressions,CTR,Position\nladder,7,20,35%,3\nshop ladder,4,8,50%,1\n"
PAGES = "Top pages,Clicks,Impressions,CTR,Position\nhttps://example.com/a,11,28,39%,3\n"


@pytest.fixture
def lake(tmp_path: Path) -> Iterator[Lake]:
    with Lake.create(tmp_path / "store") as made:
        made.save_site(SiteRecord("example.com", brand=("shop",)))
        yield made


def chart(*days: date) -> str:
    rows = "".join(f"{day},1,2,50%,3\n" for day in days)
    return "Date,Clicks,Impressions,CTR,Position\n" + rows


def zipped(path: Path, **members: str) -> str:
    with zipfile.ZipFile(path, "w") as archive:
        for name, text in members.items():
            archive.writestr(name, text)
    return str(path)


def imported(lake: Lake, *paths: str) -> list[ImportReport]:
    reports = list(import_inputs(lake, paths, processes=1))
    assert all(one.read == one.stored + one.duplicate + one.rejected for one in reports)
    return reports


def periods(lake: Lake, dimension: str) -> list[tuple[Any, Any]]:
    with lake.snapshot() as snapshot:
        rows = snapshot.rows(
            "select day_lo, day_hi from rankings where dimension = $dimension"
            " order by day_lo nulls first, value /* test.periods */",
            dimension=dimension,
        )
    return [(row["day_lo"], row["day_hi"]) for row in rows]


@pytest.mark.parametrize("names", [("Queries.csv", "Pages.csv", "Chart.csv"), ("c", "b", "a")])
def test_the_dates_table_dates_its_whole_archive(
    lake: Lake, tmp_path: Path, names: tuple[str, ...]
) -> None:
    tables = dict(zip(names, (QUERIES, PAGES, chart(*SPRING)), strict=True))
    imported(lake, zipped(tmp_path / "a.zip", **tables))
    assert periods(lake, "query") == [SPRING, SPRING]
    assert periods(lake, "page") == [SPRING]
    assert periods(lake, "date") == [(day, day) for day in SPRING]


def test_equal_rows_of_other_periods_are_other_records(lake: Lake, tmp_path: Path) -> None:
    spring, summer = (
        zipped(tmp_path / f"{name}.zip", **{"Queries.csv": QUERIES, "Dates.csv": chart(*days)})
        for name, days in (("spring", SPRING), ("summer", SUMMER))
    )
    loose = tmp_path / "Queries.csv"
    loose.write_text(QUERIES)
    assert sum(one.stored for one in imported(lake, spring, summer, str(loose))) == 4 + 4 + 2
    assert periods(lake, "query") == [(None, None)] * 2 + [SPRING] * 2 + [SUMMER] * 2
    again = imported(lake, str(loose), summer, spring)
    assert [(one.stored, one.read - one.duplicate) for one in again] == [(0, 0)] * 5


def test_a_row_keeps_its_own_day_and_its_identity(lake: Lake, tmp_path: Path) -> None:
    dated = "date,query,clicks,impressions,ctr,position\n2026-03-15,ladder,1,3,0.33,1.7\n"
    loose = tmp_path / "dated.csv"
    loose.write_text(dated)
    archive = zipped(tmp_path / "a.zip", dated=dated, days=chart(*SPRING))
    assert [one.stored for one in imported(lake, archive, str(loose))] == [1, 2, 0]
    assert periods(lake, "query") == [(date(2026, 3, 15), date(2026, 3, 15))]


@pytest.mark.parametrize(
    ("members", "expected"),
    [
        ({"x/q": QUERIES, "x/d": chart(*SPRING), "y/d": chart(*SUMMER)}, SPRING),
        ({"q": QUERIES, "x/d": chart(*SPRING)}, (None, None)),
        ({"q": QUERIES, "d": chart(*SPRING), "e": chart(*SUMMER)}, (None, None)),
        ({"q": QUERIES, "d": chart(*SPRING), "e": chart(*SPRING)}, SPRING),
        ({"q": QUERIES, "d": chart(*SPRING) + "soon,1,2,5%,3\n"}, (None, None)),
        ({"q": QUERIES}, (None, None)),
    ],
)
def test_only_one_period_in_the_same_folder_is_believed(
    lake: Lake, tmp_path: Path, members: dict[str, str], expected: tuple[Any, Any]
) -> None:
    imported(lake, zipped(tmp_path / "a.zip", **members))
    assert periods(lake, "query") == [expected] * 2


class TestProperty:
    """Whose a Search Console download is."""

    @pytest.fixture
    def two(self, lake: Lake) -> Lake:
        lake.save_site(SiteRecord("other.example"))
        return lake

    def sites(self, lake: Lake) -> dict[str, int]:
        with lake.snapshot() as snapshot:
            rows = snapshot.rows("select site, count(*) n from rankings group by 1 /* test.s */")
        return {row["site"]: row["n"] for row in rows}

    def test_pages_choose_their_site(self, two: Lake, tmp_path: Path) -> None:
        loose = tmp_path / "Pages.csv"
        loose.write_text(PAGES + "https://www.example.com/b,1,2,50%,3\n")
        imported(two, str(loose))
        assert self.sites(two) == {"example.com": 2}

    @pytest.mark.parametrize("names", [("q", "p"), ("p", "q")])
    def test_pages_choose_the_site_of_their_archive(
        self, two: Lake, tmp_path: Path, names: tuple[str, ...]
    ) -> None:
        tables = {"q": QUERIES, "p": PAGES}
        imported(two, zipped(tmp_path / "a.zip", **{name: tables[name] for name in names}))
        assert self.sites(two) == {"example.com": 3}

    def test_each_folder_has_its_own(self, two: Lake, tmp_path: Path) -> None:
        others = PAGES.replace("example.com", "blog.other.example")
        members = {"x/q": QUERIES, "x/p": PAGES, "y/q": QUERIES, "y/p": others}
        imported(two, zipped(tmp_path / "a.zip", **members))
        assert self.sites(two) == {"example.com": 3, "other.example": 3}

    @pytest.mark.parametrize("beside", [{}, {"q": QUERIES}])
    def test_pages_of_strangers_are_refused_with_all_that_came_with_them(
        self, lake: Lake, tmp_path: Path, beside: dict[str, str]
    ) -> None:
        strange = PAGES.replace("example.com", "www.stranger.co.uk")
        archive = zipped(tmp_path / "a.zip", **beside, p=strange)
        with pytest.raises(
            UnknownSite, match=r"of stranger\.co\.uk.*`backref init stranger\.co\.uk`"
        ):
            imported(lake, archive)
        assert not list(lake.imports())

    def test_what_lies_beside_pages_of_strangers_is_theirs_too(
        self, lake: Lake, tmp_path: Path
    ) -> None:
        (tmp_path / "theirs").mkdir()
        files = {
            "theirs/Queries.csv": QUERIES,
            "theirs/Pages.csv": PAGES.replace("example.com", "www.stranger.example"),
            "Queries.csv": QUERIES,
        }
        paths = []
        for name, text in files.items():
            paths.append(str(tmp_path / name))
            (tmp_path / name).write_text(text)
        refused: list[Refused] = []
        reports = list(import_inputs(lake, paths, refused=refused.append, skip_unknown=True))
        assert [report.file for report in reports] == [paths[2]]
        assert {each.path for each in refused} == set(paths[:2])
        assert "lies beside pages of stranger.example" in str(refused[1].error)
        assert len(list(import_inputs(lake, paths, site="example.com"))) == len(paths)

    def test_a_chosen_site_takes_its_own_pages_only(self, two: Lake, tmp_path: Path) -> None:
        loose = tmp_path / "Pages.csv"
        loose.write_text(PAGES + "https://other.example/,1,2,50%,3\n")
        (report,) = import_inputs(two, [str(loose)], site="example.com")
        assert (report.stored, report.rejected) == (1, 1)
        assert self.sites(two) == {"example.com": 1}

    def test_a_real_download_of_a_stranger(self, lake: Lake, shared_data: Path) -> None:
        with pytest.raises(UnknownSite, match="backref init"):
            imported(lake, str(shared_data / "gsc" / "chobble-Pages.csv"))


def test_clicks_are_compared_with_the_like_period_before(lake: Lake, tmp_path: Path) -> None:
    more = QUERIES.replace("ladder,7,", "ladder,9,")
    archives = [
        zipped(tmp_path / f"{at}.zip", q=queries, d=chart(*days))
        for at, (queries, days) in enumerate(
            [
                (QUERIES, SPRING),
                (QUERIES, SUMMER),
                (more, SUMMER),
                (more, (date(2026, 5, 25), date(2026, 5, 31))),
            ]
        )
    ]
    imported(lake, *archives)
    run(lake)
    clicks = Store(lake).site("example.com", as_of="2026-09-30").overview().numbers[2]
    assert (clicks.value, clicks.before, clicks.parts["brand clicks"]) == (9, 7, 4)
    assert clicks.why.startswith("2026-06-01 to 2026-08-31 against 2026-03-01 to 2026-05-31; ")


def test_the_two_exports_of_the_simulated_site_are_two_periods(
    tmp_path: Path, tiny_world: World
) -> None:
    files = [str(file) for file in tiny_world.files if file.suffix == ".zip"]
    with Lake.create(tmp_path / "store") as lake:
        lake.save_site(SiteRecord(tiny_world.site, brand=tiny_world.brand))
        first = imported(lake, *files)
        assert sum(one.stored for one in imported(lake, *files)) == 0
        assert not any(one.rejected or one.duplicate for one in first)
        then, now = sorted(set(periods(lake, "query")))
        assert (now[0] - then[1]).days == 1
        run(lake)
        clicks = Store(lake).site(tiny_world.site, as_of=str(tiny_world.end)).overview().numbers[2]
        assert clicks.before
        assert clicks.why.startswith(f"{now[0]} to {now[1]} against {then[0]} to {then[1]}; ")
