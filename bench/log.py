"""Combined log to stored hits, beside GoAccess, on lines such as a busy site writes."""

from __future__ import annotations

import gzip
import heapq
import json
import random
import re
import shutil
import sys
import time
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import TYPE_CHECKING

from isal import isal_zlib

from backref.sources.decompress import Stream
from bench.measure import Measure, stopwatch
from bench.process import run as run_process

if TYPE_CHECKING:
    from collections.abc import Iterator

    from bench.measure import Size
    from bench.process import Ran

LINES = {"small": 100_000, "full": 500_000}
LONG_LINES = 10_000_000
"""Lines of the log by whose import the full size judges memory."""
SITE = "example.com"
WARMING_LINES = 300_000
"""Lines of other days that are imported first, so that the rate is not that of loading libraries
and kernels, nor of compiling those on a machine's first run."""
RATE_BAR = 500_000.0
SESSIONS_BAR = 250_000.0
PEER_BAR = 20.0
GZIP_BAR = 2.0
MEMORY_BAR = 1.5 * 2**30
BEGIN = 1_790_000_000
MONTH = 30 * 86_400
PIECE = 1 << 20
BROWSER = (
    "Mozilla/5.0 ({}) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/{}.0.{}.{} {}Safari/537.36"
)
PLATFORMS = (
    "Windows NT 10.0; Win64; x64",
    "Macintosh; Intel Mac OS X 10_15_7",
    "X11; Linux x86_64",
    "Linux; Android 14; Pixel 8",
    "iPhone; CPU iPhone OS 18_1 like Mac OS X",
)
BOT = "Mozilla/5.0 (compatible; ExampleBot/{}.{}; +https://bot{}.example/)"


def run(size: Size) -> Iterator[Measure]:
    """Lines a second, the ratio to GoAccess, and the memory of all processes."""
    with TemporaryDirectory(prefix="bench-log-") as name:
        folder = Path(name)
        log = folder / "access.log"
        count = LINES[size]
        write_log(log, count)
        first = folder / "first.log"
        write_log(first, WARMING_LINES, seed=8, begin=BEGIN - MONTH)
        ours = _import(folder / "store", first, log)
        report = json.loads(ours.stdout.splitlines()[-1])
        rate = report["stored"] / report["seconds"]
        note = "after a first file, which loads the kernels"
        yield Measure(
            "log: lines stored a second", rate, None, rate, RATE_BAR, "lines/s", note=note
        )
        both = report["stored"] / (report["seconds"] + report["sessions_seconds"])
        yield Measure(
            "log: lines stored and in sessions a second", both, None, both, SESSIONS_BAR, "lines/s"
        )
        yield from _beside_goaccess(folder, log, count, rate, ours)
        yield from _gzipped(folder, first, log)
        if size == "full":
            ours = _import(folder / "long", _long(folder / "long.log", log))
        held = json.loads(ours.stdout.splitlines()[-1])["stored"]
        yield Measure(
            "log: peak memory of all processes",
            float(ours.peak_rss),
            None,
            float(ours.peak_rss),
            MEMORY_BAR,
            "bytes",
            better="lower",
            note=f"{held:,} lines in the last file, with their sessions",
        )


def _gzipped(folder: Path, first: Path, log: Path) -> Iterator[Measure]:
    """The import of a packed log beside the best decompressor alone, and how much of it is
    reading."""
    packed = folder / "access.log.gz"
    with log.open("rb") as plain, gzip.open(packed, "wb", compresslevel=6) as into:
        shutil.copyfileobj(plain, into)
    report = json.loads(_import(folder / "packed", first, packed).stdout.splitlines()[-1])
    alone = _inflating(packed)
    ours = report["seconds"]
    yield Measure("log: gzip log", ours, alone, ours / alone, GZIP_BAR, "s", better="lower")
    reading = _reading(packed)
    name = "log: gzip log, reading alone"
    yield Measure(name, reading, alone, reading / alone, GZIP_BAR, "s", better="lower")


def _inflating(packed: Path) -> float:
    """Seconds of the fastest decompressor that there is for Python, in pieces, and nothing else."""
    inflate = isal_zlib.decompressobj(wbits=31)
    with stopwatch() as watch, packed.open("rb") as file:
        while piece := file.read(PIECE):
            inflate.decompress(piece)
    return watch.seconds


def _reading(packed: Path) -> float:
    """Seconds of what an import reads a packed file with."""
    with stopwatch() as watch, Stream(packed.open("rb")) as stream:
        while stream.read(PIECE):
            pass
    return watch.seconds


