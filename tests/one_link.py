"""One link from one page to one target: what is seen of it, and the fold of that."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from links_facts import capture, derived, folded, observation

if TYPE_CHECKING:
    from backref.lake.engine import Engine

PAGE = "https://blog.example/post"
GOAL = "https://shop.example/sale"
OTHER = "https://shop.example/other"


def links(engine: Engine, *rows: dict[str, Any]) -> list[dict[str, Any]]:
    return derived(folded(engine, rows), "links")


def link(engine: Engine, *rows: dict[str, Any]) -> dict[str, Any]:
    (only,) = links(engine, *rows)
    return only


def seen(at: Any, witness: str = "archive", **told: Any) -> dict[str, Any]:
    return observation(PAGE, GOAL, at, witness, **told)


def missed(at: Any, status: int = 200, **told: Any) -> dict[str, Any]:
    return capture(PAGE, at, status, **told)


def reported(at: Any, witness: str = "ahrefs", **told: Any) -> dict[str, Any]:
    return observation(PAGE, GOAL, at, witness, "reported_lost", **told)
