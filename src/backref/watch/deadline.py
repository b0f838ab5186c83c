"""A bound on the whole of a conversation: timeouts of single operations never end a trickle."""

from __future__ import annotations

from threading import Event, Thread
from typing import TYPE_CHECKING, Self

if TYPE_CHECKING:
    from collections.abc import Callable
    from types import TracebackType

AGAIN = 0.2
"""Seconds until connections are cut off again, which may have been made meanwhile."""


class Deadline:
    """Calls `cut` when so many seconds have passed, and again and again until the block ends.
    `passed` says whether it did, for to some libraries what is cut off is only at its end."""

    def __init__(self, seconds: float, cut: Callable[[], None]) -> None:
        self._seconds = seconds
        self._cut = cut
        self._done = Event()
        self.passed = False
        self._thread = Thread(target=self._wait, daemon=True)

    def __enter__(self) -> Self:
        self._thread.start()
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self._done.set()
        self._thread.join()

    def _wait(self) -> None:
        left = self._seconds
        while not self._done.wait(left):
            self.passed = True
            self._cut()
            left = AGAIN
