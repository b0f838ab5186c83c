"""What befalls links while somebody watches them: more than a web does to them by itself.

Planted into a web before it is looked at, so that no observer of an ordinary world meets it. What
happened is told by `happenings`, the truth of watching.
"""

from __future__ import annotations

from math import inf
from typing import TYPE_CHECKING, NamedTuple

from backref.world import site
from backref.world.chance import Chance, chance

if TYPE_CHECKING:
    from collections.abc import Collection, Iterator

    from backref.world.links import Link, Page, Web

BEFALLS, BEFALLS_AGREED = 0.16, 0.85
"""How likely anything befalls a page, and one whose link was agreed upon."""
_KINDS = {"nofollow": 4, "reword": 4, "noindex": 3, "canonical": 2, "flicker": 2}
_OTHERS = ("click here", "this shop", "read more", "source", "their website")
MARGIN = 3.0


class Happening(NamedTuple):
    """What truly happened to a link, and when, in days since the world's first."""

    link: Link
    kind: str
    at: float


def plant(seed: int, web: Web, since: float, agreed: Collection[Link]) -> None:
    """Let something befall some pages that carry links at `since`, until the world's end."""
    ours = {link.number for link in agreed}
    for page in watched(web, since):
        dice = chance(seed, "mischief", page.number)
        likely = any(link.number in ours for link in page.links)
        if dice.happens(BEFALLS_AGREED if likely else BEFALLS):
            _befall(page, dice.uniform(since + MARGIN, web.days - MARGIN), dice)


def watched(web: Web, since: float) -> list[Page]:
    """Pages, copies apart, that carry links at that time."""
    return [
        page
        for page in web.pages
        if page.copy_of is None
        and page.there(since)
        and any(link.alive(since) for link in page.links)
    ]


def _befall(page: Page, when: float, dice: Chance) -> None:
    link = dice.choice(page.links)
    match dice.weighted(list(_KINDS), list(_KINDS.values())):
        case "nofollow":
            link.nofollow_from = min(link.nofollow_from, when)
        case "reword":
            link.reworded = when, dice.choice(_OTHERS)
        case "noindex" if not page.robots:
            until = when + dice.uniform(10, 25) if dice.happens(0.3) else inf
            page.noindexed = when, until
        case "canonical":
            page.canonicalised = when, page.publisher.origin + "all-stories/"
        case _:
            link.flickers = True


def happenings(web: Web, since: float) -> Iterator[Happening]:
    """What truly happened after `since` to links that stood then, for as long as they stood."""
    for page in watched(web, since):
        for link in page.links:
            if link.alive(since):
                last = min(link.died, web.days)
                yield from (told for told in _of_link(web, page, link) if since < told.at < last)
                if since < link.died < web.days:
                    yield Happening(link, "lost", link.died)


def _of_link(web: Web, page: Page, link: Link) -> Iterator[Happening]:
    if "nofollow" not in link.rel and "nofollow" not in page.robots and not link.flickers:
        yield Happening(link, "nofollowed", link.nofollow_from)
    if link.reworded[1] != link.anchor:
        yield Happening(link, "anchor changed", link.reworded[0])
    yield Happening(link, "noindexed", page.noindexed[0])
    yield Happening(link, "indexed", page.noindexed[1])
    yield Happening(link, "canonicalised", page.canonicalised[0])
    if link.host == site.NAME:
        yield Happening(link, "target broken", web.site.gone.get(link.path, inf))
        yield Happening(link, "target redirected", web.site.moved.get(link.path, (inf, ""))[0])
