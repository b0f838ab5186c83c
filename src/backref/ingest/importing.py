"""Import files: everything is recognised first, then each file is one import.

read = stored + duplicate + rejected holds for every import, and importing anything again, in
parts, in another order or compression, changes nothing.
"""

from __future__ import annotations

import posixpath
import time
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import TYPE_CHECKING, NamedTuple

from backref.errors import BackrefError, NotImported, UsageError
from backref.ingest.novelty import Novelty
from backref.ingest.parsing import Parsing
from backref.ingest.recognising import Recognised, Refused, all_recognised, as_parsed, with_joined
from backref.ingest.sifting import Sifting
from backref.ingest.staging import Staging
from backref.ingest.tally import Tally
from backref.ingest.visitors import Visitors
from backref.lake.records import ImportSummary
from backref.sources import logformat
from backref.sources.export_ranks import told_release
from backref.sources.source import Context, Parsed, Reject

if TYPE_CHECKING:
    from backref.lake.lake import Lake
    from backref.lake.writer import Writer
    from backref.sources.decompress import Stream

MOST_REJECTS = 100_000
"""So many rejects of one import are listed; all are counted."""


class Advance(NamedTuple):
    """How far an import is: bytes of the file read, of so many (None when not known), and
    records."""

    file: str
    bytes_read: int
    size: int | None
    records: int


Progress = Callable[[Advance], None]


@dataclass
class ImportReport:
    """What became of one file: read = stored + duplicate + rejected. `counts` holds the figures
    of its family: of archives pages, links, external_links, nofollow, ugc and sponsored; of logs
    clients, without_referrer, referrer_hosts and `kind …`; of tables of links nofollow, lost and
    source_hosts. One that cannot be known is not there. `import_id` is its record's in the store's
    history."""

    file: str
    format: str
    dialect: str
    confidence: float
    read: int
    stored: int
    duplicate: int
    rejected: int
    seconds: float
    counts: dict[str, int] = field(default_factory=dict)
    warnings: list[str] = field(default_factory=list)
    elsewhere: str = ""
    import_id: int = 0


def import_inputs(
    lake: Lake,
    paths: Sequence[str],
    *,
    site: str | None = None,
    stream: str = "",
    release: str = "",
    log_format: str = "",
    internal: bool = False,
    processes: int | None = None,
    progress: Progress | None = None,
    refused: Callable[[Refused], None] = lambda _: None,
    skip_unknown: bool = False,
    within: str = "",
    goes_on: int | None = None,
) -> Iterator[ImportReport]:
    """Import `paths` (`-` is standard input) one after the other; each file is one import.

    All are opened and recognised before anything is stored. `refused` takes those that cannot
    be imported; unless they are to be skipped and others are left, one is raised as MissingFile,
    UnknownFormat, UnknownSite or AmbiguousSite and several as NotImported, with the store as it
    was. `stream` names the server that a log is from, `release` that of published ranks whose
    file's name does not tell it (UsageError when it is none), `internal` keeps internal links of
    archives, `processes` bounds the pool, `within` is what inputs are named without. `goes_on` is
    the import of what the only file held before it grew: both become one.
    """
    if log_format:
        logformat.shape_of(log_format)
    asked = Context(
        key=lake.key,
        dialect="",
        site=None,
        sites=tuple(map(as_parsed, lake.sites())),
        stream=stream,
        release=told_release(release) if release else "",
        log_format=log_format,
        internal=internal,
        scratch=str(lake.scratch()),
    )
    found_in, refusals = all_recognised(paths, asked, site, within)
    for each in refusals:
        refused(each)
    if refusals and not (skip_unknown and found_in):
        raise _refusal(refusals, len(paths))
    lake.drop_old_salts()
    batches: dict[str, int] = {}
    with Parsing(processes) as parsing:
        for found in with_joined(found_in):
            yield _Import(lake, parsing, found, progress, batches).run(goes_on)


def _refusal(refusals: Sequence[Refused], asked: int) -> UsageError:
    if asked == 1:
        return refusals[0].error
    return NotImported((each.error for each in refusals), asked - len(refusals))


