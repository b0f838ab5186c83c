"""WAT to stored page-level links, beside the page-level extraction of cc-pyspark, in seconds of
one core.

The peer is not cc-pyspark itself, which needs Spark and Java, but the method that its
`wat_extract_links.py` describes, written anew and without Spark: warcio reads the records, the
standard library parses each record's JSON, and `urljoin` resolves the links of HTTP headers, of
the head and of the body against the base; what it finds it gives away as pairs. It stores nothing
and tells neither rel nor text, while ours is measured until rows, with these, are durable in a
store.

The files are made by the simulated web's writer from the pages of the corpus, then again under
other host names, as many times as the size says, so that hosts and URLs go on being new. Seconds
are those of the processor, of all threads: what runs beside costs cache, not a turn.
"""

from __future__ import annotations

import json
import re
import time
from collections import Counter
from concurrent.futures import ProcessPoolExecutor
from multiprocessing import get_context
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import TYPE_CHECKING, Any
from urllib.parse import urljoin

from bench.measure import Measure
from bench.warc import CORPUS

if TYPE_CHECKING:
    from collections.abc import Iterator

    from bench.measure import Size

FILES = {"small": 1, "full": 3}
COPIES = {"small": 2, "full": 8}
ROUNDS = {"small": 1, "full": 3}
RATIO_BAR = 5.0
RATE_BAR = 3_000.0
ERROR_BAR = 0.002
COUNTED = ("pages", "links", "external_links")
_HOST = re.compile(rb"(?<=//)(www\.)?(?=[a-zA-Z0-9])")
_LINK_HEADER = re.compile(r"<([^>]*)>")
_ABSOLUTE = re.compile(r"^(?:https?:)?//")
_META_PROPERTIES = {
    "og:url", "og:image", "og:image:secure_url", "og:video", "og:video:url",
    "og:video:secure_url", "twitter:url", "twitter:image:src",
}  # fmt: skip
_META_NAMES = {
    "twitter:image", "thumbnail", "application-url", "msapplication-starturl",
    "msapplication-TileImage", "vb_meta_bburl",
}  # fmt: skip

Json = dict[str, Any]


def run(size: Size) -> Iterator[Measure]:
    """Pages a second of one core, of both; then the error of our counts. Rounds are taken in
    turns, each in a new process, and the best of each side counts."""
    archives = sorted(CORPUS.glob("corpus-shared-*.warc.gz"))[: FILES[size]]
    if not archives:
        note = f"the corpus is not at {CORPUS}"
        yield Measure("wat: rate of cc-pyspark", None, None, None, RATIO_BAR, "", note=note)
        return
    with TemporaryDirectory(prefix="bench-wat-") as folder:
        path = Path(folder) / "corpus.warc.wat.gz"
        _write(path, archives, COPIES[size])
        theirs, ours, counts = _rounds(path, ROUNDS[size])
        truth = _counted(path)
    pages = truth["pages"]
    yield Measure(
        "wat: rate of cc-pyspark's extraction", pages / ours, pages / theirs, theirs / ours,
        RATIO_BAR, "pages/s of a core", note="ours stored, theirs only extracted",
    )  # fmt: skip
    rate = pages / ours
    yield Measure("wat: stored pages", rate, None, rate, RATE_BAR, "pages/s of a core")
    for name in COUNTED:
        error = abs(counts[name] - truth[name]) / max(1, truth[name])
        yield Measure(
            f"wat: error of {name}", float(counts[name]), float(truth[name]), error, ERROR_BAR,
            "beside urljoin", better="lower",
        )  # fmt: skip


def _write(path: Path, archives: list[Path], copies: int) -> None:
    from backref.world import wat

    blocks = [told for archive in archives for told in _told(archive)]
    with path.open("wb") as stream:
        for copy in range(copies):
            renamed = ((url, _renamed(block, copy)) for url, block in blocks)
            wat.write_told(stream, f"copy-{copy}", "2026-11-01T00:00:00Z", renamed)


def _told(archive: Path) -> Iterator[tuple[str, bytes]]:
    from fastwarc.warc import ArchiveIterator, WarcRecordType

    from backref.world import wat
    from backref.world.warc import Response

    with archive.open("rb") as stream:
        for record in ArchiveIterator(stream, record_types=WarcRecordType.response):
            url, at = record.headers["WARC-Target-URI"], record.headers["WARC-Date"]
            body = record.reader.read()
            yield url, wat.told(Response(url, at, "192.0.2.1", 200, (), body), "corpus")


