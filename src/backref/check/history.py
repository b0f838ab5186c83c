"""What earlier runs know of a registrable domain, as the scheduler is told it."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class HostHistory:
    """Times are UTC in microseconds.

    `last_at` is when the last look ended and `seconds` how long an answer took; `next_allowed` is
    what the host last asked for or our back-off left; `failures` counts the looks in a row that
    the host did not answer; `today` is how many requests it had since midnight UTC;
    `robots_unreachable_since` is when its robots.txt could first not be read, None when it last
    could.
    """

    last_at: int | None = None
    seconds: float = 0.0
    next_allowed: int | None = None
    failures: int = 0
    today: int = 0
    robots_unreachable_since: int | None = None
