"""Every format that a file could have been, and why it is none of them: worked out only to
refuse a file, so that its owner sees what it was held to be."""

from __future__ import annotations

import re
from difflib import SequenceMatcher
from typing import TYPE_CHECKING, NamedTuple

from backref.sources import accesslog, formats, tabular

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    from backref.sources.formats import Match
    from backref.sources.source import Verdict

NEAR = 0.4
"""A format at least as near is named in the refusal itself."""
APART = 0.2
"""Formats so much less near than the nearest are not named beside it."""
LISTED = 5
"""So many near formats have a line of their own; the others are told by their families."""
LINES = 5
LINE_BYTES = 400
ROWS = 60
NAMED = 3
LOGS = "access logs"
TABLES = "tables"
WHY_NONE = {LOGS: "no line is like any of them", TABLES: "no row names the columns of any of them"}
_LIST = "url list"
_WORD = re.compile(r"[A-Za-z]+|[0-9]+")


class Miss(NamedTuple):
    """A format that a file does not have, why not, in [0, 1] how near it is, and which family of
    formats it belongs to, if any."""

    format: str
    why: str
    nearness: float = 0.0
    family: str = ""


def considered(head: bytes, verdicts: Mapping[str, Verdict]) -> list[Miss]:
    """Every format, the nearest first; `verdicts` are those of the sources by their names."""
    found: list[Miss] = []
    for name, verdict in verdicts.items():
        family = _FAMILIES.get(name)
        found += family(head, verdict) if family else [Miss(name, verdict.why, verdict.confidence)]
    return sorted(found, key=lambda miss: -miss.nearness)


def _logs(head: bytes, verdict: Verdict) -> Iterator[Miss]:
    """Log formats, as near as the file's first lines look like their examples."""
    lines = [line[:LINE_BYTES] for line in head.split(b"\n") if line.strip()][:LINES]
    outlines = [_outline(line.decode("latin-1")) for line in lines]
    for shape in accesslog.formats():
        if shape.name == verdict.dialect:
            yield Miss(shape.name, f"only {verdict.why}", 1.0, LOGS)
        else:
            wanted = _outline(shape.example)
            alike = [SequenceMatcher(None, one, wanted, autojunk=False) for one in outlines]
            nearness = max((one.ratio() for one in alike), default=0.0)
            yield Miss(shape.name, f"no line is like {shape.example}", nearness, LOGS)


def _outline(line: str) -> str:
    """A line's punctuation, with one sign for every word and every number."""
    return _WORD.sub(lambda found: "0" if found[0].isdigit() else "a", line)


def _tables(head: bytes, verdict: Verdict) -> Iterator[Miss]:  # noqa: ARG001 - as the others
    """Tables, as near as their required columns are there in the row most like a header."""
    header = _header(head)
    for each in formats.formats():
        if not each.refusal and each.trust:
            match = each.match(header)
            yield Miss(each.name, _missing(match), _share(match), TABLES)


def _header(head: bytes) -> tuple[str, ...]:
    """The row near the top that holds most names of columns that are known."""
    how = tabular.spelling(head)
    rows = [
        tuple(map(formats.folded, row))
        for delimiter in tabular.DELIMITERS
        for row in tabular.head_records(head, how, delimiter, limit=ROWS)
        if len(row) <= formats.MAX_COLUMNS
    ]
    return max(rows, key=lambda row: len(formats.known_names().intersection(row)), default=())


def _share(match: Match) -> float:
    """The part of the required columns that is there. One alone, as a date, proves nothing."""
    demanded = len(match.format.required)
    there = max(demanded - len(match.missing), 0)
    return there / demanded if there > 1 else 0.0


def _missing(match: Match) -> str:
    if match.format.name == _LIST:
        return "most lines are no addresses"
    lacking = [f'"{name}"' for name in match.missing if not name.startswith("no column ")]
    if not lacking:
        return "it has " + " and ".join(match.missing).replace("no column ", "a column ")
    more = f" and {len(lacking) - NAMED} more" if len(lacking) > NAMED else ""
    return f"no column {', '.join(lacking[:NAMED])}{more}"


_FAMILIES = {"access log": _logs, "exports": _tables}


def nearest(misses: Sequence[Miss]) -> str:
    """The few that are near, in words; nothing where none is."""
    return ", ".join(f"{miss.format} ({miss.why})" for miss in _near(misses)[:NAMED])


def listed(misses: Sequence[Miss]) -> Iterator[str]:
    """Lines for people: the near formats first, then each family that is not, in few words."""
    near = _near(misses)[:LISTED]
    far = misses[len(near) :]
    for miss in (*near, *(miss for miss in far if not miss.family)):
        yield f"{miss.format}: {miss.why}"
    for family, why in WHY_NONE.items():
        if count := sum(miss.family == family for miss in far):
            others = "others" if any(miss.family == family for miss in near) else "formats"
            yield f"{family} ({count} {others}): {why}; --json says it of each"


def _near(misses: Sequence[Miss]) -> list[Miss]:
    least = max(NEAR, misses[0].nearness - APART) if misses else NEAR
    return [miss for miss in misses if miss.nearness >= least]
