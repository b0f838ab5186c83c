"""One more day of log on a long history, beside the same day alone: import and all stages."""

from __future__ import annotations

import csv
import os
import random
import time
from contextlib import contextmanager
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import TYPE_CHECKING

from bench.log import BROWSER, PLATFORMS, SITE
from bench.measure import Measure, Watch

if TYPE_CHECKING:
    from collections.abc import Iterator

    from bench.measure import Size

DAYS = {"small": 60, "full": 365}
MORE_DAYS = 3
VISITS = 400
"""Visits a day, about four lines each: a small site's."""
SENDERS, PAGES = 300, 200
BEGIN = 1_760_054_400
DAY = 86_400
BAR = 2.0
HEADS = ("Referring page URL", "Target URL", "Anchor", "First seen", "Last seen", "Domain rating")


def run(size: Size) -> Iterator[Measure]:
    """The cost of a day in processor seconds, and its parts, which are shown and not judged."""
    days = DAYS[size]
    with TemporaryDirectory(prefix="bench-day-") as name:
        folder = Path(name)
        write_links(folder / "links.csv")
        write_log(folder / "history.log", range(days))
        more = [folder / f"{day}.log" for day in range(days, days + MORE_DAYS)]
        for day, path in enumerate(more, days):
            write_log(path, range(day, day + 1))
        _days(folder / "warm", folder / "links.csv", None, more[:1])
        alone = [_days(folder / path.stem, folder / "links.csv", None, [path]) for path in more]
        on_history = _days(folder / "long", folder / "links.csv", folder / "history.log", more)
    theirs = [sum(part[place] for part in alone) / MORE_DAYS for place in (0, 1)]
    ours = [on_history[place] / MORE_DAYS for place in (0, 1)]
    for name, one, other in zip(("import", "stages"), ours, theirs, strict=True):
        note = f"{days} days before it"
        yield Measure(f"day: {name}", one, other, one / other, None, "CPU s", "lower", note)
    one, other = sum(ours), sum(theirs)
    yield Measure("day: one more day", one, other, one / other, BAR, "CPU s", "lower")


def _days(store: Path, links: Path, history: Path | None, more: list[Path]) -> tuple[float, float]:
    """The processor seconds that importing some days took and that the stages took after them, in
    a store of links and a history."""
    from backref import pipeline
    from backref.ingest import import_inputs
    from backref.lake.lake import Lake
    from backref.lake.records import SiteRecord

    with Lake.create(store) as lake:
        lake.save_site(SiteRecord(SITE))
        for _ in import_inputs(lake, [str(path) for path in (links, history) if path]):
            pass
        pipeline.run(lake)
        imported = staged = 0.0
        for path in more:
            with _processor() as watch:
                for _ in import_inputs(lake, [str(path)]):
                    pass
            imported += watch.seconds
            with _processor() as watch:
                pipeline.run(lake)
            staged += watch.seconds
    return imported, staged


@contextmanager
def _processor() -> Iterator[Watch]:
    """Count the processor seconds of a block, its threads' and processes' among them."""
    watch = Watch()
    begin = sum(os.times()[:4])
    try:
        yield watch
    finally:
        watch.seconds = sum(os.times()[:4]) - begin


def write_links(path: Path) -> None:
    """A vendor's export: a few links of every sender."""
    chance = random.Random(5)
    with path.open("w", encoding="utf-8", newline="") as file:
        rows = csv.writer(file)
        rows.writerow(HEADS)
        for sender in range(SENDERS):
            for number in range(chance.randint(1, 4)):
                page = f"https://site{sender}.example/post-{number}"
                target = f"https://{SITE}/article-{chance.randrange(PAGES)}"
                rows.writerow((page, target, "see", "2025-09-01", "2025-10-01", 30 + sender % 50))


def write_log(path: Path, days: range) -> None:
    """Combined lines of some days in order of time."""
    with path.open("w", encoding="ascii") as file:
        for day in days:
            chance = random.Random(day)
            lines = [line for _ in range(VISITS) for line in _visit(chance, BEGIN + day * DAY)]
            file.writelines(line for _, line in sorted(lines))


def _visit(chance: random.Random, midnight: int) -> Iterator[tuple[float, str]]:
    address = ".".join(str(chance.randint(1, 223)) for _ in range(4))
    agent = BROWSER.format(chance.choice(PLATFORMS), chance.randint(130, 140), 0, 0, "")
    at = midnight + chance.random() * (DAY - 600)
    sender = f"https://site{chance.randrange(SENDERS)}.example/"
    referrer = chance.choice(("-", "https://www.google.com/", sender))
    for _ in range(chance.randint(1, 4)):
        page = f"/article-{chance.randrange(PAGES)}"
        for asked, sent in ((page, referrer), ("/static/site.css", f"https://{SITE}{page}")):
            when = time.strftime("%d/%b/%Y:%H:%M:%S +0000", time.gmtime(at))
            size = chance.randint(200, 90_000)
            request = f'"GET {asked} HTTP/1.1" 200 {size}'
            yield at, f'{address} - - [{when}] {request} "{sent}" "{agent}"\n'
        referrer = f"https://{SITE}{page}"
        at += chance.uniform(5, 90)
