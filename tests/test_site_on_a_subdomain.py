"""A site that is a part of another's domain: what is told of it is found in every listing."""

from __future__ import annotations

from typing import TYPE_CHECKING

from backref.ingest.importing import import_inputs
from backref.lake.lake import Lake
from backref.lake.records import SiteRecord
from backref.pipeline import run

if TYPE_CHECKING:
    from pathlib import Path

CONSOLE = "Linking page,Last crawled\nhttps://news.test/a,2026-11-01\n"
SHEET = (
    "Live URL,Target,Anchor,Rel,How acquired,Contact,Date,Cost,Currency,Owner,Campaign,Code,Reach,"
    "Site\nhttps://paid.test/b,,,,paid,,2026-11-02,100,EUR,Max,,,,blog.example.com\n"
)


def test_links_that_name_no_target_belong_to_the_site(tmp_path: Path) -> None:
    console, sheet = tmp_path / "gsc.csv", tmp_path / "placements.csv"
    console.write_text(CONSOLE)
    sheet.write_text(SHEET)
    with Lake.create(tmp_path / "store") as lake:
        lake.save_site(SiteRecord("blog.example.com"))
        for _ in import_inputs(lake, [str(console), str(sheet)]):
            pass
        run(lake)
        with lake.snapshot() as snapshot:
            found = snapshot.rows(
                "/* test.ledger */ SELECT source_domain, cost FROM ledger ORDER BY source_domain"
            )
            names = snapshot.rows(
                "/* test.names */ SELECT DISTINCT target_host, target_domain FROM links"
            )
    assert found == [
        {"source_domain": "news.test", "cost": None},
        {"source_domain": "paid.test", "cost": 100},
    ]
    assert names == [{"target_host": "blog.example.com", "target_domain": "example.com"}]
