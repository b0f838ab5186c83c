"""What happened at a site in a span of time, as rules watch for it: a function of derived tables
and facts alone, so that the past can be asked what it would have told."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator, Mapping
from datetime import UTC, date, datetime, time, timedelta
from typing import TYPE_CHECKING, Any
from zoneinfo import ZoneInfo

from backref.lake.model import Model, words
from backref.ledger.build import BY_SITE, BY_TARGET, BY_TIME, partitions
from backref.visits.days import site_days
from backref.watch import surge, timing
from backref.watch.happening import Happening, Span

if TYPE_CHECKING:
    import pyarrow as pa

    from backref.lake.records import SiteRecord
    from backref.lake.snapshot import Snapshot

Asked = Callable[["Snapshot", "SiteRecord", float, Span], Iterable[Happening]]


def happenings(
    snapshot: Snapshot,
    site: SiteRecord,
    condition: str,
    threshold: float,
    span: Span,
) -> Iterator[Happening]:
    """What met a condition of `watch.condition` at a site and was known in a span, in the order in
    which it was known, however much it is. What is not measured meets a threshold of 0."""
    return (
        one
        for one in ASKED[condition](snapshot, site, threshold, span)
        if span.after < one.known <= span.until and _enough(one.measure, threshold)
    )


def _enough(measure: float | None, threshold: float) -> bool:
    return threshold <= 0 if measure is None else measure >= threshold


def _of_model(condition: str, file: str, **fixed: bool) -> Asked:
    """What a model of times tells."""
    model = Model("backref.watch", file)

    def asked(
        snapshot: Snapshot, site: SiteRecord, threshold: float, span: Span
    ) -> Iterable[Happening]:
        days = _days(site, span)
        held = {"site_days": site_days(_every(days["day_lo"], days["day_hi"]), site.zone)}
        given = held if "site_days" in words(model.text) else {}
        rows = _rows(snapshot, site, model, given, **span._asdict(), threshold=threshold, **fixed)
        return (_happening(condition, row) for row in rows)

    return asked


def _broken(
    snapshot: Snapshot, site: SiteRecord, threshold: float, span: Span
) -> Iterable[Happening]:
    """Known when the day has ended."""
    rows = _rows(
        snapshot,
        site,
        Model("backref.watch", "broken_target.sql"),
        **_days(site, span),
        threshold=threshold,
    )
    return (
        _happening("broken target", {**row, "known": end, "at_hi": end})
        for row in rows
        for end in [_end(row.pop("day"), site.zone)]
    )


def _surges(snapshot: Snapshot, site: SiteRecord, threshold: float, span: Span) -> list[Happening]:
    days = _days(site, span)
    asked = {**days, "day_lo": days["day_lo"] - timedelta(days=surge.USUAL + 1)}
    series: dict[str, dict[date, float]] = defaultdict(dict)
    for row in _rows(snapshot, site, Model("backref.watch", "sent.sql"), **asked):
        series[row["source"]][row["day"]] = row["visits"]
    logged = _rows(snapshot, site, Model("backref.watch", "logged.sql"), **asked)
    found = surge.surges(series, [row["day"] for row in logged], days["day_lo"], threshold)
    return [
        Happening(
            "surge",
            "surge",
            _end(one.day, site.zone),
            domain=one.source,
            at_hi=_end(one.day, site.zone),
            before=f"{one.usual:.1f}",
            after=f"{one.visits:.0f}",
            measure=one.times,
        )
        for one in found
    ]


def _weeks(snapshot: Snapshot, site: SiteRecord, threshold: float, span: Span) -> list[Happening]:
    """Every Monday at midnight a week has ended."""
    del snapshot, threshold
    slot = timing.Digest(time(0), 0)
    found: list[Happening] = []
    at = timing.next_slot(span.after + timedelta(microseconds=1), site.zone, slot)
    while at <= span.until:
        found.append(Happening("weekly", "weekly", at, at_hi=at))
        at = timing.next_slot(at + timedelta(hours=1), site.zone, slot)
    return found


ASKED: dict[str, Asked] = {
    "lost": _of_model("lost", "events.sql", lost=True),
    "changed": _of_model("changed", "events.sql", lost=False),
    "new domain": _of_model("new domain", "new_domain.sql"),
    "surge": _surges,
    "broken target": _broken,
    "unknown": _of_model("unknown", "unknown.sql"),
    "weekly": _weeks,
}


def _every(first: date, last: date) -> list[date]:
    return [first + timedelta(days=after) for after in range((last - first).days + 1)]


def _rows(
    snapshot: Snapshot,
    site: SiteRecord,
    model: Model,
    tables: Mapping[str, pa.Table] | None = None,
    **params: Any,
) -> Iterator[dict[str, Any]]:
    named = words(model.text) & (BY_TARGET | BY_SITE | BY_TIME)
    held = partitions(snapshot, site, sorted(named))
    given = tables or {}
    for batch in snapshot.sql(model, partitions=held, tables=given, site=site.name, **params):
        yield from batch.to_pylist()


def _happening(condition: str, row: dict[str, Any]) -> Happening:
    number = row.get("link_id")
    return Happening(condition, **{**row, "link_id": None if number is None else f"{number:016x}"})


def _days(site: SiteRecord, span: Span) -> dict[str, Any]:
    """The days of the site that ended in a span."""
    zone = ZoneInfo(site.zone)
    return {
        "day_lo": span.after.astimezone(zone).date(),
        "day_hi": span.until.astimezone(zone).date(),
    }


def _end(day: date, zone: str) -> datetime:
    """The first moment after a day."""
    after = datetime.combine(day + timedelta(days=1), time.min, ZoneInfo(zone))
    return after.astimezone(UTC)
