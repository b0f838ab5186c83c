"""A process that parses for another: it leaves interrupts to that one, and ends with it.

The standard library's pool waits for work for ever when the process that gave it is killed. This
stands beside the sources so that a new process imports nothing else of ours.
"""

from __future__ import annotations

import os
import signal
import sys
from multiprocessing import parent_process
from threading import Thread


def begin() -> None:
    """Prepare this process; to be called once, at its start."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    spare_pandas()
    Thread(target=_end_with_parent, name="backref-orphan", daemon=True).start()


class _NoPandas:
    """A finder that knows of no pandas."""

    @staticmethod
    def find_spec(name: str, path: object = None, target: object = None) -> None:  # noqa: ARG004
        """Nothing, and for pandas an end to the search."""
        if name == "pandas":
            raise ModuleNotFoundError(name=name)


def spare_pandas() -> None:
    """Have Arrow make its first array without pandas, which it would import, if it is installed:
    a third of a second. Should pandas be needed, Arrow looks for it again."""
    import pyarrow as pa

    sys.meta_path.insert(0, _NoPandas)
    try:
        pa.array([0])
    finally:
        sys.meta_path.remove(_NoPandas)


def _end_with_parent() -> None:
    parent = parent_process()
    if parent is not None:
        parent.join()
        os._exit(1)
