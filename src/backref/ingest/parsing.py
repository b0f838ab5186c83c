"""Chunks to parsed records, in order: small files in this process, large ones in a pool too.

The pool's processes are spawned, never forked, and only when a source proves to be larger than
`SMALL_BYTES`, so that small imports start at once. This process lends a hand whenever the others
have enough to do, as while they start. What is in flight is bounded.
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
"""Chunks that each other process is given ahead."""


class Parsing:
    """The calling process and a pool of others that starts when needed; `processes` counts the
    caller too, so 1 means no pool. Use as a context manager."""

    def __init__(self, processes: int | None = None) -> None:
        self._others = (processes or min(MOST_PROCESSES, os.cpu_count() or 1)) - 1
        self._pool: ProcessPoolExecutor | None = None

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *exception: object) -> None:
        if self._pool:
            self._pool.shutdown(cancel_futures=True)

    def parsed(
        self, source: Source, stream: Stream, context: Context, size: int | None = None
    ) -> Iterator[Parsed | Reject]:
        """Everything that the stream holds, in its order; `size` is that of its file, if known.

        Raises SourceError when a process of the pool is ended from outside.
        """
        waiting: deque[Future[Parsed] | Parsed | Reject] = deque()
        small = (size or 0) < SMALL_BYTES
        for chunk in source.chunks(cast("BinaryIO", stream), context):
            if isinstance(chunk, Reject):
                waiting.append(chunk)
            elif (small and stream.position < SMALL_BYTES) or self._busy(waiting):
                waiting.append(source.parse(chunk, context))
            else:
                waiting.append(self._started_pool().submit(source.parse, chunk, context))
            while waiting and (_is_ready(waiting[0]) or len(waiting) > self._most_waiting):
                yield _result(waiting.popleft())
        while waiting:
            yield _result(waiting.popleft())

    def _busy(self, waiting: deque[Future[Parsed] | Parsed | Reject]) -> bool:
        """Whether the pool has enough to do, so that this process does the next chunk itself."""
        given = sum(isinstance(each, Future) and not each.done() for each in waiting)
        return given >= IN_FLIGHT * self._others

    @property
    def _most_waiting(self) -> int:
        return 2 * IN_FLIGHT * (self._others + 1)

    def _started_pool(self) -> ProcessPoolExecutor:
        # The initialiser is of the standard library, so that a new process imports the sources
        # that it parses with and nothing else of ours.
        if self._pool is None:
            self._pool = ProcessPoolExecutor(
                self._others,
                get_context("spawn"),
                initializer=signal.signal,
                initargs=(signal.SIGINT, signal.SIG_IGN),
            )
        return self._pool


def _is_ready(waiting: Future[Parsed] | Parsed | Reject) -> bool:
    return not isinstance(waiting, Future) or waiting.done()


def _result(waiting: Future[Parsed] | Parsed | Reject) -> Parsed | Reject:
    if not isinstance(waiting, Future):
        return waiting
    try:
        return waiting.result()
    except BrokenProcessPool as error:
        raise SourceError(
            "A process that parsed the file was ended from outside, perhaps for lack of memory; "
            "nothing of the file was stored: free memory, repeat."
        ) from error
