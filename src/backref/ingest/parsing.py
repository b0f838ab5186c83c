"""Chunks to parsed records, in order: small files by the caller, large ones by others too.

The others are threads where a source's work lets them run, else processes: spawned, never
forked, and only when a source proves to be larger than `SMALL_BYTES`, so that small imports start
at once. The caller lends a hand whenever the others have enough to do, as while they start. What
is in flight is bounded.
"""

from __future__ import annotations

import os
from collections import deque
from concurrent.futures import Executor, Future, ProcessPoolExecutor, ThreadPoolExecutor
from concurrent.futures.process import BrokenProcessPool
from multiprocessing import get_context
from typing import TYPE_CHECKING, BinaryIO, Self, cast

from backref.errors import SourceError
from backref.sources import line_numbers, worker
from backref.sources.source import Reject

if TYPE_CHECKING:
    from collections.abc import Iterator

    from backref.sources.decompress import Stream
    from backref.sources.source import Context, Parsed, Source

MOST_WORKERS = 2
SMALL_BYTES = 9 << 20
IN_FLIGHT = 2
"""Chunks that each of the others is given ahead."""


class Parsing:
    """The caller and pools of others that start when needed; `workers` counts the caller too, so
    1 means no pool. Use as a context manager."""

    def __init__(self, workers: int | None = None) -> None:
        self._others = (workers or min(MOST_WORKERS, os.cpu_count() or 1)) - 1
        self._pools: dict[bool, Executor] = {}

    def __enter__(self) -> Self:
        worker.spare_pandas()
        return self

    def __exit__(self, *exception: object) -> None:
        for pool in self._pools.values():
            pool.shutdown(cancel_futures=True)

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
                waiting.append(line_numbers.parsed(source, chunk, context))
            else:
                pool = self._started_pool(in_threads=source.in_threads)
                waiting.append(pool.submit(line_numbers.parsed, source, chunk, context))
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

    def _started_pool(self, *, in_threads: bool) -> Executor:
        if in_threads not in self._pools:
            new = _threads if in_threads else _processes
            self._pools[in_threads] = new(self._others)
        return self._pools[in_threads]


def _threads(workers: int) -> Executor:
    return ThreadPoolExecutor(workers, thread_name_prefix="backref-parsing")


def _processes(workers: int) -> Executor:
    return ProcessPoolExecutor(workers, get_context("spawn"), initializer=worker.begin)


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
