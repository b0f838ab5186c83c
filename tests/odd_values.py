"""Values of other types in place of those that a JSON document holds."""

from __future__ import annotations

import copy
import random
from typing import Any

ODD: tuple[Any, ...] = (
    *(None, True, 0, 7, -1, 10**18, 1e308, "", "x", "canonical", "\0", "²²²²²²²²"),
    *([], {}, [[]], [None, 7], {"x": []}, [{"key": 5}], [{"name": []}], {"url": 5}),
)


def places(told: Any) -> list[tuple[Any, Any]]:
    """Every container within a document, with each of its keys or indexes."""
    items = told.items() if isinstance(told, dict) else enumerate(told)
    found = [(told, key) for key, _ in items]
    for container, key in list(found):
        if isinstance(container[key], dict | list):
            found += places(container[key])
    return found


def with_odd_values(told: Any, dice: random.Random) -> Any:
    """A copy with one to three values replaced."""
    changed = copy.deepcopy(told)
    for _ in range(dice.randint(1, 3)):
        container, key = dice.choice(places(changed))
        container[key] = copy.deepcopy(dice.choice(ODD))
        if not changed:
            break
    return changed
