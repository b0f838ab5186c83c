"""Where on its page a link stands: content, nav, header, footer, sidebar, comment, bio, related.

The nearest element around the link that a rule names decides; the rules are
`data/placements.csv`. An `article` decides only when nothing further out does, because related
posts, comments and sidebars are lists of articles too. A link that says `ugc` is a comment's
wherever it stands, and a link that nothing places is content.
"""

from __future__ import annotations

import re
from functools import cache, lru_cache
from typing import TYPE_CHECKING, NamedTuple

from backref import data

if TYPE_CHECKING:
    from selectolax.lexbor import LexborNode

CONTENT = "content"
MOST_ANCESTORS = 256
"""Elements further out than this are not asked."""
LONGEST_CLASSES = 1_024
LONGEST_NAME = 64

_WEAK = "article"
_UNTOLD = frozenset(("html", "body", "-document"))
_PART = re.compile(r"[A-Z]?[a-z0-9]+|[A-Z]+")


class Rules(NamedTuple):
    """The lists of placements.csv: by how they fit, each value with its place in the list."""

    roles: dict[str, tuple[int, str]]
    tags: dict[str, tuple[int, str]]
    types: dict[str, tuple[int, str]]
    names: dict[str, tuple[int, str]]
    words: dict[str, tuple[int, str]]
    exceptions: frozenset[str]


@cache
def rules() -> Rules:
    """The rules, read once."""
    found: dict[str, dict[str, tuple[int, str]]] = {
        how: {} for how in ("role", "tag", "type", "name", "word", "except")
    }
    for order, row in enumerate(data.table("placements.csv")):
        found[row["how"]][row["value"]] = (order, row["placement"])
    return Rules(
        found["role"],
        found["tag"],
        found["type"],
        found["name"],
        found["word"],
        frozenset(found["except"]),
    )


class Places:
    """The places of one page's links; each element around them is judged once."""

    def __init__(self) -> None:
        self._known: dict[int, str] = {}

    def of(self, node: LexborNode) -> str:
        """The placement of a link by the elements around it."""
        known = self._known
        passed: list[int] = []
        weak = ""
        found = ""
        around = node.parent
        while around is not None and len(passed) < MOST_ANCESTORS:
            key = around.mem_id
            if key in known:
                found = known[key]
                break
            attributes = around.attributes
            place = _place(
                around.tag or "",
                (attributes.get("class") or "")[:LONGEST_CLASSES],
                (attributes.get("id") or "")[:LONGEST_NAME],
                (attributes.get("role") or "")[:LONGEST_NAME],
                (attributes.get("itemtype") or "")[:LONGEST_NAME],
            )
            if place == _WEAK:
                weak = CONTENT
            elif place:
                known[key] = found = place
                break
            passed.append(key)
            around = around.parent
        for key in passed:
            known[key] = found or weak
        return found or weak or CONTENT


@lru_cache(maxsize=16_384)
def _place(tag: str, classes: str, identifier: str, role: str, itemtype: str) -> str:
    """What the rules say of one element; empty when they are silent, `article` for that."""
    if tag in _UNTOLD:
        return ""
    listed = rules()
    fits = [
        listed.roles.get(role.strip().lower()),
        listed.tags.get(tag),
        listed.types.get(itemtype.rstrip("/").rpartition("/")[2]),
    ]
    for name in (identifier, *classes.split()):
        fits.extend(_fits(name, listed))
    order, place = min((fit for fit in fits if fit), default=(0, ""))
    return _WEAK if place and listed.tags.get(_WEAK, (None,))[0] == order else place


def _fits(name: str, listed: Rules) -> list[tuple[int, str] | None]:
    whole = name.lower().replace("_", "-")
    words = {part.lower() for part in _PART.findall(name)}
    if words & listed.exceptions:
        return [listed.names.get(whole)]
    return [listed.names.get(whole), *(listed.words.get(word) for word in words)]
