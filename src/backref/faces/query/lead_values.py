"""What leads are worth, by currency: currencies are never added to each other."""

from __future__ import annotations

from collections import defaultdict
from typing import TYPE_CHECKING

import pyarrow.compute as pc

if TYPE_CHECKING:
    import pyarrow as pa


def parted(told: str | None) -> dict[str, float]:
    """A text of the ledger's `lead_values` by currency, as `EUR:120.5 USD:30.0`; the currency is
    empty where no sheet tells it."""
    pairs = (part.rpartition(":") for part in (told or "").split())
    return {currency: float(value) for currency, _, value in pairs}


def by(rows: pa.Table, key: str) -> dict[str, dict[str, float]]:
    """The sums of rows that have `lead_values`, by their `key`; whoever has none has no value."""
    told = rows.select([key, "lead_values"]).filter(pc.field("lead_values").is_valid())
    sums: dict[str, dict[str, float]] = defaultdict(lambda: defaultdict(float))
    for name, values in zip(told[key].to_pylist(), told["lead_values"].to_pylist(), strict=True):
        for currency, value in parted(values).items():
            sums[name][currency] += value
    return defaultdict(
        dict,
        {name: {each: round(sum_, 6) for each, sum_ in sums[name].items()} for name in sums},
    )
