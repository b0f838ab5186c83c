"""From the report's values to one HTML page; everything from outside is escaped, and characters
that command or turn the reading order are written out.
"""

from __future__ import annotations

from dataclasses import asdict
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING

from jinja2 import Environment, PackageLoader, StrictUndefined, Template
from markupsafe import Markup, escape

from backref.faces.drawing import style, words
from backref.faces.drawing.chart import NARROW, WIDE, Size, chart
from backref.faces.drawing.strip import strip
from backref.faces.terminal import visible

if TYPE_CHECKING:
    from backref.faces.report.month_view import MonthPage
    from backref.faces.report.view import LedgerRow, Report


def render(report: Report) -> str:
    """The page as text."""
    rows = [_drawn(row) for row in report.rows]
    page = _template("report.html.j2").render(
        report={**_shallow(report), "rows": rows},
        css=Markup(_css("report.css")),  # noqa: S704 - our own file
        wide=_chart(report, WIDE, "wide"),
        narrow=_chart(report, NARROW, "narrow"),
    )
    return _plain(page)


def render_month(page: MonthPage) -> str:
    """The page of a month as text."""
    strips = [Markup(strip(row.strip, row.weeks)) if row.strip else "" for row in page.placements]  # noqa: S704 - drawn from our own words
    drawn = _template("month.html.j2").render(
        report=page,
        placements=list(zip(page.placements, strips, strict=True)),
        css=Markup(_css("month.css")),  # noqa: S704 - our own file
    )
    return _plain(drawn)


def _plain(page: str) -> str:
    """The page with every character that commands or hides written out."""
    return "\n".join(visible(line) for line in page.split("\n")) + "\n"


@cache
def _template(name: str) -> Template:
    environment = Environment(
        loader=PackageLoader("backref.faces", "report"),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
    )
    environment.filters["code"] = _code
    environment.filters["share"] = lambda share: words.percent(share, "no rating")
    return environment.get_template(name)


def _code(sentence: str) -> Markup:
    """The sentence with its `commands` set as code."""
    parts = [escape(part) for part in sentence.split("`")]
    parts[1::2] = [Markup("<code>{}</code>").format(part) for part in parts[1::2]]
    return Markup("").join(parts)


@cache
def _css(name: str) -> str:
    return style.sheets(Path(__file__).parent / name)


def _shallow(report: Report) -> dict[str, object]:
    return {name: getattr(report, name) for name in report.__dataclass_fields__}


def _drawn(row: LedgerRow) -> dict[str, object]:
    drawing = strip(row.cells, row.weeks)
    return {**asdict(row), "strip": Markup(drawing)}  # noqa: S704 - drawn from numbers and our own words


def _chart(report: Report, size: Size, name: str) -> Markup:
    drawing = chart(report.points, size).replace('class="chart"', f'class="chart {name}"', 1)
    return Markup(drawing)  # noqa: S704 - names in it are escaped by `chart`
