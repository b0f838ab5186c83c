"""Goals: the paths whose visit counts as a conversion, `*` standing for anything."""

from __future__ import annotations

from backref.url import path_key

ESCAPE = "^"


def like(pattern: str) -> str:
    """A path pattern as a SQL LIKE pattern that escapes with `^`.

    >>> like("/thank_you/*")
    '/thank^_you/%'
    """
    for special in (ESCAPE, "%", "_"):
        pattern = pattern.replace(special, ESCAPE + special)
    return pattern.replace("*", "%")


def goal_like(goal: str) -> str:
    """A goal as a LIKE pattern for folded paths, so that `/thanks/` means `/thanks` too."""
    path = "/" + goal.strip().lstrip("/")
    return like(path if path.endswith("*") else path_key(path))
