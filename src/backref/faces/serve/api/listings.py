"""The listings of a site: the commands of the same names, with their options and columns."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING, Any

from fastapi import APIRouter, Request
from starlette.responses import Response

from backref.errors import UsageError
from backref.faces import listing
from backref.faces.query import (
    BrokenRow,
    DomainRow,
    GroupRow,
    LinkRow,
    PageRow,
    ReferrerRow,
)
from backref.faces.query.evidence import evidence
from backref.faces.serve.api import models
from backref.faces.serve.api.answering import json, marked, record
from backref.faces.serve.api.params import (
    BrokenBy,
    Channel,
    Days,
    Domain,
    DomainBy,
    DomainSort,
    DomainState,
    LinkBy,
    LinkId,
    LinkSort,
    LinkState,
    Most,
    OwnPage,
    PageBy,
    PageSort,
    ReferrerBy,
    ReferrerSort,
    Since,
    Target,
)
from backref.faces.serve.api.question import Asking
from backref.faces.serve.asking import Asked, Reads

if TYPE_CHECKING:
    from collections.abc import Sequence

router = APIRouter(tags=["a site"])


@router.get("/links.csv", include_in_schema=False)
@router.get("/links", responses=models.answers(models.of_site(models.LINK)))
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
        "state": _several(state),
        "since": since or None,
        "domain": domain or None,
        "page": page or None,
    }
    if by:
        _refuse_with_by(narrowed)
        return asking.rows(partial(asking.asked.groups, by, sort=sort), GroupRow, "group")
    ordered = partial(asking.asked.ordered_links, sort=sort, **narrowed)
    return asking.answer(ordered, listing.names(LinkRow))


@router.get("/backlinks", responses=models.answers(models.BACKLINKS), tags=["a store"])
def backlinks(reading: Reads, to: Target, limit: Most = 100) -> Response:
    """The first links to any domain, standing ones and those of high rating before the others, and
    how many links and referring domains it has."""
    store = reading.store()
    rows = [record(row) for row in store.backlinks(to, limit)]
    return json({**record(store.linked(to)), "rows": rows})


@router.get("/links/{link_id}", responses=models.answers(models.LINK))
def link(request: Request, asked: Asked, link_id: LinkId) -> Response:
    """One link."""
    return marked(request, asked, lambda: json(record(asked.link(link_id))))


@router.get("/links/{link_id}/evidence", responses=models.answers(models.EVIDENCE))
def link_evidence(request: Request, reading: Reads, asked: Asked, link_id: LinkId) -> Response:
    """Who saw a link and when, what was agreed for it, and its visits by week and certainty."""

    def answer() -> Response:
        found = reading.kept(asked, ("link", link_id), lambda: evidence(asked.view, link_id))
        agreed = [{"agreement": each, "terms": terms} for each, terms in found.agreements]
        told = {"link": record(found.link), "observations": found.observations}
        return json(told | {"agreements": agreed, "weeks": found.weeks, "visits": found.visits})

    return marked(request, asked, answer)


@router.get("/domains.csv", include_in_schema=False)
@router.get("/domains", responses=models.answers(models.of_site(models.DOMAIN)))
def domains(
    asking: Asking,
    state: DomainState = None,
    since: Since = None,
    sort: DomainSort = "visits",
    by: DomainBy = None,
) -> Response:
    """Referring domains: search value and people side by side; with `by` added up."""
    rows = partial(asking.asked.domains, state=_several(state), since=since or None, sort=sort)
    if by:
        return asking.sums("domains", rows, by, sort)
    return asking.rows(rows, DomainRow, "domain")


@router.get("/referrers.csv", include_in_schema=False)
@router.get("/referrers", responses=models.answers(models.of_site(models.REFERRER)))
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
    if by:
        return asking.sums("referrers", rows, by, sort)
    return asking.rows(rows, ReferrerRow, "host", "channel")


@router.get("/broken.csv", include_in_schema=False)
@router.get("/broken", responses=models.answers(models.of_site(models.BROKEN)))
def broken(asking: Asking, since: Since = None, by: BrokenBy = None) -> Response:
    """Dead targets on the site that links or people still hit; with `by` added up."""
    rows = partial(asking.asked.broken, since=since or None, redirect=not by)
    if by:
        return asking.sums("broken", rows, by)
    return asking.rows(rows, BrokenRow, "host", "page")


@router.get("/pages.csv", include_in_schema=False)
@router.get("/pages", responses=models.answers(models.of_site(models.PAGE)))
def pages(asking: Asking, sort: PageSort = "domains", by: PageBy = None) -> Response:
    """The site's best-linked pages; with `by` added up."""
    rows = partial(asking.asked.pages, sort=sort)
    if by:
        return asking.sums("pages", rows, by, sort)
    return asking.rows(rows, PageRow, "host", "page")


@router.get("/overview", responses=models.answers(models.OVERVIEW))
def overview(request: Request, reading: Reads, asked: Asked, days: Days = 28) -> Response:
    """The headline, five numbers, three piles to act on, and what matters more."""
    return marked(request, asked, lambda: json(reading.overview(asked, days)))


def _several(values: Sequence[str] | None) -> tuple[str, ...]:
    """Values that were repeated, or parted by commas."""
    return tuple(one for value in values or () for one in value.split(",") if one)


def _refuse_with_by(narrowed: dict[str, Any]) -> None:
    """Groupings stand for the whole ledger: narrowed ones would no longer add up."""
    for name, value in narrowed.items():
        if value:
            raise UsageError(f"`by` groups the whole ledger, so `{name}` cannot go with it.")
