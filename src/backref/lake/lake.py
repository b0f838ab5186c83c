"""A store: facts and derived tables in a folder, read as snapshots, changed in transactions.

store/
  catalogue.db   what is held (SQLite): sites, imports, segments
  segments/      the rows: TABLE/OWNER-N.parquet
  key            the installation's key; without it repeated imports are not recognised
  salts.db       the salts of visitor hashes; never part of a backup
  owners/        one locked file per living process
  scratch/       what the engine spills
  graphs/        link graphs and their ranks, a folder each
"""

from __future__ import annotations

from contextlib import suppress
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from threading import RLock
from typing import TYPE_CHECKING, Self

import numpy as np

from backref import schema
from backref.errors import DiskFull, NoStore, StoreDamaged, StoreError
from backref.lake import (
    catalogue,
    compaction,
    content,
    ground,
    holdings,
    imports,
    migrations,
    relation,
    secrets,
    sites,
    sweep,
    trouble,
    verify,
)
from backref.lake.catalogue import Catalogue, Fault, meta, no_fault, set_meta
from backref.lake.engine import Engine
from backref.lake.labels import Labels
from backref.lake.outbox import Outbox
from backref.lake.owner import Owner
from backref.lake.rules import Rules
from backref.lake.salts import Salts
from backref.lake.segments import Segments, row_ids
from backref.lake.snapshot import Snapshot
from backref.lake.swap import Swap
from backref.lake.undoing import Undoing
from backref.lake.writer import Writer

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Mapping

    from backref.lake.imports import Rejected
    from backref.lake.records import (
        Contents,
        ImportRecord,
        ImportSummary,
        RejectRecord,
        SiteRecord,
    )
    from backref.lake.verify import Finding

GRACE = timedelta(hours=1)


