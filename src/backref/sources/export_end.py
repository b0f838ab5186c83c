"""Whether the last row of a table, after which no line end comes, is there whole.

A file may break off within a row: it is still being written, or its download was cut. But many
files end without a line end and are whole. So three things are asked: has the row all its cells,
is its last cell closed, and does whoever writes this format end each line (`Format.ended`)?
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from backref.sources.values import converter

if TYPE_CHECKING:
    from collections.abc import Sequence

    from backref.sources.formats import Format
    from backref.sources.tabular import Unended
    from backref.sources.values import Customs

TORN = "the file ends within this row, or without its last line end: import the whole file"
_WHOLE_WORDS = frozenset({"flag", "currency"})
"""Converters that refuse any beginning of a longer word of theirs."""


def is_whole(row: Unended, header: Sequence[str], chosen: Format, customs: Customs) -> bool:
    """Whether the row can be taken."""
    if row.torn or len(row) < len(header):
        return False
    return row.closed or not chosen.ended or _is_a_word(row[-1].strip(), header, chosen, customs)


def _is_a_word(cell: str, header: Sequence[str], chosen: Format, customs: Customs) -> bool:
    """Whether the last cell is a word of few, none of which begins another."""
    last = next((c for c in chosen.columns if len(header) - 1 in c.find(header)), None)
    if last is None or last.converter not in _WHOLE_WORDS or len(cell) < 2:
        return False
    try:
        converter(last.converter, customs)(cell)
    except ValueError:
        return False
    return True
