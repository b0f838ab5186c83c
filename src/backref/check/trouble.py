"""Why a look ends without a whole answer: raised and caught within this room alone."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from backref.check.fetched import Outcome


class Trouble(Exception):
    """A look is over. `until` is when the host may be asked again, UTC in microseconds."""

    def __init__(self, outcome: Outcome, why: str, until: int | None = None) -> None:
        super().__init__(why)
        self.outcome = outcome
        self.why = why
        self.until = until
