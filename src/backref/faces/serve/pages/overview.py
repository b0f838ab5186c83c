"""The overview: the headline, five numbers, the one chart, three piles to act on."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING

from fastapi import APIRouter, Request
from markupsafe import Markup
from starlette.responses import Response

from backref.faces.drawing.chart import NARROW, WIDE, Size, chart
from backref.faces.drawing.summary import basis, figure, point, quadrants
from backref.faces.query.levels import of_domains, of_period
from backref.faces.query.period import last
from backref.faces.serve.asking import Reads
from backref.faces.serve.pages.frame import Chosen, Days, Here, page

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import datetime

    from backref.faces.drawing.chart import Point
    from backref.faces.drawing.summary import Figure
    from backref.faces.query import DomainRow, Overview

router = APIRouter()

ROWS_OF = {
    "live followed referring domains": ("/domains", {"state": "live"}),
    "referring domains gained less lost": ("/domains", {"since": "{days}d"}),
    "engaged visits from links": ("/referrers", {"sort": "engaged"}),
    "conversions from links": ("/links", {"sort": "conversions"}),
}
"""Where the rows behind a number are listed."""

SUMS = {
    "engaged visits from links": "engaged_visits",
    "conversions from links": "conversions",
}
"""Which of the numbers are sums of visits, that stand on levels of certainty."""


@router.get("/")
def overview(request: Request, reading: Reads, asked: Chosen, days: Days = 28) -> Response:
    """The first page."""
    found = reading.overview(asked, days)
    domains = reading.domains(asked)
    wide, narrow = reading.kept(
        asked, f"chart {days}", lambda: _charts(domains, found.as_of - timedelta(days=days))
    )
    return page(
        request,
        reading,
        "overview",
        "Overview",
        asked,
        found=found,
        days=days,
        figures=_figures(found, days, Here(request)),
        wide=wide,
        narrow=narrow,
        quadrants=quadrants(found.comparison),
        resting=basis(domains),
        levels=reading.kept(
            asked, ("levels", days), lambda: of_period(asked.view, last(asked.view, days))
        ),
        sent_by=reading.kept(asked, "levels of domains", lambda: of_domains(asked.view)),
    )


def _figures(found: Overview, days: int, here: Here) -> list[tuple[Figure, str, str]]:
    """The five numbers, each with the address of its rows and what its certainty is kept under."""
    figures = []
    for number in found.numbers:
        path, params = ROWS_OF.get(number.name, ("", {}))
        told = {name: value.format(days=days) for name, value in params.items()}
        shown = path if number.value is not None else ""
        figures.append(
            (
                figure(number, days),
                here.to(shown, **told) if shown else "",
                SUMS.get(number.name, ""),
            )
        )
    return figures


def _charts(domains: Sequence[DomainRow], start: datetime) -> tuple[Markup, Markup]:
    """The chart for wide and for narrow screens; what was first seen after `start` is new."""
    points = [point(row, start) for row in domains]
    return _drawn(points, WIDE, "wide"), _drawn(points, NARROW, "narrow")


def _drawn(points: Sequence[Point], size: Size, name: str) -> Markup:
    drawing = chart(points, size).replace('class="chart"', f'class="chart {name}"', 1)
    return Markup(drawing)  # noqa: S704 - names in it are escaped by `chart`
