"""Parts in which many links are folded, so that a partition of any size fits memory."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

LAST = "\U0010ffff"
"""No domain stands behind it."""


class Slice(NamedTuple):
    """Links to the domains from `first` to `last`; of one very large domain those from the pages
    whose `source_hash` leaves `slice` when divided by `slices`."""

    first: str = ""
    last: str = LAST
    slice: int = 0
    slices: int = 1


WHOLE = Slice()


def slices(sizes: Iterable[tuple[str, int]], most: int) -> Iterator[Slice]:
    """Slices of about `most` rows at the most, from the rows of each domain in order."""
    first = last = ""
    held = 0
    for domain, rows in sizes:
        if held and held + rows > most:
            yield Slice(first, last)
            held = 0
        if rows > most:
            count = -(-rows // most)
            yield from (Slice(domain, domain, number, count) for number in range(count))
            continue
        first = first if held else domain
        last = domain
        held += rows
    if held:
        yield Slice(first, last)


def ranges(sliced: Iterable[Slice]) -> Iterator[Slice]:
    """The same domains, the very large ones whole."""
    return (part._replace(slices=1) for part in sliced if not part.slice)
