"""Short codes that people can read, say and type."""

from __future__ import annotations

import secrets
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable, Collection

LETTERS = "CDFGHJKMNPQRTWXY"
"""Without vowels, so that no word is spelled, and without what looks like another letter or digit:
B 8, I 1 L, O 0, S 5, U V, Z 2."""
DIGITS = "34679"
LENGTH = 5
TRIES = 32


def code(taken: Collection[str], choose: Callable[[str], str] = secrets.choice) -> str:
    """A code that is none of `taken`, whatever their case; longer ones when the short ones are
    nearly used up. It begins with a letter, so that no spreadsheet takes it for a number."""
    used = {each.lower() for each in taken}
    length = LENGTH
    while True:
        for _ in range(TRIES):
            rest = "".join(choose(LETTERS + DIGITS) for _ in range(length - 1))
            made = choose(LETTERS) + rest
            if made.lower() not in used:
                return made
        length += 1
