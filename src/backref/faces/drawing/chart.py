"""The one chart: referring domains by search value and engaged visits, drawn as SVG.

Both axes are logarithmic. What cannot stand on a logarithm has a place of its own: domains
that hold no share (unrated, or lost) left of the axis, no engaged visit under it, and visits
that cannot be measured in a band below that. A ring marks a new domain, a cross a lost one. Of
domains of a kind too near to one another to be told apart one mark is drawn, which says how many
they are: a drawing is no larger than its area, however many domains there are.
"""

from __future__ import annotations

from dataclasses import dataclass
from html import escape
from math import ceil, log10, sqrt
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence


@dataclass(frozen=True)
class Point:
    """A referring domain on the chart.

    `search` is its share of search value in [0, 1], None without a rating; `engaged` the
    engaged visits it brought, None when not measurable.
    """

    name: str
    search: float | None
    engaged: float | None
    group: str
    is_new: bool = False
    is_lost: bool = False


@dataclass(frozen=True)
class Size:
    """The drawing's size in its own units, and how many points may carry their name."""

    width: int
    height: int
    names: int
    text: int


WIDE = Size(960, 460, 12, 13)
NARROW = Size(360, 400, 5, 11)
_LEFT, _RIGHT, _TOP, _BOTTOM = 64, 18, 22, 86
_BAND = 22
_NEAR = 3
"""Marks nearer than this to one another, a third of a mark's width, cannot be told apart."""
_MOST_DECADES = 5  # what is smaller stands at the edge: there it no longer matters


def chart(points: Sequence[Point], size: Size) -> str:
    """The chart as one SVG element."""
    frame = _Frame.around(points, size)
    places = _places_of(sorted(points, key=_weight), frame)
    strongest = [place[-1] for place in reversed(places)]
    body = (
        frame.bands()
        + frame.grid()
        + "".join(_mark(place, frame) for place in places)
        + _names(strongest, frame)
    )
    return (
        f'<svg class="chart" viewBox="0 0 {size.width} {size.height}" role="img" '
        f'aria-label="{escape(_summary(points))}" font-size="{size.text}">{body}</svg>'
    )


def _weight(point: Point) -> float:
    return (point.search or 0) * 100 + sqrt(point.engaged or 0)


def _summary(points: Sequence[Point]) -> str:
    measured = sum(1 for point in points if point.engaged is not None)
    rated = sum(1 for point in points if point.search is not None)
    return (
        f"{len(points)} referring domains by share of search value and engaged visits; "
        f"{rated} have a rating, the visits of {measured} can be measured. The table below "
        "holds the same figures."
    )


@dataclass(frozen=True)
class _Frame:
    """Where values stand on the drawing."""

    size: Size
    x: Callable[[float | None], float]
    y: Callable[[float | None], float]
    x_decades: range
    y_decades: range

    @classmethod
    def around(cls, points: Sequence[Point], size: Size) -> _Frame:
        shares = [point.search * 100 for point in points if point.search]
        visits = [point.engaged for point in points if point.engaged]
        x_decades = _decades(shares, (-3, 1))
        y_decades = _decades(visits, (1, 2))
        left, right = _LEFT + _BAND, size.width - _RIGHT
        floor = size.height - _BOTTOM

        def x(share: float | None) -> float:
            if not share:
                return _LEFT + _BAND / 2
            return _between(left + 8, right, _fraction(share * 100, x_decades))

        def y(count: float | None) -> float:
            if count is None:
                return floor + 1.5 * _BAND + 2
            if count <= 0:
                return floor + _BAND / 2
            return _between(floor - 8, _TOP, _fraction(count, y_decades))

        return cls(size, x, y, x_decades, y_decades)

    @property
    def floor(self) -> float:
        return self.size.height - _BOTTOM

    def bands(self) -> str:
        """The places beside the axes: no share, no engaged visit, not measurable."""
        inner = self.size.width - _RIGHT - _LEFT
        rect = '<rect class="band" x="{:.0f}" y="{:.0f}" width="{:.0f}" height="{:.0f}"/>'
        text = '<text class="axis" x="{:.0f}" y="{:.0f}" text-anchor="end">{}</text>'
        return (
            rect.format(_LEFT, _TOP, _BAND - 2, self.floor - _TOP)
            + rect.format(_LEFT, self.floor, inner, _BAND)
            + rect.format(_LEFT, self.floor + _BAND + 2, inner, _BAND)
            + text.format(_LEFT - 6, self.floor + 15, "none")
            + text.format(_LEFT - 6, self.floor + _BAND + 17, "unknown")
        )

    def grid(self) -> str:
        """Decade lines with their values, and the axes' names."""
        lines = [self._vertical(decade) for decade in self.x_decades]
        lines += [self._horizontal(decade) for decade in self.y_decades]
        middle = (self.size.width + _LEFT) / 2
        lines.append(
            f'<text class="axis" x="{_LEFT + 4}" y="{self.size.height - 6}">↑ no share</text>'
            f'<text class="name" x="{middle}" y="{self.size.height - 6}" text-anchor="middle">'
            "share of search value →</text>"
            f'<text class="name" x="{_LEFT}" y="14" text-anchor="start">↑ engaged visits</text>'
        )
        return "".join(lines)

    def _vertical(self, decade: int) -> str:
        at = self.x(10**decade / 100)
        return (
            f'<path class="grid" d="M{at:.1f} {_TOP}V{self.floor:.1f}"/>'
            f'<text class="axis" x="{at:.1f}" y="{self.size.height - 26}" '
            f'text-anchor="middle">{_plain(10**decade)} %</text>'
        )

    def _horizontal(self, decade: int) -> str:
        at = self.y(10**decade)
        return (
            f'<path class="grid" d="M{_LEFT + _BAND} {at:.1f}H{self.size.width - _RIGHT}"/>'
            f'<text class="axis" x="{_LEFT - 6}" y="{at + 4:.1f}" text-anchor="end">'
            f"{10**decade:,}</text>"
        )


