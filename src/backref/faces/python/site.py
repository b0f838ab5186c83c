"""A site, to be asked in Python."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING, Any

from backref import schema
from backref.faces.python.groups import by_dimension, with_sums
from backref.faces.python.listed import Listed
from backref.faces.python.relation import Relation
from backref.faces.python.stored import Stored
from backref.faces.query import (
    BrokenRow,
    DisavowRow,
    DomainRow,
    EngagementRow,
    LeadRow,
    LinkRow,
    PageRow,
    ReferrerRow,
    disavow,
    domains,
    leads,
    links,
    pages,
    plan,
    referrers,
)
from backref.faces.query.gap import GapRow
from backref.faces.query.plan import PlanRow
from backref.faces.query.sums import GROUPINGS

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence
    from datetime import datetime

    from backref.faces.query import Overview
    from backref.faces.query import Site as Asked
    from backref.faces.query.authority import AuthorityRow
    from backref.faces.query.explain import Explanation
    from backref.faces.query.what_if import WhatIf


class Site:
    """Questions to one site at one time. Filters are those of the command line and may be given
    at once, as `site.links(state="lost")`, or later with `filter`."""

    def __init__(self, asked: Callable[[], Asked]) -> None:
        self._asked = asked

    @property
    def name(self) -> str:
        """The site's name: its main domain."""
        return self._asked().name

    @property
    def as_of(self) -> datetime:
        """The time that all answers hold for."""
        return self._asked().as_of

    def links(self, **values: Any) -> Relation[LinkRow]:
        """The ledger: each link, its life, and the people it brought. Filters: state, since,
        domain, page, and every column. Groupings as `backref links --by`."""
        listed = Listed(
            f"links of {self.name}",
            LinkRow,
            lambda **given: self._asked().links(**given),
            ("state", "since", "domain", "page"),
            links.SORTS,
            counted=lambda **given: len(self._asked().ordered_links(**given)),
            grouped=partial(by_dimension, self._asked),
        )
        return Relation(listed).filter(**values)

    def link(self, link_id: str) -> LinkRow:
        """One link by its identity. Raises NotHeld."""
        return self._asked().link(link_id)

    def domains(self, **values: Any) -> Relation[DomainRow]:
        """Referring domains: search value and people side by side. Filters: state, since, and
        every column. Groupings: state, quadrant, witness."""
        return self._listed("domains", DomainRow, ("state", "since"), tuple(domains.SORTS), values)

    def referrers(self, **values: Any) -> Relation[ReferrerRow]:
        """Hosts that sent people; bots and suspects are counted beside. Filters: since, channel,
        and every column. Groupings: channel, known-link, domain."""
        own = ("since", "channel")
        return self._listed("referrers", ReferrerRow, own, referrers.SORTS, values)

    def engagement(self, **values: Any) -> Relation[EngagementRow]:
        """Visits and what people did, by the definitions of several tools side by side. Filters:
        since, by (channel, source, page or link), definition, and every column."""
        own = ("since", "by", "definition")
        return self._listed("engagement", EngagementRow, own, (), values)

    def leads(self, **values: Any) -> Relation[LeadRow]:
        """Leads and sales of your sheets, by what they came by. Filters: every column."""
        return self._listed("leads", LeadRow, (), leads.SORTS, values)

    def placements(self, **values: Any) -> Relation[PlanRow]:
        """What was agreed, built or paid, against what was found. Filters: since, and every
        column."""
        return self._listed("placements", PlanRow, ("since",), plan.SORTS, values)

    def disavow(self, **values: Any) -> Relation[DisavowRow]:
        """What your disavow files list, and which links that hits. Filters: every column."""
        return self._listed("disavow", DisavowRow, (), disavow.SORTS, values)

    def broken(self, **values: Any) -> Relation[BrokenRow]:
        """Dead targets that links or people still hit. Filters: since, and every column.
        Groupings: status, folder."""
        return self._listed("broken", BrokenRow, ("since",), (), values)

    def pages(self, **values: Any) -> Relation[PageRow]:
        """Own pages, the best linked first. Filters: every column. Grouping: folder."""
        return self._listed("pages", PageRow, (), pages.SORTS, values)

    def hits(self, **values: Any) -> Relation[dict[str, Any]]:
        """Requests of the log one by one, oldest first. Filters: since, and every column."""
        return self._stored("hits", values)

    def sessions(self, **values: Any) -> Relation[dict[str, Any]]:
        """Sessions one by one, oldest first, those of bots too: see `verdict`. Filters: since,
        and every column."""
        return self._stored("sessions", values)

    def authority(self, graph: str | None = None) -> list[AuthorityRow]:
        """How the site stands in every ranked graph, or in one. Raises UsageError where none is
        ranked."""
        return list(self._asked().authority(graph))

    def explain(self, graph: str | None = None, *, limit: int | None = 15) -> Explanation:
        """Where its authority comes from: the domains that hand most on, paths, and its links."""
        return self._asked().explain(graph, limit)

    def what_if(
        self,
        graph: str | None = None,
        *,
        without: Sequence[str] = (),
        with_: Sequence[str] = (),
        nofollow: Sequence[str] = (),
    ) -> WhatIf:
        """Its authority if links of these domains, or pages, went, came, or said nofollow."""
        return self._asked().what_if(graph, without=without, with_=with_, nofollow=nofollow)

    def gap(
        self, *rivals: str, graph: str | None = None, hosted: str = "split", least: int = 1
    ) -> Relation[GapRow]:
        """Who links to rivals and not to the site. Filters: every column."""
        listed: Listed[GapRow] = Listed(
            f"gap of {self.name}",
            GapRow,
            lambda limit=None: self._asked().gap(
                rivals, graph, hosted=hosted, least=least, limit=limit
            ),
        )
        return Relation(listed)

    def overview(self, *, days: int = 28) -> Overview:
        """Headline, five numbers, three piles and what is not known."""
        return self._asked().overview(days=days)

    def __repr__(self) -> str:
        return f"<site {self.name}>"

    def _listed(
        self,
        name: str,
        kind: type[Any],
        filters: tuple[str, ...],
        sorts: tuple[str, ...],
        values: dict[str, Any],
    ) -> Relation[Any]:
        """The listing that the site answers under this name."""
        listed: Listed[Any] = Listed(
            f"{name} of {self.name}",
            kind,
            lambda **given: _answer(self._asked(), name, given),
            filters,
            sorts,
        )
        return Relation(with_sums(listed, name) if name in GROUPINGS else listed).filter(**values)

    def _stored(self, table: str, values: dict[str, Any]) -> Relation[dict[str, Any]]:
        stored = Stored(
            f"{table} of {self.name}",
            lambda: schema.TABLES[table].arrow,
            lambda **given: self._asked().records(table, **given),
            lambda **given: self._asked().count(table, **given),
            ("since",),
        )
        return Relation(stored).filter(**values)


def _answer(asked: Asked, name: str, given: Mapping[str, Any]) -> Sequence[Any]:
    """The rows of the listing of that name."""
    rows: Sequence[Any] = getattr(asked, name)(**given)
    return rows
