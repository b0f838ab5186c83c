"""Rates of engagement and of conversion: raw with intervals, and shrunk towards all senders."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, NamedTuple, Self

from backref.ledger.interval import wilson
from backref.ledger.shrinkage import fitted

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from backref.ledger.shrinkage import Prior

COUNTED = {"engagement": "engaged_visits", "conversion": "converted_visits"}
"""Each rate, and the visits that it counts among all."""


class Priors(NamedTuple):
    """What the rates of all rows of one listing come from; None where there is not enough."""

    engagement: Prior | None
    conversion: Prior | None

    @classmethod
    def of(cls, rows: Iterable[Mapping[str, Any]]) -> Self:
        """Fitted to rows that have `visits`, `engaged_visits` and `converted_visits`."""
        told = [row for row in rows if row["visits"]]
        return cls(*(_prior(told, counted) for counted in COUNTED.values()))

    def rates(self, row: Mapping[str, Any]) -> dict[str, Any]:
        """The fields of a row's rates; None without visits, and of conversions without a goal."""
        return {
            name: value
            for kind, counted in COUNTED.items()
            for name, value in _rate(kind, row[counted], row["visits"], getattr(self, kind)).items()
        }


def _prior(rows: Iterable[Mapping[str, Any]], counted: str) -> Prior | None:
    return fitted((row[counted], row["visits"]) for row in rows if row[counted] is not None)


def _rate(
    kind: str, successes: float | None, visits: float | None, prior: Prior | None
) -> dict[str, float | None]:
    if successes is None or not visits:
        rate, low, high, shrunk = None, None, None, None
    else:
        rate, (low, high) = min(successes / visits, 1.0), wilson(successes, visits) or (None, None)
        shrunk = prior.shrunk(successes, visits) if prior else None
    return {
        f"{kind}_rate": rate,
        f"{kind}_low": low,
        f"{kind}_high": high,
        f"shrunk_{kind}": shrunk.mean if shrunk else None,
        f"shrunk_{kind}_low": shrunk.low if shrunk else None,
        f"shrunk_{kind}_high": shrunk.high if shrunk else None,
    }
