"""What alerts say. The words are ours and fixed; what pages and vendors wrote stands in them as
text, every character that commands or hides written out."""

from __future__ import annotations

from typing import TYPE_CHECKING
from urllib.parse import urlsplit

from backref.faces.drawing import words
from backref.faces.terminal import visible

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from backref.watch.happening import Happening

MOST_LINES = 50
LONGEST = 200
SUBJECTS = {
    "lost": ("1 link lost", "{} links lost"),
    "changed": ("1 link changed", "{} links changed"),
    "new domain": ("1 domain links for the first time", "{} domains link for the first time"),
    "surge": ("1 domain sends a surge of people", "{} domains send a surge of people"),
    "broken target": ("People meet 1 dead page", "People meet {} dead pages"),
    "unknown": ("1 link unseen for long", "{} links unseen for long"),
}


def subject(condition: str, count: int, site: str) -> str:
    """What a message is about, in one line."""
    one, many = SUBJECTS[condition]
    return f"{site}: {one if count == 1 else many.format(f'{count:,}')}"


def line(met: Happening) -> str:
    """One happening as a sentence or two."""
    return _LINES[met.condition](met)


def lines(told: Sequence[Happening]) -> list[str]:
    """The happenings that a message lists, and how many more there are."""
    said = [line(one) for one in told[:MOST_LINES]]
    more = len(told) - len(said)
    return [*said, f"And {more:,} more."] if more > 0 else said


def safe(text: str | None, unknown: str = "not known") -> str:
    """Text of others as it may stand in a message."""
    said = " ".join((text or "").split())
    return visible(said if len(said) <= LONGEST else f"{said[: LONGEST - 1]}…") or unknown


def place(met: Happening) -> str:
    """The page that links, without scheme, or the domain."""
    if not met.source_url:
        return safe(met.domain)
    try:
        parts = urlsplit(met.source_url)
    except ValueError:
        return safe(met.source_url)
    return safe(f"{parts.netloc}{parts.path}")


def _visits(met: Happening) -> str:
    if met.measure is None:
        return ""
    return f" It sent {words.count(met.measure)} visits a month."


def _lost(met: Happening) -> str:
    what = "is lost" if met.kind == "lost" else "is reported lost"
    seen = f", last seen {words.day(met.at_lo)}" if met.at_lo else ""
    why = f" ({safe(met.after)})" if met.after else ""
    return f"The link from {place(met)} to {safe(met.page)} {what}{why}{seen}.{_visits(met)}"


def _changed(met: Happening) -> str:
    before, after = safe(met.before, "none"), safe(met.after, "none")
    change = f": {before} → {after}" if before != after else ""
    return f"{place(met)}: {met.kind}{change}.{_visits(met)}"


def _new_domain(met: Happening) -> str:
    rating = "" if met.measure is None else f" Its rating is {words.count(met.measure)}."
    return (
        f"{safe(met.domain)} links for the first time: {place(met)} to {safe(met.page)}, "
        f"anchor “{safe(met.after, 'none')}”.{rating}"
    )


def _surge(met: Happening) -> str:
    return (
        f"{safe(met.domain)} sent {met.after} people on the day before {words.day(met.known)}; "
        f"{met.before} a day are usual."
    )


def _broken(met: Happening) -> str:
    return (
        f"{safe(met.page)} answers {met.after}, and {words.count(met.measure)} people from "
        f"elsewhere met it in seven days, most from {safe(met.domain)}."
    )


def _unknown(met: Happening) -> str:
    since = f"since {words.day(met.at_lo)}" if met.at_lo else "for long"
    return f"No look could tell of the link from {place(met)} to {safe(met.page)} {since}."


_LINES: dict[str, Callable[[Happening], str]] = {
    "lost": _lost,
    "changed": _changed,
    "new domain": _new_domain,
    "surge": _surge,
    "broken target": _broken,
    "unknown": _unknown,
}
