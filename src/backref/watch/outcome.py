"""How a sending fails."""

from __future__ import annotations


class Failed(Exception):
    """A message was not sent; the message of the exception says why. `for_good` where it makes no
    sense to try again."""

    def __init__(self, why: str, *, for_good: bool = False) -> None:
        super().__init__(why)
        self.for_good = for_good
