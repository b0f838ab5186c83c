"""A clock that tests turn: its sleeps take no time."""

from __future__ import annotations

import asyncio

from backref.check.clock import Clock

NOON = 1_795_000_000_000_000 // 86_400_000_000 * 86_400_000_000 + 43_200_000_000


class TurnedClock(Clock):
    """Both clocks stand still but for sleeps, of which `slept` holds the lengths. `jump` turns the
    written time alone."""

    def __init__(self, now: int = NOON) -> None:
        self.time = now
        self.grown = 1000.0
        self.slept: list[float] = []

    def now(self) -> int:
        return self.time

    def monotonic(self) -> float:
        return self.grown

    async def sleep(self, seconds: float) -> None:
        self.slept.append(seconds)
        self.pass_by(seconds)
        await asyncio.sleep(0)

    def pass_by(self, seconds: float) -> None:
        self.grown += seconds
        self.time += int(seconds * 1e6)

    def jump(self, seconds: float) -> None:
        self.time += int(seconds * 1e6)
