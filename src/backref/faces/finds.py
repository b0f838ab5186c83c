"""Searches for unknown links from the command line."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from backref.check.fetcher import Fetcher
from backref.check.settings import Manners
from backref.faces import asking, checks, listing
from backref.faces.listing import Column, Format
from backref.faces.terminal import say
from backref.lake.lake import Lake
from backref.watch.finding import Found, Search, search

if TYPE_CHECKING:
    from collections.abc import Mapping

    from backref.config import Config

SEARCHED = (
    Column("domain", lambda row: row.domain, right=False),
    Column("visits", lambda row: row.visits),
    Column("pages", lambda row: row.pages, spare=1),
    Column("found", lambda row: " ".join(row.found) or row.why, right=False, flexible=True),
)


def run(
    found: Config,
    asked: Mapping[str, Any],
    minutes: float | None,
    contact: str,
    *,
    as_json: bool,
) -> None:
    """Search, and print what became of each domain."""
    fetcher = Fetcher(Manners(contact))
    with asking.opened(found) as opened:
        name = opened.site(found.site).name
    seconds = None if minutes is None else minutes * 60
    with Lake.open(found.store) as lake, checks.told() as told:
        answer = search(lake, fetcher, Search(name, seconds=seconds, **asked), told)
    listing.emit(answer.searched, SEARCHED, Format.JSON if as_json else Format.TABLE)
    say(sentence(answer))


def sentence(answer: Found) -> str:
    """A search in a sentence or two."""
    waiting = f" {len(answer.waiting):,} searched in vain before wait for their time."
    if not answer.searched:
        return (
            f"Nobody sends people by a link that is not known.{waiting if answer.waiting else ''}"
        )
    hits = sum(bool(each.found) for each in answer.searched)
    return (
        f"{len(answer.searched):,} domains searched: {hits:,} with a link, "
        f"{len(answer.searched) - hits:,} in vain.{waiting if answer.waiting else ''}"
    )
