"""Figures and states in words, one way throughout. None is said, never shown as 0."""

from __future__ import annotations

from math import isfinite
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from datetime import date, datetime

    from backref.faces.query.rows import LinkRow

UNMEASURED = "not measurable"
NO_GOAL = "not known"
CRUMB = 1e-6
"""Sums of shares end so near to the whole number that they are."""
MINUS, DASH, TIMES = "\u2212", "\u2013", "\u00d7"


def count(value: float | None, unknown: str = UNMEASURED) -> str:
    """A count with thousands separators; one decimal only where a share makes it fractional.

    >>> count(1429.0000001), count(38.54), count(0.02)
    ('1,429', '38.5', '<0.1')
    """
    if value is None:
        return unknown
    if abs(value - round(value)) < CRUMB:
        return f"{round(value):,}"
    return "<0.1" if 0 < value < 0.05 else f"{value:,.1f}"


def plain(value: float) -> str:
    """A number for programs, without the crumbs that sums of shares leave: six decimals, or six
    digits of what is below one; a whole one has no decimal sign.

    >>> plain(429.00000001), plain(38.54545454), plain(0.00012345678)
    ('429', '38.545455', '0.000123457')
    """
    if not isfinite(value) or value == round(value):
        return str(int(value)) if isfinite(value) else str(value)
    exact = round(value, 6) if abs(value) >= 1 - CRUMB else float(f"{value:.6g}")
    return str(int(exact)) if exact == round(exact) else str(exact)


def percent(share: float | None, unknown: str) -> str:
    """A share of one as a percentage with as many digits as it has meaning."""
    if share is None:
        return unknown
    value = share * 100
    if 0 < value < 0.01:
        return "<0.01 %"
    return f"{value:.2g} %" if 0 < value < 10 else f"{value:.0f} %"


def authority(value: float | None, low: float | None = None, high: float | None = None) -> str:
    """An authority with its interval, where there is one; empty where no ranked graph tells it.

    >>> authority(54.26, 49.7, 58.1), authority(0.0)
    ('54.3 (50–58)', '0.0')
    """
    if value is None:
        return ""
    ends = "" if low is None or high is None else f" ({low:.0f}{DASH}{high:.0f})"
    return f"{value:.1f}{ends}"


def change(now: float | None, before: float | None, span: str) -> str:
    """The difference to the period before, signed; empty where there is nothing to compare."""
    if now is None or before is None:
        return ""
    difference = now - before
    if abs(difference) < CRUMB:
        return f"as many as in {span}"
    sign = "+" if difference > 0 else MINUS
    return f"{sign}{count(abs(difference))} against {span}"


def rate(row_rate: float | None, low: float | None, high: float | None) -> str:
    """A rate with its 95 % interval."""
    if row_rate is None or low is None or high is None:
        return "no visits"
    return f"{row_rate * 100:.1f} % ({low * 100:.1f}{DASH}{high * 100:.1f})"


def day(moment: datetime | date) -> str:
    """A day as `18 November 2026`."""
    return f"{moment.day} {moment:%B %Y}"


def standing(row: LinkRow) -> str:
    """What stands behind a link's state: the reason and the days."""
    if row.lost_before is not None and row.state in ("lost", "reported lost", "suspect"):
        reason = f"{row.reason}, " if row.reason else ""
        if row.lost_after is None:
            return f"{reason}by {day(row.lost_before)}"
        return f"{reason}after {day(row.lost_after)}, by {day(row.lost_before)}"
    hidden = hiding(row)
    if row.last_seen is None:
        return f"{hidden}undated"
    return f"{hidden}last seen {day(row.last_seen)}"


def hiding(row: LinkRow) -> str:
    """Why our own eyes cannot see the page of an unknown link, with a comma; nothing for others."""
    told = row.state == "unknown" and row.reason not in (None, "", "unverified")
    return f"{row.reason}, " if told else ""