def _renamed(block: bytes, copy: int) -> bytes:
    """The same page on another host with links to other hosts; the first copy keeps its own."""
    return _HOST.sub(rb"\g<1>c%d-" % copy, block) if copy else block


def _rounds(path: Path, rounds: int) -> tuple[float, float, Counter[str]]:
    """Best seconds of the peer and of ours, and our counts."""
    theirs: list[float] = []
    ours: list[float] = []
    counts: Counter[str] = Counter()
    for _ in range(rounds):
        with _fresh() as pool:
            theirs.append(pool.submit(_extract, path).result())
        with _fresh() as pool:
            seconds, counts = pool.submit(_import, path).result()
        ours.append(seconds)
    return min(theirs), min(ours), counts


def _fresh() -> ProcessPoolExecutor:
    return ProcessPoolExecutor(1, get_context("spawn"))


def _import(path: Path) -> tuple[float, Counter[str]]:
    """Seconds of all threads of this process until everything is stored."""
    from backref.ingest import import_inputs
    from backref.lake.lake import Lake

    with TemporaryDirectory(prefix="bench-wat-") as folder, Lake.create(Path(folder)) as lake:
        begun = time.process_time()
        (report,) = import_inputs(lake, [str(path)], processes=1)
        return time.process_time() - begun, Counter(report.counts)


def _extract(path: Path) -> float:
    """Seconds of the peer's method, which gives its pairs away."""
    begun = time.process_time()
    for url, message in _messages(path):
        for _ in _pairs(url, message):
            pass
    return time.process_time() - begun


def _messages(path: Path) -> Iterator[tuple[str, Json]]:
    """Each response's URL and what is told of it."""
    from warcio.archiveiterator import ArchiveIterator

    with path.open("rb") as stream:
        for record in ArchiveIterator(stream):
            if record.rec_type != "metadata" or record.content_type != "application/json":
                continue
            envelope = json.loads(record.content_stream().read())["Envelope"]
            about = envelope["WARC-Header-Metadata"]
            if about["WARC-Type"] == "response":
                yield (
                    about["WARC-Target-URI"],
                    envelope["Payload-Metadata"]["HTTP-Response-Metadata"],
                )


def _pairs(url: str, message: Json) -> Iterator[tuple[str, str]]:
    yield from ((url, target) for target in _of_headers(message.get("Headers", {})))
    html = message.get("HTML-Metadata", {})
    head = html.get("Head", {})
    base = urljoin(url, head["Base"]) if "Base" in head else url
    yield from _joined(url, base, head.get("Link", ()), "url")
    yield from _joined(url, base, filter(_leads, head.get("Metas", ())), "content")
    yield from _joined(url, base, head.get("Scripts", ()), "url")
    yield from _joined(url, base, html.get("Links", ()), "url")


def _of_headers(headers: Json) -> Iterator[str]:
    for name, value in headers.items():
        values = value if isinstance(value, list) else [value]
        if name.lower() == "content-location":
            yield from values
        elif name.lower() == "link":
            for each in values:
                yield from _LINK_HEADER.findall(each)


def _leads(meta: Json) -> bool:
    return (
        meta.get("property") in _META_PROPERTIES
        or meta.get("name") in _META_NAMES
        or _ABSOLUTE.match(meta.get("content", "")) is not None
    )


def _joined(url: str, base: str, links: Any, name: str) -> Iterator[tuple[str, str]]:
    for link in links:
        if name in link:
            try:
                yield url, urljoin(base, link[name])
            except ValueError:
                continue


def _counted(path: Path) -> Counter[str]:
    """Pages, links and those to other domains, resolved one by one by the URL standard."""
    from backref import url as urls

    counts: Counter[str] = Counter()
    for address, message in _messages(path):
        html = message["HTML-Metadata"]
        here = urls.parse(address)
        assert here is not None
        declared = html.get("Head", {}).get("Base")
        base = (urls.parse(declared, here.href) if declared else None) or here
        own = urls.registrable_domain(here.host)
        counts["pages"] += 1
        for link in html.get("Links", ()):
            if link["path"] in ("A@/href", "AREA@/href"):
                target = urls.parse(link["url"], base.href)
                counts["links"] += target is not None
                external = target is not None and urls.registrable_domain(target.host) != own
                counts["external_links"] += external
    return counts
