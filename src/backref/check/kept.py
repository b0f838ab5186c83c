"""robots.txt files that outlive a run: a site's holds for a day at most, however often we start."""

from __future__ import annotations

from typing import NamedTuple, Protocol

Place = tuple[str, str, int]
"""A site: scheme, host and port."""


class Kept(NamedTuple):
    """What a site's robots.txt says to us: `found` is allowed or none, `text` and `preferences`
    are those of `check.robots.Robots`; it holds until a time in UTC microseconds."""

    found: str
    text: str
    preferences: str
    until: int


class Keeper(Protocol):
    """Remembers between runs."""

    def recall(self, place: Place) -> Kept | None:
        """What is known of a site."""

    def keep(self, place: Place, kept: Kept) -> None:
        """Remember what a site said now."""
