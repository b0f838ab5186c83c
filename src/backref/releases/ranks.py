"""Published ranks without the release: the file streams by, and what the ledger needs is kept.

The rows kept become an import like that of any other file, so that it can be taken back and
repeated. A name that the whole release does not rank is kept as a row without positions, so that
it is not looked for again. Killed at any instant, the next run goes on from what was written down
last.
"""

from __future__ import annotations

import asyncio
import time
from dataclasses import dataclass, replace
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import TYPE_CHECKING, Any

from backref import pipeline
from backref.check.download import Damaged, Download, Limits, Mark
from backref.errors import DiskFull
from backref.ingest import import_inputs
from backref.lake import trouble
from backref.releases import wanted as wants
from backref.releases.resume import Reading, Resume, alone
from backref.releases.sieve import NoRanks, Sieve, digests
from backref.sources.export_ranks import preamble
from backref.sources.gunzip import BadGzip, Gunzip
from backref.url import reversed_host

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from backref.check.fetcher import Fetcher
    from backref.ingest import ImportReport
    from backref.lake.lake import Lake
    from backref.releases.release import Release

FILE = "ranks.txt.gz"
SAMPLE = 100_000
"""Every so many-th row is kept beside: about a thousand of a graph of domains."""
MOST_BYTES = 1 << 36
KEEP_BYTES = 64 << 20
"""After so many compressed bytes it is written down how far the reading is."""


@dataclass(frozen=True)
class Wanted:
    """What a fetch is for: a release, further domains beside the ledger's, how thin the sample is,
    and how long it may take."""

    release: Release
    rivals: tuple[str, ...] = ()
    every: int = SAMPLE
    seconds: float | None = None


@dataclass(frozen=True)
class Told:
    """Whom to tell of what while it runs."""

    mark: Callable[[Mark], None] = lambda _: None
    stage: pipeline.Progress | None = None


@dataclass(frozen=True)
class Fetched:
    """What a fetch came to. Of the release's `rows` those `kept` are of names that were wanted, or
    of the sample; all others passed by. `ranked` of the `wanted` names the release ranks; `later`
    names came into the ledger since an unfinished fetch began, and want another. `bytes` came over
    the network, `resumed` of the file had come in earlier runs. `report` is the import, None where
    nothing was missing and nobody was asked."""

    release: Release
    wanted: int
    ranked: int = 0
    later: int = 0
    rows: int = 0
    kept: int = 0
    odd: int = 0
    bytes: int = 0
    resumed: int = 0
    requests: int = 0
    seconds: float = 0.0
    report: ImportReport | None = None

    @property
    def passed(self) -> int:
        """Rows that were read and are not kept."""
        return self.rows - self.kept


def fetch(lake: Lake, fetcher: Fetcher, asked: Wanted, told: Told | None = None) -> Fetched:
    """Fetch the ranks of what the ledger names and lacks, import them, and bring it up to date.

    Raises NoDownload, Unfinished, BadGzip, NoRanks (then nothing is imported), StoreBusy, DiskFull.
    """
    told = told or Told()
    release = asked.release
    with alone(lake.path):
        resume = Resume(lake.path, f"{release.name}-{release.level}-ranks")
        with lake.snapshot() as snapshot:
            names = wants.missing(
                snapshot, release, wants.names(snapshot, release.level, asked.rivals)
            )
            known = wants.ranked(snapshot, release) is not None
        if known and not names:
            resume.drop()
            return Fetched(release, 0)
        run = _Run(resume, asked, names, told)
        fetched = asyncio.run(run.read(fetcher))
        with TemporaryDirectory(dir=lake.scratch(), prefix="ranks-") as folder:
            file = Path(folder) / f"{release.name}-{release.level}-ranks.txt"
            fetched = run.written(file, fetched)
            (report,) = import_inputs(lake, [str(file)], within=f"{folder}/", processes=1)
        pipeline.run(lake, told.stage)
        resume.drop()
    return replace(fetched, report=report)


