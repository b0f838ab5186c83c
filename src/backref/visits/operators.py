"""Operators of published address ranges, and the agents that claim to be theirs."""

from __future__ import annotations

from datetime import date
from functools import cache, lru_cache
from typing import NamedTuple

from backref import data

RANGES_SINCE = date(2025, 1, 1)
"""Before this day the published ranges may have been others."""


class Operator(NamedTuple):
    """One line of `operators.csv`: `kind` is crawler, cloud or people; all ranges of a company
    that publishes them are one `family`."""

    kind: str
    family: str
    name: str
    purpose: str | None


@lru_cache(maxsize=1024)
def operator(identity: str) -> Operator | None:
    """What is known of the operator that `hits.operator` names; None for one not listed."""
    row = next((r for r in data.table("operators.csv") if identity.startswith(r["prefix"])), None)
    if row is None:
        return None
    return Operator(row["kind"], row["family"], row["name"], row["purpose"] or None)


@lru_cache(maxsize=65_536)
def claimed_family(agent: str) -> str | None:
    """The family of operators that an agent's text claims, if all its ranges are published."""
    lower = agent.lower()
    return next((family for word, family in _claims() if word in lower), None)


@cache
def _claims() -> tuple[tuple[str, str], ...]:
    return tuple(
        (row["claims"], row["family"]) for row in data.table("operators.csv") if row["claims"]
    )