class _Import:
    """One file on its way into the store."""

    def __init__(
        self,
        lake: Lake,
        parsing: Parsing,
        found: Recognised,
        progress: Progress | None,
        batches: dict[str, int],
    ) -> None:
        """`batches` are those of the command, by the folder or archive that files come from."""
        self._lake = lake
        self._parsing = parsing
        self._found = found
        self._progress = progress
        self._batches = batches
        self._begun = time.perf_counter()
        self._read = self._new = self._rejected = 0
        self._rejects: list[Reject] = []
        self._tally = Tally(found)
        self._repeated = 0

    def run(self, goes_on: int | None = None) -> ImportReport:
        """Import the file. Whatever goes wrong, nothing of it is stored and the import is
        recorded as failed."""
        found = self._found
        folder = posixpath.dirname(found.input.name)
        renewed = len(self._lake.renewed_salts)
        with found.input.open() as stream:
            number = self._lake.begin_import(
                found.input.name,
                found.source.name,
                found.verdict.dialect,
                found.verdict.confidence,
                found.context.site_name or None,
                found.context.stream,
                self._batches.get(folder),
            )
            self._batches.setdefault(folder, number)
            try:
                with self._lake.writer(number, goes_on) as writer:
                    summary = self._stored(stream, writer)
            except BaseException as error:
                self._lake.fail_import(number, _sentence(error))
                raise
        renewed_now = self._lake.renewed_salts[renewed:]
        return self._report(writer.rows_of, summary, renewed_now)

    def _stored(self, stream: Stream, writer: Writer) -> ImportSummary:
        found = self._found
        unit_table = found.source.unit_table(found.context)
        with (
            TemporaryDirectory(dir=self._lake.scratch(), prefix="import-") as scratch,
            Staging(self._lake, writer, unit_table) as staging,
        ):
            novelty = Novelty(self._lake, Path(scratch))
            sifting = Sifting(unit_table, novelty, Visitors(self._lake), staging)
            self._sift(stream, sifting)
            return staging.publish(
                novelty.versions(), lambda late: self._summary(stream, late), self._rejects
            )

    def _sift(self, stream: Stream, sifting: Sifting) -> None:
        found = self._found
        told = set()
        for item in self._parsing.parsed(found.source, stream, found.context, found.input.size):
            if isinstance(item, Reject):
                told.add(item.position)
                self._reject([item])
            else:
                self._take(item, sifting)
            if self._progress:
                self._progress(
                    Advance(found.input.name, stream.consumed, found.input.size, self._read)
                )
        self._repeated = sifting.repeated
        stream.drain()
        # A source that meets a gap in its stream may say so itself: one reject a damage.
        self._reject([damage for damage in stream.damages if damage.position not in told])

    def _take(self, parsed: Parsed, sifting: Sifting) -> None:
        self._read += parsed.read - len(parsed.rejects)
        self._reject(parsed.rejects)
        self._tally.take(parsed)
        self._new += sifting.take(parsed)

    def _reject(self, rejects: Sequence[Reject]) -> None:
        self._read += len(rejects)
        self._rejected += len(rejects)
        kept = rejects[: MOST_REJECTS - len(self._rejects)]
        lined = self._found.input.lined
        self._rejects += kept if lined else [each._replace(line=None) for each in kept]

    def _summary(self, stream: Stream, late: int) -> ImportSummary:
        stored = self._new - late
        return ImportSummary(
            read=self._read,
            stored=stored,
            duplicate=self._read - self._rejected - stored,
            rejected=self._rejected,
            counts=self._tally.counts(),
            seconds=time.perf_counter() - self._begun,
            sha256=stream.digest,
            earliest=self._tally.span.earliest,
            latest=self._tally.span.latest,
        )

    def _report(
        self, import_id: int, summary: ImportSummary, renewed: Sequence[tuple[str, object]]
    ) -> ImportReport:
        warnings = [*self._tally.warnings(self._repeated)]
        if not (summary.read or warnings):
            warnings.append("It holds no records, so nothing of it was stored.")
        warnings += [
            f"{site}, {day}: the day's salt is gone, so its new visitors cannot be matched "
            "with those stored before."
            for site, day in renewed
        ]
        if self._rejected > len(self._rejects):
            warnings.append(f"Only the first {MOST_REJECTS:,} rejects are listed.")
        return ImportReport(
            file=self._found.input.name,
            format=self._found.source.name,
            dialect=self._found.verdict.dialect,
            confidence=self._found.verdict.confidence,
            read=summary.read,
            stored=summary.stored,
            duplicate=summary.duplicate,
            rejected=summary.rejected,
            seconds=summary.seconds,
            counts=dict(summary.counts),
            warnings=warnings,
            elsewhere=self._tally.elsewhere(),
            import_id=import_id,
        )


def _sentence(error: BaseException) -> str:
    return str(error) if isinstance(error, BackrefError) else type(error).__name__
