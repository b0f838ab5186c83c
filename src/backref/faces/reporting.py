"""The command that writes reports."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from backref.errors import UsageError
from backref.faces import asking
from backref.faces.options import (  # noqa: TC001 - see cli
    AsOfOption,
    SiteOption,
    StoreOption,
)

if TYPE_CHECKING:
    from backref.errors import BackrefError
    from backref.faces.report.writing import Wanted

PARTIAL = 3


def report(
    *,
    output: Annotated[
        Path | None,
        typer.Option("-o", "--output", help="File to write, or with --all the folder."),
    ] = None,
    month: Annotated[
        str | None, typer.Option(help="A report to a client on a calendar month: 2026-10.")
    ] = None,
    compare: Annotated[
        str, typer.Option(help="Compare the month with: previous, year or none.")
    ] = "previous",
    logo: Annotated[
        Path | None, typer.Option(help="A PNG, JPEG or WebP picture for the month's report.")
    ] = None,
    every: Annotated[
        bool, typer.Option("--all", help="The month of every site, a file each.")
    ] = False,
    as_pdf: Annotated[
        bool, typer.Option("--pdf", help="The month as PDF too, printed by Chromium.")
    ] = False,
    as_of: AsOfOption = None,
    site: SiteOption = None,
    store: StoreOption = None,
) -> None:
    """One self-contained HTML file: how things stand, or with --month a month for a client."""
    if month is None:
        if logo or every or as_pdf or compare != "previous":
            raise UsageError("--compare, --logo, --all and --pdf need a --month, as 2026-10.")
        _standing(output or Path("report.html"), store, site, as_of)
        return
    if as_of:
        raise UsageError("A month is told as it was known at its end: leave out --as-of.")
    if every and site:
        raise UsageError("Choose one of --all and --site.")
    _monthly(output, store, site, _wanted(month, compare, logo, as_pdf=as_pdf), every=every)


def _standing(output: Path, store: Path | None, site: str | None, as_of: str | None) -> None:
    from backref.faces.report import writing
    from backref.faces.terminal import say

    found = asking.settings(store, site)
    with asking.opened(found) as opened:
        asked = opened.site(found.site, as_of)
        writing.write_standing(asked, opened.imports(), output)
    say(f"The report is at {output.absolute()}")


def _wanted(month: str, compare: str, logo: Path | None, *, as_pdf: bool) -> Wanted:
    """What is asked for, refused before anything is opened where it cannot be."""
    from backref.faces.query import calendar
    from backref.faces.report import logo as logos
    from backref.faces.report import pdf
    from backref.faces.report.writing import Wanted

    calendar.month(month, "Etc/GMT-14").compared(compare)
    if as_pdf:
        pdf.browser()
    return Wanted(month.strip(), compare, logos.embedded(logo) if logo else "", as_pdf)


def _monthly(
    output: Path | None, store: Path | None, site: str | None, wanted: Wanted, *, every: bool
) -> None:
    from backref.faces import setup
    from backref.faces.report import writing
    from backref.faces.terminal import say, visible

    failures: list[str] = []

    def written(path: Path) -> None:
        say(f"The report is at {path.absolute()}")

    def failed(name: str, error: BackrefError) -> None:
        failures.append(name)
        say(visible(f"{name}: {error}"))

    found = asking.settings(store, None if every else site)
    with asking.opened(found) as opened:
        if every:
            folder = output or Path("reports")
            setup.make_folder(folder)
            writing.write_all(opened, wanted, folder, written, failed)
        else:
            name = opened.site(found.site).name
            for path in writing.write_month(opened, name, wanted, _file(output, name, wanted)):
                written(path)
    if failures:
        raise typer.Exit(PARTIAL)


def _file(output: Path | None, site: str, wanted: Wanted) -> Path:
    """Where one site's report goes: the file that is named, or one in the folder."""
    from backref.faces.report import writing

    if output is None or output.is_dir():
        return (output or Path()) / writing.file_name(site, wanted.month)
    return output.with_suffix(".html") if output.suffix == ".pdf" else output
