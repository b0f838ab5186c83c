"""The ledger of links: facets, lifelines, a period against the one before, page after page."""

from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING, Annotated, Any, NamedTuple
from urllib.parse import urlencode

from fastapi import APIRouter, Depends, Query, Request
from starlette.responses import RedirectResponse, Response

from backref.faces import listing
from backref.faces.query import GroupRow, LinkRow, moment
from backref.faces.query.browse import Browsed, Browsing
from backref.faces.query.choice import FACETS, Choice, Order
from backref.faces.query.groups import DIMENSIONS
from backref.faces.recorded import recorded
from backref.faces.serve.asking import Looks, Reads
from backref.faces.serve.eyes import MOST
from backref.faces.serve.pages import export
from backref.faces.serve.pages.forms import Fields, begun
from backref.faces.serve.pages.frame import (
    EVERYWHERE,
    Chosen,
    Days,
    Edge,
    Here,
    Search,
    Since,
    Sort,
    Turn,
    Words,
    page,
)

if TYPE_CHECKING:
    from collections.abc import Mapping

    from backref.faces.query import Site
    from backref.faces.query.answer import Answer
    from backref.faces.serve.reading import Reading

router = APIRouter()

ROWS = 50
GROUP_ROWS = 200
TITLES = {
    "state": "State",
    "channel": "Channel",
    "rel": "Rel",
    "position": "Placement",
    "acquired": "Acquired",
    "certainty": "Certainty",
    "domain": "Domain",
}


class Facet(NamedTuple):
    """A facet as the page shows it: its values with how many links each has, and whether it is
    chosen."""

    name: str
    title: str
    values: tuple[tuple[str, int, bool], ...]

    @property
    def chosen(self) -> int:
        """How many of its values are."""
        return sum(chosen for _, _, chosen in self.values)


def choice_of(
    asked: Chosen,
    q: Search = "",
    state: Words = (),
    channel: Words = (),
    rel: Words = (),
    position: Words = (),
    acquired: Words = (),
    certainty: Words = (),
    domain: Words = (),
    to: Annotated[str, Query(max_length=2000)] = "",
    tag: Annotated[str, Query(max_length=64)] = "",
    since: Since = "",
) -> Choice:
    """The links that an address's parameters choose."""
    return Choice(
        state=_given(state),
        channel=_given(channel),
        rel=_given(rel),
        position=_given(position),
        acquired=_given(acquired),
        certainty=_given(certainty),
        domain=_given(domain),
        text=q.strip(),
        page=to.strip(),
        tag=tag.strip(),
        since=moment.since(since, asked.as_of, asked.view.site.zone) if since else None,
    )


def _given(values: tuple[str, ...]) -> tuple[str, ...]:
    return tuple(value for value in values if value)


def order_of(sort: Sort = "visits", order: Turn = "") -> Order:
    """The order that an address's parameters name."""
    return Order(sort or "visits", order == "up")


Choosing = Annotated[Choice, Depends(choice_of)]
Ordering = Annotated[Order, Depends(order_of)]


def browsing(reading: Reads, asked: Chosen, choice: Choosing, days: Days = 28) -> Browsing:
    """What is browsed. What choices share is kept; what each matches would be too much to keep."""
    tags = reading.store().labels.tags(asked.name)
    return Browsing(asked.view, choice, reading.ground(asked, days), tags)


Found = Annotated[Browsing, Depends(browsing)]


@router.get("/links")
def links(
    request: Request,
    reading: Reads,
    asked: Chosen,
    found: Found,
    order: Ordering,
    days: Days = 28,
    after: Edge = None,
    before: Edge = None,
    by: Search = "",
) -> Response:
    """One page of links, or all of them grouped."""
    labels = reading.store().labels
    tags = labels.tags(asked.name)
    return page(
        request,
        reading,
        "ledger",
        "Links",
        asked,
        facets=_facets(found.facets(), found.choice),
        choice=found.choice,
        period=found.ground.period,
        order=order,
        days=days,
        by=by,
        groupings=DIMENSIONS,
        groups=_groups(reading, asked, found, by) if by else None,
        window=None if by else found.page(order, after=after, before=before, limit=ROWS),
        tags=tags,
        counted_tags=Counter(tag for given in tags.values() for tag in given).most_common(),
        filters=labels.filters(asked.name),
        query=_query(Here(request)),
    )


@router.get("/links.{how}")
def export_links(
    found: Found, order: Ordering, how: export.Format, days: Days = 28, by: Search = ""
) -> Response:
    """The same links, or groups, as a file."""
    if by:
        groups = found.groups(by)
        return export.file(map(listing.record, groups), listing.names(GroupRow), how, f"by-{by}")
    names = (*listing.names(LinkRow), f"visits_{days}_days", f"visits_{days}_days_before")
    rows = (dict(zip(names, _values_of(row), strict=True)) for row in found.every(order))
    return export.file(rows, names, how, "links")


@router.post("/links/filters")
def keep(request: Request, reading: Reads, asked: Chosen, sent: Fields) -> Response:
    """Keep a filter under a name, or forget one."""
    labels, query = reading.store().labels, sent.get("query", "")
    if "remove" in sent:
        labels.drop_filter(asked.name, sent["remove"])
    else:
        labels.keep_filter(asked.name, sent.get("name", ""), query)
    here = Here(request).to("/links")
    joint = "&" if "?" in here else "?"
    return RedirectResponse(f"{here}{joint}{query}" if query else here, 303)


@router.post("/links/check")
def check(request: Request, eyes: Looks, asked: Chosen, sent: Fields) -> Response:
    """Look at the pages of the links of one page of the list."""
    chosen = sent.get("links", "").split()[: MOST + 1]
    return begun(request, eyes.check(asked.name, [asked.link(one) for one in chosen]))


def _groups(reading: Reading, asked: Site, found: Browsing, by: str) -> Answer[GroupRow]:
    """The first groups; those of all links are kept."""
    if not found.choice.everything:
        return found.groups(by, limit=GROUP_ROWS)
    return reading.kept(asked, ("groups", by), lambda: found.groups(by, limit=GROUP_ROWS))


def _query(here: Here) -> str:
    """What the address chooses, without what holds for all pages and without its place."""
    left = [pair for pair in here.params if pair[0] not in (*EVERYWHERE, "after", "before")]
    return urlencode(left)


def _values_of(row: Browsed) -> tuple[Any, ...]:
    return (*recorded(row.link).values(), row.span.now, row.span.before)


def _facets(counted: Mapping[str, Mapping[str, int]], choice: Choice) -> list[Facet]:
    return [
        Facet(name, TITLES[name], _values(counted.get(name, {}), getattr(choice, name)))
        for name in FACETS
    ]


def _values(
    counted: Mapping[str, int], chosen: tuple[str, ...]
) -> tuple[tuple[str, int, bool], ...]:
    """What there is, and what is chosen although there is none of it."""
    there = {**dict.fromkeys(chosen, 0), **counted}
    return tuple((value, links, value in chosen) for value, links in there.items())
