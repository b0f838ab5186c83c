"""One link with its proof: every observation, what was agreed, and its visits week by week."""

from __future__ import annotations

from dataclasses import dataclass, fields
from datetime import date, timedelta
from typing import TYPE_CHECKING, Any

from backref.faces.query.certainty import LEVELS
from backref.faces.query.links import link
from backref.faces.query.view import ROOM
from backref.lake.model import Model
from backref.ledger import build, lifeline
from backref.url import bucket

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from datetime import datetime

    from backref.faces.query.rows import LinkRow
    from backref.faces.query.view import View

MOST = 500


@dataclass(frozen=True)
class Observation:
    """Somebody saw the link, or looked where it should be. `assertion` is present, absent,
    reported_lost, claimed, page gone, page redirected or page not readable; `vague` says that the
    witness named no target. `position` is the record's in the import's source."""

    assertion: str
    witness: str
    observed_lo: datetime | None
    observed_hi: datetime | None
    import_id: int
    position: int | None
    reason: str | None
    source_url: str
    target_url: str | None
    anchor: str | None
    rel: str | None
    element: str | None
    placement: str | None
    context: str | None
    status: int | None
    target_status: int | None
    vague: bool


@dataclass(frozen=True)
class Agreement:
    """What was agreed for a link on the page."""

    day: date | None
    live_url: str
    target_url: str | None
    target_page: str | None
    anchor: str | None
    rel: str | None
    acquired: str | None
    contact: str | None
    cost: float | None
    currency: str | None
    owner: str | None
    campaign: str | None
    code: str | None


@dataclass(frozen=True)
class Term:
    """One term of an agreement against what was found; `kept` is None where nobody can tell."""

    name: str
    agreed: str
    found: str
    kept: bool | None


@dataclass(frozen=True)
class Evidence:
    """A link and all that is known of it. `weeks` are the Mondays of its lifeline, and `visits`
    holds for each level of certainty the visits of these weeks."""

    link: LinkRow
    observations: tuple[Observation, ...]
    agreements: tuple[tuple[Agreement, tuple[Term, ...]], ...]
    weeks: tuple[date, ...]
    visits: Mapping[str, tuple[float, ...]]

    @property
    def visited(self) -> list[tuple[date, tuple[float, ...]]]:
        """The weeks in which anybody came, each with its visits by level."""
        by_week = zip(self.weeks, zip(*self.visits.values(), strict=True), strict=True)
        return [(week, counts) for week, counts in by_week if any(counts)] if self.visits else []


def evidence(view: View, link_id: str) -> Evidence:
    """Everything about the link of that identity. Raises UnknownLink."""
    found = link(view, link_id)
    shown = lifeline.weeks(view.until_day)
    return Evidence(
        found,
        _observations(view, found),
        tuple((agreed, terms(agreed, found)) for agreed in _agreements(view, found)),
        shown,
        _visits(view, found, shown),
    )


def terms(agreed: Agreement, found: LinkRow) -> tuple[Term, ...]:
    """Each term that the agreement names, against the link as it was seen last."""
    seen = found.state not in ("never verified", "unknown")
    told = [
        _term("target", agreed.target_page, found.target_page, seen=seen),
        _term("anchor", agreed.anchor, found.anchor, seen=seen),
        _term("rel", agreed.rel, found.rel or ("" if found.followed else None), seen=seen),
    ]
    live = found.state in ("live", "suspect") if seen else None
    return (
        Term("live", agreed.live_url, found.state, live),
        *(term for term in told if term is not None),
    )


def _term(name: str, agreed: str | None, found: str | None, *, seen: bool) -> Term | None:
    if agreed is None:
        return None
    if found is None or not seen:
        return Term(name, agreed, "not known", None)
    return Term(name, agreed, found or "none", " ".join(agreed.split()) == " ".join(found.split()))


def _observations(view: View, found: LinkRow) -> tuple[Observation, ...]:
    """Those of the link's own buckets, for a lookup must not read the whole store."""
    targets = build.partitions(view.snapshot, view.site, ["links"])["links"]
    rows = view.snapshot.rows(
        Model(ROOM, "evidence.sql"),
        partitions={
            "links": targets,
            "link_observations": targets,
            "page_observations": [bucket(found.source_domain)],
            "checks": [bucket(found.source_domain)],
        },
        link_id=int(found.link_id, 16),
        source_page=found.source_page,
        target_page=found.target_page,
        until=view.as_of,
        limit=MOST,
    )
    return tuple(Observation(**row) for row in rows)


def _agreements(view: View, found: LinkRow) -> Sequence[Agreement]:
    rows = view.rows(
        "agreements.sql",
        site=view.site.name,
        source_page=found.source_page,
        until_day=view.until_day,
    )
    names = [field.name for field in fields(Agreement)]
    return [Agreement(**{name: row[name] for name in names}) for row in rows]


def _visits(view: View, found: LinkRow, shown: tuple[date, ...]) -> dict[str, tuple[float, ...]]:
    rows: list[dict[str, Any]] = view.rows(
        "link_weeks.sql",
        site=view.site.name,
        link_id=int(found.link_id, 16),
        day_lo=shown[0],
        day_hi=min(view.until_day, shown[-1] + timedelta(days=6)),
    )
    by_level = {
        level: {row["week"]: row["visits"] for row in rows if row["certainty"] == level}
        for level in LEVELS.values()
    }
    return {level: lifeline.weekly(sent, shown) for level, sent in by_level.items() if sent}
