"""Run a program to its end and watch its whole process tree: seconds and peak memory."""

from __future__ import annotations

import subprocess
import threading
import time
from dataclasses import dataclass
from typing import TYPE_CHECKING

import psutil

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

SAMPLE_SECONDS = 0.02


@dataclass(frozen=True)
class Ran:
    """What a run came to. `peak_rss` is the largest sum of resident memory, in bytes, that any
    sample of the tree saw; memory shared between its processes counts once for each."""

    code: int
    seconds: float
    peak_rss: int
    stdout: str
    stderr: str


def run(command: Sequence[str | Path], timeout: float = 1800.0) -> Ran:
    """Run `command`; its output is captured. Raises TimeoutExpired after `timeout` seconds."""
    begin = time.perf_counter()
    child = subprocess.Popen(
        [str(part) for part in command], stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True
    )
    watch = _TreeWatch(child.pid)
    watch.start()
    try:
        stdout, stderr = child.communicate(timeout=timeout)
    except subprocess.TimeoutExpired:
        child.kill()
        child.communicate()
        raise
    finally:
        seconds = time.perf_counter() - begin
        watch.stop()
    return Ran(child.returncode, seconds, watch.peak, stdout, stderr)


class _TreeWatch(threading.Thread):
    def __init__(self, pid: int) -> None:
        super().__init__(daemon=True)
        self.peak = 0
        self._root = psutil.Process(pid)
        self._ended = threading.Event()

    def run(self) -> None:
        while not self._ended.wait(SAMPLE_SECONDS):
            self.peak = max(self.peak, _tree_rss(self._root))

    def stop(self) -> None:
        self._ended.set()
        self.join()


def _tree_rss(root: psutil.Process) -> int:
    try:
        tree = [root, *root.children(recursive=True)]
    except psutil.Error:
        return 0
    return sum(_rss(process) for process in tree)


def _rss(process: psutil.Process) -> int:
    try:
        return int(process.memory_info().rss)
    except psutil.Error:
        return 0
