"""Browsing the links of a site: narrowed by facets, in any order, a page at a time.

A page is named by the link that it comes after or before, never by a count of rows passed over, so
what is added while somebody reads is neither shown twice nor passed over.
"""

from __future__ import annotations

import re
from collections import defaultdict
from dataclasses import dataclass, field
from functools import cached_property
from typing import TYPE_CHECKING, NamedTuple

import pyarrow as pa
import pyarrow.compute as pc

from backref.errors import UsageError
from backref.faces.query.groups import groups
from backref.faces.query.links import row_of, with_lifelines
from backref.visits.channels import Entry, classify

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    from backref.faces.query.answer import Answer
    from backref.faces.query.choice import Choice, Order
    from backref.faces.query.period import Period
    from backref.faces.query.rows import GroupRow, LinkRow
    from backref.faces.query.view import View

DOMAINS = 12
AT_ONCE = 1_000
ORDERS = 4
"""Orders whose places are held: 12 bytes a link each."""
_LINK_ID = re.compile("[0-9a-f]{16}")


class Span(NamedTuple):
    """Visits of a link in a period and in the one that it is compared with; None where they cannot
    be measured."""

    now: float | None
    before: float | None


class Browsed(NamedTuple):
    """A link, and its visits in the period."""

    link: LinkRow
    span: Span


@dataclass(frozen=True)
class Page:
    """One page of links. `first` is the place of its first row among the `total` that match, 0
    without any; `earlier` and `later` name the links that further pages come before and after,
    None at an end."""

    rows: tuple[Browsed, ...]
    total: int
    first: int
    earlier: str | None
    later: str | None


@dataclass(frozen=True)
class Ground:
    """What all browsing in a period shares, whatever is chosen: the visits of every link in the
    period and before, and by which channel a visit from each domain comes when nothing else is
    known of it; and of the orders that were asked for last, the place of every link."""

    period: Period
    spans: pa.Table
    channels: pa.Table
    orders: dict[Order, pa.Table] = field(default_factory=dict)

    def places(self, view: View, order: Order) -> pa.Table:
        """The place of every link in an order, as a table (link_id, place)."""
        found = self.orders.pop(order, None)
        if found is None:
            found = view.table(
                "places.sql",
                tables={"spans": self.spans},
                sort=order.sort,
                reversed=order.reversed,
            )
        self.orders[order] = found
        for oldest in list(self.orders)[:-ORDERS]:
            self.orders.pop(oldest, None)
        return found


@dataclass(frozen=True)
class Browsing:
    """The links of `choice`, their visits in the ground's period beside; `tags` are those that
    people gave, by `link_id`."""

    view: View
    choice: Choice
    ground: Ground
    tags: Mapping[str, Sequence[str]] = field(default_factory=dict)

    def page(
        self,
        order: Order,
        *,
        after: str | None = None,
        before: str | None = None,
        limit: int = 50,
    ) -> Page:
        """The links that stand next after the link `after`, or next before `before`, or first."""
        found = self.view.rows(
            "ordered.sql",
            tables={"matching": self.matching, "places": self.ground.places(self.view, order)},
            after=_number(after),
            before=_number(before),
            limit=limit,
        )
        found.sort(key=lambda row: row["nth"])
        rows = self._rows([row["link_id"] for row in found])
        if not rows:
            return Page((), 0, 0, None, None)
        first, total = found[0]["nth"], found[0]["total"]
        earlier = rows[0].link.link_id if first > 1 else None
        later = rows[-1].link.link_id if found[-1]["nth"] < total else None
        return Page(rows, total, first, earlier, later)

    def every(self, order: Order) -> Iterator[Browsed]:
        """All the links, page after page."""
        page = self.page(order, limit=AT_ONCE)
        yield from page.rows
        while page.later:
            page = self.page(order, after=page.later, limit=AT_ONCE)
            yield from page.rows

    def facets(self) -> dict[str, dict[str, int]]:
        """How many links each value of each facet has with all other facets applied, the most
        frequent values first; of domains the largest."""
        counted: dict[str, dict[str, int]] = defaultdict(dict)
        tables = {"matching": self.matching}
        for row in self.view.rows("facets.sql", tables=tables, domains=DOMAINS):
            counted[row["facet"]][row["value"]] = row["links"]
        return counted

    def groups(
        self, by: str, *, sort: str = "visits", limit: int | None = None
    ) -> Answer[GroupRow]:
        """The links grouped by one of `groups.DIMENSIONS`. Only where nothing is narrowed do
        senders without a known link have a group too."""
        kept = None if self.choice.everything else self._standing
        return groups(self.view, by, of=kept, sort=sort, limit=limit)

    @cached_property
    def matching(self) -> pa.Table:
        """What `matching.sql` tells of each link."""
        return self.view.table(
            "matching.sql",
            tables={"channels": self.ground.channels, "tagged": self._tagged},
            until=self.view.as_of,
            **self.choice.params,
        )

    @property
    def _standing(self) -> pa.Table:
        kept = self.matching.filter(pc.field("missed") == 0).select(["link_id"])
        return self.view.table("shown_links.sql", {"shown": kept})

    @property
    def _tagged(self) -> pa.Table:
        rows = [
            {"link_id": int(link_id, 16), "tags": f"|{'|'.join(tags)}|"}
            for link_id, tags in self.tags.items()
        ]
        return pa.Table.from_pylist(
            rows, pa.schema([("link_id", pa.uint64()), ("tags", pa.string())])
        )

    def _rows(self, numbers: Sequence[int]) -> tuple[Browsed, ...]:
        """The links of these numbers in this order."""
        shown = {"shown": pa.table({"link_id": pa.array(numbers, pa.uint64())})}
        known = {row["link_id"]: row for row in self.view.rows("shown_links.sql", tables=shown)}
        rows = with_lifelines(self.view, [row_of(self.view, known[number]) for number in numbers])
        at = pc.index_in(shown["shown"].column("link_id"), self.ground.spans.column("link_id"))
        visits = self.ground.spans.take(at).to_pylist()
        return tuple(Browsed(row, _span(row, sent)) for row, sent in zip(rows, visits, strict=True))


def ground(view: View, period: Period) -> Ground:
    """What browsing a site in a period stands on."""
    return Ground(period, _spans(view, period), _channels(view))


def _spans(view: View, period: Period) -> pa.Table:
    days, before = period.days, period.before.days
    return view.table(
        "span_visits.sql",
        site=view.site.name,
        day_lo=days["day_lo"],
        day_hi=days["day_hi"],
        before_lo=before["day_lo"],
        before_hi=before["day_hi"],
    )


def _channels(view: View) -> pa.Table:
    domains = view.standing.column("source_domain").unique()
    channels = [channel_of(name) for name in domains.to_pylist()]
    return pa.table(
        {
            "source_domain": domains.cast(pa.string()),
            "channel": pa.array(channels, pa.string()),
        }
    )


def channel_of(domain: str) -> str:
    """The channel of a visit of which nothing is known but the domain that it came from."""
    return classify(Entry(referrer_host=domain)).channel


def _span(row: LinkRow, sent: dict[str, float | None]) -> Span:
    """A link that is measured and sent nobody sent 0."""
    if row.visits is None:
        return Span(None, None)
    return Span(sent["visits_now"] or 0.0, sent["visits_before"] or 0.0)


def _number(link_id: str | None) -> int | None:
    """A link's identity as the tables hold it. Raises UsageError for anything else."""
    if link_id is None:
        return None
    if not _LINK_ID.fullmatch(link_id):
        raise UsageError(f"{link_id!r} names no link: go back to the first page.")
    return int(link_id, 16)
