"""Pages a second over very many hosts on loopback, beside Scrapy on the same farm.

The farm runs in a process of its own on the same machine, so that it takes of the same cores.
Waits of politeness are off, for they would be all that is measured; one request at a time to a
host and robots.txt are not. Both ask 200 hosts at once. Scrapy is run by the interpreter that
SCRAPY_PYTHON names, made with `python -m venv DIR && DIR/bin/pip install scrapy`.
"""

from __future__ import annotations

import json
import os
import resource
import subprocess
import sys
from contextlib import contextmanager
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import TYPE_CHECKING, Any

from bench.measure import Measure
from bench.process import run as run_process

if TYPE_CHECKING:
    from collections.abc import Iterator

    from bench.measure import Size

HOSTS = {"small": 200, "full": 1000}
PAGES = {"small": 3, "full": 10}
RATE_BAR = 300.0
MEMORY_BAR = 500.0 * 2**20
OPEN_FILES = 8192
Report = dict[str, Any]


def run(size: Size) -> Iterator[Measure]:
    """Pages a second with and without encryption and with links read, memory, and the ratio."""
    _, most = resource.getrlimit(resource.RLIMIT_NOFILE)
    resource.setrlimit(resource.RLIMIT_NOFILE, (min(OPEN_FILES, most), most))
    with TemporaryDirectory(prefix="bench-fetch-") as name, _farm(Path(name), size) as places:
        pages = str(PAGES[size])
        asked = HOSTS[size] * PAGES[size]
        plain = _ours(places, "http", pages)
        encrypted = _ours(places, "https", pages)
        extracted = _ours(places, "https", pages, "extract")
        yield _rate("fetch: pages a second over TLS", encrypted, asked, RATE_BAR)
        yield _rate("fetch: pages a second without TLS", plain, asked, RATE_BAR)
        yield _rate("fetch: pages a second, links read too", extracted, asked, None)
        peak = float(max(plain["peak"], encrypted["peak"], extracted["peak"]))
        yield Measure("fetch: peak memory", peak, None, peak, MEMORY_BAR, "bytes", better="lower")
        yield from _beside_scrapy(places, pages, {"http": plain, "https": encrypted})


@contextmanager
def _farm(folder: Path, size: Size) -> Iterator[Path]:
    """A running farm; yields the file that tells where its sites are."""
    command = [sys.executable, "-m", "bench.fetch_farm", str(HOSTS[size]), str(PAGES[size])]
    with subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE) as farm:
        assert farm.stdout is not None
        assert farm.stdin is not None
        places = folder / "places.json"
        places.write_bytes(farm.stdout.readline())
        try:
            yield places
        finally:
            farm.stdin.close()
            farm.wait(60)


def _ours(places: Path, scheme: str, pages: str, *rest: str) -> Report:
    command = [sys.executable, "-m", "bench.fetch_pages", places, scheme, pages, *rest]
    return _report(command)


def _report(command: list[str | Path]) -> Report:
    ran = run_process(command)
    if ran.code:
        raise SystemExit(f"The run failed: {ran.stderr}")
    report: Report = json.loads(ran.stdout.splitlines()[-1])
    return report


def _rate(name: str, report: Report, asked: int, bar: float | None) -> Measure:
    rate = report["answered"] / report["seconds"]
    processor = report["answered"] / report["processor"]
    whole = "" if report["answered"] == asked else f"; only {report['answered']} of {asked} came"
    note = f"{processor:,.0f} a second of our processor time{whole}"
    return Measure(name, rate, None, rate, bar, "pages/s", note=note)


def _beside_scrapy(places: Path, pages: str, ours: dict[str, Report]) -> Iterator[Measure]:
    """How many times as many pages we get in a second of processor time, which does not depend on
    how much of the machine the farm takes."""
    python = os.environ.get("SCRAPY_PYTHON")
    for scheme, report in ours.items():
        name = f"fetch: times Scrapy's pages over {scheme}"
        if python is None:
            note = "SCRAPY_PYTHON names no interpreter with Scrapy"
            yield Measure(name, None, None, None, None, "pages/s", note=note)
            continue
        script = Path(__file__).with_name("fetch_scrapy.py")
        theirs = _report([python, script, places, scheme, pages])
        rates = [each["answered"] / each["processor"] for each in (report, theirs)]
        seconds = f"{report['seconds']:.1f} and {theirs['seconds']:.1f} s by the wall"
        memory = f"{report['peak'] >> 20} and {theirs['peak'] >> 20} MiB"
        yield Measure(
            name, *rates, rates[0] / rates[1], None, "pages/CPU-s", note=f"{seconds}, {memory}"
        )
