"""The lists of links of many WAT records, cut out of their JSON by kernels.

Most of a page's record tells of its links, and most of these stay at home. What is left of a
record without them is read by the usual parser, with a word in the list's place: only where that
word is found again was the list what it seemed to be.
"""

from __future__ import annotations

import secrets
from typing import TYPE_CHECKING

import numpy as np
import orjson

from backref.sources import wat_page
from backref.sources.destinations import LONGEST_HREF
from backref.sources.kernels import Kernels
from backref.sources.wat_listed import NOTHING, Texts

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import NDArray

    from backref.sources.wat_page import Json
    from backref.url import Url

_NAME = b'"Links":'
_PADDING = bytes(8)
_WORD = secrets.token_hex(16)
"""Stands in a list's place. No record holds it, for nobody knows it."""
_INSTEAD = orjson.dumps(_WORD)
_SECRET = np.uint64(secrets.randbits(64) | 1)


def _are_kept() -> bool:
    from backref import compiled
    from backref.sources import idkernel, linekernel, watkernel

    kernels = (watkernel.lists, watkernel.at_home, linekernel.numbered, idkernel.children)
    return all(compiled.is_kept(kernel) for kernel in kernels)


KERNELS = Kernels(_are_kept)


class CutLists:
    """The lists of links of records, given as their JSON; as `wat_listed.Lists` in all it tells,
    by test."""

    def __init__(self, blocks: Sequence[bytes], *, internal: bool) -> None:
        self._blocks = blocks
        self._spans = _Spans(blocks, internal=internal)
        self._internal = internal
        self._read: dict[int, list[Json]] = {}

    def told(self, record: int) -> Json | None:
        """What a record tells, but for its links; None when it is no object. Raises
        JSONDecodeError."""
        begin, behind = self._spans.place(record)
        told = _without(self._blocks[record], begin, behind) if behind >= 0 else None
        return told or self._as_it_is(record)

    def _as_it_is(self, record: int) -> Json | None:
        told = orjson.loads(self._blocks[record])
        if not isinstance(told, dict):
            return None
        self._read[record] = wat_page.links(told)
        return told

    def said(self, records: Sequence[int], homes: Sequence[Url | None]) -> CutLinks:
        """The links of some records, by the place of each among them, but for those that surely
        are at its home, which are only counted."""
        away = [n for n, home in zip(records, homes, strict=True) if home is None]
        if not self._internal:
            for record in away:
                if record not in self._read and self._spans.near[record]:
                    self._as_it_is(record)
        spans = self._spans
        if self._read:
            spans = spans.replaced(self._read)
        return spans.links(records, homes)


def _without(block: bytes, begin: int, behind: int) -> Json | None:
    """What a record tells without its list of links; None when it must be read as it is."""
    try:
        if not block.isascii():
            block.decode()
        told = orjson.loads(b"".join((block[:begin], _INSTEAD, block[behind:])))
        html = told["Envelope"]["Payload-Metadata"]["HTTP-Response-Metadata"]["HTML-Metadata"]
        return told if html["Links"] == _WORD else None
    except (ValueError, KeyError, TypeError):
        return None


