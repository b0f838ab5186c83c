"""A store, to be asked for its sites and imports."""

from __future__ import annotations

from itertools import islice
from pathlib import Path
from typing import TYPE_CHECKING, Any, Self

from backref.errors import AmbiguousSite, UnknownSite, UsageError
from backref.faces.query import authority, backlinks, moment
from backref.faces.query.answer import Answer
from backref.faces.query.explain import ROWS, explain
from backref.faces.query.gap import gap
from backref.faces.query.portfolio import SiteTrouble, portfolio
from backref.faces.query.rows import BacklinkRow, LinkedDomain, RejectRow
from backref.faces.query.site import Site
from backref.faces.query.view import ROOM, View
from backref.faces.query.what_if import what_if
from backref.ingest.recognising import as_parsed
from backref.lake import selection
from backref.lake.lake import Lake
from backref.lake.model import Model
from backref.sources.own_site import site_of
from backref.url import parse

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    import pyarrow as pa

    from backref.faces.query.authority import AuthorityRow, ReferringRow
    from backref.faces.query.explain import Explanation
    from backref.faces.query.gap import Gap
    from backref.faces.query.what_if import WhatIf
    from backref.lake.graphs import RankedGraph
    from backref.lake.labels import Labels
    from backref.lake.records import ImportRecord, RejectRecord, SiteRecord