class _Run:
    """One file on its way through decompressor and sieve: what the download hands its bytes to."""

    def __init__(self, resume: Resume, asked: Wanted, names: set[str], told: Told) -> None:
        self._resume = resume
        self._asked = asked
        self._names = names
        self._told = told
        self._url = asked.release.url(FILE)
        self._later = 0
        self._taken = 0
        found = resume.found() if resume.there() else None
        self._reading = self._gone_on(found) if found else self._new()
        self._kept_at = self._reading.mark.offset

    async def read(self, fetcher: Fetcher) -> Fetched:
        """Bring the file to its end; what is done is written down, however this ends."""
        begun, resumed = time.monotonic(), self._reading.mark.offset
        limits = Limits(MOST_BYTES, self._asked.seconds)
        async with fetcher:
            download = Download(fetcher, self._reading.mark, self, limits, self._advanced)
            try:
                await download.run()
            except (Damaged, BadGzip, NoRanks):
                self._resume.drop()
                raise
            except DiskFull:
                raise
            except BaseException:
                self._keep()
                raise
        self._keep()
        return Fetched(
            self._asked.release,
            len(self._names),
            later=self._later,
            bytes=self._taken,
            resumed=resumed,
            requests=download.requests,
            seconds=time.monotonic() - begun,
        )

    def written(self, file: Path, fetched: Fetched) -> Fetched:
        """Write what is kept as a table of ranks, and say what it is."""
        sieve = self._reading.sieve
        found = sieve.names()
        absent = [
            reversed_host(name)
            for name in sorted(self._names)
            if found.isdisjoint(each.encode() for each in self._spelled(name))
        ]
        column = sieve.header.split(b"\t").index(b"#host_rev")
        behind = sieve.header.count(b"\t") - column
        lines = [b"\t" * column + name.encode() + b"\t" * behind for name in absent]
        with trouble.named("writing the ranks that are kept"):
            file.write_bytes(
                preamble(sieve.rows) + b"\n".join([sieve.header, *sieve.kept, *lines, b""])
            )
        return replace(
            fetched,
            ranked=len(self._names) - len(absent),
            rows=sieve.rows,
            kept=len(sieve.kept),
            odd=sieve.odd,
        )

    # What the download asks of whoever takes its bytes.

    def begin(self) -> None:
        """The file begins, maybe anew."""
        self._reading = self._new()
        self._kept_at = 0
        self._resume.drop()

    def take(self, piece: bytes) -> None:
        """The next bytes. Raises BadGzip and NoRanks."""
        self._taken += len(piece)
        for text in self._reading.gunzip.feed(piece):
            self._reading.sieve.take(text)

    def end(self) -> None:
        """The file is whole. Raises BadGzip and NoRanks."""
        self._reading.gunzip.end()
        self._reading.sieve.end()

    def _advanced(self, mark: Mark) -> None:
        self._reading.mark = mark
        if mark.offset - self._kept_at >= KEEP_BYTES:
            self._keep()
        self._told.mark(mark)

    def _keep(self) -> None:
        if self._reading.mark.offset == self._reading.gunzip.read > 0:
            self._resume.keep(self._reading)
            self._kept_at = self._reading.mark.offset

    def _new(self) -> Reading:
        wanted = digests(each for name in self._names for each in self._spelled(name))
        return Reading(Mark(self._url), Gunzip(), Sieve(wanted, self._asked.every))

    def _gone_on(self, found: Reading) -> Reading:
        """What an earlier run has read, where that was the same. It looked for the names of its
        time: others are left for a later fetch, for their rows may have passed by."""
        if found.mark.url != self._url or found.sieve.every != self._asked.every:
            return self._new()
        looked_for = set(found.sieve.wanted.tolist())
        known = {
            name
            for name in self._names
            if looked_for.issuperset(digests(self._spelled(name)).tolist())
        }
        if self._names and not known:
            return self._new()
        self._later = len(self._names) - len(known)
        self._names = known
        return found

    def _spelled(self, name: str) -> Iterator[str]:
        """The names as which the file may rank a name, reversed as it writes them."""
        return map(reversed_host, wants.spelled(name, self._asked.release.level))


def summary(fetched: Fetched) -> dict[str, Any]:
    """What a fetch came to, by name."""
    report = fetched.report
    return {
        "release": fetched.release.month,
        "name": fetched.release.name,
        "level": fetched.release.level,
        "wanted": fetched.wanted,
        "ranked": fetched.ranked,
        "later": fetched.later,
        "read": fetched.rows,
        "kept": fetched.kept,
        "passed_over": fetched.passed,
        "odd": fetched.odd,
        "bytes": fetched.bytes,
        "resumed": fetched.resumed,
        "requests": fetched.requests,
        "seconds": round(fetched.seconds, 3),
        "import": report.import_id if report else None,
        "stored": report.stored if report else 0,
        "duplicate": report.duplicate if report else 0,
        "rejected": report.rejected if report else 0,
    }
