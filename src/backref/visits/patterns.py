"""Path patterns, in which `*` stands for anything: goals, and the paths that scanners try."""

from __future__ import annotations

import re
from functools import cache
from typing import TYPE_CHECKING

from backref import data
from backref.url import path_key

if TYPE_CHECKING:
    from collections.abc import Iterable


def regex(patterns: Iterable[str]) -> str:
    """A regular expression, in the syntax that RE2 and Python share, for whole paths."""
    alternatives = "|".join(re.sub(r"(\W)", _escaped, pattern) for pattern in patterns)
    return f"^(?:{alternatives})$"


def _escaped(char: re.Match[str]) -> str:
    return ".*" if char[0] == "*" else "\\" + char[0]


def goal_regex(goal: str) -> re.Pattern[str]:
    """A goal as a pattern of folded paths, so that `/thanks/` means `/thanks` too.

    >>> bool(goal_regex("order/*").match("/order/7"))
    True
    """
    path = "/" + goal.strip().lstrip("/")
    return re.compile(regex([path if path.endswith("*") else path_key(path)]))


@cache
def scanner_paths() -> str:
    """A regular expression for the paths in `scanner_paths.txt`, lower-case."""
    return regex(data.lines("scanner_paths.txt"))
