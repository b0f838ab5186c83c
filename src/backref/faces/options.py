"""Options that several commands share: one name and one sentence of help for each."""

from __future__ import annotations

from dataclasses import dataclass, fields
from functools import wraps
from inspect import Parameter, signature
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any, get_type_hints

import typer

from backref.errors import UsageError
from backref.faces import asking

if TYPE_CHECKING:
    from collections.abc import Callable
    from contextlib import AbstractContextManager

    from backref.faces.listing import Format
    from backref.faces.query import Site

StoreOption = Annotated[
    Path | None, typer.Option("--store", help="The store, instead of the one here or above.")
]
SiteOption = Annotated[str | None, typer.Option("--site", help="Which site, when there are more.")]
JsonOption = Annotated[bool, typer.Option("--json", help="One JSON object a line.")]
CsvOption = Annotated[bool, typer.Option("--csv", help="CSV, safe to open in a spreadsheet.")]


def _some(limit: int) -> int:
    if limit < 1:
        raise UsageError(f"--limit {limit} leaves no row: give 1 or more.")
    return limit


LimitOption = Annotated[
    int, typer.Option("--limit", callback=_some, help="At most so many rows, 1 or more.")
]
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


@dataclass(frozen=True)
class Listing:
    """The options that every listing of a site takes, behind its own."""

    limit: LimitOption = 50
    as_of: AsOfOption = None
    site: SiteOption = None
    as_json: JsonOption = False
    as_csv: CsvOption = False
    store: StoreOption = None

    @property
    def how(self) -> Format:
        """How the rows are printed. Raises UsageError."""
        return asking.format_of(as_json=self.as_json, as_csv=self.as_csv)

    def asked(self) -> AbstractContextManager[Site]:
        """The site that is asked, its store open."""
        return asking.site_of(self.store, self.site, self.as_of)


def listing(command: Callable[..., None]) -> Callable[..., None]:
    """The command with the options of `Listing`, which it takes as its first argument."""
    hints = get_type_hints(Listing, include_extras=True)
    shared = {field.name: field.default for field in fields(Listing)}

    @wraps(command)
    def taking(**given: Any) -> None:
        wanted = Listing(**{name: given.pop(name) for name in shared})
        command(wanted, **given)

    _, *own = signature(command, eval_str=True).parameters.values()
    own += [
        Parameter(name, Parameter.KEYWORD_ONLY, default=default, annotation=hints[name])
        for name, default in shared.items()
    ]
    vars(taking)["__signature__"] = signature(command).replace(parameters=own)
    return taking
