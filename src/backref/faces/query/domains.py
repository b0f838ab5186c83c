"""Referring domains of a site, each with its quadrant."""

from __future__ import annotations

from collections import defaultdict
from typing import TYPE_CHECKING, Any

from backref.faces.query import lead_values
from backref.faces.query.answer import Answer, first
from backref.faces.query.links import one_of
from backref.faces.query.rates import Priors
from backref.faces.query.rows import DomainRow
from backref.ledger.quadrants import Standing, quadrants

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence
    from datetime import datetime

    from backref.faces.query.view import View

STATES = ("live", "suspect", "lost", "reported lost", "unknown", "never verified")
LINKING = ("live", "suspect", "unknown")
SORTS: dict[str, Callable[[DomainRow], float | None]] = {
    "visits": lambda row: row.visits,
    "engaged": lambda row: row.engaged_visits,
    "conversions": lambda row: row.conversions,
    "leads": lambda row: row.leads,
    "search": lambda row: row.search_share,
    "authority": lambda row: row.authority,
    "rating": lambda row: row.rating,
    "links": lambda row: row.live_links,
    "first-seen": lambda row: row.first_seen.timestamp() if row.first_seen else None,
    "lost": lambda row: row.lost_before.timestamp() if row.lost_before else None,
}


def domains(
    view: View,
    *,
    states: Sequence[str] = (),
    since: datetime | None = None,
    sort: str = "visits",
    limit: int | None = None,
) -> Answer[DomainRow]:
    """Referring domains; `since` keeps those that began or ended at or after it. The quadrant
    is judged among all of them, whatever is shown. Equals, and those of which the sorted figure is
    not known, stand in the order of their search share, then of their names."""
    wanted = _wanted(states)
    rank = SORTS[one_of(sort, tuple(SORTS), "sort")]
    rows = [row for row in all_domains(view) if _began_or_ended(row, since)]
    kept = [row for row in rows if not wanted or row.state in wanted]
    kept.sort(
        key=lambda row: (
            -(rank(row) or 0.0),
            rank(row) is None,
            -(row.search_share or 0.0),
            row.domain,
        )
    )
    return first(kept, limit)


def _wanted(states: Sequence[str]) -> set[str]:
    names = {name.strip().replace("-", " ") for name in states}
    for name in names:
        one_of(name, STATES, "state")
    return names | ({"reported lost"} if "lost" in names else set())


def _began_or_ended(row: DomainRow, since: datetime | None) -> bool:
    moments = (row.first_seen, row.lost_before)
    return since is None or any(moment is not None and moment >= since for moment in moments)


def all_domains(view: View) -> Sequence[DomainRow]:
    """Every referring domain, the one that brings most people first."""
    return view.once("domains", lambda: _all_domains(view))


def _all_domains(view: View) -> list[DomainRow]:
    found = view.rows("domains.sql")
    witnesses, values = _witnesses(view), lead_values.by(view.standing, "source_identity")
    placed = quadrants([_standing(told) for told in found])
    priors = Priors.of(found)
    return [
        _row(
            told,
            witnesses=tuple(sorted(witnesses[told["source_identity"]])),
            quadrant=placed[told["source_identity"]],
            value=values[told["source_identity"]],
            **priors.rates(told),
        )
        for told in found
    ]


def _standing(values: dict[str, Any]) -> Standing:
    linking = values["state"] in LINKING
    return Standing(
        values["source_identity"], values["search_share"], values["engaged_visits"], linking
    )


def _row(told: dict[str, Any], **judged: Any) -> DomainRow:
    same = (
        "state links live_links followed_links lost_links first_seen last_seen last_verified "
        "authority authority_low authority_high authority_by rating rating_by "
        "search_share visits monthly_visits engaged_visits converted_visits "
        "conversions leads reported_visits"
    )
    return DomainRow(
        domain=told["source_identity"],
        **{name: told[name] for name in same.split()},
        lost_before=told["lost_hi"],
        **judged,
    )


def _witnesses(view: View) -> dict[str, set[str]]:
    found: dict[str, set[str]] = defaultdict(set)
    for values in view.rows("witnesses.sql"):
        found[values["source_identity"]].update((values["witnesses"] or "").split())
    return found
