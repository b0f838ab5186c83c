"""What one look of our own says of a page, from what came of it."""

from __future__ import annotations

BLIND = frozenset(("blocked", "unreachable", "unreadable", "robots", "interrupted"))
"""Looks that say nothing: neither that a link is there nor that it is not."""

_OF_OUTCOMES = {
    "robots": "robots",
    "unreachable_robots": "robots",
    "too_large": "unreadable",
    "interrupted": "interrupted",
    "postponed": "interrupted",
}
_BLOCKING = frozenset((401, 402, 403, 407, 429, 451))
_GONE = frozenset((404, 410))


def told(
    outcome: str, status: int | None, wall: str, *, complete: bool, confirmed: bool = False
) -> str:
    """One of page, gone, unchanged and those of `BLIND`. A `wall` in the place of the page hides
    it; `complete` is whether the answer was a page that could be read in full, `confirmed` whether
    the server was asked about a page that we have read and says that it is unchanged."""
    if outcome != "answered":
        return _OF_OUTCOMES.get(outcome, "unreachable")
    if wall:
        return "blocked"
    return _of_status(status or 0, complete=complete, confirmed=confirmed)


def _of_status(status: int, *, complete: bool, confirmed: bool) -> str:
    if status in _GONE:
        return "gone"
    if status in _BLOCKING:
        return "blocked"
    if status == 304 and confirmed:
        return "unchanged"
    if status >= 500:
        return "unreachable"
    return "page" if complete and 200 <= status < 300 else "unreadable"
