"""Tagged links kept as what they are: placements, imported as a row of a placement sheet."""

from __future__ import annotations

import csv
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import TYPE_CHECKING, NamedTuple

from backref.errors import BackrefError
from backref.faces import importing
from backref.sources.export_placements import placement_template
from backref.sources.values import OFFLINE

if TYPE_CHECKING:
    from datetime import date

    from backref.faces.tagging.address import Tags
    from backref.ingest import ImportReport
    from backref.lake.lake import Lake


def mention(placement: str | None, tags: Tags) -> str:
    """Where the link stands: a page, or the name of what stands on none, which is that of the
    campaign where nothing else is said."""
    said = (placement or tags.campaign or tags.source or tags.medium or tags.code).strip()
    is_page = "://" in said or said.lower().startswith(f"{OFFLINE}:")
    return said if is_page else f"{OFFLINE}:{said}"


class Kept(NamedTuple):
    """A tagged link, where it stands, its tags, and the day of the site that it was made on."""

    link: str
    place: str
    tags: Tags
    day: date


def keep(lake: Lake, site: str, made: Kept) -> None:
    """Import the link as a placement and bring the ledger up to date. Raises BackrefError when it
    could not be stored."""
    names = placement_template().strip().split(",")
    told = {
        "Live URL": made.place,
        "Target": made.link,
        "Date": made.day.isoformat(),
        "Campaign": made.tags.campaign,
        "Code": made.tags.code,
        "Site": site,
    }
    reports: list[ImportReport] = []
    with TemporaryDirectory(prefix="backref-tag-") as folder:
        path = Path(folder) / f"tag {made.tags.code or 'link'}.csv"
        with path.open("w", encoding="utf-8", newline="") as file:
            sheet = csv.DictWriter(file, names, restval="")
            sheet.writeheader()
            sheet.writerow(told)
        importing.into(lake, [str(path)], reports.append, site=site, within=f"{folder}/")
    if sum(report.rejected for report in reports):
        raise BackrefError("The link could not be kept: backref imports --rejects says why.")