def _long(path: Path, log: Path) -> Path:
    """A log of `LONG_LINES`: the same lines over and over, each time some days later."""
    text = log.read_bytes()
    days = sorted(set(re.findall(rb"\[(\d\d/[A-Z][a-z]{2}/\d{4}):", text)))
    with path.open("wb") as file:
        for time_over in range(LONG_LINES // LINES["full"]):
            moved = text
            for number, day in enumerate(days):
                later = BEGIN + 86_400 * (number + len(days) * time_over)
                moved = moved.replace(day, time.strftime("%d/%b/%Y", time.gmtime(later)).encode())
            file.write(moved)
    return path


def _import(store: Path, *logs: Path) -> Ran:
    ran = run_process([sys.executable, "-m", "bench.import_files", store, SITE, *logs])
    if ran.code:
        raise SystemExit(f"The import failed: {ran.stderr}")
    return ran


def _beside_goaccess(
    folder: Path, log: Path, count: int, rate: float, ours: Ran
) -> Iterator[Measure]:
    """The ratio of the rates, and of the whole runs with the start of Python and its libraries,
    which is shown and not judged."""
    name = "log: times as fast as GoAccess"
    peer, note = _goaccess(log, folder / "goaccess.json", count)
    if peer is None:
        yield Measure(name, rate, None, None, PEER_BAR, "lines/s", note=note)
        return
    theirs = count / peer.seconds
    yield Measure(name, rate, theirs, rate / theirs, PEER_BAR, "lines/s")
    whole = count / ours.seconds
    yield Measure(f"{name}, whole runs", whole, theirs, whole / theirs, None, "lines/s")


def _goaccess(log: Path, report: Path, count: int) -> tuple[Ran | None, str]:
    """GoAccess's run over the log, or why there is none to compare with."""
    goaccess = shutil.which("goaccess")
    if goaccess is None:
        return None, "GoAccess is not installed: apt-get install goaccess"
    ran = run_process([goaccess, log, "--log-format=COMBINED", "--no-progress", "-o", report])
    if ran.code or json.loads(report.read_text())["general"]["valid_requests"] != count:
        return None, "GoAccess did not read all lines"
    return ran, ""


def write_log(path: Path, count: int, seed: int = 7, begin: int = BEGIN) -> None:
    """`count` combined lines in order of time from `begin` on: people who load pages with their
    parts, bots that load pages alone, some dead targets, full and bare referrers, campaign tags."""
    chance = random.Random(seed)
    lines = heapq.merge(
        *(_visits(random.Random(chance.random()), count // 8 + 1, begin) for _ in range(8))
    )
    with path.open("w", encoding="ascii") as file:
        for _, (_, line) in zip(range(count), lines, strict=False):
            file.write(line)


def _visits(chance: random.Random, count: int, begin: int) -> Iterator[tuple[float, str]]:
    pages = [f"/{chance.choice('abcde')}/article-{number}-of-the-site" for number in range(600)]
    parts = [
        f"/static/{number:x}.{chance.choice(['js', 'css', 'png', 'woff2'])}" for number in range(90)
    ]
    agents = [_agent(chance) for _ in range(150)]
    senders = [f"https://site{number}.example/" for number in range(300)]
    at = float(begin)
    written = 0
    while written < count * 1.2:
        at += chance.expovariate(0.08)
        visit = list(_visit(chance, at, pages, parts, agents, senders))
        written += len(visit)
        yield from visit


def _visit(
    chance: random.Random,
    at: float,
    pages: list[str],
    parts: list[str],
    agents: list[str],
    senders: list[str],
) -> Iterator[tuple[float, str]]:
    address = ".".join(str(chance.randint(1, 223)) for _ in range(4))
    bot = chance.random() < 0.2
    agent = BOT.format(*(chance.randint(1, 9) for _ in range(3))) if bot else _often(chance, agents)
    referrer = "-" if bot or chance.random() < 0.4 else _often(chance, senders)
    tag = "?utm_source=letter&utm_medium=email" if chance.random() < 0.05 else ""
    for _ in range(chance.randint(1, 5)):
        page = _often(chance, pages) + tag
        status = 404 if chance.random() < 0.03 else 200
        yield at, _line(chance, address, at, page, status, referrer, agent)
        referrer, tag = f"https://{SITE}{page}", ""
        for part in [] if bot else chance.sample(parts, chance.randint(3, 9)):
            yield at, _line(chance, address, at, part, chance.choice((200, 304)), referrer, agent)
        at += chance.uniform(0, 1)


def _often(chance: random.Random, things: list[str]) -> str:
    """One of the things, the first ones far more often."""
    return things[min(int(chance.paretovariate(0.6)) - 1, len(things) - 1)]


def _agent(chance: random.Random) -> str:
    numbers = (chance.randint(90, 140), chance.randint(1000, 9999), chance.randint(1, 200))
    return BROWSER.format(chance.choice(PLATFORMS), *numbers, chance.choice(("", "Mobile ")))


def _line(
    chance: random.Random,
    address: str,
    at: float,
    path: str,
    status: int,
    referrer: str,
    agent: str,
) -> str:
    when = time.strftime("%d/%b/%Y:%H:%M:%S +0000", time.gmtime(at))
    size = chance.randint(200, 90_000)
    return f'{address} - - [{when}] "GET {path} HTTP/1.1" {status} {size} "{referrer}" "{agent}"\n'
