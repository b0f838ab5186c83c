"""A snapshot: all reads of it see one version of the catalogue, whatever is written meanwhile."""

from __future__ import annotations

from functools import cached_property
from hashlib import blake2b
from typing import TYPE_CHECKING, Any, Self

import duckdb
import pyarrow as pa

from backref import schema
from backref.lake import graphs, lookup, relation, trouble
from backref.lake.model import Line, Model, check_parameters, failed, named, words
from backref.url import bucket, registrable_domain

if TYPE_CHECKING:
    from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, Sequence
    from pathlib import Path

    from backref.lake.engine import Engine
    from backref.lake.graphs import RankedGraph
    from backref.lake.records import Contents, Segment, SiteRecord

BATCH_ROWS = 65_536
BROKEN = (duckdb.IOException, duckdb.HTTPException, duckdb.OutOfMemoryException)


class Snapshot:
    """One version of the store, to be read with SQL.

    Every table of the schema is a view over this version's segments, with the column `partition`
    beside its own. So are `sites(site, zone)`, `site_hosts(site, host, role)`,
    `goals(site, pattern)` and `import_batches(import_id, batch)`. `changed` are tables some of
    whose segments may lack columns.
    """

    def __init__(
        self,
        contents: Contents,
        key: bytes,
        folder: Path,
        engine: Callable[[], Engine],
        changed: Collection[str] = (),
    ) -> None:
        self._contents = contents
        self._folder = folder
        self._engine = engine
        self._changed = changed
        self._open: list[duckdb.DuckDBPyConnection] = []
        self.key = key

    @property
    def version(self) -> int:
        """The catalogue's version."""
        return self._contents.version

    def holds_as(self, other: Snapshot) -> bool:
        """Whether both hold the same rows and sites, whatever else happened to the catalogue."""
        mine, theirs = self._contents, other._contents
        return mine is theirs or (mine.sites, mine.segments) == (theirs.sites, theirs.segments)

    @property
    def sites(self) -> tuple[SiteRecord, ...]:
        """The sites, by name."""
        return self._contents.sites

    def site(self, name: str) -> SiteRecord:
        """The site of that name, which must be one of the store."""
        return next(site for site in self.sites if site.name == name)

    @cached_property
    def graphs(self) -> tuple[RankedGraph, ...]:
        """The ranked graphs as they are when first asked for, the foremost first."""
        return graphs.ranked(self._folder.parent)

    def partitions(self, table: str) -> tuple[str, ...]:
        """Names of the partitions that hold rows, sorted."""
        return tuple(sorted(self._contents.segments.get(table, {})))

    def held(self, table: str, wanted: Iterable[str]) -> list[str]:
        """Those of the wanted partitions that hold rows, sorted."""
        return sorted(set(wanted) & set(self.partitions(table)))

    def buckets_of(self, site: SiteRecord, table: str) -> list[str]:
        """The buckets of a table that can hold rows about a site's hosts, and hold some."""
        return self.held(table, {bucket(registrable_domain(host)) for host in site.hosts})

    def rows_in(self, table: str, *partitions: str) -> int:
        """Rows of these partitions, of all when none is named; reads the catalogue alone."""
        return sum(segment.rows for segment in self._segments(table, partitions or None))

    def built(self, table: str) -> Mapping[str, str | None]:
        """What each partition of a derived table was built from, empty ones included."""
        known = self._contents.partitions.get(table, {})
        return {name: partition.depends for name, partition in known.items()}

    def version_of(self, table: str, partition: str) -> int:
        """How often a partition has changed; 0 when it never was."""
        known = self._contents.partitions.get(table, {}).get(partition)
        return known.version if known else 0

    def digest(self, table: str, *partitions: str) -> str:
        """Changes when the rows of these partitions (all when none is named) may have changed.

        For a derived table it changes only when they did.
        """
        known = self._contents.partitions.get(table, {})
        state = blake2b(digest_size=16)
        for name in sorted(set(partitions) or known):
            partition = known.get(name)
            if partition and (name in self._contents.segments.get(table, {})):
                state.update(f"{name}\0{partition.content or partition.version}\n".encode())
        return state.hexdigest()

    def sql(
        self,
        model: Model | str,
        *,
        partitions: Mapping[str, Sequence[str]] | None = None,
        tables: Mapping[str, pa.Table] | None = None,
        **params: object,
    ) -> pa.RecordBatchReader:
        """Run a model and stream its rows.

        `partitions` limits tables to some of their partitions, `tables` adds Arrow tables under
        names of their own, `params` are the model's `$` parameters. Raises QueryFailed with the
        model's text.
        """
        query = named(model)
        with _told(query):
            check_parameters(query, frozenset(params))
            cursor = self._engine().cursor()
            self._open.append(cursor)
            try:
                self._lay_out(cursor, query.text, partitions or {}, tables or {})
                reader = cursor.sql(query.text, params=params).to_arrow_reader(BATCH_ROWS)
            except BaseException:
                self._end(cursor)
                raise
        return pa.RecordBatchReader.from_batches(
            reader.schema, self._batches(query, cursor, reader)
        )

    def table(self, model: Model | str, **options: Any) -> pa.Table:
        """Like `sql`, the whole result at once."""
        return self.sql(model, **options).read_all()

    def rows(self, model: Model | str, **options: Any) -> list[dict[str, Any]]:
        """Like `sql`, as a list of dictionaries."""
        rows: list[dict[str, Any]] = self.table(model, **options).to_pylist()
        return rows

    def lookup(self, table: str, partition: str, value: str, most: int | None = None) -> pa.Table:
        """The rows of a partition whose first column of the table's order is `value`, without the
        engine, which takes longer to plan a query than to find so few rows. Where `most` are
        enough, at least so many of those there are, the first ones of a segment."""
        files = [self._folder / held.file for held in self._segments(table, [partition])]
        if table in self._changed:
            relation.by_name(schema.TABLES[table], files)
        return lookup.rows(schema.TABLES[table], files, value, most)

    def close(self) -> None:
        """End the snapshot; readers from `sql` end with it."""
        while self._open:
            self._open.pop().close()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *exception: object) -> None:
        self.close()

    def _batches(
        self, query: Model | Line, cursor: duckdb.DuckDBPyConnection, reader: pa.RecordBatchReader
    ) -> Iterator[pa.RecordBatch]:
        try:
            with _told(query):
                yield from reader
        finally:
            self._end(cursor)

    def _end(self, cursor: duckdb.DuckDBPyConnection) -> None:
        if cursor in self._open:
            self._open.remove(cursor)
            cursor.close()

    def _segments(self, table: str, partitions: Sequence[str] | None) -> list[Segment]:
        held = self._contents.segments.get(table, {})
        names = sorted(held) if partitions is None else sorted(set(partitions) & set(held))
        return [segment for name in names for segment in held[name]]

    def _lay_out(
        self,
        cursor: duckdb.DuckDBPyConnection,
        text: str,
        partitions: Mapping[str, Sequence[str]],
        tables: Mapping[str, pa.Table],
    ) -> None:
        """Give the cursor the views that the text may name, and no others."""
        mentioned = words(text)
        for name in mentioned & schema.TABLES.keys() - tables.keys():
            segments = self._segments(name, partitions.get(name))
            rows = self._select(schema.TABLES[name], segments)
            cursor.execute(f"CREATE TEMP VIEW {name} AS {rows}")
        for name in mentioned & SITE_TABLES.keys() - tables.keys():
            cursor.register(name, SITE_TABLES[name](self.sites))
        if BATCHES in mentioned - tables.keys():
            cursor.register(BATCHES, batches_table(self._contents.batches))
        for name, table in tables.items():
            cursor.register(name, table)

    def _select(self, table: schema.Table, segments: Sequence[Segment]) -> str:
        """A SELECT over segments of a table."""
        if not segments:
            return relation.of_nothing(table)
        files = [self._folder / segment.file for segment in segments]
        changed = table.name in self._changed
        rows = relation.by_name(table, files) if changed else relation.of_files(files)
        columns = ", ".join(f'"{name}"' for name in (*table.names, "partition"))
        return f"SELECT {columns} FROM {rows}"  # noqa: S608