class Lake:
    """An open store. Use as a context manager; threads may share it, processes each open it."""

    def __init__(
        self,
        path: Path,
        *,
        memory: str | None = None,
        threads: int | None = None,
        grace: timedelta = GRACE,
        busy: float = 30.0,
        clock: Callable[[], datetime] = lambda: datetime.now(UTC),
        fault: Fault = no_fault,
    ) -> None:
        self.path = path
        self.renewed_salts: list[tuple[str, date]] = []
        self._memory, self._threads = memory, threads
        self._grace, self._clock, self._fault = grace, clock, fault
        self._lock = RLock()
        self._owner: Owner | None = None
        self._engine: Engine | None = None
        self._files: Segments | None = None
        self._seen: Contents | None = None
        self._changed: set[str] = set()
        self._salts = Salts(path / "salts.db", busy)
        self.key = ground.read_key(path / "key")
        self._catalogue = Catalogue(path / "catalogue.db", busy=busy, fault=fault)
        self.labels = Labels(self._catalogue, clock)
        self.rules = Rules(self._catalogue, clock)
        self.outbox = Outbox(self._catalogue, clock)

    @classmethod
    def create(cls, path: Path | str, **options: object) -> Self:
        """Make an empty store and open it. Raises UsageError when there is one already."""
        ground.lay(Path(path).absolute())
        return cls.open(path, **options)

    @classmethod
    def open(cls, path: Path | str, **options: object) -> Self:
        """Open the store at `path`, clearing what dead processes left.

        `options`: memory (DuckDB's limit, as `2GB`), threads, grace (how long replaced segments
        stay for readers), busy (seconds to wait for other writers), clock.
        """
        path = Path(path).absolute()
        if not ground.is_store(path):
            raise NoStore(f"There is no store at {path}; make one with `backref init DOMAIN`.")
        lake = cls(path, **options)  # type: ignore[arg-type]
        try:
            lake._prepare()
        except BaseException:
            lake.close()
            raise
        return lake

    def close(self) -> None:
        """Give back the engine, the catalogue and this process's claim, and clear up after it.
        What cannot be cleared now is left to the next process that opens the store."""
        if self._engine:
            self._engine.close()
        owner, self._owner = self._owner, None
        if owner:
            with suppress(StoreError):
                self._clear(owner)
        self._catalogue.close()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *exception: object) -> None:
        self.close()

    # Sites

    def sites(self) -> tuple[SiteRecord, ...]:
        """The sites, by name."""
        with self._catalogue.read() as connection:
            return sites.all_sites(connection)

    def save_site(self, site: SiteRecord) -> None:
        """Add a site, or change it."""
        with self._catalogue.write() as connection:
            sites.save(connection, site, self._clock())

    def secret(self, name: str) -> str | None:
        """A text that only the server reads, None when none is kept under the name."""
        with self._catalogue.read() as connection:
            return secrets.read(connection, name)

    def keep_secret(self, name: str, value: str) -> None:
        """Keep a text that only the server reads."""
        with self._catalogue.write() as connection:
            secrets.keep(connection, name, value)

    # Reading

    def snapshot(self) -> Snapshot:
        """The store as it is now; later changes do not show in it."""
        with self._catalogue.read() as connection:
            if self._seen is None or self._seen.version != catalogue.version(connection):
                self._seen = holdings.contents(connection)
            return Snapshot(
                self._seen, self.key, self.path / "segments", self._started_engine, self._changed
            )

    def content_digest(self, table: str) -> str:
        """Order-independent digest of a table's rows, without `import_id` and `position`."""
        with self.snapshot() as snapshot:
            return content.of_table(snapshot, schema.TABLES[table])

    def ids(
        self, table: str, partition: str, after_version: int | None = None
    ) -> tuple[int, np.ndarray]:
        """A partition's version and its row ids, an array of 16-byte values (`V16`).

        With `after_version`, at least the ids that were published after that version.
        """
        place = (table, partition)
        with self._catalogue.read() as connection:
            version = holdings.version_of(connection, place)
            segments = holdings.live(connection, place) if version != after_version else []
        wanted = [
            segment
            for segment in segments
            if after_version is None or segment.version > after_version
        ]
        with trouble.named(f"reading {table}"):
            parts = [row_ids(self.path / "segments" / segment.file) for segment in wanted]
        return version, np.concatenate(parts) if parts else np.empty(0, "V16")

    # Facts

    def begin_import(  # noqa: PLR0917
        self,
        file: str,
        format: str,  # noqa: A002
        dialect: str = "",
        confidence: float = 1.0,
        site: str | None = None,
        stream: str = "",
        batch: int | None = None,
    ) -> int:
        """Record that an import of `file` runs, together with those of its batch; returns its
        number."""
        with self._catalogue.write() as connection:
            return imports.begin(
                connection,
                self._token,
                self._clock(),
                file=file,
                format=format,
                dialect=dialect,
                confidence=confidence,
                site=site,
                stream=stream,
                batch=batch,
            )

    def writer(self, import_id: int, goes_on: int | None = None) -> Writer:
        """A writer that stages the rows of a running import. One of a file that has grown
        `goes_on` with the done import of what the file held before, so that both are one; where
        that was taken back meanwhile it stands alone."""
        with self._catalogue.read() as connection:
            is_done = goes_on is not None and imports.is_done(connection, goes_on)
        return Writer(self._segments(), import_id, goes_on if is_done else None)

    def publish(
        self,
        import_id: int,
        writer: Writer,
        expected: Mapping[tuple[str, str], int],
        summary: ImportSummary,
        rejects: Iterable[Rejected] = (),
    ) -> None:
        """Make what the writer staged part of the store, with the import's sums and rejects.

        `expected` holds, for every partition written to, the version at which its ids were read.
        Raises Conflict when one has moved since: nothing is published, the staged segments stay,
        and the caller takes out what is stored by now and publishes again.
        """
        staged = writer.staged
        unread = {(segment.table, segment.partition) for segment in staged} - expected.keys()
        if unread:
            raise StoreError(f"Segments were staged for partitions that were not read: {unread}.")
        self._keep_rejects(import_id, rejects)
        self._segments().settle(staged)
        with self._catalogue.write() as connection:
            holdings.expect(connection, expected)
            holdings.add(connection, staged)
            imports.finish(connection, import_id, summary, self._clock())
            if writer.rows_of != import_id:
                imports.join(connection, writer.rows_of, import_id)
            writer.hand_over()
        self._tidy({(segment.table, segment.partition) for segment in staged})

    def fail_import(self, import_id: int, reason: str) -> None:
        """Record that an import stored nothing, and why."""
        with self._catalogue.write() as connection:
            imports.fail(connection, import_id, reason, self._clock())

    def undo(self, import_id: int) -> int:
        """Take out of the store what an import stored; returns how many rows went. Derived tables
        follow when the pipeline runs. Raises UsageError, and StoreBusy while others import."""
        self._clear_dead()
        segments, engine = self._segments(), self._started_engine()
        return Undoing(self._catalogue, segments, engine, self._clock, import_id).run()

    def imports(self) -> Iterator[ImportRecord]:
        """All imports, oldest first."""
        with self._catalogue.read() as connection:
            yield from imports.history(connection)

    def rejects(self, import_id: int | None = None) -> Iterator[RejectRecord]:
        """What done imports, or one of them, could not store."""
        with self._catalogue.read() as connection:
            yield from imports.rejects(connection, import_id)

    def scratch(self) -> Path:
        """A folder of this process for what is not kept; whoever opens the store after a kill
        clears it."""
        folder = self.path / "scratch" / self._token
        with trouble.named("making room for what is not kept"):
            folder.mkdir(parents=True, exist_ok=True)
        return folder

    def salt(self, site: str, day: date) -> bytes:
        """The salt of visitor hashes for a site's UTC day of events, made when there is none.

        When it had to be made although hits of that day are stored, `renewed_salts` names the
        day: its later visitors cannot be matched with the earlier ones.
        """
        salt, made = self._salts.use(site, day, self._clock())
        if made and self._holds("hits", f"{site}/{day.isoformat()}"):
            self.renewed_salts.append((site, day))
        return salt

    def drop_old_salts(self, now: datetime | None = None) -> int:
        """Delete salts that were not used for 48 hours; returns how many."""
        return self._salts.drop_old(now or self._clock())

    # Derived tables

    def swap(self) -> Swap:
        """Where new rows of derived partitions are staged, to be put in place together."""
        return Swap(self._catalogue, self._segments(), self._started_engine, self._clock)

    def planned(self, stage: str) -> int | None:
        """What `remember_plan` kept last for a stage."""
        with self._catalogue.read() as connection:
            return meta(connection, f"plan {stage}")

    def remember_plan(self, stage: str, mark: int) -> None:
        """Keep a mark of what a stage's last plan was made from, and of the plan itself."""
        if self.planned(stage) != mark:
            with self._catalogue.write() as connection:
                set_meta(connection, f"plan {stage}", mark)

    def drop_partition(self, tables: Iterable[str], partition: str) -> None:
        """Take a partition out of derived tables."""
        with self._catalogue.write() as connection:
            for table in tables:
                holdings.clear(connection, (table, partition), self._clock())
                holdings.advance(connection, (table, partition))

    # Care

    def verify(self) -> Iterator[Finding]:
        """Every fault of the store: segments, unlisted files, sums of imports."""
        yield from verify.faults(self.path, self._catalogue)

    def compact(self) -> int:
        """Merge small segments wherever a partition has too many; returns how many went."""
        with self._catalogue.read() as connection:
            places = compaction.crowded(holdings.live(connection))
        return sum(self._compact(place) for place in places)

    def sweep(self) -> int:
        """Delete segments that were replaced longer ago than the grace period."""
        return sweep.retired(self._catalogue, self._segments(), self._clock() - self._grace)

    def _prepare(self) -> None:
        with self._catalogue.read() as connection:
            names = migrations.recorded(connection)
        if not names:
            raise StoreDamaged("The catalogue is empty; restore catalogue.db from a backup.")
        migrations.refuse_newer(names)
        if migrations.pending(names):
            self._catalogue.migrate(migrations.apply)
        with self._catalogue.read() as connection:
            self._changed = relation.changed(connection)
        # A full disk must not keep anybody from reading.
        with suppress(DiskFull):
            self._clear_dead()
            self.sweep()
        with suppress(StoreError):
            self.drop_old_salts()
        if self._changed:
            with suppress(StoreError):
                self._forget_changes()

    def _forget_changes(self) -> None:
        """Tables that gained columns are as others once all their segments hold them."""
        with self._catalogue.write() as connection:
            whole = relation.whole(connection, self._changed, self.path / "segments")
            relation.remember(connection, whole)
        self._changed -= whole

    def _clear_dead(self) -> None:
        for owner in Owner.dead(self.path / "owners"):
            self._clear(owner)

    def _clear(self, owner: Owner) -> None:
        with trouble.named("clearing up"):
            sweep.after(self.path, self._catalogue, owner, self._clock(), self._fault)

    def _keep_rejects(self, import_id: int, rejects: Iterable[Rejected]) -> None:
        """Rejects go ahead in transactions of their own: they show only once the import is done."""
        with self._catalogue.write() as connection:
            imports.drop_rejects(connection, import_id)
        for batch in imports.parts(rejects):
            with self._catalogue.write() as connection:
                imports.add_rejects(connection, import_id, batch)

    def _tidy(self, places: set[tuple[str, str]]) -> None:
        """Compact what has become crowded. All is stored already: failing here is nothing."""
        with suppress(StoreError):
            with self._catalogue.read() as connection:
                crowded = compaction.crowded(holdings.live(connection, *places)) if places else []
            for place in crowded:
                self._compact(place)

    def _compact(self, place: tuple[str, str]) -> int:
        return compaction.compact(
            self._catalogue, self._segments(), self._started_engine(), place, self._clock
        )

    def _holds(self, table: str, partition: str) -> bool:
        with self._catalogue.read() as connection:
            return bool(holdings.live(connection, (table, partition)))

    @property
    def _token(self) -> str:
        with self._lock:
            if self._owner is None:
                with trouble.named("claiming a place to write"):
                    self._owner = Owner.claim(self.path / "owners")
            return self._owner.token

    def _scratch(self) -> Path | None:
        """Where the engine may spill; nowhere when the disk is full."""
        with suppress(DiskFull):
            return self.path / "scratch" / self._token
        return None

    def _segments(self) -> Segments:
        with self._lock:
            if self._files is None:
                self._files = Segments(self.path / "segments", self._token, self._fault)
            return self._files

    def _started_engine(self) -> Engine:
        with self._lock:
            if self._engine is None:
                self._engine = Engine(
                    self.path / "segments", self._scratch(), self._memory, self._threads
                )
            return self._engine
