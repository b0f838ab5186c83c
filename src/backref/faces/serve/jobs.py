"""Work that takes longer than a request: imports, their undoing, looks; one after the other.

A job runs in a thread of the server and is told to whoever asks. Stopping it, or ending the
server, ends it between two pieces of work: an import that did not end stored nothing.
"""

from __future__ import annotations

import logging
import time
from collections import OrderedDict
from dataclasses import asdict, dataclass, field
from queue import Empty, Queue
from threading import Event, Lock, Thread
from typing import TYPE_CHECKING, Any

from backref import pipeline
from backref.errors import BackrefError, NotHeld, SourceError, StoreBusy, UsageError
from backref.faces.importing import summary
from backref.faces.serve.problem import UNFORESEEN
from backref.ingest import import_inputs

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from backref.faces.serve.uploads import Upload, Uploads
    from backref.ingest.importing import Advance, ImportReport
    from backref.lake.lake import Lake

KEPT = 50
"""Jobs that are remembered when they have ended."""
MOST_WAITING = 16
TENDED_EVERY = 3600.0
"""Seconds after which a server without work looks for what is old."""
ENDED = frozenset(("done", "failed", "stopped"))

log = logging.getLogger("backref.serve")


class Stopped(BackrefError):
    """Somebody stopped the job."""


@dataclass
class Progress:
    """How far a job is: in a file `bytes_read` of `size` (None when not known) and so many
    `records`, or `done` of `total` pages looked at, then `done` of `total` parts of a `stage` of
    the ledger."""

    file: str = ""
    bytes_read: int = 0
    size: int | None = None
    records: int = 0
    stage: str = ""
    done: int = 0
    total: int = 0


@dataclass
class Job:
    """Something to be done. `state` is waiting, running, done, failed or stopped; `reports` tell
    what became of each file or page, `error` why the job failed, `seconds` how long it has run."""

    id: int
    kind: str
    about: tuple[str, ...]
    state: str = "waiting"
    progress: Progress = field(default_factory=Progress)
    reports: list[dict[str, Any]] = field(default_factory=list)
    error: str | None = None
    begun: float | None = None
    seconds: float = 0.0

    @property
    def ended(self) -> bool:
        """Whether nothing more will happen to it."""
        return self.state in ENDED


