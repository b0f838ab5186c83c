"""Whose address it is: the ranges that operators of crawlers and clouds publish.

Ranges nest. They are flattened once into disjoint intervals, each named after the narrowest
range that covers it, so that a look-up is one search in a sorted array.
"""

from __future__ import annotations

import socket
from bisect import bisect_right
from functools import cache, lru_cache
from typing import TYPE_CHECKING, NamedTuple

import numpy as np

from backref import data

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Sequence

_ABOVE_ALL = 1 << 129
IPV4_BYTES = 15


class Ranges(NamedTuple):
    """Disjoint intervals in order: interval i begins at `starts[i]` and ends where the next
    begins; `names[i]` is its operator, empty where there is none."""

    starts: list[int]
    names: list[str]


def of_all(addresses: Sequence[bytes]) -> list[str | None]:
    """For each address the operator whose published ranges hold it; None for none, and for the
    names that servers log in place of addresses."""
    numbers = _ipv4(addresses)
    ranges = _ranges(socket.AF_INET)
    places = np.searchsorted(_starts(socket.AF_INET), numbers, side="right") - 1
    return [
        (ranges.names[place] or None) if number >= 0 else operator_of(address)
        for address, number, place in zip(addresses, numbers.tolist(), places.tolist(), strict=True)
    ]


def _ipv4(addresses: Sequence[bytes]) -> np.ndarray:
    """The numbers of addresses as `192.0.2.7`; -1 for whatever is not written so, as
    `inet_pton` would have it. All are read at once, a column of their letters at a time."""
    rows = np.array([each if len(each) <= IPV4_BYTES else b"" for each in addresses])
    letters = rows.astype(f"S{IPV4_BYTES}").view(np.uint8).reshape(-1, IPV4_BYTES)
    number = np.zeros(len(rows), np.int64)
    part, digits, dots = number.copy(), number.copy(), number.copy()
    fine = np.ones(len(rows), bool)
    for column in letters.T:
        digit, dot = column - ord("0") <= 9, column == ord(".")
        fine &= digit | dot | (column == 0)
        fine &= ~dot | (digits > 0)
        fine &= ~digit | (digits == 0) | (part > 0)
        part = np.where(digit, part * 10 + column - ord("0"), part)
        number = np.where(dot, number << 8 | part, number)
        fine &= part <= 255
        digits, dots = np.where(dot, 0, digits + digit), dots + dot
        part = np.where(dot, 0, part)
    return np.where(fine & (dots == 3) & (digits > 0), number << 8 | part, -1)


@lru_cache(maxsize=65_536)
def operator_of(address: bytes) -> str | None:
    """The operator of one address."""
    text = address.partition(b"%")[0].decode("ascii", errors="replace")
    family = socket.AF_INET6 if ":" in text else socket.AF_INET
    try:
        number = int.from_bytes(socket.inet_pton(family, text))
    except (OSError, ValueError):
        return None
    ranges = _ranges(family)
    return ranges.names[bisect_right(ranges.starts, number) - 1] or None


@cache
def _starts(family: socket.AddressFamily) -> np.ndarray:
    return np.array(_ranges(family).starts)


@cache
def _ranges(family: socket.AddressFamily) -> Ranges:
    bits = 128 if family == socket.AF_INET6 else 32
    intervals = []
    for line in data.lines("operator_ranges.csv")[1:]:
        name, _, text = line.partition(",")
        if (":" in text) == (bits == 128):
            network, _, prefix = text.partition("/")
            start = int.from_bytes(socket.inet_pton(family, network))
            intervals.append((start, start + (1 << (bits - int(prefix))), name))
    return flattened(intervals)


def flattened(intervals: Iterable[tuple[int, int, str]]) -> Ranges:
    """Disjoint intervals from nested ones (start, end, name). The narrowest names a number, of
    equal ones the first; ranges of addresses never overlap in part, so a stack holds them."""
    starts, names = [-1], [""]
    around: list[tuple[int, str]] = [(_ABOVE_ALL, "")]

    def change(at: int, name: str) -> None:
        if starts[-1] == at:
            starts.pop()
            names.pop()
        starts.append(at)
        names.append(name)

    numbered = enumerate(intervals)
    for start, wide, _, name in sorted((s, -e, -number, name) for number, (s, e, name) in numbered):
        _leave(around, start, change)
        around.append((-wide, name))
        change(start, name)
    _leave(around, _ABOVE_ALL - 1, change)
    return Ranges(starts, names)


def _leave(around: list[tuple[int, str]], start: int, change: Callable[[int, str], None]) -> None:
    """Close the ranges that end at or before `start`."""
    while around[-1][0] <= start:
        end, _ = around.pop()
        change(end, around[-1][1])
