"""A process that parses for another: it leaves interrupts to that one, and ends with it.

The standard library's pool waits for work for ever when the process that gave it is killed. This
stands beside the sources so that a new process imports nothing else of ours.
"""

from __future__ import annotations

import os
import signal
from multiprocessing import parent_process
from threading import Thread


def begin() -> None:
    """Prepare this process; to be called once, at its start."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    Thread(target=_end_with_parent, name="backref-orphan", daemon=True).start()


def _end_with_parent() -> None:
    parent = parent_process()
    if parent is not None:
        parent.join()
        os._exit(1)
