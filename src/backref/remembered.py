"""Answers that are remembered, but only to questions of an ordinary length.

A cache that counts its entries is no bound on memory where a stranger chooses how long a key is.
"""

from __future__ import annotations

from functools import lru_cache, wraps
from typing import TYPE_CHECKING, Concatenate, ParamSpec, TypeVar

if TYPE_CHECKING:
    from collections.abc import Callable

LONGEST = 1_024
"""Characters of a question's first text; to a longer one the answer is found anew each time."""

Asked = ParamSpec("Asked")
Answer = TypeVar("Answer")


def remembered(
    most: int,
) -> Callable[
    [Callable[Concatenate[str, Asked], Answer]], Callable[Concatenate[str, Asked], Answer]
]:
    """Remember the answers to the `most` latest questions of a pure function of texts.

    >>> shout = remembered(2)(str.upper)
    >>> shout("a"), shout("a" * 2_000) == "A" * 2_000
    ('A', True)
    """

    def around(
        function: Callable[Concatenate[str, Asked], Answer],
    ) -> Callable[Concatenate[str, Asked], Answer]:
        known = lru_cache(maxsize=most)(function)

        @wraps(function)
        def answer(text: str, /, *more: Asked.args, **named: Asked.kwargs) -> Answer:
            if len(text) > LONGEST:
                return function(text, *more, **named)
            return known(text, *more, **named)  # type: ignore[arg-type]

        return answer

    return around