class _Spans:
    """Where the lists of links of many blocks stand, and the texts of each link."""

    def __init__(self, blocks: Sequence[bytes], *, internal: bool) -> None:
        from backref.sources import watkernel

        sizes = np.array([len(block) for block in blocks], np.int64)
        self.stops = np.cumsum(sizes)
        self.starts = self.stops - sizes
        places = np.array([block.find(_NAME) for block in blocks], np.int64)
        self.begins = np.where(places < 0, -1, places + len(_NAME) + self.starts)
        self.text = b"".join((*blocks, _PADDING))
        self.near = np.zeros(len(blocks), np.int64)
        room = len(self.text) // watkernel.SHORTEST_LINK + 1
        found = np.empty((room, watkernel.WIDTH), np.int32)
        self.behind, count = watkernel.lists(
            *_both(self.text), self.begins, self.stops, internal, found, self.near
        )
        self.found = found[:count]

    def place(self, record: int) -> tuple[int, int]:
        """Where a list begins in its block, and where it is over; -1 when it was not read."""
        start = int(self.starts[record])
        behind = int(self.behind[record])
        return int(self.begins[record]) - start, behind - start if behind >= 0 else -1

    def replaced(self, lists: dict[int, list[Json]]) -> _Spans:
        """The same with other lists of some records, all of whose links are told."""
        blocks = [_NAME + _written(lists[n]) if n in lists else b"" for n in range(len(self.stops))]
        other = _Spans(blocks, internal=True)
        own = ~np.isin(self.found[:, 0], [*lists])
        shifted = other.found.copy()
        shifted[:, 2:8][shifted[:, 2:8] >= 0] += len(self.text)
        found = np.concatenate((self.found[own], shifted))
        self.near[[*lists]] = 0
        self.text += other.text
        self.found = found[np.argsort(found[:, 0], kind="stable")]
        return self

    def links(self, records: Sequence[int], homes: Sequence[Url | None]) -> CutLinks:
        """The links of some records."""
        from backref.sources import watkernel

        unit_of = np.full(len(self.stops), -1, np.int64)
        unit_of[list(records)] = np.arange(len(records))
        text, words = _both(self.text)
        names, bounds = _homes(records, homes, len(self.stops))
        inside = watkernel.at_home(text, self.found, names, bounds, LONGEST_HREF)
        units = unit_of[self.found[:, 0]]
        near = self.near[list(records)]
        near += np.bincount(units[inside & (units >= 0)], minlength=len(records))
        wanted = ~inside & (units >= 0)
        return CutLinks(self.text, words, self.found[wanted], units[wanted], near)


def _both(text: bytes) -> tuple[NDArray[np.uint8], NDArray[np.uint64]]:
    """Bytes, and what stands at each place read 8 at a time."""
    at = np.frombuffer(text, np.uint8)
    return at, np.ndarray((max(len(text) - 7, 0),), "<u8", buffer=at, strides=(1,))


def _written(links: Sequence[Json]) -> bytes:
    """Entries of links as JSON whose values are all texts."""
    return orjson.dumps(
        [
            {name: link[name] for name in wat_page.SAID if link.get(name).__class__ is str}
            for link in links
        ]
    )


def _homes(
    records: Sequence[int], homes: Sequence[Url | None], count: int
) -> tuple[NDArray[np.uint8], NDArray[np.int64]]:
    """How addresses at each record's home begin, one after the other, and where each does."""
    names: list[bytes] = []
    bounds = np.zeros((count, 3), np.int64)
    size = 0
    for record, home in zip(records, homes, strict=True):
        if home is not None:
            one, other = f"https://{home.host}/".encode(), f"http://{home.host}/".encode()
            names += (one, other)
            bounds[record] = np.cumsum((size, len(one), len(other)))
            size = bounds[record, 2]
    return np.frombuffer(b"".join(names), np.uint8), bounds


class CutLinks:
    """Links by the spans of what they say; `units` are the places of their pages, ascending, and
    `near` counts the further links of each page that surely are at its home."""

    def __init__(
        self,
        text: bytes,
        words: NDArray[np.uint64],
        found: NDArray[np.int32],
        units: NDArray[np.int64],
        near: NDArray[np.int64],
    ) -> None:
        self._text = text
        self._words = words
        self._found = found
        self.units = units
        self.near = near

    def hrefs(self) -> Texts:
        """Where they lead, as written."""
        return self._texts(self._found, 2)

    def areas(self, chosen: NDArray[np.intp]) -> NDArray[np.bool_]:
        """Which of the chosen are areas rather than anchors."""
        return np.asarray(self._found[chosen, 1] == 2)

    def rels(self, chosen: NDArray[np.intp]) -> Texts:
        """Their rels as written."""
        return self._texts(self._found[chosen], 4)

    def texts(self, chosen: NDArray[np.intp]) -> Texts:
        """Their texts as written."""
        return self._texts(self._found[chosen], 6)

    def _texts(self, found: NDArray[np.int32], column: int) -> Texts:
        from backref.sources import linekernel

        said = np.flatnonzero(found[:, column] >= 0)
        begins, ends = found[said, column], found[said, column + 1]
        given, first = linekernel.numbered(self._words, begins, ends, _SECRET)
        numbers = np.full(len(found), NOTHING, np.int32)
        numbers[said] = given
        places = zip(begins[first].tolist(), ends[first].tolist(), strict=True)
        return Texts([_said(self._text[begin:end]) for begin, end in places], numbers)


def _said(raw: bytes) -> str:
    """What the inside of a JSON string says."""
    return orjson.loads(b'"%b"' % raw) if b"\\" in raw else raw.decode()
