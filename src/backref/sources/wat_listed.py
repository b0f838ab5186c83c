"""The lists of links of WAT records, read with everything else that they tell."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, NamedTuple, Protocol

import numpy as np
import orjson

from backref.sources import wat_page

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from numpy.typing import NDArray

    from backref.sources.wat_page import Json
    from backref.url import Url

NOTHING = -1
"""The number of a text that is not there."""


class Texts(NamedTuple):
    """What each of many links says: distinct texts, and the number of each link's; now and then
    a text stands twice."""

    distinct: list[str]
    numbers: NDArray[np.int32]


class Links(Protocol):
    """The links of many pages: `units` are the places of their pages, ascending, and `near`
    counts the further links of each page that surely are at its home."""

    units: NDArray[np.int64]
    near: NDArray[np.int64]

    def hrefs(self) -> Texts:
        """Where they lead, as written."""
        ...

    def areas(self, chosen: NDArray[np.intp]) -> NDArray[np.bool_]:
        """Which of the chosen are areas rather than anchors."""
        ...

    def rels(self, chosen: NDArray[np.intp]) -> Texts:
        """Their rels as written."""
        ...

    def texts(self, chosen: NDArray[np.intp]) -> Texts:
        """Their texts as written."""
        ...


class Lists(Protocol):
    """The lists of links of many records."""

    def told(self, record: int) -> Json | None:
        """What a record tells, but for its links; None when it is no object. Raises
        JSONDecodeError."""
        ...

    def said(self, records: Sequence[int], homes: Sequence[Url | None]) -> Links:
        """The links of some records, by the place of each among them. `homes` are the bases of
        those whose references surely are at home."""
        ...


class PlainLists:
    """The lists of links of records, given as their JSON."""

    def __init__(self, blocks: Sequence[bytes]) -> None:
        self._blocks = blocks
        self._entries: dict[int, list[tuple[Any, ...]]] = {}

    def told(self, record: int) -> Json | None:
        """What a record tells; None when it is no object. Raises JSONDecodeError."""
        told = orjson.loads(self._blocks[record])
        if not isinstance(told, dict):
            return None
        links = wat_page.links(told)
        self._entries[record] = [
            (link["path"], link["url"], link.get("rel"), link.get("text")) for link in links
        ]
        return told

    def said(self, records: Sequence[int], homes: Sequence[Url | None]) -> PlainLinks:  # noqa: ARG002
        """The links of some records, by the place of each among them."""
        return PlainLinks([self._entries[record] for record in records])


class PlainLinks:
    """Links by what they say."""

    def __init__(self, pages: Sequence[list[tuple[Any, ...]]]) -> None:
        self._entries = [entry for entries in pages for entry in entries]
        self.units = np.repeat(np.arange(len(pages)), [len(entries) for entries in pages])
        self.near = np.zeros(len(pages), np.int64)

    def hrefs(self) -> Texts:
        """Where they lead, as written."""
        return _numbered(href for _, href, _, _ in self._entries)

    def areas(self, chosen: NDArray[np.intp]) -> NDArray[np.bool_]:
        """Which of the chosen are areas rather than anchors."""
        return np.array([wat_page.ELEMENTS[self._entries[n][0]] == "area" for n in chosen], bool)

    def rels(self, chosen: NDArray[np.intp]) -> Texts:
        """Their rels as written."""
        return _numbered(self._entries[n][2] for n in chosen)

    def texts(self, chosen: NDArray[np.intp]) -> Texts:
        """Their texts as written."""
        return _numbered(self._entries[n][3] for n in chosen)


def _numbered(said: Iterable[object]) -> Texts:
    """What is text among what is said."""
    numbers: dict[str, int] = {}
    given = [
        numbers.setdefault(each, len(numbers)) if isinstance(each, str) else NOTHING
        for each in said
    ]
    return Texts([*numbers], np.array(given, np.int32))