class Jobs:
    """The jobs of a server. Use as a context manager; leaving it stops what runs."""

    def __init__(
        self, lake: Lake, uploads: Uploads, meanwhile: Callable[[], None] = lambda: None
    ) -> None:
        """`meanwhile` is what the thread does at first and after each job."""
        self._lake = lake
        self._meanwhile = meanwhile
        self._uploads = uploads
        self._lock = Lock()
        self._jobs: OrderedDict[int, Job] = OrderedDict()
        self._waiting: Queue[tuple[Job, Callable[[Job], None]] | None] = Queue()
        self._stopped: set[int] = set()
        self._closing = Event()
        self._thread = Thread(target=self._work, name="backref-jobs")

    def __enter__(self) -> Jobs:
        self._thread.start()
        return self

    def __exit__(self, *exception: object) -> None:
        self._closing.set()
        self._waiting.put(None)
        self._thread.join()

    @property
    def closing(self) -> bool:
        """Whether the server ends."""
        return self._closing.is_set()

    def start_import(
        self,
        uploads: Sequence[Upload],
        *,
        site: str | None = None,
        stream: str = "",
        internal: bool = False,
    ) -> Job:
        """Import files that were sent, each one import, and bring the ledger up to date; those
        that cannot be imported wait again. Raises StoreBusy when too much waits already, and
        NotHeld."""
        left = self._uploads.claim(uploads)

        def work(job: Job) -> None:
            refused = []
            try:
                for upload in tuple(left):
                    self._go_on(job)
                    try:
                        self._import(job, upload, site=site, stream=stream, internal=internal)
                    except (SourceError, UsageError) as error:
                        refused.append(str(error).partition("\n")[0])
                    else:
                        left.remove(upload)
                        self._uploads.discard([upload])
            finally:
                self._uploads.give_back(left)
                self._build(job)
            if refused:
                raise SourceError(" ".join(dict.fromkeys(refused)))

        try:
            return self.add("import", tuple(upload.name for upload in left), work)
        except StoreBusy:
            self._uploads.give_back(left)
            raise

    def start_undo(self, import_id: int) -> Job:
        """Take an import back and bring the ledger up to date."""

        def work(job: Job) -> None:
            self._go_on(job)
            job.reports.append({"import_id": import_id, "rows": self._lake.undo(import_id)})
            self._build(job)

        return self.add("undo", (str(import_id),), work)

    def stop(self, job_id: int) -> Job:
        """Stop a job as soon as it can be; one that has ended stays as it is. Raises NotHeld."""
        job = self.get(job_id)
        self._stopped.add(job.id)
        return job

    def get(self, job_id: int) -> Job:
        """A job by its number. Raises NotHeld."""
        with self._lock:
            job = self._jobs.get(job_id)
        if job is None:
            raise NotHeld(f"There is no job {job_id} any more; `imports` tells what was imported.")
        return job

    def all(self) -> list[Job]:
        """The jobs that are remembered, the newest first."""
        with self._lock:
            return list(reversed(self._jobs.values()))

    def add(self, kind: str, about: tuple[str, ...], work: Callable[[Job], None]) -> Job:
        """Put a job behind those that wait. Raises StoreBusy when too much waits already."""
        with self._lock:
            if sum(not job.ended for job in self._jobs.values()) >= MOST_WAITING:
                raise StoreBusy("Too much waits to be done already: try again when some has ended.")
            job = Job(max(self._jobs, default=0) + 1, kind, about)
            self._jobs[job.id] = job
            ended = [each.id for each in self._jobs.values() if each.ended]
            for number in ended[: max(0, len(self._jobs) - KEPT)]:
                del self._jobs[number]
        self._waiting.put((job, work))
        return job

    def _work(self) -> None:
        self._prepare()
        while True:
            try:
                item = self._waiting.get(timeout=TENDED_EVERY)
            except Empty:
                self._tend()
                continue
            if item is None:
                return
            job, work = item
            job.state, job.begun = "running", time.monotonic()
            job.state = self._outcome(job, work)
            job.seconds = time.monotonic() - job.begun
            self._prepare()
            self._tend()

    def _tend(self) -> None:
        """Delete what was replaced long ago, and old salts: who serves never opens anew."""
        try:
            self._lake.sweep()
            self._lake.drop_old_salts()
        except Exception:
            log.exception("what is old could not be cleared")

    def _prepare(self) -> None:
        if not self._closing.is_set():
            try:
                self._meanwhile()
            except BackrefError as error:
                log.warning("what pages rest on could not be asked: %s", error)
            except Exception:
                log.exception("what pages rest on could not be asked")

    def _outcome(self, job: Job, work: Callable[[Job], None]) -> str:
        try:
            work(job)
        except Stopped as stopped:
            job.error = str(stopped)
            return "stopped"
        except BackrefError as error:
            job.error = self._uploads.named(str(error).partition("\n")[0])
        except Exception:
            log.exception("%s %s failed", job.kind, job.about)
            job.error = UNFORESEEN
        else:
            return "done"
        return "failed"

    def _import(self, job: Job, upload: Upload, **options: Any) -> None:
        def advance(at: Advance) -> None:
            self._go_on(job)
            job.progress = Progress(at.file, at.bytes_read, at.size, at.records)

        for report in import_inputs(
            self._lake, [str(upload.path)], progress=advance, within=upload.within, **options
        ):
            job.reports.append(_told(report))

    def _build(self, job: Job) -> None:
        """Bring the ledger up to date: whatever was stored is built, also of a stopped job."""

        def advance(stage: str, done: int, total: int) -> None:
            self.stay_open()
            job.progress = Progress(stage=stage.replace("_", " "), done=done, total=total)

        pipeline.run(self._lake, advance)

    def stopping(self, job: Job) -> bool:
        """Whether a job that runs shall end; asked often, it tells how long the job has run."""
        assert job.begun is not None
        job.seconds = time.monotonic() - job.begun
        return self.closing or job.id in self._stopped

    def _go_on(self, job: Job) -> None:
        """Raise Stopped when the job shall not go on."""
        stopping = self.stopping(job)
        self.stay_open()
        if stopping:
            raise Stopped("It was stopped; a file that was not imported whole was not stored.")

    def stay_open(self) -> None:
        """Raise Stopped when the server ends."""
        if self._closing.is_set():
            raise Stopped("The server ended before the job did: start it again.")


def _told(report: ImportReport) -> dict[str, Any]:
    """What became of a file, as `backref import --json` tells it, and what it warns of."""
    return summary(report) | {"warnings": list(report.warnings)}


def described(job: Job) -> dict[str, Any]:
    """A job as plain values."""
    values = asdict(job)
    del values["begun"]
    return values
