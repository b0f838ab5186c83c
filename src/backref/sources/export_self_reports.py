"""What people said when asked how they had heard of the site."""

from __future__ import annotations

from backref.sources.export_frame import Frame, batch, numbered, rows_of
from backref.sources.source import Context, Parsed

_TABLE = "self_reports"


def parse(frame: Frame, context: Context) -> Parsed:
    """Answers of a frame; a row without a count is one answer."""
    frame = frame.without(
        {row: "no answer" for row, text in enumerate(frame.column("answer")) if not text}
    )
    spans = frame.column("span")
    made = batch(
        _TABLE,
        {
            "row_id": frame.identities(context.key, _TABLE, context.site_name),
            "position": frame.positions,
            "site": context.site_name,
            "day_lo": [span and span.lo for span in spans],
            "day_hi": [span and span.hi for span in spans],
            "answer": frame.column("answer"),
            "people": [1 if count is None else count for count in frame.column("count")],
        },
    )
    rows = rows_of(_TABLE, made, context.site_name, numbered(len(frame)))
    return Parsed(frame.read, [rows], frame.rejects)
