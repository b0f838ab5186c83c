"""The ledger of links: facets, lifelines, a period against the one before, page after page."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated, Literal, NamedTuple

from fastapi import APIRouter, Depends, Query, Request
from starlette.responses import Response

from backref.faces.query import moment
from backref.faces.query.browse import Browsing
from backref.faces.query.choice import FACETS, Choice, Order
from backref.faces.query.groups import DIMENSIONS
from backref.faces.query.period import last
from backref.faces.serve.asking import Reads
from backref.faces.serve.pages.frame import Chosen, Days, page

if TYPE_CHECKING:
    from collections.abc import Mapping


router = APIRouter()

ROWS = 50
GROUP_ROWS = 200
Words = Annotated[tuple[str, ...], Query(max_length=50)]
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


def choice_of(  # noqa: PLR0917
    asked: Chosen,
    q: Annotated[str, Query(max_length=200)] = "",
    state: Words = (),
    channel: Words = (),
    rel: Words = (),
    position: Words = (),
    acquired: Words = (),
    certainty: Words = (),
    domain: Words = (),
    to: Annotated[str, Query(max_length=2000)] = "",
    tag: Annotated[str, Query(max_length=64)] = "",
    since: Annotated[str, Query(max_length=40)] = "",
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


def order_of(
    sort: Annotated[str, Query(max_length=20)] = "visits",
    order: Annotated[Literal["up", "down", ""], Query()] = "",
) -> Order:
    """The order that an address's parameters name."""
    return Order(sort or "visits", order == "up")


Choosing = Annotated[Choice, Depends(choice_of)]
Ordering = Annotated[Order, Depends(order_of)]
Edge = Annotated[str | None, Query(max_length=16)]


def browsing(reading: Reads, asked: Chosen, choice: Choosing, days: Days = 28) -> Browsing:
    """What is browsed, the same for equal questions so that its tables are made once."""
    return reading.kept(
        asked, ("links", choice, days), lambda: Browsing(asked.view, choice, last(asked.view, days))
    )


Browsed = Annotated[Browsing, Depends(browsing)]


@router.get("/links")
def links(  # noqa: PLR0917
    request: Request,
    reading: Reads,
    asked: Chosen,
    found: Browsed,
    order: Ordering,
    days: Days = 28,
    after: Edge = None,
    before: Edge = None,
    by: Annotated[str, Query(max_length=20)] = "",
) -> Response:
    """One page of links, or all of them grouped."""
    return page(
        request,
        reading,
        "ledger",
        "Links",
        asked,
        facets=_facets(found.facets(), found.choice),
        choice=found.choice,
        period=found.period,
        order=order,
        days=days,
        by=by,
        groupings=DIMENSIONS,
        groups=found.groups(by, limit=GROUP_ROWS) if by else None,
        window=None if by else found.page(order, after=after, before=before, limit=ROWS),
    )


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
