"""How much of a sum stands on which level of certainty."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Mapping

LEVELS = {
    "visits_tagged": "tagged",
    "visits_page": "page",
    "visits_only_candidate": "only candidate",
    "visits_inferred": "inferred",
    "visits_host": "host",
    "visits_none": "none",
}


def certainty(values: Mapping[str, Any]) -> dict[str, float]:
    """Visits by level, strongest first, without the levels that hold none."""
    return {level: values[name] for name, level in LEVELS.items() if values.get(name)}
