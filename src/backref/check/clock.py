"""Time as the fetcher sees it, in one place so that tests can turn it."""

from __future__ import annotations

import asyncio
import time


class Clock:
    """The machine's clocks. Waits go by `monotonic`, which no clock change moves; `now` is what
    is written down."""

    def now(self) -> int:
        """UTC in microseconds."""
        return time.time_ns() // 1000

    def monotonic(self) -> float:
        """Seconds that only grow."""
        return time.monotonic()

    async def sleep(self, seconds: float) -> None:
        """Wait."""
        await asyncio.sleep(seconds)
