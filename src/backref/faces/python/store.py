"""A store, opened in Python."""

from __future__ import annotations

from functools import cache
from typing import TYPE_CHECKING, Any, Self

from backref.errors import UsageError
from backref.faces import query
from backref.faces.python.listed import Listed
from backref.faces.python.relation import Relation
from backref.faces.python.site import Site
from backref.faces.python.stored import Stored
from backref.faces.query import ImportRecord, RejectRow

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

    import pyarrow as pa


class Store:
    """An open store. Use as a context manager; what is imported later is seen by opening again."""

    def __init__(self, held: query.Store) -> None:
        self._held: query.Store | None = held

    def site(self, name: str | None = None, as_of: str | None = None) -> Site:
        """A site by name, or the only one; as the store knew it at `as_of`, a day or a time.

        Raises UnknownSite or AmbiguousSite.
        """
        asked = self._open.site(name, as_of)

        def still_open() -> query.Site:
            _ = self._open
            return asked

        return Site(still_open)

    @property
    def sites(self) -> tuple[str, ...]:
        """The names of the sites."""
        return self._open.sites

    @property
    def tables(self) -> tuple[str, ...]:
        """The tables that `sql` may select from."""
        return query.TABLES

    def imports(self, **values: Any) -> Relation[ImportRecord]:
        """Files that were imported, the newest last. Filters: site, and every column."""
        return self._listed(ImportRecord, ("site",), values)

    def rejects(self, **values: Any) -> Relation[RejectRow]:
        """Records that imports could not store. Filters: site, import_id, and every column."""
        return self._listed(RejectRow, ("site", "import_id"), values)

    def sql(self, select: str, /, **parameters: Any) -> Relation[dict[str, Any]]:
        """What one SELECT over `tables` answers, in DuckDB's dialect; `parameters` stand in it as
        `$name`. It reads this store and nothing else, and can change nothing.

        Reading the relation raises QueryRefused where the SELECT cannot be run.
        """

        def read(limit: int | None = None) -> pa.RecordBatchReader:
            return self._open.select(select, parameters, limit)

        @cache
        def layout() -> pa.Schema:
            return read(limit=0).read_all().schema

        def counted() -> int:
            return self._open.count_selected(select, parameters)

        return Relation(Stored("SQL", layout, read, counted))

    def close(self) -> None:
        """Give back everything."""
        if self._held is not None:
            self._held.close()
        self._held = None

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *exception: object) -> None:
        self.close()

    def __repr__(self) -> str:
        state = ", ".join(self._held.sites) if self._held is not None else "closed"
        return f"<store: {state}>"

    def _listed(
        self, kind: type[Any], filters: tuple[str, ...], values: dict[str, Any]
    ) -> Relation[Any]:
        name = "imports" if kind is ImportRecord else "rejects"

        def ask(**given: Any) -> Sequence[Any]:
            rows: Sequence[Any] = getattr(self._open, name)(**given)
            return rows

        # Imports are cut to the newest, relations to the first rows.
        return Relation(Listed(name, kind, ask, filters, cuts=kind is RejectRow)).filter(**values)

    @property
    def _open(self) -> query.Store:
        """The store. Raises UsageError once it is closed."""
        if self._held is None:
            raise UsageError("The store was closed: open it again with `backref.open`.")
        return self._held


def open_store(path: str | Path = ".") -> Store:
    """Open the store at `path`, or the one in or above the folder `path`. Raises NoStore."""
    return Store(query.open_store(path))
