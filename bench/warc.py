"""WARC to stored links with placement, beside a bare parse of the same pages, and its counts
beside another parser's.

The pages are the corpus' `COPIES` times over in one archive, each time from other hosts, so that
it is the work on pages that is measured and not the start of a process. Links out of a page lead
to the same places in every copy, as they often do in a crawl. Ours is timed as it comes, with two
processes, from the first byte of the archive to the published links; the parser as one meets it, a
loop over pages that lie in memory. What one process of ours does beside that loop is shown too.
"""

from __future__ import annotations

import gzip
from collections import Counter
from concurrent.futures import ProcessPoolExecutor
from io import BytesIO
from multiprocessing import get_context
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import TYPE_CHECKING, Any, NamedTuple

from bench.measure import Measure, stopwatch

if TYPE_CHECKING:
    from collections.abc import Iterator

    from bench.measure import Size

CORPUS = Path(__file__).resolve().parents[2] / "shared" / "data" / "warc"
FILES = {"small": 1, "full": 3}
COPIES = {"small": 3, "full": 3}
ROUNDS = {"small": 2, "full": 2}
RATIO_BAR = 0.35
ERROR_BAR = 0.002
CORES = 2
COUNTED = ("links", "external_links", "nofollow", "ugc", "sponsored")


class Page(NamedTuple):
    """A page as the archive holds it."""

    url: str
    body: bytes


def run(size: Size) -> Iterator[Measure]:
    """Pages a second beside the parser alone, then the error of each count against lxml's. The
    best round of each side counts."""
    archives = sorted(CORPUS.glob("corpus-shared-*.warc.gz"))[: FILES[size]]
    if not archives:
        note = f"the corpus is not at {CORPUS}"
        yield Measure("warc: rate of a bare parse", None, None, None, RATIO_BAR, "", note=note)
        return
    with TemporaryDirectory(prefix="bench-warc-") as folder:
        archive = Path(folder) / "pages.warc.gz"
        _write_copies(archives, archive, COPIES[size])
        pages = list(_pages(archive))
        for processes, bar in ((CORES, RATIO_BAR), (1, None)):
            bare, ours, counts = _rounds(archive, pages, processes, ROUNDS[size])
            yield Measure(
                f"warc: rate of a bare parse, our processes: {processes}",
                len(pages) / ours,
                len(pages) / bare,
                bare / ours,
                bar,
                "pages/s",
                note="stored links beside Lexbor alone in one process",
            )
    truth = _counted_by_lxml(pages[: len(pages) // COPIES[size]])
    for name in COUNTED:
        found, true = counts[name] / COPIES[size], truth[name]
        yield Measure(
            f"warc: error of {name}",
            found,
            float(true),
            abs(found - true) / max(1, true),
            ERROR_BAR,
            "beside lxml",
            better="lower",
        )


def _write_copies(archives: list[Path], target: Path, copies: int) -> None:
    """Write all pages of all archives `copies` times, the first time as they are."""
    with target.open("wb") as out:
        for copy in range(copies):
            for record in _records(archives):
                if copy:
                    place = record.headers["WARC-Target-URI"]
                    elsewhere = place.replace("://", f"://copy{copy}.", 1)
                    record.headers["WARC-Target-URI"] = elsewhere
                written = BytesIO()
                record.write(written)
                out.write(gzip.compress(written.getvalue(), 6))


def _records(archives: list[Path]) -> Iterator[Any]:
    from fastwarc.warc import ArchiveIterator, WarcRecordType

    for archive in archives:
        with archive.open("rb") as stream:
            yield from ArchiveIterator(
                stream, record_types=WarcRecordType.response, parse_http=False
            )


def _pages(archive: Path) -> Iterator[Page]:
    """Pages by another reader of archives."""
    from fastwarc.warc import ArchiveIterator, WarcRecordType

    with archive.open("rb") as stream:
        for record in ArchiveIterator(stream, record_types=WarcRecordType.response):
            yield Page(record.headers["WARC-Target-URI"], record.reader.read())


def _rounds(
    archive: Path, pages: list[Page], processes: int, rounds: int
) -> tuple[float, float, Counter[str]]:
    """Best seconds of the bare parser and of ours, taken in turns, and our counts."""
    bare: list[float] = []
    ours: list[float] = []
    counts: Counter[str] = Counter()
    bodies = [page.body for page in pages]
    for _ in range(rounds):
        with _fresh(1) as pool:
            bare.append(pool.submit(_parse, bodies).result())
        with _fresh(1) as pool:
            seconds, counts = pool.submit(_import, archive, processes).result()
        ours.append(seconds)
    return min(bare), min(ours), counts


def _fresh(processes: int) -> ProcessPoolExecutor:
    """New processes: how fast memory is had depends on what a process did before."""
    return ProcessPoolExecutor(processes, get_context("spawn"))


def _parse(bodies: list[bytes]) -> float:
    from selectolax.lexbor import LexborHTMLParser

    with stopwatch() as watch:
        for body in bodies:
            LexborHTMLParser(body)
    return watch.seconds


def _import(archive: Path, processes: int) -> tuple[float, Counter[str]]:
    from backref.ingest import import_inputs
    from backref.lake.lake import Lake

    counts: Counter[str] = Counter()
    with TemporaryDirectory(prefix="bench-warc-") as folder, Lake.create(Path(folder)) as lake:
        with stopwatch() as watch:
            for report in import_inputs(lake, [str(archive)], processes=processes):
                counts.update(report.counts)
        return watch.seconds, counts


def _counted_by_lxml(pages: list[Page]) -> Counter[str]:
    """Links as lxml sees them; their targets by the same URL parser and suffix list."""
    counts: Counter[str] = Counter()
    for page in pages:
        counts.update(_links_by_lxml(page))
    return counts


def _links_by_lxml(page: Page) -> Iterator[str]:
    from lxml import html

    from backref import url

    here = url.parse(page.url)
    if here is None or not page.body.strip():
        return
    tree = html.document_fromstring(page.body)
    declared = tree.xpath("//base[@href]/@href")
    base = url.parse(declared[0], here.href) if declared else None
    own = url.registrable_domain(here.host)
    for node in tree.iter("a", "area"):
        href = node.get("href")
        target = None if href is None else url.parse(href, (base or here).href)
        if target is None:
            continue
        yield "links"
        if url.registrable_domain(target.host) != own:
            yield "external_links"
            rel = (node.get("rel") or "").lower().split()
            yield from {"nofollow", "ugc", "sponsored"} & set(rel)
