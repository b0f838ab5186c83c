"""Chunks to parsed records, in order: small files in this process, large ones in a pool.

The pool's processes are spawned, never forked, and only when a source proves to be larger than
`SMALL_BYTES`, so that small imports start at once. What is in flight is bounded.
"""

from __future__ import annotations

import os
import signal
from collections import deque
from concurrent.futures import Future, ProcessPoolExecutor
from concurrent.futures.process import BrokenProcessPool
from multiprocessing import get_context
from typing import TYPE_CHECKING, BinaryIO, Self, cast

from backref.errors import SourceError
from backref.sources.source import Reject

if TYPE_CHECKING:
    from collections.abc import Iterator

    from backref.sources.decompress import Stream
    from backref.sources.source import Context, Parsed, Source

MOST_PROCESSES = 2
SMALL_BYTES = 9 << 20
IN_FLIGHT = 2
"""Chunks that each process may have waiting or done."""


class Parsing:
    """A pool that starts when needed. Use as a context manager; `processes` 1 means none."""

    def __init__(self, processes: int | None = None) -> None:
        self._processes = processes or min(MOST_PROCESSES, os.cpu_count() or 1)
        self._pool: ProcessPoolExecutor | None = None

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *exception: object) -> None:
        if self._pool:
            self._pool.shutdown(cancel_futures=True)

    def parsed(self, source: Source, stream: Stream, context: Context) -> Iterator[Parsed | Reject]:
        """Everything that the stream holds, in its order.

        Raises SourceError when a process of the pool is ended from outside.
        """
        waiting: deque[Future[Parsed] | Reject] = deque()
        for chunk in source.chunks(cast("BinaryIO", stream), context):
            if isinstance(chunk, Reject):
                waiting.append(chunk)
            elif self._processes == 1 or (stream.position < SMALL_BYTES and not waiting):
                yield source.parse(chunk, context)
            else:
                waiting.append(self._started_pool().submit(source.parse, chunk, context))
            while waiting and (isinstance(waiting[0], Reject) or len(waiting) > self._bound):
                yield _result(waiting.popleft())
        while waiting:
            yield _result(waiting.popleft())

    @property
    def _bound(self) -> int:
        return IN_FLIGHT * self._processes

    def _started_pool(self) -> ProcessPoolExecutor:
        if self._pool is None:
            self._pool = ProcessPoolExecutor(
                self._processes, get_context("spawn"), initializer=_leave_interrupts_to_the_parent
            )
        return self._pool


def _leave_interrupts_to_the_parent() -> None:
    signal.signal(signal.SIGINT, signal.SIG_IGN)


def _result(waiting: Future[Parsed] | Reject) -> Parsed | Reject:
    if isinstance(waiting, Reject):
        return waiting
    try:
        return waiting.result()
    except BrokenProcessPool as error:
        raise SourceError(
            "A process that parsed the file was ended from outside, perhaps for lack of memory; "
            "nothing of the file was stored: free memory, repeat."
        ) from error