class Store:
    """An open store. Use as a context manager. `keeps` is for who asks the same site often: see
    `query.view`."""

    def __init__(self, lake: Lake, *, keeps: bool = False) -> None:
        self.lake = lake
        self._keeps = keeps
        self._snapshot = lake.snapshot()

    def site(self, name: str | None = None, as_of: str | None = None) -> Site:
        """A site by name, or the only one; as the store knew it at `as_of`, a day or a time.

        Raises UnknownSite or AmbiguousSite.
        """
        record = chosen(self._snapshot.sites, name)
        asked = moment.until(as_of, record.zone) if as_of else None
        return Site(View(self._snapshot, record, asked, keeps=self._keeps))

    def site_at(self, address: str, name: str | None = None) -> SiteRecord:
        """The site that an address is a page of, which is that of the name if one is given. Raises
        UsageError, UnknownSite for an address of no site."""
        parsed = parse(address.strip())
        if parsed is None:
            raise UsageError(
                f"{address!r} is no address: give one such as https://example.com/page."
            )
        known = [chosen(self._snapshot.sites, name)] if name else self._snapshot.sites
        owner = site_of(parsed.host, map(as_parsed, known))
        if owner is None:
            held = ", ".join(site.name for site in known) or "none"
            raise UnknownSite(f"{parsed.host} is no site's page; this store has {held}.")
        return chosen(self._snapshot.sites, owner)

    def codes(self) -> frozenset[str]:
        """The codes that are given to placements of any site."""
        held = self._snapshot.partitions("placements")
        rows = self._snapshot.rows(Model(ROOM, "codes.sql"), partitions={"placements": held})
        return frozenset(row["code"] for row in rows)

    @property
    def version(self) -> int:
        """Of the store; the same as long as nothing was written."""
        return self._snapshot.version

    def answers_as(self, other: Store) -> bool:
        """Whether all answers but the list of imports are the same as another's."""
        return self._snapshot.holds_as(other._snapshot)

    @property
    def labels(self) -> Labels:
        """Tags, notes and filters that people keep."""
        return self.lake.labels

    @property
    def sites(self) -> tuple[str, ...]:
        """The names of the sites."""
        return tuple(record.name for record in self._snapshot.sites)

    @property
    def settings(self) -> tuple[SiteRecord, ...]:
        """What is set of each site: its domains, brand terms, goals and time zone."""
        return self._snapshot.sites

    def portfolio(self) -> list[SiteTrouble]:
        """Every site with what it lost lately, the most troubled first."""
        return portfolio(self._snapshot)

    def backlinks(self, target: str, limit: int | None = 100) -> Answer[BacklinkRow]:
        """The first links to any domain, see `query.backlinks`. Raises UsageError."""
        return backlinks.backlinks(self._snapshot, target, limit)

    def linked(self, target: str) -> LinkedDomain:
        """How many links and referring domains any domain has. Raises UsageError."""
        return backlinks.linked(self._snapshot, target)

    def authority(self, domains: Sequence[str], graph: str | None = None) -> Answer[AuthorityRow]:
        """How domains stand in the ranked graphs, see `query.authority`. Raises UsageError."""
        return authority.authority(self._snapshot, domains, graph)

    def referring(
        self,
        domain: str,
        graph: str | None = None,
        limit: int | None = 1000,
        after: str | None = None,
    ) -> Answer[ReferringRow]:
        """Who links to any domain in a graph, see `query.authority`."""
        return authority.referring(self._snapshot, domain, graph, limit, after)

    def explain(
        self, domain: str, graph: str | None = None, limit: int | None = ROWS
    ) -> Explanation:
        """Where any domain's authority comes from, see `query.explain`."""
        return explain(self._snapshot, domain, graph, limit)

    def what_if(self, domain: str, graph: str | None = None, **changes: Sequence[str]) -> WhatIf:
        """Any domain's authority if links were others, see `query.what_if`."""
        return what_if(self._snapshot, domain, graph, **changes)

    def gap(
        self, ours: Sequence[str], rivals: Sequence[str], graph: str | None = None, **how: Any
    ) -> Gap:
        """Who links to rivals and not to us, see `query.gap`."""
        return gap(self._snapshot, ours, rivals, graph, **how)

    @property
    def graphs(self) -> tuple[RankedGraph, ...]:
        """The ranked graphs, the foremost first."""
        return self._snapshot.graphs

    def imports(self, site: str | None = None, limit: int | None = None) -> Answer[ImportRecord]:
        """Imports, the newest last, cut to the newest; of a site also those that are about any,
        as archives are. Raises UnknownSite."""
        about = chosen(self._snapshot.sites, site).name if site else None
        found = [row for row in self.lake.imports() if about is None or row.site in (about, None)]
        return Answer(found if limit is None else found[-limit:], len(found))

    def rejects(
        self,
        import_id: int | None = None,
        site: str | None = None,
        limit: int | None = None,
        skip: int = 0,
    ) -> Answer[RejectRow]:
        """What imports, or one of them, could not store, but for the first `skip`; the total
        counts also those that an import had too many of to list."""
        imports = {
            row.id: row
            for row in self.imports(site)
            if import_id in (None, row.id) and row.state == "done"
        }
        held = (row for row in self.lake.rejects(import_id) if row.import_id in imports)
        shown = islice(held, skip, None if limit is None else skip + limit)
        rows = [_reject(row, imports[row.import_id].format) for row in shown]
        return Answer(rows, sum(row.rejected or 0 for row in imports.values()))

    def select(
        self, text: str, parameters: Mapping[str, object], limit: int | None = None
    ) -> pa.RecordBatchReader:
        """What a SELECT over `TABLES` answers, see `lake.selection`. Raises QueryRefused."""
        return selection.selected(self._snapshot, text, parameters, limit)

    def count_selected(self, text: str, parameters: Mapping[str, object]) -> int:
        """How many rows it answers with."""
        return selection.counted(self._snapshot, text, parameters)

    def close(self) -> None:
        """Give back everything."""
        self._snapshot.close()
        self.lake.close()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *exception: object) -> None:
        self.close()


def _reject(row: RejectRecord, family: str) -> RejectRow:
    unit = "row" if family == "exports" else "byte"
    return RejectRow(row.import_id, row.file, unit, row.position, row.reason, row.sample, row.line)


def open_store(path: str | Path) -> Store:
    """Open the store at `path`, or the one in or above the folder `path`. Raises NoStore."""
    from backref.config import find_store

    return Store(Lake.open(find_store(Path(path))))


def chosen(sites: Sequence[SiteRecord], name: str | None) -> SiteRecord:
    """The site of that name or with that host, or the only one."""
    known = ", ".join(site.name for site in sites) or "none yet: run `backref init DOMAIN`"
    if name is not None:
        wanted = name.strip().lower().removeprefix("www.")
        for site in sites:
            if wanted in (site.name, *site.also, *site.was):
                return site
        raise UnknownSite(f"This store has no site {name!r}; it has {known}.")
    if len(sites) != 1:
        raise AmbiguousSite(f"Say which site is meant with --site; this store has {known}.")
    return sites[0]
