"""A store imported from files of every kind that tells of agreements: log, links, placements,
leads and a disavow file."""

from __future__ import annotations

from typing import TYPE_CHECKING

from backref import pipeline
from backref.ingest.importing import import_inputs
from backref.lake.lake import Lake
from backref.lake.records import SiteRecord

if TYPE_CHECKING:
    from pathlib import Path

AS_OF = "2026-11-22"
LINE = (
    '192.0.2.{n} - - [20/Nov/2026:10:{n:02}:00 +0000] "GET /{path} HTTP/1.1" 200 512 '
    '"{referrer}" "Mozilla/5.0 (X11; Linux x86_64; rv:1{n}.0) Gecko/20100101 Firefox/1{n}.0"\n'
)
HEAD = (
    "Referring page title,Referring page URL,Domain rating,Target URL,Anchor,First seen,Last seen"
)
PAGES = ("news.example.net/post", "spam.bad.example/a", "bad.example/b", "notbad.example/c")
FILES = {
    "links.csv": HEAD
    + "".join(
        f"\nT,https://{page},9,https://example.com/,x,2026-01-01,2026-11-21" for page in PAGES
    )
    + "\n",
    "placements.csv": "Live URL,Target,Anchor,Acquired,Date,Campaign,Code,Cost,Currency\n"
    "https://news.example.net/post,https://example.com/,x,own,2026-09-01,autumn,n1,90,EUR\n"
    "https://gone.example.org/,https://example.com/,,paid,2026-09-01,spring,b1,50,EUR\n",
    "leads.csv": "Date,Stage,Value,Currency,Code,Source\n"
    "2026-11-03,lead,100,EUR,n1,\n2026-11-05,sale,250,EUR,n1,\n2026-11-08,lead,,,,podcast\n",
    "disavow.txt": "# sent in May\ndomain:bad.example\ndomain:never.example\n"
    "https://news.example.net/post\nhttps://news.example.net/other\n",
    "access.log": "".join(
        LINE.format(n=n, path=path, referrer=referrer)
        for n in range(41, 49)
        for path, referrer in (
            ("?utm_id=n1" if n % 2 else "", "https://bad.example/b"),
            ("a.css", "-"),
        )
    ),
}


def written(folder: Path) -> Path:
    """The store, in a folder."""
    for name, text in FILES.items():
        (folder / name).write_text(text)
    with Lake.create(folder / "store") as lake:
        lake.save_site(SiteRecord("example.com"))
        for report in import_inputs(lake, [str(folder / name) for name in FILES]):
            assert not report.rejected, report
        pipeline.run(lake)
    return folder / "store"
