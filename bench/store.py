"""A store of very many links: what its fold takes, and how soon it tells who links to a domain."""

from __future__ import annotations

import os
import random
import sys
import time
from itertools import count
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import TYPE_CHECKING

from bench import many_links
from bench.measure import Measure, stopwatch
from bench.process import run as run_process

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from backref.faces.query import Store
    from backref.lake.lake import Lake
    from bench.measure import Size

LINKS = {"small": 200_000, "full": 20_000_000}
ASKED = 300
TOP_BAR, SUMS_BAR = 20.0, 5.0
RANKS = ((0, 20), (20, 2_000), (2_000, many_links.TARGETS))
"""The head, the middle and the tail of the domains that are linked to."""
FOLD = "import sys; from bench.store import fold; fold(sys.argv[1])"


def run(size: Size) -> Iterator[Measure]:
    """Seconds and memory of the fold; then milliseconds of an answer, the most of 99 in 100. The
    folder of a store that is built already may be named in BACKREF_BENCH_STORE."""
    built = os.environ.get("BACKREF_BENCH_STORE")
    if built:
        yield from asked(Path(built))
        return
    with TemporaryDirectory(prefix="bench-store-") as name:
        path = Path(name) / "store"
        many_links.write(path, LINKS[size])
        yield from folded(path, LINKS[size])
        yield from asked(path)


def folded(path: Path, links: int) -> Iterator[Measure]:
    """A process that builds every table of links."""
    ran = run_process([sys.executable, "-c", FOLD, path], timeout=6 * 3600)
    if ran.code:
        raise SystemExit(f"The fold failed: {ran.stderr}")
    rate, peak = links / ran.seconds, float(ran.peak_rss)
    yield Measure("store: links folded a second", rate, None, rate, None, "links/s")
    yield Measure("store: peak memory of the fold", peak, None, peak, None, "bytes", "lower")


def fold(path: str) -> None:
    """Build the derived tables of the store at `path`."""
    from backref import pipeline
    from backref.lake.lake import Lake

    with Lake.open(path) as lake:
        pipeline.run(lake)


def asked(path: Path) -> Iterator[Measure]:
    """Ask for domains of the head, the middle and the tail, each in a snapshot of its own."""
    from backref.faces.query import Store
    from backref.lake.lake import Lake

    questions: tuple[tuple[str, float, Callable[[Store, str], object]], ...] = (
        ("top 100 backlinks of a domain", TOP_BAR, lambda store, name: store.backlinks(name)),
        ("referring domains of a domain", SUMS_BAR, lambda store, name: store.linked(name)),
    )
    with Lake.open(path) as lake:
        with lake.snapshot() as snapshot:
            links = snapshot.rows_in("links")
            names = list(_names(set(snapshot.partitions("top_links"))))
        for question, bar, ask in questions:
            for name in names[: ASKED // 3]:
                ask(Store(lake), name)
            times, worked = map(
                sorted, zip(*(_milliseconds(lake, ask, name) for name in names), strict=True)
            )
            middle, most = times[len(times) // 2], times[len(times) * 99 // 100]
            busy = worked[len(times) * 99 // 100]
            note = f"{links:,} links, {len(times)} asked; p99 {busy:.1f} ms of processors"
            yield Measure(
                f"store: {question}, p50", middle, None, middle, None, "ms", "lower", note
            )
            yield Measure(f"store: {question}, p99", most, None, most, bar, "ms", "lower", note)


def _milliseconds(
    lake: Lake, ask: Callable[[Store, str], object], name: str
) -> tuple[float, float]:
    """By the clock, and of this process's processors: what others do lengthens the first alone."""
    from backref.faces.query import Store

    begin = time.process_time()
    with stopwatch() as watch:
        ask(Store(lake), name)
    return watch.seconds * 1000, (time.process_time() - begin) * 1000


def _names(buckets: set[str]) -> Iterator[str]:
    """Domains to ask for, of the buckets that there are."""
    from backref.url import bucket

    chance = random.Random(3)
    for number in range(ASKED):
        names = (many_links.target(chance.randrange(*RANKS[number % 3])) for _ in count())
        yield next(name for name in names if bucket(name) in buckets)
