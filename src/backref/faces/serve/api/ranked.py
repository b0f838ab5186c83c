"""What ranked link graphs tell of any domain: standing, explanation, what if, who links; gaps."""

from __future__ import annotations

from functools import partial
from typing import Annotated, Any

from fastapi import APIRouter, Query, Request
from starlette.responses import Response

from backref.faces import listing
from backref.faces.query.explain import ROWS
from backref.faces.query.gap import HOSTED, MOST_RIVALS, GapRow
from backref.faces.recorded import recorded
from backref.faces.serve.api import models
from backref.faces.serve.api.answering import MOST, USUAL, json, marked
from backref.faces.serve.api.params import Part, several
from backref.faces.serve.api.question import Asking
from backref.faces.serve.asking import Asked, Reads

router = APIRouter(tags=["authority"])

LONGEST = 10_000
"""Rows of a gap that are held in order."""
About = Annotated[
    str | None, Query(max_length=300, description="Any domain; the site's own unless told.")
]
Which = Annotated[
    str | None, Query(max_length=200, description="Which ranked graph; the foremost unless told.")
]
First = Annotated[int, Query(ge=1, le=1_000, description="At most so many domains that link.")]
Compared = Annotated[
    list[str] | None, Query(max_length=20, description="Further domains beside; repeatable.")
]


def _change(about: str) -> Any:
    return Query(max_length=1_000, description=f"{about}; a domain, or one page of it; repeatable.")


Without = Annotated[list[str] | None, _change("Whose link went")]
With = Annotated[list[str] | None, Query(alias="with", description="Who linked; repeatable.")]
Nofollow = Annotated[list[str] | None, _change("Whose link asked not to be followed")]
Rivals = Annotated[
    list[str], Query(min_length=1, max_length=20, description=f"Up to {MOST_RIVALS} rivals.")
]
Hosted = Annotated[
    str,
    Query(
        description="Platforms that host others' pages.", json_schema_extra={"enum": list(HOSTED)}
    ),
]
Least = Annotated[int, Query(ge=1, description="Only who links to at least so many of them.")]


@router.get("/authority", responses=models.answers(models.STANDING))
def authority(
    request: Request,
    reading: Reads,
    asked: Asked,
    domain: About = None,
    compare: Compared = None,
    graph: Which = None,
) -> Response:
    """How domains stand in every ranked graph, or in one; a graph that does not know a domain has
    null there, not 0."""
    names = [domain or asked.name, *several(compare)]

    def answer() -> Response:
        rows = reading.store().authority(names, graph or None)
        return json({"total": len(rows), "rows": list(map(recorded, rows))})

    return marked(request, asked, answer)


@router.get("/authority/explain", responses=models.answers(models.EXPLANATION))
def explain(
    request: Request,
    reading: Reads,
    asked: Asked,
    domain: About = None,
    graph: Which = None,
    limit: First = ROWS,
) -> Response:
    """Where authority comes from: the domains that hand it on, the paths along which it comes, and
    the ledger's links with their parts. Shares and remainder sum to one."""
    name = domain or asked.name

    def answer() -> Response:
        ask = partial(reading.store().explain, name, graph or None, limit)
        found = reading.kept(asked, ("explain", name, graph, limit), ask)
        return json(listing.record(found))

    return marked(request, asked, answer)


@router.get("/authority/what-if", responses=models.answers(models.WHAT_IF))
def what_if(
    request: Request,
    reading: Reads,
    asked: Asked,
    domain: About = None,
    graph: Which = None,
    without: Without = None,
    with_: With = None,
    nofollow: Nofollow = None,
) -> Response:
    """Authority before and after changes, and by how much it may be off."""
    changes = {"without": several(without), "with_": several(with_), "nofollow": several(nofollow)}

    def answer() -> Response:
        found = reading.store().what_if(domain or asked.name, graph or None, **changes)
        return json(listing.record(found))

    return marked(request, asked, answer)


@router.get("/authority/referring", responses=models.answers(models.REFERRINGS))
def referring(
    request: Request,
    reading: Reads,
    asked: Asked,
    part: Part,
    domain: About = None,
    graph: Which = None,
) -> Response:
    """Who links to a domain in a graph, the greatest authority first; `next` names the row behind
    which the next page begins."""
    name, most = domain or asked.name, min(part.limit or USUAL, MOST)

    def answer() -> Response:
        rows = reading.store().referring(name, graph or None, most, part.cursor)
        names = [{"domain": row.domain, "authority": row.authority} for row in rows]
        following = rows[-1].place if len(rows) == most else None
        return json({"domain": name, "total": rows.total, "rows": names, "next": following})

    return marked(request, asked, answer)


@router.get("/gap.csv", include_in_schema=False)
@router.get("/gap", responses=models.answers(models.of_site(models.GAP)))
def gap(
    asking: Asking,
    rival: Rivals,
    graph: Which = None,
    hosted: Hosted = "split",
    least: Least = 1,
) -> Response:
    """Who links to rivals and to none of the site's hosts, those that link to most of them first,
    then by authority; the first 10,000 of them."""
    how = {"hosted": hosted, "least": least, "limit": LONGEST}
    rows = partial(asking.asked.gap, several(rival), graph or None, **how)
    return asking.rows(rows, GapRow, "domain")