def _decades(values: Sequence[float], usual: tuple[int, int]) -> range:
    if not values:
        return range(usual[0], usual[1] + 1)
    high = ceil(log10(max(values)))
    low = max(_floor10(min(values)), high - _MOST_DECADES, usual[0] - 1)
    return range(min(low, high - 1), high + 1)


def _plain(value: float) -> str:
    return f"{value:,.5f}".rstrip("0").rstrip(".")


def _floor10(value: float) -> int:
    return int(log10(value) // 1)


def _fraction(value: float, decades: range) -> float:
    span = decades[-1] - decades[0]
    return min(1.0, max(0.0, (log10(value) - decades[0]) / span))


def _between(low: float, high: float, fraction: float) -> float:
    return low + (high - low) * fraction


def _places_of(weakest_first: Sequence[Point], frame: _Frame) -> list[list[Point]]:
    """The points of each place that is marked, the strongest last, of places and in each."""
    places: dict[tuple[object, ...], list[Point]] = {}
    for point in weakest_first:
        column, row = (round(at / _NEAR) for at in (frame.x(point.search), frame.y(point.engaged)))
        kind = point.group, point.is_new, point.is_lost
        places.setdefault((column, row, *kind), []).append(point)
    return sorted(places.values(), key=lambda place: _weight(place[-1]))


def _mark(place: Sequence[Point], frame: _Frame) -> str:
    point, others = place[-1], len(place) - 1
    name = f"{point.name} and {others:,} more" if others else point.name
    x, y = frame.x(point.search), frame.y(point.engaged)
    shape = (
        f'<path class="cross" d="M{x - 4:.1f} {y - 4:.1f}l8 8m0-8l-8 8"/>'
        if point.is_lost
        else f'<circle class="dot g-{_slug(point.group)}" cx="{x:.1f}" cy="{y:.1f}" r="4.5"/>'
    )
    ring = f'<circle class="ring" cx="{x:.1f}" cy="{y:.1f}" r="8"/>' if point.is_new else ""
    return f"<g>{ring}{shape}<title>{escape(name)}</title></g>"


def _slug(group: str) -> str:
    return group.replace(" ", "-")


def _names(strongest_first: Sequence[Point], frame: _Frame) -> str:
    """Names of the champions and then of the strongest leaders, each left out where it would cover
    another; of the strongest points where nobody leads."""
    leaders = [point for point in strongest_first if point.group != "neither"] or strongest_first
    taken = [(frame.x(p.search) - 5, frame.y(p.engaged), 10.0) for p in strongest_first]
    out: list[str] = []
    for point in sorted(leaders, key=lambda one: one.group != "champions"):
        if len(out) == frame.size.names:
            break
        spot = _spot(point, frame, taken)
        if spot is not None:
            x, y, width, anchor = spot
            taken.append((x - width if anchor == "end" else x, y - 4, width))
            out.append(
                f'<text class="label" x="{x:.1f}" y="{y:.1f}" text-anchor="{anchor}">'
                f"{escape(point.name)}</text>"
            )
    return "".join(out)


def _spot(
    point: Point, frame: _Frame, taken: Sequence[tuple[float, float, float]]
) -> tuple[float, float, float, str] | None:
    if point.search is None or not point.engaged:
        return None
    width = len(point.name) * frame.size.text * 0.6
    for x, y, anchor in _places(point, frame):
        left = x - width if anchor == "end" else x
        inside = left > _LEFT and left + width < frame.size.width - _RIGHT
        if inside and all(
            left + width < other or left > other + wide or abs(y - 4 - level) > frame.size.text
            for other, level, wide in taken
        ):
            return x, y, width, anchor
    return None


def _places(point: Point, frame: _Frame) -> Iterator[tuple[float, float, str]]:
    """Where a name may stand, the best first: right of its dot, left of it, above, below."""
    x, y = frame.x(point.search), frame.y(point.engaged)
    yield max(x + 8, _LEFT + _BAND + 4), y + 4, "start"  # past the strip of no share
    yield x - 8, y + 4, "end"
    for level in (y - 9, y + 17):
        yield x - 4, level, "start"
        yield x + 4, level, "end"
