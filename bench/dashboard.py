"""Every page of the dashboard: how long the server takes for it, and what a browser must load.

The store is a simulated web's, with its log of a million hits in the full size, and a vendor's
export of many more linking pages beside. The server is `backref serve` in a process of its own.
"""

from __future__ import annotations

import csv
import gzip
import os
import random
import re
import subprocess
import sys
from contextlib import contextmanager, suppress
from pathlib import Path
from statistics import median
from tempfile import TemporaryDirectory
from typing import TYPE_CHECKING, NamedTuple
from urllib.parse import urljoin
from urllib.request import Request, urlopen

import psutil

from backref import world
from bench import many_links, planted
from bench.measure import Measure, stopwatch

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from bench.measure import Size

WORLDS = {"small": ("tiny", 2_000, 5), "full": ("large", 100_000, 15)}
"""Of each size the scale of the world, further linking pages, and loads of each page."""
SERVER_BAR, PAINT_BAR, BYTES_BAR = 300.0, 1_000.0, 150.0
PAGES = (
    "/",
    "/?days=365",
    "/links",
    "/links?state=lost&sort=source",
    "/links?q=garden&sort=first-seen",
    "/links?by=domain",
    "/links/{link}",
    "/domains",
    "/referrers",
    "/engagement",
    "/pages",
    "/broken",
    "/placements",
    "/leads",
    "/disavow",
    "/events",
    "/survival",
    "/monitoring",
    "/alerts",
    "/import",
    "/import/1",
    "/sites",
)
PARTS = re.compile(r"""(?:src|href)="(/static/[^"]+)"|url\(["']?([^"')]+)""")
SERVE = "import sys; from backref.faces.cli import main; sys.argv[0] = 'backref'; main()"
SWITCHES = ["--no-sandbox", "--disable-gpu", "--disable-background-networking", "--no-first-run"]
PAINT = "performance.getEntriesByName('first-contentful-paint')[0]?.startTime ?? null"


class Loaded(NamedTuple):
    """One answer: milliseconds by the clock and of the server's processors, and its text with the
    bytes that it took on the way."""

    took: float
    worked: float
    text: str
    size: int


class Served(NamedTuple):
    """A running server."""

    address: str
    process: psutil.Process

    def load(self, path: str) -> Loaded:
        """Ask for a page or a part of one, as a browser that takes gzip."""
        before = self._worked()
        asked = Request(urljoin(self.address, path), headers={"Accept-Encoding": "gzip"})
        with stopwatch() as watch, urlopen(asked, timeout=120) as answer:
            packed = answer.read()
        text = packed
        if answer.headers["Content-Encoding"] == "gzip":
            text = gzip.decompress(packed)
        worked = self._worked() - before
        return Loaded(
            watch.seconds * 1000, worked * 1000, text.decode("utf-8", "replace"), len(packed)
        )

    def whole(self, path: str) -> int:
        """The bytes of a page with all that it names, for a browser that holds nothing."""
        waiting, loaded, total = [path], set[str](), 0
        while waiting:
            place = waiting.pop()
            if place in loaded or not place.startswith("/"):
                continue
            loaded.add(place)
            part = self.load(place)
            total += part.size
            if place == path or ".css" in place:
                named = (one or other for one, other in PARTS.findall(part.text))
                waiting += [urljoin(place, name) for name in named if not name.startswith("data:")]
        return total

    def _worked(self) -> float:
        times = self.process.cpu_times()
        return float(times.user + times.system)


def run(size: Size) -> Iterator[Measure]:
    """Of each page the first load and the middle one of several, the bytes of the page with its
    parts, and where there is a Chromium when it first paints. The folder of a store that is built
    already may be named in BACKREF_BENCH_STORE."""
    scale, pages, loads = WORLDS[size]
    built = os.environ.get("BACKREF_BENCH_STORE")
    with TemporaryDirectory(prefix="bench-dashboard-") as name:
        store = Path(built) if built else Path(name) / "store"
        if not built:
            made = world.make(Path(name) / "world", scale=scale)
            planted.imported(made, Path(name), further_links(Path(name), made, pages))
        with served(store) as server:
            yield from measures(server, loads)


