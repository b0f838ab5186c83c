"""The last row without a line end: taken when it is whole, refused when it may be cut."""

from __future__ import annotations

from pathlib import Path

import pytest
from exports_facts import SAMPLES, read

from backref.sources.export_end import TORN

SEMRUSH = (
    b"Page ascore,Source url,Target url,Anchor,First seen,Last seen,Nofollow\n"
    b'9,https://a.example/1,https://shop.example/,"tea, ""green""\nand black",2026-01-01,'
    b"2026-02-02,false\n"
    b"9,https://a.example/2,https://shop.example/,x,2026-01-01,2026-02-02,true\n"
)
SHEET = "Live URL,Target,How acquired,Cost,Owner\n"
ENDED = {
    "semrush": SEMRUSH,
    "a date last": SEMRUSH.replace(b",Nofollow", b"").replace(b",true", b"").replace(b",false", b"")
    .replace(b"Anchor", b"Anchor,Nofollow").replace(b",x,", b",x,true,")
    .replace(b'k",', b'k",false,'),
    "majestic": (SAMPLES / "majestic_backlinks.csv").read_bytes(),
    "ahrefs": (SAMPLES / "ahrefs_broken_backlinks.csv").read_bytes(),
    "ranks": (SAMPLES / "common_crawl_ranks.txt").read_bytes(),
}  # fmt: skip


@pytest.mark.parametrize("name", ENDED)
def test_a_file_cut_anywhere_holds_no_row_that_the_whole_one_lacks(name: str) -> None:
    whole = read(ENDED[name])
    known = {table: whole.ids(table) for table in whole.rows}
    body = ENDED[name].rstrip().rfind(b"\n", 0, ENDED[name].find(b"\n") + 200)
    for cut in range(body, len(ENDED[name])):
        for table in (part := read(ENDED[name][:cut])).rows:
            assert part.ids(table) <= known[table], ENDED[name][:cut][-80:]


def test_a_row_whose_last_cell_is_closed_needs_no_line_end() -> None:
    assert read(SEMRUSH[:-1]).ids("link_observations") == read(SEMRUSH).ids("link_observations")
    quoted = SEMRUSH.replace(b",true", b',"true"')
    assert read(quoted[:-1]).units == 2
    assert [reject.reason for reject in read(quoted[:-2]).rejects] == [TORN]


def test_a_sheet_need_not_end_its_last_line_but_its_cells_must_be_there() -> None:
    row = "https://a.example/,https://shop.example/,paid,300,Ann"
    assert read((SHEET + row).encode()).units == 1
    short = row.removesuffix(",300,Ann")
    assert read((SHEET + short + "\n").encode()).units == 1
    assert [reject.reason for reject in read((SHEET + short).encode()).rejects] == [TORN]


def test_a_list_need_not_end_its_last_line() -> None:
    assert read(b"https://a.example/1\nhttps://b.example/2").units == 2


def test_real_exports_without_a_last_line_end_keep_every_row(shared_data: Path) -> None:
    for path in (shared_data / "gsc").glob("*.csv"):
        data = path.read_bytes()
        assert not data.endswith(b"\n")
        assert read(data).read == read(data + b"\n").read
