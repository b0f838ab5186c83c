"""`python -m bench NAME [--size small|full] [--json]`: take a benchmark's measures, judge them.

A benchmark is a module of this package with `run(size) -> Iterator[Measure]`. The exit code is 4
when a bar does not hold: then the benchmark ran, and its figures are what they are.
"""

from __future__ import annotations

import argparse
import json
import pkgutil
import sys
from importlib import import_module
from typing import TYPE_CHECKING

import bench
from bench.measure import Measure, Size, figure

if TYPE_CHECKING:
    from collections.abc import Iterator

MISSED = 4
HARNESS = {
    "__main__",
    "fetch_farm",
    "fetch_pages",
    "fetch_scrapy",
    "import_files",
    "many_links",
    "measure",
    "planted",
    "process",
    "rank_peers",
    "ranked",
    "watching",
    "web_graph",
}
LINE = "{:<44} {:>12} {:>12} {:>9} {:>9}  {:<5} {}"


def names() -> list[str]:
    """The benchmarks there are."""
    found = {module.name for module in pkgutil.iter_modules(bench.__path__)}
    return sorted(found - HARNESS)


def measures(name: str, size: Size) -> Iterator[Measure]:
    """Take a benchmark's measures, one after the other."""
    yield from import_module(f"bench.{name}").run(size)


def main(arguments: list[str] | None = None) -> int:
    """Run the benchmarks that were named; print a measure a line."""
    parser = argparse.ArgumentParser(prog="python -m bench", description=__doc__)
    parser.add_argument("name", nargs="+", choices=[*names(), "all"])
    parser.add_argument("--size", choices=["small", "full"], default="small")
    parser.add_argument("--json", action="store_true", help="one object a line")
    asked = parser.parse_args(arguments)
    if not asked.json:
        print(LINE.format("measure", "ours", "theirs", "score", "bar", "holds", "unit, note"))
    chosen = names() if "all" in asked.name else asked.name
    return _judge(
        (measure for name in chosen for measure in measures(name, asked.size)), as_json=asked.json
    )


def _judge(taken: Iterator[Measure], *, as_json: bool) -> int:
    failed = False
    for measure in taken:
        failed |= not measure.holds
        print(json.dumps(measure.as_dict()) if as_json else _line(measure), flush=True)
    return MISSED if failed else 0


def _line(measure: Measure) -> str:
    bar = "" if measure.bar is None else (">=" if measure.better == "higher" else "<=")
    return LINE.format(
        measure.name,
        figure(measure.ours),
        figure(measure.theirs),
        figure(measure.score),
        bar + figure(measure.bar),
        "yes" if measure.holds else "NO",
        f"{measure.unit}  {measure.note}".rstrip(),
    ).rstrip()


if __name__ == "__main__":
    sys.exit(main())
