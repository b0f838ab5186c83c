"""Export formats as data: what a table's header must hold, and which field each column is.

A definition in `data/exports/*.toml` has a `name`, a `kind` (which rows it makes), constants,
`required` fields (a list inside it means "any of these") and `columns`: for each field its
converter and the names that its header goes by, in every language. `[[variant]]` entries each
make a format of their own from the common part. Headers are compared folded, never by position.
"""

from __future__ import annotations

import dataclasses
import re
import tomllib
from dataclasses import dataclass, replace
from functools import cache, cached_property
from importlib.resources import files
from typing import TYPE_CHECKING, Any, NamedTuple

from backref import data
from backref.sources import values

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

MAX_COLUMNS = 1_000
LOOKING_SHARE = 0.8
_UNSEEN = dict.fromkeys(map(ord, "\ufeff\u200b\u200e\u200f\u2060"))


def folded(name: str) -> str:
    """A header name as it is compared: trimmed, caseless, single spaces, no invisible marks."""
    return " ".join(name.translate(_UNSEEN).casefold().split())


@dataclass(frozen=True)
class Rating:
    """A vendor's metric in a column: its name, and what it rates: `of` is the field of a page
    or domain, `scope` whether that page or its domain is meant. `vendor` is whose it is, where it
    is not the format's own."""

    metric: str
    scope: str
    of: str
    vendor: str = ""


@dataclass(frozen=True)
class Column:
    """A field of a format: its converter, its header names, and the metric it may be. `words`
    is its vocabulary: another word is null, or where it is `strict` spoils the row."""

    field: str
    converter: str
    names: tuple[str, ...]
    rating: Rating | None = None
    words: Mapping[str, Any] = dataclasses.field(default_factory=dict)
    strict: bool = False

    def find(self, header: Sequence[str]) -> list[int]:
        """Where the field stands in a folded header; several places only for a `name*`."""
        for name in self.names:
            if name.endswith("*"):
                if found := [at for at, cell in enumerate(header) if cell.startswith(name[:-1])]:
                    return found
            elif name in header:
                return [header.index(name)]
        return []


class Match(NamedTuple):
    """How a header fits a format: required fields that miss, and its confidence."""

    format: Format
    missing: tuple[str, ...]
    confidence: float


@dataclass(frozen=True)
class Format:
    """One kind of export. `without`: columns that only others have; `sections`: further tables
    follow in one file; `ragged`: blank cells at a row's end may miss; `alone`: it knows all of its
    columns, so a header with another is another's; `begins`: the field without which a row
    continues the one above; `looks`: what the cells of a field look like, where headers alone do
    not tell formats apart; `ended`: who writes it ends its last line too; `trust`: how far its
    header is known to be its own."""

    name: str
    kind: str
    columns: tuple[Column, ...]
    required: tuple[tuple[str, ...], ...]
    constants: Mapping[str, str] = dataclasses.field(default_factory=dict)
    without: frozenset[str] = frozenset()
    day_first: bool | None = None
    needs_site: bool = False
    sections: bool = False
    ragged: bool = False
    alone: bool = False
    ended: bool = False
    begins: str = ""
    looks: Mapping[str, str] = dataclasses.field(default_factory=dict)
    refusal: str = ""
    trust: float = 1.0

    @cached_property
    def by_field(self) -> dict[str, Column]:
        """The columns by their field."""
        return {column.field: column for column in self.columns}

    def match(self, header: Sequence[str]) -> Match:
        """Judge a folded header."""
        found = {column.field: column.find(header) for column in self.columns}
        missing = tuple(
            " or ".join(self.by_field[name].names[0] for name in group[:3])
            for group in self.required
            if not any(found[name] for name in group)
        )
        known = {at for places in found.values() for at in places}
        clash = sorted(self.without.intersection(header))
        if self.alone:
            clash += [header[at] for at in range(len(header)) if at not in known]
        if clash:
            missing += (f"no column {clash[0]}",)
        confidence = self._confidence(len(known), len(header)) if not missing else 0.0
        return Match(self, missing, confidence)

    def looks_right(self, header: Sequence[str], rows: Sequence[Sequence[str]]) -> bool:
        """Whether nearly all cells of the fields in `looks` look so, and some are there."""
        return all(
            _alike(pattern, [row[at].strip() for row in rows if len(row) > at])
            for field, pattern in self.looks.items()
            for at in self.by_field[field].find(header)
        )

    def _confidence(self, known: int, all_columns: int) -> float:
        """The more columns a format demands and knows, the less likely the match is chance."""
        share = known / max(all_columns, 1)
        demanded = 1 - 0.5 ** (len(self.required) + 1)
        return round(self.trust * demanded * (0.8 + 0.2 * share), 3)


@cache
def formats() -> tuple[Format, ...]:
    """Every format, in the order of its file's name."""
    folder = files(data) / "exports"
    paths = sorted(path.name for path in folder.iterdir() if path.name.endswith(".toml"))
    return tuple(
        made
        for name in paths
        for made in _formats_of(tomllib.loads((folder / name).read_text(encoding="utf-8")))
    )


@cache
def named(name: str) -> Format:
    """The format of that name."""
    return next(made for made in formats() if made.name == name)


@cache
def known_names() -> frozenset[str]:
    """Every header name of every format: a row without any of them is no header."""
    return frozenset(name for made in formats() for name in _all_names(made))


def family(name: str) -> tuple[Format, ...]:
    """The formats of the same kind, which further tables of one file may have."""
    return tuple(made for made in formats() if made.kind == named(name).kind)


def _alike(pattern: str, cells: list[str]) -> bool:
    told = [cell for cell in cells if cell]
    return sum(bool(re.fullmatch(pattern, cell)) for cell in told) > LOOKING_SHARE * len(told)


def _formats_of(definition: Mapping[str, Any]) -> list[Format]:
    common = {key: value for key, value in definition.items() if key != "variant"}
    made = [_format(_merged(common, variant)) for variant in definition.get("variant", [{}])]
    keys = frozenset(name for one in made for name in _value_names(one))
    return [replace(one, without=one.without | (keys - _all_names(one))) for one in made]


def _merged(common: Mapping[str, Any], variant: Mapping[str, Any]) -> dict[str, Any]:
    """The variant's entries over the common ones, tables merged."""
    merged = dict(common)
    for key, value in variant.items():
        inner = isinstance(value, dict) and isinstance(common.get(key), dict)
        merged[key] = {**common[key], **value} if inner else value
    return merged


def _format(entry: dict[str, Any]) -> Format:
    columns = tuple(_column(name, each) for name, each in entry.pop("columns", {}).items())
    required = tuple(
        (group,) if isinstance(group, str) else tuple(group) for group in entry.pop("required")
    )
    without = frozenset(map(folded, entry.pop("without", ())))
    return Format(columns=columns, required=required, without=without, **entry)


def _column(name: str, entry: Mapping[str, Any]) -> Column:
    if not values.is_converter(entry["as"]):
        raise ValueError(f"{entry['as']!r} is no converter")
    rating = Rating(**entry["rating"]) if "rating" in entry else None
    names = tuple(folded(each) for each in entry["names"])
    return Column(
        name, entry["as"], names, rating, entry.get("words", {}), entry.get("strict", False)
    )


def _value_names(one: Format) -> tuple[str, ...]:
    """The header names of `value`, by which the variants of one definition differ."""
    return one.by_field["value"].names if "value" in one.by_field else ()


def _all_names(one: Format) -> frozenset[str]:
    return frozenset(name for column in one.columns for name in column.names)
