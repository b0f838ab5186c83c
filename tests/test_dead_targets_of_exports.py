"""Dead targets that only a vendor's export tells of."""

from __future__ import annotations

from pathlib import Path

import pytest

from backref.faces.query import open_store
from backref.ingest.importing import import_inputs
from backref.lake.lake import Lake
from backref.lake.records import SiteRecord
from backref.pipeline import run

BROKEN = Path(__file__).parent / "data" / "exports" / "ahrefs_broken_backlinks.csv"
LINE = (
    '203.0.113.9 - - [10/Nov/2026:10:05:03 +0000] "GET {page} HTTP/1.1" {status} 512 '
    '"https://blog.test/" "Mozilla/5.0 (X11; Linux x86_64) AppleWebKit/537.36 (KHTML, like Gecko) '
    'Chrome/142.0.0.0 Safari/537.36"\n'
)
AS_OF = "2026-11-22"


def dead(folder: Path, *log: str) -> dict[str, tuple[int, int, int | None]]:
    """Dead pages of a store with the export, and perhaps a log: status, links and people."""
    files = [BROKEN]
    if log:
        files.append(folder / "access.log")
        files[-1].write_text("".join(log))
    with Lake.create(folder / "store") as lake:
        lake.save_site(SiteRecord("shop.example"))
        for _ in import_inputs(lake, [str(file) for file in files]):
            pass
        run(lake)
    with open_store(folder / "store") as store:
        rows = store.site(as_of=AS_OF).broken()
    return {row.page: (row.status, row.links, row.people) for row in rows}


def test_without_a_log_nobody_knows_how_many_people(tmp_path: Path) -> None:
    assert dead(tmp_path) == {"/gone": (404, 1, None)}


@pytest.mark.parametrize(
    ("page", "status", "expected"),
    [
        ("/other", 200, {"/gone": (404, 1, 0)}),
        ("/gone", 200, {}),
        ("/gone", 410, {"/gone": (410, 1, 1)}),
    ],
)
def test_what_our_log_says_outranks_the_vendor(
    tmp_path: Path, page: str, status: int, expected: dict[str, tuple[int, int, int | None]]
) -> None:
    assert dead(tmp_path, LINE.format(page=page, status=status)) == expected
