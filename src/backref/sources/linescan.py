"""Cut the lines of a chunk: by kernels where there are many, by expressions where there are few.

The kernels take the lines that are written as servers write them; whatever looks different in
any way is left to `logline.cut`, which decides. Both cut alike, by test.
"""

from __future__ import annotations

import secrets
from functools import cache
from typing import TYPE_CHECKING

import numpy as np

from backref.sources import logline
from backref.sources.kernels import Kernels
from backref.sources.logtable import USUAL, Column, Misfit, Table

if TYPE_CHECKING:
    from backref.sources.logline import Shape

WORD_BYTES = 8
NEWLINE = 10
_SECRET = np.uint64(secrets.randbits(64) | 1)


def cut(text: bytes, how: Shape) -> tuple[Table, list[Misfit]]:
    """The lines of `text`, each ended by a newline, and those that do not fit the shape."""
    _KERNELS.look_at(len(text))
    if are_compiled() and _is_plain(how):
        return _cut_fast(text, how)
    at = np.frombuffer(text, np.uint8)
    stops = np.flatnonzero(at == NEWLINE)
    return logline.cut(text, _starts(stops), stops, how)


def are_compiled() -> bool:
    """Whether kernels are in use: they are from some chunk on."""
    return _KERNELS.in_use


def _are_kept() -> bool:
    from backref import compiled
    from backref.sources import idkernel, linekernel

    kernels = (linekernel.spans, linekernel.numbered, idkernel.digests, idkernel.of_values)
    return all(compiled.is_kept(kernel) for kernel in kernels)


_KERNELS = Kernels(_are_kept)


def _is_plain(how: Shape) -> bool:
    """Whether the kernels know all parts of the shape."""
    words = (*logline.BYTES, logline.REST, "[time]", "status", "bytes")
    return how.spelling == USUAL and all(
        part in words or part.startswith('"') for part in how.written
    )


def _starts(stops: np.ndarray) -> np.ndarray:
    return np.concatenate((np.zeros(1, np.int64), stops + 1))[:-1]


def _cut_fast(text: bytes, how: Shape) -> tuple[Table, list[Misfit]]:
    from backref.sources import linekernel

    at = np.frombuffer(text, np.uint8)
    words = np.ndarray((max(len(text) - WORD_BYTES + 1, 0),), "<u8", buffer=at, strides=(1,))
    stops = linekernel.stops(at)
    starts = _starts(stops)
    # The kernel reads 8 bytes at a time and never beyond the text.
    safe = int(np.searchsorted(stops, len(text) - WORD_BYTES))
    parts, classes = _program(how)
    found = np.empty((len(parts), safe, 2), np.int32)
    ends, sizes = np.empty(safe, np.int64), np.full(safe, -1)
    fits = linekernel.spans(at, words, stops[:safe], parts, classes, found, ends, sizes)
    fits &= ends - starts[:safe] <= logline.MAX_LINE_BYTES
    fits &= at[starts[:safe]] != ord(logline.COMMENT)
    fitting = slice(safe) if fits.all() else np.flatnonzero(fits)
    columns = {
        logline.field_of(written): _column(text, words, found[part, fitting], written)
        for part, written in enumerate(how.written)
        if logline.field_of(written) in logline.FIELDS and written != "bytes"
    }
    places = found[how.written.index("address"), fitting] if how.address_once else None
    table = Table(text, starts[fitting], ends[fitting], columns, sizes[fitting], places)
    left = np.concatenate((np.flatnonzero(~fits), np.arange(safe, len(stops))))
    if not left.size:
        return table, []
    others, misfits = logline.cut(text, starts[left], stops[left], how)
    return table.joined(others), misfits


def _column(text: bytes, words: np.ndarray, spans: np.ndarray, written: str) -> Column:
    """The distinct values of a field that stands at `spans` (line, 2), quotes and brackets off."""
    from backref.sources import linekernel

    around = int(logline.field_of(written) != written)
    begins, ends = spans[:, 0] + around, spans[:, 1] - around
    numbers, first = linekernel.numbered(words, begins, ends, _SECRET)
    places = zip(begins[first].tolist(), ends[first].tolist(), strict=True)
    return Column([text[begin:end] for begin, end in places], numbers)


@cache
def _program(how: Shape) -> tuple[np.ndarray, np.ndarray]:
    """A shape as the kernel reads it: the kind of each part with the classes that it allows, and
    the classes of each byte."""
    from backref.sources import linekernel

    following = (*how.written[1:], "")
    parts = [
        (_kind(written), _allowed(written, after))
        for written, after in zip(how.written, following, strict=True)
    ]
    return np.array(parts, np.int64), linekernel.classes(*logline.BYTES.values())


def _kind(written: str) -> int:
    from backref.sources import linekernel

    if written.startswith('"'):
        return linekernel.QUOTED
    kinds = {
        "[time]": linekernel.TIME,
        "bytes": linekernel.SIZE,
        "status": linekernel.CODE,
        logline.REST: linekernel.REST,
    }
    return kinds.get(written, linekernel.WORD)


def _allowed(written: str, following: str) -> int:
    """The bit of the class of bytes that a word may have."""
    name = "user" if written == logline.SKIPPED and following.startswith("[") else written
    return 1 << [*logline.BYTES].index(name) if name in logline.BYTES else 0
