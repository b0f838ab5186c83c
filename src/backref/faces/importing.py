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
    from collections.abc import Callable, Sequence

    from rich.progress import Progress

    from backref.config import Config
    from backref.ingest.importing import Advance
    from backref.ingest.recognising import Refused

SUMMARY = ("file", "format", "confidence", "read", "stored", "duplicate", "rejected", "seconds")
ARCHIVES = frozenset(("warc", "wat", "arc"))
ARCHIVE = ("pages", "links", "external_links", "nofollow", "ugc", "sponsored")
LOG = ("clients", "without_referrer", "referrer_hosts")
LINK_TABLE = ("nofollow", "lost", "source_hosts")
KIND = "kind "


class _Told:
    """What people are told of each file, and whether all of every file could be stored."""

    def __init__(self, *, as_json: bool, skip_unknown: bool) -> None:
        self._as_json = as_json
        self._skip_unknown = skip_unknown
        self.skipped = self.rejected = self._read = 0
        self._elsewhere: set[str] = set()

    def report(self, report: ImportReport) -> None:
        """Print what became of a file."""
        self.rejected += report.rejected
        self._read += report.read
        self._elsewhere.add(report.elsewhere)
        tell(report, as_json=self._as_json)

    def refused(self, refused: Refused) -> None:
        """Print why a file is not imported: as data always, to people when it is passed over, for
        else the whole command ends with it."""
        self.skipped += 1
        if self._as_json:
            listing.write(listing.json_lines([refusal(refused)]))
        if self._skip_unknown:
            say(visible(f"{refused.error} It was skipped."))

    def ending(self) -> None:
        """What to do next."""
        if self.rejected:
            records = "record" if self.rejected == 1 else "records"
            say(f"{self.rejected:,} {records} could not be stored: backref imports --rejects")
        if step := self._next():
            say(f"Next: {step}")

    def _next(self) -> str:
        """The next command; none where nothing was in the files."""
        if not self._read:
            return ""
        if len(self._elsewhere) == 1 and (domain := next(iter(self._elsewhere))):
            return f"backref init {domain}"
        return "backref overview"

    @property
    def all_stored(self) -> bool:
        """Whether nothing was left out."""
        return not (self.skipped or self.rejected)


def run(
    found: Config,
    files: Sequence[str],
    *,
    stream: str,
    release: str,
    log_format: str,
    internal: bool,
    skip_unknown: bool,
    as_json: bool,
) -> bool:
    """Import files, print what became of each, and bring the ledger up to date. Returns whether
    all of them could be stored."""
    told = _Told(as_json=as_json, skip_unknown=skip_unknown)
    with Lake.open(found.store) as lake:
        into(
            lake,
            files,
            told.report,
            site=found.site,
            stream=stream,
            release=release,
            log_format=log_format or found.log_format,
            internal=internal,
            skip_unknown=skip_unknown,
            refused=told.refused,
        )
    told.ending()
    return told.all_stored


def into(
    lake: Lake, files: Sequence[str], tell: Callable[[ImportReport], None], **options: Any
) -> None:
    """Import files into an open store with the options of `import_inputs`, tell of each when it
    is stored, and bring the ledger up to date."""
    with terminal.progress() as bar:
        shown = _Shown(bar)
        for report in import_inputs(lake, files, progress=shown.advance, **options):
            tell(report)
        pipeline.run(lake, shown.stage)


def undo(found: Config, number: int) -> None:
    """Take an import back, and bring the ledger up to date."""
    with Lake.open(found.store) as lake:
        rows = lake.undo(number)
        with terminal.progress() as bar:
            pipeline.run(lake, _Shown(bar).stage)
    say(f"Import {number} is taken back: {rows:,} rows left the store.")


def rebuild(lake: Lake) -> None:
    """Build every derived table anew."""
    with terminal.progress() as bar:
        built = pipeline.rebuild(lake, _Shown(bar).stage)
    say(f"{built:,} partition{' was' if built == 1 else 's were'} built.")


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


def tell(report: ImportReport, *, as_json: bool) -> None:
    """Print what became of a file, and what looks wrong."""
    listing.write(listing.json_lines([summary(report)]) if as_json else sentence(report))
    sys.stdout.flush()
    for warning in report.warnings:
        say(f"{visible(report.file)}: {visible(warning)}")


def summary(report: ImportReport) -> dict[str, Any]:
    """What `import --json` prints of a file: the sums, then the figures of its family; null is
    one that cannot be known of it."""
    shown = {name: getattr(report, name) for name in SUMMARY} | {"format": _format(report)}
    counts = report.counts
    if report.format in ARCHIVES:
        shown |= {name: counts.get(name, 0) for name in ARCHIVE}
    elif report.format == "access log":
        shown |= {name: counts.get(name) for name in LOG}
        kinds = {name: count for name, count in counts.items() if name.startswith(KIND)}
        shown["kinds"] = {name.removeprefix(KIND): count for name, count in sorted(kinds.items())}
    elif "source_hosts" in counts:
        shown |= {name: counts.get(name) for name in LINK_TABLE}
    return shown


def refusal(refused: Refused) -> dict[str, Any]:
    """What `import --json` prints of a file that cannot be imported: why, the format where it is
    known and not read, and else the formats that were considered, the nearest first."""
    considered = getattr(refused.error, "considered", ())
    return {
        "file": refused.path,
        "format": getattr(refused.error, "format", "") or None,
        "error": _without(refused.path, str(refused.error)),
        "considered": [{"format": name, "why": why} for name, why in considered],
    }


def _without(path: str, said: str) -> str:
    """A sentence that begins with a file's name, for those who have the name beside it."""
    return f"It {said.removeprefix(f'{path} ')}" if said.startswith(f"{path} ") else said


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
