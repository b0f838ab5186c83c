"""Visits of people and what they did, under the definitions of several tools side by side."""

from __future__ import annotations

from collections import defaultdict
from typing import TYPE_CHECKING, Any

import pyarrow as pa
import pyarrow.compute as pc

from backref import schema
from backref.faces.query.answer import Answer, first
from backref.faces.query.links import one_of
from backref.faces.query.rows import EngagementRow
from backref.visits import build
from backref.visits.days import day_of, site_of
from backref.visits.definitions import ALL, chosen
from backref.visits.engagement import added, measured
from backref.visits.resolution import resolved

if TYPE_CHECKING:
    from collections.abc import Callable
    from datetime import datetime

    from backref.faces.query.view import View
    from backref.visits.definitions import Definition

    Keyed = tuple[pa.Table, pa.ChunkedArray | pa.Array, pa.ChunkedArray | pa.Array | None]

EVERYTHING = "all"
GROUPINGS = ("channel", "source", "page", "link")
LINKS = "/* query.link_names */ select link_id, source_page, target_page from links"


def engagement(
    view: View,
    *,
    since: datetime | None = None,
    by: str | None = None,
    definition: str = ALL,
    limit: int | None = None,
) -> Answer[EngagementRow]:
    """Visits of people that began between `since` and the view's time, counted anew from the hits
    under each `definition`, by one of `GROUPINGS` if asked for. Raises UsageError."""
    rules = chosen(_lower(definition))
    keyed = _keyed(view, one_of(by, GROUPINGS, "grouping") if by else None)
    sums: dict[str, list[pa.Table]] = defaultdict(list)
    for one, visits in build.visits_under(view.snapshot, _days(view, since), rules):
        sums[one.name].append(measured(*keyed(_of_people(visits, since, view.until))))
    rows = [
        _row(view, one, values)
        for one in rules
        if sums[one.name]
        for values in added(sums[one.name]).to_pylist()
    ]
    largest: dict[str, float] = defaultdict(float)
    for row in rows:
        largest[row.group] = max(largest[row.group], row.visits)
    rows.sort(key=lambda row: (-largest[row.group], row.group))
    return first(rows, limit)


def _lower(name: str) -> str:
    return name.strip().lower()


def _days(view: View, since: datetime | None) -> list[str]:
    """The UTC days of the log that lie in the time asked for."""
    held = [day for day in view.snapshot.partitions("hits") if site_of(day) == view.site.name]
    first_day = since.date() if since else None
    return [
        day
        for day in held
        if day_of(day) <= view.until.date() and (first_day is None or day_of(day) >= first_day)
    ]


def _of_people(visits: pa.Table, since: datetime | None, until: datetime) -> pa.Table:
    wanted = pc.and_(
        pc.equal(visits["verdict"], "person"), pc.less_equal(visits["started"], _time(until))
    )
    if since is not None:
        wanted = pc.and_(wanted, pc.greater_equal(visits["started"], _time(since)))
    return visits.filter(wanted)


def _time(at: datetime) -> pa.Scalar:
    return pa.scalar(at, pa.timestamp("us", tz="UTC"))


def _keyed(view: View, by: str | None) -> Callable[[pa.Table], Keyed]:
    """What says of visits to which group each counts, and with which share if not wholly."""
    if by == "link":
        return _by_link(view)
    if by == "source":
        return lambda visits: (visits, _source(visits), None)
    if by in ("channel", "page"):
        column = {"channel": "channel", "page": "entry_page"}[by]
        return lambda visits: (visits, visits[column], None)
    return lambda visits: (visits, pa.array([EVERYTHING] * len(visits), pa.string()), None)


def _source(visits: pa.Table) -> pa.ChunkedArray:
    """The campaign's source, else the sender's domain."""
    lower = pc.utf8_lower(visits["source"])
    return pc.coalesce(lower, visits["referrer_domain"], pa.scalar("(direct)"))


def _by_link(view: View) -> Callable[[pa.Table], Keyed]:
    """Each visit by the links that it may have come through; without one by the certainty."""
    links, placements = build.known_links(view.snapshot, view.site)
    names = view.snapshot.table(
        LINKS, partitions={"links": view.snapshot.buckets_of(view.site, "links")}
    )
    name = pc.binary_join_element_wise(
        names["source_page"], pc.coalesce(names["target_page"], pa.scalar("?")), " -> "
    )

    def keyed(visits: pa.Table) -> Keyed:
        parts = pa.Table.from_batches(
            resolved(visits.to_batches(), links, placements, view.site.zone),
            schema.VISIT_LINKS.arrow,
        )
        of = pc.index_in(parts["session_id"], value_set=visits["session_id"].combine_chunks())
        link = pc.index_in(parts["link_id"], value_set=names["link_id"].combine_chunks())
        level = pc.binary_join_element_wise(pa.scalar("("), parts["certainty"], pa.scalar(")"), "")
        return visits.take(of), pc.coalesce(name.take(link), level), parts["share"]

    return keyed


def _row(view: View, rules: Definition, values: dict[str, Any]) -> EngagementRow:
    visits, timed = values["visits"], values["timed"]
    engaged = values["engaged_visits"] if rules.engages else None
    return EngagementRow(
        definition=rules.name,
        group=values["group"],
        visits=round(visits, 6),
        engaged_visits=None if engaged is None else round(engaged, 6),
        engagement_rate=None if engaged is None else round(engaged / visits, 9),
        bounced_visits=round(values["bounced_visits"], 6),
        bounce_rate=round(values["bounced_visits"] / visits, 9),
        views=round(values["views"], 6),
        pages_per_visit=round(values["views"] / visits, 9),
        seconds=round(values["seconds"] / timed, 6) if timed else None,
        conversions=round(values["conversions"], 6) if view.site.goals else None,
        not_measurable=dict(rules.unmeasurable),
    )
