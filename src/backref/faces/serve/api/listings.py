"""The listings of a site: the commands of the same names, with their options and columns."""

from __future__ import annotations

from datetime import UTC, datetime
from functools import partial
from operator import attrgetter
from typing import TYPE_CHECKING, Any, TypeVar

from fastapi import APIRouter, Request
from starlette.responses import Response

from backref.errors import UsageError
from backref.faces import listing
from backref.faces.query import (
    BacklinkRow,
    BrokenRow,
    DisavowRow,
    DomainRow,
    EngagementRow,
    GroupRow,
    LeadRow,
    LinkRow,
    PageRow,
    ReferrerRow,
)
from backref.faces.query.evidence import evidence
from backref.faces.query.ordered import Held
from backref.faces.query.plan import PlanRow
from backref.faces.recorded import recorded
from backref.faces.serve.api import models
from backref.faces.serve.api.answering import json, listed, marked
from backref.faces.serve.api.params import (
    BrokenBy,
    Channel,
    Days,
    Definition,
    DisavowSort,
    Domain,
    DomainBy,
    DomainSort,
    DomainState,
    EngagementBy,
    LeadSort,
    LinkBy,
    LinkId,
    LinkSort,
    LinkState,
    OwnPage,
    PageBy,
    PageSort,
    Part,
    PlanSort,
    ReferrerBy,
    ReferrerSort,
    Since,
    Target,
    several,
)
from backref.faces.serve.api.question import Asking
from backref.faces.serve.asking import Asked, Reads

if TYPE_CHECKING:
    from collections.abc import Callable

    from pydantic import BaseModel

router = APIRouter(tags=["a site"])
Handler = TypeVar("Handler", bound="Callable[..., Response]")


def _listing(path: str, page: type[BaseModel], **options: Any) -> Callable[[Handler], Handler]:
    """Answer at this path with a listing, a page of it as JSON, and with `.csv` as a file."""

    def routed(handler: Handler) -> Handler:
        router.get(f"{path}.csv", include_in_schema=False)(handler)
        router.get(path, responses=models.answers(page), **options)(handler)
        return handler

    return routed


@_listing("/links", models.of_site(models.LINK))
def links(
    asking: Asking,
    state: LinkState = None,
    since: Since = None,
    sort: LinkSort = "visits",
    domain: Domain = None,
    page: OwnPage = None,
    by: LinkBy = None,
) -> Response:
    """The ledger: each link, its life, and the people it brought; with `by` groups of it, which
    stand for the whole ledger."""
    narrowed: dict[str, Any] = {
        "state": several(state),
        "since": since or None,
        "domain": domain or None,
        "page": page or None,
    }
    if by:
        _refuse_with_by(narrowed)
        return asking.rows(partial(asking.asked.groups, by, sort=sort), GroupRow, "group")
    ordered = partial(asking.asked.ordered_links, sort=sort, **narrowed)
    return asking.answer(ordered, listing.names(LinkRow))


@_listing("/backlinks", models.BACKLINKS, tags=["a store"])
def backlinks(request: Request, reading: Reads, part: Part, to: Target) -> Response:
    """The first links to any domain, standing ones and those of high rating before the others, and
    how many links and referring domains it has; `total` counts those that are held in order."""
    store = reading.store()

    def answer() -> Response:
        about = recorded(store.linked(to))
        rows = Held(store.backlinks(to, None), attrgetter("link_id"))
        return listed(request, rows, part, listing.names(BacklinkRow), **about)

    # A live link is unknown when nobody has seen it for long, by the clock.
    return marked(request, (store.version, datetime.now(UTC).date()), answer)


@router.get("/links/{link_id}", responses=models.answers(models.LINK))
def link(request: Request, asked: Asked, link_id: LinkId) -> Response:
    """One link."""
    return marked(request, asked, lambda: json(recorded(asked.link(link_id))))


@router.get("/links/{link_id}/evidence", responses=models.answers(models.EVIDENCE))
def link_evidence(request: Request, reading: Reads, asked: Asked, link_id: LinkId) -> Response:
    """Who saw a link and when, what was agreed for it, and its visits by week and certainty."""

    def answer() -> Response:
        found = reading.kept(asked, ("link", link_id), lambda: evidence(asked.view, link_id))
        agreed = [{"agreement": each, "terms": terms} for each, terms in found.agreements]
        told = {"link": recorded(found.link), "observations": found.observations}
        return json(told | {"agreements": agreed, "weeks": found.weeks, "visits": found.visits})

    return marked(request, asked, answer)