def sites_table(sites: Sequence[SiteRecord]) -> pa.Table:
    """The view `sites`."""
    rows = [{"site": site.name, "zone": site.zone} for site in sites]
    return pa.Table.from_pylist(rows, pa.schema([("site", pa.string()), ("zone", pa.string())]))


def site_hosts_table(sites: Sequence[SiteRecord]) -> pa.Table:
    """The view `site_hosts`."""
    rows = [
        {"site": site.name, "host": host, "role": role}
        for site in sites
        for role, hosts in (("main", (site.name,)), ("also", site.also), ("was", site.was))
        for host in hosts
    ]
    return pa.Table.from_pylist(
        rows, pa.schema([("site", pa.string()), ("host", pa.string()), ("role", pa.string())])
    )


def goals_table(sites: Sequence[SiteRecord]) -> pa.Table:
    """The view `goals`."""
    rows = [{"site": site.name, "pattern": goal} for site in sites for goal in site.goals]
    return pa.Table.from_pylist(rows, pa.schema([("site", pa.string()), ("pattern", pa.string())]))


def batches_table(batches: Mapping[int, int]) -> pa.Table:
    """The view `import_batches`."""
    columns = [pa.array(values, pa.int64()) for values in (batches.keys(), batches.values())]
    return pa.table(columns, ["import_id", "batch"])


BATCHES = "import_batches"
SITE_TABLES = {"sites": sites_table, "site_hosts": site_hosts_table, "goals": goals_table}


class _told:  # noqa: N801
    """Tell what failed: the machine under the engine, or the model with its name and text."""

    def __init__(self, query: Model | Line) -> None:
        self._query = query

    def __enter__(self) -> None:
        return None

    def __exit__(self, kind: object, error: BaseException | None, trace: object) -> None:
        if isinstance(error, BROKEN):
            raise trouble.of_engine(error, f"running {self._query.name}") from error
        if isinstance(error, duckdb.Error):
            raise failed(self._query, error) from error
