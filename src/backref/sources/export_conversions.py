"""Leads and sales: what became of visitors, with the codes and click ids that lead back to links.

Of a click id and of a lead's own number a keyed hash is kept: enough to find the same one again.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from backref.identity import click_hash
from backref.sources.export_frame import Frame, batch, numbered, rows_of
from backref.sources.source import Context, Parsed

if TYPE_CHECKING:
    from collections.abc import Callable

_TABLE = "conversions"
_CLICKS = ("gclid", "msclkid", "fbclid", "click")
_PLAIN = ("stage", "code", "campaign", "source", "medium", "landing_page")


def parse(frame: Frame, context: Context) -> Parsed:
    """Conversions of a frame."""
    frame = frame.without(_incomplete(frame))
    costs = list(zip(frame.column("value"), frame.column("currency"), strict=True))
    clicks = _clicks(frame)
    hashed = _hashed(context.key)
    times = frame.column("at")
    made = batch(
        _TABLE,
        {
            "row_id": frame.identities(context.key, _TABLE, context.site_name),
            "position": frame.positions,
            "site": context.site_name,
            "at_lo": [time.lo for time in times],
            "at_hi": [time.hi for time in times],
            "value": [value and value.amount for value, _ in costs],
            "currency": [currency or (value and value.currency) for value, currency in costs],
            "click_id": [name for name, _ in clicks],
            "click": [hashed(text) for _, text in clicks],
            "reference": list(map(hashed, frame.column("reference"))),
            **{name: frame.values.get(name) for name in _PLAIN},
        },
    )
    rows = rows_of(_TABLE, made, context.site_name, numbered(len(frame)))
    return Parsed(frame.read, [rows], frame.rejects)


def _incomplete(frame: Frame) -> dict[int, str]:
    bad = {row: "no date" for row, time in enumerate(frame.column("at")) if time is None}
    prices = zip(frame.column("value"), frame.column("currency"), strict=True)
    for row, (value, currency) in enumerate(prices):
        if value and value.currency and currency and value.currency != currency:
            bad.setdefault(row, f"the value is in {value.currency}, the currency {currency}")
    return bad


def _clicks(frame: Frame) -> list[tuple[str | None, str | None]]:
    """Each row's click id: its name, null where the table does not tell, and its text."""
    rows = zip(*(frame.column(name) for name in _CLICKS), strict=True)
    return [_click(row) for row in rows]


def _click(texts: tuple[str | None, ...]) -> tuple[str | None, str | None]:
    found = next(((n, t) for n, t in zip(_CLICKS, texts, strict=True) if t), (None, None))
    return (None, found[1]) if found[0] == "click" else found


def _hashed(key: bytes) -> Callable[[Any], int | None]:
    return lambda text: None if text is None else click_hash(key, text)
