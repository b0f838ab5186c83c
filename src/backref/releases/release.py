"""What a release is called and where its files lie.

Common Crawl names a release by the months of its crawls: `cc-main-2026-apr-may-jun`, and across a
year's end `cc-main-2025-26-dec-jan-feb`.
"""

from __future__ import annotations

import re
from dataclasses import dataclass

from backref.errors import UsageError
from backref.sources.export_ranks import named_release

BASE = "https://data.commoncrawl.org/projects/hyperlinkgraph"
LEVELS = ("domain", "host")
_MONTHS = ("jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec")
_NAME = re.compile(rf"cc-main-20\d\d(?:-\d\d)?(?:-(?:{'|'.join(_MONTHS)}))+")
_LAST_MONTH = re.compile(r"20\d\d-(?:0[1-9]|1[0-2])")


@dataclass(frozen=True)
class Release:
    """One release at one level. `month` is the last of its crawls, as `2026-06`."""

    name: str
    month: str
    level: str
    base: str = BASE

    def url(self, what: str) -> str:
        """Where a file of it lies, as `ranks.txt.gz`."""
        return f"{self.base}/{self.name}/{self.level}/{self.name}-{self.level}-{what}"


def told(text: str, level: str, base: str = BASE) -> Release:
    """The release that somebody means: by its name, or by its last month where its crawls are of
    three months in a row, as those of later years are. Raises UsageError."""
    if level not in LEVELS:
        raise UsageError(f"{level!r} is no level of a graph: domain and host are.")
    name = text.strip().lower()
    if _LAST_MONTH.fullmatch(name):
        name = _of_three_months(name)
    month = named_release(name) if _NAME.fullmatch(name) else None
    if month is None:
        raise UsageError(
            f"{text} is no release: write its name, as cc-main-2026-apr-may-jun, or its last "
            "month, as 2026-06."
        )
    return Release(name, month, level, base.rstrip("/"))


def _of_three_months(month: str) -> str:
    """The name of the release whose crawls end with a month."""
    year, last = int(month[:4]), int(month[5:]) - 1
    first_year = year if last >= 2 else year - 1
    years = f"{year}" if first_year == year else f"{first_year}-{year % 100:02}"
    return f"cc-main-{years}-" + "-".join(_MONTHS[(last - back) % 12] for back in (2, 1, 0))
