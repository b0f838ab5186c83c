"""What rules meet: one thing that came to be known at a time."""

from __future__ import annotations

from dataclasses import asdict, dataclass
from datetime import UTC, datetime
from hashlib import blake2b
from typing import Any, NamedTuple


class Span(NamedTuple):
    """What came to be known after one time and not after another."""

    after: datetime
    until: datetime


@dataclass(frozen=True)
class Happening:
    """Something happened to `subject` (a link, a domain or a page of ours, told apart by `link_id`,
    `domain` and `page`) and was known at `known`. `kind` says what; `before` and `after` how it
    was and is, where that can be said. `measure` is what thresholds are compared with, None where
    it is not known. `borne_out` is whether later evidence agreed, None where there is none."""

    condition: str
    kind: str
    known: datetime
    domain: str | None = None
    link_id: str | None = None
    source_url: str | None = None
    title: str | None = None
    page: str | None = None
    acquired: str | None = None
    at_lo: datetime | None = None
    at_hi: datetime | None = None
    before: str | None = None
    after: str | None = None
    measure: float | None = None
    borne_out: bool | None = None

    @property
    def key(self) -> str:
        """The same for the same happening, whenever it is met and whatever is known of it since: a
        domain is new once; of all else something befell a link, a page or a domain at a time."""
        at = self.at_hi and self.at_hi.astimezone(UTC).isoformat()
        subject = self.link_id or self.page or self.domain
        new = self.condition == "new domain"
        about = (self.domain,) if new else (self.kind, subject, at)
        return blake2b(repr((self.condition, *about)).encode(), digest_size=16).hexdigest()

    def told(self) -> dict[str, Any]:
        """As plain values."""
        values = asdict(self)
        for name in ("known", "at_lo", "at_hi"):
            values[name] = values[name] and values[name].isoformat()
        return values

    @classmethod
    def of(cls, told: dict[str, Any]) -> Happening:
        """What plain values tell."""
        times = {
            name: told[name] and datetime.fromisoformat(told[name])
            for name in ("known", "at_lo", "at_hi")
        }
        return cls(**{**told, **times})
