"""When a host that answered so may be asked again: Retry-After, and waits that double.

https://www.rfc-editor.org/rfc/rfc9110#section-10.2.3
"""

from __future__ import annotations

from datetime import UTC, datetime
from email.utils import parsedate_to_datetime

RETRYING = frozenset({301, 308, 429, 503})
"""Statuses with which Retry-After is heeded."""
LONGEST_SECONDS = 31 * 86_400.0
_DATE_SLACK = 7 * 86_400.0
"""A server whose clock is off by more than this is not believed when it names a date."""


def retry_after(status: int, value: str | None, date: str | None, now: int) -> float | None:
    """The seconds that a response asks us to wait; None when it does not, or in no known way.

    `value` is the Retry-After header, `date` the Date header, by which a date is measured, so that
    a server's wrong clock does no harm; `now` is UTC in microseconds.
    """
    if status not in RETRYING or value is None:
        return None
    if (text := value.strip()).isdecimal() and text.isascii():
        return min(float(text[:12]), LONGEST_SECONDS)
    until = _moment(text)
    if until is None:
        return None
    here = datetime.fromtimestamp(now / 1e6, UTC)
    there = _moment(date or "") or here
    base = there if abs((there - here).total_seconds()) < _DATE_SLACK else here
    return min(max((until - base).total_seconds(), 0.0), LONGEST_SECONDS)


def _moment(text: str) -> datetime | None:
    try:
        moment = parsedate_to_datetime(text)
    except (ValueError, TypeError, OverflowError):
        return None
    return moment if moment.tzinfo else moment.replace(tzinfo=UTC)
