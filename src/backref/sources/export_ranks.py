"""Published ranks of a web graph."""

from __future__ import annotations

from backref.sources.export_frame import Frame, batch, numbered, rows_of
from backref.sources.source import Context, Parsed

_TABLE = "domain_ranks"
_FIGURES = ("harmonic_pos", "harmonic", "pagerank_pos", "pagerank", "hosts")


def parse(frame: Frame, context: Context) -> Parsed:
    """Ranks of a frame, names in reading order."""
    frame = frame.without(
        {row: "no name" for row, name in enumerate(frame.column("value")) if name is None}
    )
    made = batch(
        _TABLE,
        {
            "row_id": frame.identities(context.key, _TABLE, ""),
            "position": frame.positions,
            "level": frame.format.constants["level"],
            "domain": frame.column("value"),
            **{name: frame.values.get(name) for name in _FIGURES},
        },
    )
    return Parsed(frame.read, [rows_of(_TABLE, made, "all", numbered(len(frame)))], frame.rejects)
