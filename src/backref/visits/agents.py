"""User agents: whether one belongs to a machine, to which, and what it is for.

A text is judged once: the list of known crawlers (the package `crawler-user-agents`) first,
then words that only machines use, then the age of the browser that it claims to be.
"""

from __future__ import annotations

import re
from functools import cache, lru_cache
from typing import NamedTuple

from crawleruseragents import CRAWLER_USER_AGENTS_DATA

from backref import data

KNOWN_CRAWLER, BOT_WORD, NO_AGENT = "known-crawler", "bot-word", "no-agent"
PURPOSE_OF_TAG = {
    "ai-crawler": "ai-training",
    "social-preview": "preview",
    "feed-reader": "feed",
    "monitoring": "monitor",
    "scanner": "scanner",
    "search-engine": "search",
    "seo": "seo",
    "http-library": "tool",
    "browser-automation": "tool",
}
_BROWSER = re.compile(r"(MSIE|Firefox/|Chrome/)\s?(\d{1,4})")
_META = re.compile(r"(?<!\\)[\[\](){}^$*+?|.]|\\[A-Za-z]")
_PRODUCT = re.compile(r"(?:Mozilla/[\d.]+ \((?:compatible; ?)?)?([A-Za-z][\w .!&:+-]*)")


class Agent(NamedTuple):
    """A judged user agent: `reasons` are codes of `bot_reasons.csv`, empty for a browser;
    `bot` and `purpose` name a machine; `year` is when the claimed browser came out."""

    reasons: tuple[str, ...] = ()
    bot: str | None = None
    purpose: str | None = None
    year: int | None = None


class Crawler(NamedTuple):
    """One entry of the list of known crawlers."""

    name: str
    purpose: str


@lru_cache(maxsize=65_536)
def judge(text: str | None) -> Agent:
    """Judge a User-Agent header; None or blank is one that was not sent.

    >>> judge("Mozilla/5.0 (compatible; bingbot/2.0; +http://www.bing.com/bingbot.htm)").purpose
    'search'
    """
    if not text or not text.strip(" -"):
        return Agent((NO_AGENT,))
    lower = text.lower()
    if crawler := known_crawler(text):
        return Agent((KNOWN_CRAWLER,), crawler.name, _purpose_by_word(lower) or crawler.purpose)
    if word := _bot_word(lower):
        return Agent((BOT_WORD,), _product(text) or word, _purpose_by_word(lower) or "other")
    return Agent(year=_browser_year(text))


def known_crawler(text: str) -> Crawler | None:
    """The first entry of the list of known crawlers whose pattern is in the text."""
    literals, patterns = _crawlers()
    for needle, crawler in literals:
        if needle in text:
            return crawler
    return next((crawler for pattern, crawler in patterns if pattern.search(text)), None)


@cache
def _crawlers() -> tuple[list[tuple[str, Crawler]], list[tuple[re.Pattern[str], Crawler]]]:
    """The list as plain texts, which are quick to look for, and as the few true patterns."""
    literals, patterns = [], []
    for entry in CRAWLER_USER_AGENTS_DATA:
        pattern: str = entry["pattern"]
        plain = re.sub(r"\\(.)", r"\1", pattern)
        crawler = Crawler(_display_name(pattern), _purpose_by_tags(entry["tags"]))
        if _META.search(pattern):
            patterns.append((re.compile(pattern), crawler))
        else:
            literals.append((plain, crawler))
    return literals, patterns


def _display_name(pattern: str) -> str:
    """A name to show: the pattern's first spelling, up to where it is no longer plain text."""
    first = re.sub(r"\[(\w)\w\]", r"\1", pattern)
    first = re.sub(r"\(([^|)]*)[^)]*\)", r"\1", first).replace("\\/", "/")
    plain = re.split(r"[\[(|*$]|\\[ds]", first.replace("\\", "").lstrip("^"))[0]
    return plain.strip(" /;:^")


def _product(text: str) -> str | None:
    """The product that a text names first, without its version."""
    found = _PRODUCT.match(text)
    return re.sub(r"[ v\d.-]+\Z", "", found[1]) or None if found else None


def _purpose_by_tags(tags: list[str]) -> str:
    return next((purpose for tag, purpose in PURPOSE_OF_TAG.items() if tag in tags), "other")


def _purpose_by_word(lower: str) -> str | None:
    return next((purpose for word, purpose in _purposes() if word in lower), None)


@cache
def _purposes() -> tuple[tuple[str, str], ...]:
    return tuple((row["word"], row["purpose"]) for row in data.table("bot_purposes.csv"))


def _bot_word(lower: str) -> str | None:
    words, devices = _words()
    for device in devices:
        lower = lower.replace(device, "")
    return next((word for word in words if word in lower), None)


@cache
def _words() -> tuple[tuple[str, ...], tuple[str, ...]]:
    listed = data.lines("bot_tokens.txt")
    return (
        tuple(word for word in listed if not word.startswith("!")),
        tuple(word[1:] for word in listed if word.startswith("!")),
    )


def _browser_year(text: str) -> int | None:
    """The year of the newest browser version that the text claims; None past the table's end."""
    found = _BROWSER.search(text)
    if not found:
        return None
    product, version = found[1].rstrip("/"), int(found[2])
    return next((year for upto, year in _years().get(product, ()) if version <= upto), None)


@cache
def _years() -> dict[str, list[tuple[int, int]]]:
    years: dict[str, list[tuple[int, int]]] = {}
    for row in data.table("browser_years.csv"):
        years.setdefault(row["product"], []).append((int(row["version"]), int(row["year"])))
    return years
