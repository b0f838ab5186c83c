"""Reports as files: written beside their place and moved there, so that half of one is never
seen."""

from __future__ import annotations

import secrets
from importlib.metadata import version
from typing import TYPE_CHECKING, NamedTuple

from backref.errors import BackrefError, UsageError
from backref.faces.query.calendar import month as named_month
from backref.faces.report import month as of_month
from backref.faces.report import pdf
from backref.faces.report.render import render_month

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from backref.faces.query import Store


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
    for each, content in held.items():
        write(each, content)
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


def write(path: Path, content: bytes) -> None:
    """Put a whole file in its place. Raises UsageError where that cannot be."""
    draft = path.with_name(f".{path.name}.{secrets.token_hex(4)}")
    try:
        draft.write_bytes(content)
        draft.replace(path)
    except OSError as error:
        raise UsageError(f"{path} cannot be written: {error.strerror}.") from error
    finally:
        draft.unlink(missing_ok=True)