def measures(server: Served, loads: int) -> Iterator[Measure]:
    """The measures of every page of a server that has just begun."""
    for path in _pages(server):
        first = server.load(path)
        taken = [server.load(path) for _ in range(loads)]
        middle = median(one.took for one in taken)
        note = f"{median(one.worked for one in taken):.0f} ms of processors"
        yield _lower(f"{path}, first load", first.took, None, "ms")
        yield _lower(f"{path}, p50", middle, SERVER_BAR, "ms", note)
        yield _lower(f"{path}, with its parts", server.whole(path) / 1000, BYTES_BAR, "kB")
    for path, paint in painted(server):
        yield _lower(f"{path}, first paint", paint, PAINT_BAR, "ms")


def _lower(name: str, value: float, bar: float | None, unit: str, note: str = "") -> Measure:
    return Measure(f"dashboard: {name}", value, None, value, bar, unit, "lower", note)


def _pages(server: Served) -> Sequence[str]:
    """The pages, the first link of the ledger among them."""
    link = re.search(r'href="/links/(\w+)', server.load("/links").text)
    if link is None:
        raise SystemExit("The ledger shows no link.")
    return [path.format(link=link[1]) for path in PAGES]


def painted(server: Served) -> Iterator[tuple[str, float]]:
    """Milliseconds until a browser that holds nothing shows something of each page."""
    try:
        from playwright.sync_api import sync_playwright
    except ImportError:
        return
    with sync_playwright() as play:
        chromium = play.chromium.launch(executable_path=_chromium(), args=SWITCHES)
        for path in _pages(server):
            page = chromium.new_context().new_page()
            page.goto(urljoin(server.address, path))
            paint = None
            while paint is None:
                page.wait_for_timeout(20)
                paint = page.evaluate(PAINT)
            yield path, float(paint)
            page.context.close()
        chromium.close()


def _chromium() -> str:
    from shutil import which

    found = which("chromium")
    if found is None:
        raise SystemExit("There is no chromium: install the Debian package of that name.")
    return found


@contextmanager
def served(store: Path) -> Iterator[Served]:
    """`backref serve` of a store, from the moment that it tells its address."""
    command = [sys.executable, "-c", SERVE, "serve", "--port", "0", "--store", str(store)]
    with subprocess.Popen(command, stderr=subprocess.PIPE, text=True) as child:
        try:
            told = child.stderr.readline() if child.stderr else ""
            found = re.search(r"http://\S+", told)
            if found is None:
                raise SystemExit(f"The server did not begin: {told}")
            yield Served(found[0], psutil.Process(child.pid))
        finally:
            child.terminate()
            with suppress(subprocess.TimeoutExpired):
                child.wait(20)
            child.kill()


def further_links(folder: Path, made: world.World, pages: int) -> Path:
    """An export as Ahrefs writes them, of so many pages that link to the world's site."""
    chance, path = random.Random(made.seed), folder / "further-backlinks-ahrefs.csv"
    targets = [f"/guides/{number}/" for number in range(400)]
    with path.open("w", encoding="utf-8", newline="") as stream:
        writer = csv.writer(stream)
        writer.writerow(COLUMNS)
        for number in range(pages):
            rank = int(pages ** chance.random())
            seen = made.start.toordinal() + chance.randrange(1, (made.end - made.start).days)
            first, last = (
                f"{made.start.fromordinal(day)} 08:00:00" for day in (seen, made.end.toordinal())
            )
            target = targets[min(int(chance.paretovariate(0.8)), len(targets)) - 1]
            writer.writerow((
                f"What we found, part {number}", f"https://source{rank}.example/post-{number}",
                rank % 90, f"https://{made.site}{target}", chance.choice(many_links.ANCHORS),
                "true" if chance.random() < 0.3 else "false", first, last,
            ))  # fmt: skip
    return path


COLUMNS = ("Referring page title", "Referring page URL", "Domain rating", "Target URL", "Anchor",
           "Nofollow", "First seen", "Last seen")  # fmt: skip
