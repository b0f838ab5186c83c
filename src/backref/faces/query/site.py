"""One site, to be asked."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from backref.faces.query import moment
from backref.faces.query.authority import authority
from backref.faces.query.broken import broken
from backref.faces.query.disavow import disavow
from backref.faces.query.domains import domains
from backref.faces.query.engagement import engagement
from backref.faces.query.events import breaches, events
from backref.faces.query.explain import ROWS, explain
from backref.faces.query.gap import gap
from backref.faces.query.groups import groups
from backref.faces.query.leads import leads
from backref.faces.query.links import link, links, standing_of
from backref.faces.query.month import monthly
from backref.faces.query.ordered import Links
from backref.faces.query.overview import overview
from backref.faces.query.pages import pages
from backref.faces.query.plan import plan
from backref.faces.query.ranks import RankRow, ranks
from backref.faces.query.records import count, records
from backref.faces.query.referrers import referrers
from backref.faces.query.survival import survivals
from backref.faces.query.tags import tags
from backref.faces.query.what_if import what_if

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence
    from datetime import datetime

    import pyarrow as pa

    from backref.faces.query.answer import Answer
    from backref.faces.query.authority import AuthorityRow
    from backref.faces.query.calendar import Month
    from backref.faces.query.events import BreachRow, EventRow
    from backref.faces.query.explain import Explanation
    from backref.faces.query.gap import Gap
    from backref.faces.query.month import Monthly
    from backref.faces.query.plan import PlanRow
    from backref.faces.query.rows import (
        BrokenRow,
        DisavowRow,
        DomainRow,
        EngagementRow,
        GroupRow,
        LeadRow,
        LinkRow,
        Overview,
        PageRow,
        ReferrerRow,
    )
    from backref.faces.query.survival import SurvivalRow
    from backref.faces.query.tags import TagRow
    from backref.faces.query.view import View
    from backref.faces.query.what_if import WhatIf


class Site:
    """Questions to one site at one time. `since` is a time, or a text such as `30d` or
    `2026-11-01`; `limit` None answers with all rows. A wrong request raises UsageError."""

    def __init__(self, view: View) -> None:
        self.view = view

    @property
    def name(self) -> str:
        """The site's name: its main domain."""
        return self.view.site.name

    @property
    def as_of(self) -> datetime:
        """The time that all answers hold for."""
        return self.view.as_of

    @property
    def version(self) -> int:
        """Of the store that answers."""
        return self.view.snapshot.version

    @property
    def by_the_clock(self) -> bool:
        """Whether that time is only the moment of asking, so that it is another one later."""
        return self.view.by_the_clock

    def links(
        self,
        *,
        state: str | Sequence[str] = (),
        since: str | datetime | None = None,
        sort: str = "visits",
        domain: str | None = None,
        page: str | None = None,
        limit: int | None = None,
    ) -> Answer[LinkRow]:
        """Links with both sides, see `query.links`."""
        return links(
            self.view,
            states=_names(state),
            since=self._since(since),
            sort=sort,
            domain=domain,
            page=page,
            limit=limit,
        )

    def link(self, link_id: str) -> LinkRow:
        """One link by its identity. Raises NotHeld."""
        return link(self.view, link_id)

    def ordered_links(
        self,
        *,
        state: str | Sequence[str] = (),
        since: str | datetime | None = None,
        sort: str = "visits",
        domain: str | None = None,
        page: str | None = None,
    ) -> Links:
        """The same links in their order, to be read in parts."""
        return Links(
            self.view,
            states=_names(state),
            since=self._since(since),
            sort=sort,
            domain=domain,
            page=page,
        )

    def groups(
        self,
        by: str,
        *,
        among: Iterable[str] | None = None,
        sort: str = "visits",
        limit: int | None = None,
    ) -> Answer[GroupRow]:
        """The ledger grouped by a dimension, see `query.groups`; `among` are the identities of the
        links to group where not all are meant."""
        kept = None if among is None else standing_of(self.view, among)
        return groups(self.view, by, of=kept, sort=sort, limit=limit)

    def domains(
        self,
        *,
        state: str | Sequence[str] = (),
        since: str | datetime | None = None,
        sort: str = "visits",
        limit: int | None = None,
    ) -> Answer[DomainRow]:
        """Referring domains, see `query.domains`."""
        return domains(
            self.view, states=_names(state), since=self._since(since), sort=sort, limit=limit
        )

    def referrers(
        self,
        *,
        since: str | datetime | None = None,
        channel: str | None = None,
        sort: str = "visits",
        limit: int | None = None,
        channels: str = "backref",
    ) -> Answer[ReferrerRow]:
        """Hosts that sent people, see `query.referrers`."""
        return referrers(
            self.view,
            since=self._since(since),
            channel=channel,
            sort=sort,
            limit=limit,
            channels=channels,
        )

    def engagement(
        self,
        *,
        since: str | datetime | None = None,
        by: str | None = None,
        definition: str = "all",
        limit: int | None = None,
    ) -> Answer[EngagementRow]:
        """Visits under the definitions of several tools, see `query.engagement`."""
        return engagement(
            self.view, since=self._since(since), by=by, definition=definition, limit=limit
        )

    def leads(self, *, sort: str = "leads", limit: int | None = None) -> Answer[LeadRow]:
        """Leads and sales by what they came by, see `query.leads`."""
        return leads(self.view, sort=sort, limit=limit)

    def disavow(self, *, sort: str = "live", limit: int | None = None) -> Answer[DisavowRow]:
        """What disavow files list and which links it hits, see `query.disavow`."""
        return disavow(self.view, sort=sort, limit=limit)

    def ranks(self, *, limit: int | None = None) -> Answer[RankRow]:
        """Common Crawl's published ranks, see `query.ranks`."""
        return ranks(self.view, limit=limit)

    def broken(
        self,
        *,
        since: str | datetime | None = None,
        limit: int | None = None,
        redirect: bool = True,
    ) -> Answer[BrokenRow]:
        """Dead targets that are still hit, see `query.broken`."""
        return broken(self.view, since=self._since(since), limit=limit, redirect=redirect)

    def pages(self, *, sort: str = "domains", limit: int | None = None) -> Answer[PageRow]:
        """Own pages, the best linked first."""
        return pages(self.view, sort=sort, limit=limit)

    def records(
        self, table: str, *, since: str | datetime | None = None, limit: int | None = None
    ) -> pa.RecordBatchReader:
        """Hits or sessions as they are stored, see `query.records`."""
        return records(self.view, table, since=self._since(since), limit=limit)

    def count(self, table: str, *, since: str | datetime | None = None) -> int:
        """How many hits or sessions there are."""
        return count(self.view, table, since=self._since(since))

    def overview(self, *, days: int = 28) -> Overview:
        """Headline, five numbers, three piles and what is not known."""
        return overview(self.view, days=days)

    def placements(
        self,
        *,
        since: str | datetime | None = None,
        sort: str = "visits",
        limit: int | None = None,
    ) -> Answer[PlanRow]:
        """What was agreed against what was found, see `query.plan`."""
        return plan(self.view, since=self._since(since), sort=sort, limit=limit)

    def events(
        self,
        *,
        since: str | datetime | None = None,
        kind: str | Sequence[str] = (),
        limit: int | None = None,
    ) -> Answer[EventRow]:
        """What happened to links, see `query.events`."""
        return events(self.view, since=self._since(since), kinds=_names(kind), limit=limit)

    def breaches(
        self,
        *,
        since: str | datetime | None = None,
        kind: str | Sequence[str] = (),
        limit: int | None = None,
    ) -> Answer[BreachRow]:
        """What broke agreements, see `query.events`."""
        return breaches(self.view, since=self._since(since), kinds=_names(kind), limit=limit)

    def survival(self, *, by: str = "acquired", limit: int | None = None) -> Answer[SurvivalRow]:
        """How long links live, by acquired, vendor or placement, see `query.survival`."""
        return survivals(self.view, by, limit=limit)

    def tags(self, *, limit: int | None = None) -> Answer[TagRow]:
        """Tagged links and the people who came by them, the newest first."""
        return tags(self.view, limit=limit)

    def month(self, month: Month, compared: Month | None = None) -> Monthly:
        """A month of which the site is asked as it was known at its end, see `query.month`."""
        return monthly(self.view, month, compared)

    def authority(self, graph: str | None = None) -> Answer[AuthorityRow]:
        """How the site stands in the ranked graphs, see `query.authority`."""
        return authority(self.view.snapshot, [self.name], graph)

    def explain(self, graph: str | None = None, limit: int | None = ROWS) -> Explanation:
        """Where its authority comes from, see `query.explain`."""
        return explain(self.view.snapshot, self.name, graph, limit)

    def what_if(self, graph: str | None = None, **changes: Sequence[str]) -> WhatIf:
        """Its authority if links were others, see `query.what_if`."""
        return what_if(self.view.snapshot, self.name, graph, **changes)

    def gap(self, rivals: Sequence[str], graph: str | None = None, **how: Any) -> Gap:
        """Who links to rivals and to none of its hosts, see `query.gap`."""
        return gap(self.view.snapshot, self.view.site.hosts, rivals, graph, **how)

    def _since(self, text: str | datetime | None) -> datetime | None:
        if isinstance(text, str):
            return moment.since(text, self.view.as_of, self.view.site.zone)
        return text


def _names(state: str | Sequence[str]) -> tuple[str, ...]:
    return tuple(state.split(",")) if isinstance(state, str) else tuple(state)
