"""The marks of report, dashboard and notebook as one style sheet: colours, lifelines, charts."""

from __future__ import annotations

from importlib.resources import files
from pathlib import Path

STATIC = Path(str(files("backref.faces.drawing"))) / "static"
MARKS = STATIC / "marks.css"


def sheets(own: Path) -> str:
    """The marks, and after them a face's own sheet."""
    return "".join(sheet.read_text(encoding="utf-8") for sheet in (MARKS, own))
