"""Importing from the command line: progress while it runs, a summary a file, the next step."""

from __future__ import annotations

import sys
from typing import TYPE_CHECKING, Any

from backref import pipeline
from backref.faces import listing, terminal
from backref.faces.terminal import say, visible
from backref.ingest import ImportReport, import_inputs
from backref.lake.lake import Lake

if TYPE_CHECKING:
    from collections.abc import Sequence

    from rich.progress import Progress

    from backref.config import Config
    from backref.ingest.importing import Advance

SUMMARY = ("file", "format", "confidence", "read", "stored", "duplicate", "rejected", "seconds")
ARCHIVE = ("pages", "links", "external_links", "nofollow", "ugc", "sponsored")
LOG = ("clients", "without_referrer", "referrer_hosts")
LINK_TABLE = ("nofollow", "lost", "source_hosts")
KIND = "kind "


def run(found: Config, files: Sequence[str], *, stream: str, internal: bool, as_json: bool) -> int:
    """Import files, print what became of each, and bring the ledger up to date. Returns how
    many records were rejected."""
    with Lake.open(found.store) as lake:
        reports = into(
            lake, files, site=found.site, stream=stream, internal=internal, as_json=as_json
        )
    rejected = sum(report.rejected for report in reports)
    if rejected:
        say(f"{rejected:,} records could not be stored: backref imports --rejects")
    say("Next: backref overview")
    return rejected


def into(
    lake: Lake,
    files: Sequence[str],
    *,
    site: str | None = None,
    stream: str = "",
    internal: bool = False,
    as_json: bool = False,
    quiet: bool = False,
) -> list[ImportReport]:
    """Import files into an open store, and bring the ledger up to date."""
    reports = []
    with terminal.progress() as bar:
        shown = _Shown(bar)
        for report in import_inputs(
            lake, files, site=site, stream=stream, internal=internal, progress=shown.advance
        ):
            reports.append(report)
            if not quiet:
                _tell(report, as_json=as_json)
        pipeline.run(lake, shown.stage)
    return reports


def rebuild(lake: Lake) -> None:
    """Build every derived table anew."""
    with terminal.progress() as bar:
        built = pipeline.rebuild(lake, _Shown(bar).stage)
    say(f"{built:,} partitions were built.")


class _Shown:
    """Progress on a terminal: a bar a file, a line a stage; nothing elsewhere."""

    def __init__(self, bar: Progress | None) -> None:
        self._bar = bar
        self._tasks: dict[str, Any] = {}

    def advance(self, at: Advance) -> None:
        if self._bar is not None:
            name = visible(at.file.rpartition("/")[2])
            self._set(f"{name} {at.records:,} records", at.file, at.bytes_read, at.size)

    def stage(self, name: str, done: int, total: int) -> None:
        if self._bar is not None:
            self._set(f"{name.replace('_', ' ')} {done}/{total}", f"stage {name}", done, total)

    def _set(self, text: str, key: str, done: int, total: int | None) -> None:
        assert self._bar is not None
        if key not in self._tasks:
            self._tasks[key] = self._bar.add_task(text, total=total)
        self._bar.update(self._tasks[key], description=text, completed=done, total=total)


def _tell(report: ImportReport, *, as_json: bool) -> None:
    listing.write(listing.json_lines([summary(report)]) if as_json else sentence(report))
    sys.stdout.flush()
    for warning in report.warnings:
        say(f"{visible(report.file)}: {visible(warning)}")


def summary(report: ImportReport) -> dict[str, Any]:
    """What `import --json` prints of a file: the sums, then the figures of its family; null is
    one that cannot be known of it."""
    shown = {name: getattr(report, name) for name in SUMMARY} | {"format": _format(report)}
    counts = report.counts
    if report.format == "warc":
        shown |= {name: counts.get(name, 0) for name in ARCHIVE}
    elif report.format == "access log":
        shown |= {name: counts.get(name) for name in LOG}
        kinds = {name: count for name, count in counts.items() if name.startswith(KIND)}
        shown["kinds"] = {name.removeprefix(KIND): count for name, count in sorted(kinds.items())}
    elif "source_hosts" in counts:
        shown |= {name: counts.get(name) for name in LINK_TABLE}
    return shown


def sentence(report: ImportReport) -> str:
    """One line a file for people."""
    archive = ""
    if "pages" in report.counts:
        pages, links = report.counts["pages"], report.counts.get("external_links", 0)
        archive = f"; {pages:,} pages, {links:,} external links"
    return (
        visible(
            f"{report.file}: {_format(report)}, {report.read:,} read = {report.stored:,} stored + "
            f"{report.duplicate:,} duplicate + {report.rejected:,} rejected, "
            f"{report.seconds:.1f} s{archive}"
        )
        + "\n"
    )


def _format(report: ImportReport) -> str:
    return report.dialect or report.format
