"""Reports as files."""

from __future__ import annotations

from importlib.metadata import version
from typing import TYPE_CHECKING, NamedTuple

from backref.errors import BackrefError
from backref.faces.query.calendar import month as named_month
from backref.faces.report import month as of_month
from backref.faces.report import pdf
from backref.faces.report.content import content
from backref.faces.report.render import render, render_month
from backref.faces.writing import write

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence
    from pathlib import Path

    from backref.faces.query import ImportRecord, Site, Store


class Wanted(NamedTuple):
    """Which month to report of, what to compare it with, the logo as a data URI, and whether to
    print a PDF as well."""

    month: str
    compare: str = "previous"
    logo: str = ""
    as_pdf: bool = False


def month_page(store: Store, site: str | None, wanted: Wanted) -> str:
    """The monthly report of one site as HTML. Raises UsageError."""
    zone = store.site(site).view.site.zone
    month = named_month(wanted.month, zone)
    asked = store.site(site, month.last.isoformat())
    found = asked.month(month, month.compared(wanted.compare))
    return render_month(of_month.page(found, zone, wanted.logo, version("backref")))


def write_month(store: Store, site: str | None, wanted: Wanted, path: Path) -> list[Path]:
    """Write the monthly report of one site, and its PDF beside it; returns the files."""
    page = month_page(store, site, wanted)
    held = {path: page.encode()}
    if wanted.as_pdf:
        held[path.with_suffix(".pdf")] = pdf.printed(page)
    for each, printed in held.items():
        write(each, printed)
    return list(held)


def write_all(
    store: Store,
    wanted: Wanted,
    folder: Path,
    written: Callable[[Path], None],
    failed: Callable[[str, BackrefError], None],
) -> None:
    """Write the report of every site into a folder; one that fails does not stop the others."""
    for site in store.sites:
        try:
            for path in write_month(store, site, wanted, folder / file_name(site, wanted.month)):
                written(path)
        except BackrefError as error:
            failed(site, error)


def file_name(site: str, month: str) -> str:
    """What the report of a site and month is called."""
    return f"{site}-{month.strip()}.html"


def write_standing(asked: Site, imports: Sequence[ImportRecord], path: Path) -> None:
    """Write the report of how a site stands."""
    write(path, render(content(asked, imports, version("backref"))).encode())
