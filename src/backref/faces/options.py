"""Options that several commands share: one name and one sentence of help for each."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

StoreOption = Annotated[
    Path | None, typer.Option("--store", help="The store, instead of the one here or above.")
]
SiteOption = Annotated[str | None, typer.Option("--site", help="Which site, when there are more.")]
JsonOption = Annotated[bool, typer.Option("--json", help="One JSON object a line.")]
CsvOption = Annotated[bool, typer.Option("--csv", help="CSV, safe to open in a spreadsheet.")]
LimitOption = Annotated[int, typer.Option("--limit", min=1, help="At most so many rows.")]
SinceOption = Annotated[
    str | None, typer.Option("--since", help="From then on: 30d, 12w, 1y or 2026-11-01.")
]
AsOfOption = Annotated[
    str | None,
    typer.Option("--as-of", help="As known at the end of that day; default: the newest evidence."),
]
SortOption = Annotated[str, typer.Option("--sort", help="What stands first.")]
StateOption = Annotated[
    list[str] | None, typer.Option("--state", help="Only this state; may be repeated.")
]
