"""Which links of a site are meant, as people narrow them step by step, and in which order."""

from __future__ import annotations

from dataclasses import dataclass, fields
from typing import TYPE_CHECKING, Any

from backref.errors import UsageError
from backref.faces.query.links import one_of

if TYPE_CHECKING:
    from datetime import datetime

FACETS = ("state", "channel", "rel", "position", "acquired", "certainty", "domain")
"""What links can be narrowed by, each with any of several values."""
SORTS = (
    "visits",
    "period",
    "change",
    "conversions",
    "search",
    "cost",
    "first-seen",
    "last-seen",
    "lost",
    "source",
    "target",
    "anchor",
    "state",
)
SEPARATOR = "|"


@dataclass(frozen=True)
class Choice:
    """Links of these values, all where there is none. `text` is looked for in source page, title,
    anchor and target; `page` is an own page; `since` keeps what began, or for lost links ended,
    from then up to the time of the question. `tag` is one that people gave."""

    state: tuple[str, ...] = ()
    channel: tuple[str, ...] = ()
    rel: tuple[str, ...] = ()
    position: tuple[str, ...] = ()
    acquired: tuple[str, ...] = ()
    certainty: tuple[str, ...] = ()
    domain: tuple[str, ...] = ()
    text: str = ""
    page: str = ""
    tag: str = ""
    since: datetime | None = None

    @property
    def everything(self) -> bool:
        """Whether nothing is narrowed."""
        return not any(getattr(self, field.name) for field in fields(self))

    @property
    def params(self) -> dict[str, Any]:
        """The parameters that `matching.sql` knows it by."""
        return {
            "states": _listed(self.state),
            "channels": _listed(self.channel),
            "rels": _listed(self.rel),
            "positions": _listed(self.position),
            "acquireds": _listed(self.acquired),
            "certainties": _listed(self.certainty),
            "domains": _listed(self.domain),
            "text": self.text.lower() or None,
            "page": self.page or None,
            "tag": self.tag or None,
            "since": self.since,
        }


@dataclass(frozen=True)
class Order:
    """How links follow one another: the largest, newest or, of words, first one comes first, or
    last when `reversed`; what is not known comes last either way. Raises UsageError for a sort
    that is none of `SORTS`."""

    sort: str = "visits"
    reversed: bool = False

    def __post_init__(self) -> None:
        one_of(self.sort, SORTS, "sort")


def _listed(values: tuple[str, ...]) -> str | None:
    """Values as one text, as the SQL looks for them; None for all."""
    for value in values:
        if SEPARATOR in value:
            raise UsageError(f"No link has the value {value!r}: leave it out.")
    return f"{SEPARATOR}{SEPARATOR.join(values)}{SEPARATOR}" if values else None