@_listing("/domains", models.of_site(models.DOMAIN))
def domains(
    asking: Asking,
    state: DomainState = None,
    since: Since = None,
    sort: DomainSort = "visits",
    by: DomainBy = None,
) -> Response:
    """Referring domains: search value and people side by side; with `by` added up."""
    rows = partial(asking.asked.domains, state=several(state), since=since or None, sort=sort)
    return asking.sums("domains", rows, by, sort) or asking.rows(rows, DomainRow, "domain")


@_listing("/referrers", models.of_site(models.REFERRER))
def referrers(
    asking: Asking,
    since: Since = None,
    channel: Channel = None,
    sort: ReferrerSort = "visits",
    by: ReferrerBy = None,
) -> Response:
    """Hosts that sent people; bots and suspects are counted beside; with `by` added up."""
    asked = asking.asked
    rows = partial(asked.referrers, since=since or None, channel=channel or None, sort=sort)
    return asking.sums("referrers", rows, by, sort) or asking.rows(
        rows, ReferrerRow, "host", "channel"
    )


@_listing("/engagement", models.of_site(models.ENGAGEMENT))
def engagement(
    asking: Asking,
    since: Since = None,
    definition: Definition = "all",
    by: EngagementBy = None,
) -> Response:
    """Visits and what people did, by the definitions of several tools side by side."""
    rows = partial(
        asking.asked.engagement, since=since or None, by=by or None, definition=definition
    )
    return asking.rows(rows, EngagementRow, "definition", "group")


@_listing("/leads", models.of_site(models.LEAD))
def leads(asking: Asking, sort: LeadSort = "leads") -> Response:
    """Leads and sales of your sheets, by the placement or campaign that they came by."""
    rows = partial(asking.asked.leads, sort=sort)
    told_apart = ("certainty", "sender", "target_page", "campaign", "code")
    return asking.rows(rows, LeadRow, *told_apart)


@_listing("/placements", models.of_site(models.PLACEMENT))
def placements(asking: Asking, since: Since = None, sort: PlanSort = "visits") -> Response:
    """What the team agreed, built or paid, against what was found; its visits since then."""
    rows = partial(asking.asked.placements, since=since or None, sort=sort)
    return asking.rows(rows, PlanRow, "page", "target")


@_listing("/disavow", models.of_site(models.DISAVOW))
def disavow(asking: Asking, sort: DisavowSort = "live") -> Response:
    """What disavow files list, and which links of today that hits."""
    return asking.rows(partial(asking.asked.disavow, sort=sort), DisavowRow, "entry")


@_listing("/broken", models.of_site(models.BROKEN))
def broken(asking: Asking, since: Since = None, by: BrokenBy = None) -> Response:
    """Dead targets on the site that links or people still hit; with `by` added up."""
    rows = partial(asking.asked.broken, since=since or None, redirect=not by)
    return asking.sums("broken", rows, by) or asking.rows(rows, BrokenRow, "host", "page")


@_listing("/pages", models.of_site(models.PAGE))
def pages(asking: Asking, sort: PageSort = "domains", by: PageBy = None) -> Response:
    """The site's best-linked pages; with `by` added up."""
    rows = partial(asking.asked.pages, sort=sort)
    return asking.sums("pages", rows, by, sort) or asking.rows(rows, PageRow, "host", "page")


@router.get("/overview", responses=models.answers(models.OVERVIEW))
def overview(request: Request, reading: Reads, asked: Asked, days: Days = 28) -> Response:
    """The headline, five numbers, three piles to act on, and what matters more."""
    return marked(request, asked, lambda: json(reading.overview(asked, days)))


def _refuse_with_by(narrowed: dict[str, Any]) -> None:
    """Groupings stand for the whole ledger: narrowed ones would no longer add up."""
    for name, value in narrowed.items():
        if value:
            raise UsageError(f"`by` groups the whole ledger, so `{name}` cannot go with it.")
