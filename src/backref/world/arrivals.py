"""How people come: by which link or otherwise, when, and what their browser tells of it."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta
from math import exp
from typing import TYPE_CHECKING

from backref.world.chance import Chance, chance
from backref.world.search import Demand, engine

if TYPE_CHECKING:
    from collections.abc import Iterator

    from backref.world.links import Link, Web

DAY = 86_400


@dataclass(frozen=True)
class Arrival:
    """One coming. `when` is in seconds since the world's first midnight; `kind` the true origin
    (link, search, ai, social, email, direct, ad); `channel` what GA4's default groups make of
    what was sent; `sent` how much that tells: tag, page, host or nothing; `least` the fewest pages
    that will be seen."""

    when: int
    kind: str
    path: str
    query: str
    referrer: str
    channel: str
    sent: str
    link: Link | None = None
    surge: bool = False
    least: int = 1


def all_arrivals(
    seed: int, web: Web, demanded: list[Demand], since: int, traffic: float
) -> list[Arrival]:
    """Everybody who comes from day `since` on, in the order of time."""
    found = list(_by_links(web, chance(seed, "clicks"), since, traffic))
    found += _by_search(demanded, chance(seed, "searchers"), since)
    found += _otherwise(web, chance(seed, "others"), since, traffic)
    found += _late(web, chance(seed, "late"), since)
    return sorted(found, key=lambda arrival: (arrival.when, arrival.path, arrival.referrer))


def _by_links(web: Web, dice: Chance, since: int, traffic: float) -> Iterator[Arrival]:
    for link in web.links:
        if link.landing_path is None or link.clicks <= 0:
            continue
        for day in range(since, web.days):
            if link.born < day + 1 and link.died > day:
                mean = link.clicks * traffic * _interest(link, day) * _weekday(web, day)
                for _ in range(dice.poisson(mean)):
                    when = _hour(dice, day)
                    if link.alive(when / DAY):
                        yield _click(link, when, dice)
        if link.surge:
            yield from _surge(web, link, dice, traffic)


def _interest(link: Link, day: int) -> float:
    """Fresh links are read more; with time a link settles at its plain rate."""
    return 0.8 + 2.2 * exp(-max(0.0, day - link.born) / 8)


def _weekday(web: Web, day: int) -> float:
    return 1.15 if (web.first + timedelta(days=day)).weekday() > 4 else 0.95


def _surge(web: Web, link: Link, dice: Chance, traffic: float) -> Iterator[Arrival]:
    start, end = link.surge or (0.0, 0.0)
    for _ in range(dice.poisson(1_300 * traffic)):
        when = int((start + dice.wait(0.6)) * DAY)
        if when < min(end, web.days) * DAY:
            yield _click(link, when, dice, surge=True)


def _hour(dice: Chance, day: int) -> int:
    """A second of the day, evenings being busiest."""
    return day * DAY + int(DAY * (dice.betavariate(3.2, 2.2) * 0.96 + dice.random() * 0.04))


def _click(link: Link, when: int, dice: Chance, *, surge: bool = False) -> Arrival:
    query = "&".join(f"{name}={value}" for name, value in link.tag.items())
    referrer, sent = _told(link, dice)
    channel = link.page.publisher.channel if referrer else "Direct"
    if link.tag:
        sent = "tag"
    if "utm_medium" in link.tag:
        channel = "Referral"
    path = link.landing_path or "/"
    return Arrival(when, "link", path, query, referrer, channel, sent, link, surge)


def _told(link: Link, dice: Chance) -> tuple[str, str]:
    """The referrer that arrives, and how much it tells."""
    publisher = link.page.publisher
    if "noreferrer" in link.rel or publisher.policy == "nothing":
        return "", "nothing"
    if publisher.host == "www.reddit.com" and dice.happens(0.3):
        return "android-app://com.reddit.frontpage/", "host"
    if publisher.policy == "full" or dice.happens(0.03):
        return link.page.url, "page"
    return publisher.origin, "host"


def _by_search(demanded: list[Demand], dice: Chance, since: int) -> Iterator[Arrival]:
    for row in demanded:
        if row.day >= since:
            for _ in range(row.clicks):
                if dice.happens(0.94):
                    yield Arrival(_hour(dice, row.day), "search", row.page.path, "", engine(dice),
                                  "Organic Search", "host")  # fmt: skip


_OTHERS = (
    ("direct", 26.0, "Direct"),
    ("social", 13.0, "Organic Social"),
    ("ai", 9.0, "AI Assistant"),
    ("email", 7.0, "Email"),
    ("ad", 4.0, "Paid Search"),
)


def _otherwise(web: Web, dice: Chance, since: int, traffic: float) -> Iterator[Arrival]:
    paths = [page.path for page in web.site.of_kind("home", "guide", "product", "tool", "journal")]
    weights = [9.0 if path == "/" else 1.0 for path in paths]
    for kind, rate, channel in _OTHERS:
        for day in range(since, web.days):
            sends = 5.0 if kind == "email" and day % 14 == 3 else 0.7 if kind == "email" else 1.0
            for _ in range(dice.poisson(rate * traffic * sends)):
                referrer, query, sent = _ORIGINS[kind](dice)
                path = dice.weighted(paths, weights)
                yield Arrival(_hour(dice, day), kind, path, query, referrer, channel, sent)


def _late(web: Web, dice: Chance, since: int) -> Iterator[Arrival]:
    """Every few days somebody comes just before midnight and stays."""
    for day in range(since, web.days - 1, 4):
        when = (day + 1) * DAY - dice.randint(5, 60)
        referrer, query, sent = _social(dice)
        yield Arrival(when, "social", "/", query, referrer, "Organic Social", sent, least=6)


def _direct(_: Chance) -> tuple[str, str, str]:
    return "", "", "nothing"


def _social(dice: Chance) -> tuple[str, str, str]:
    where = dice.weighted(("x", "facebook", "instagram", "linkedin", "bluesky", "mastodon"),
                          (20, 42, 22, 8, 5, 3))  # fmt: skip
    if where == "facebook":
        host = dice.choice(("l.facebook.com", "lm.facebook.com", "m.facebook.com"))
        return f"https://{host}/", f"fbclid=IwY2{_token(dice, 24)}", "host"
    if where == "x":
        return f"https://t.co/{_token(dice, 10)}", "", "host"
    told = {
        "instagram": "https://l.instagram.com/",
        "linkedin": dice.choice(("https://www.linkedin.com/", "android-app://com.linkedin.android/",
                                 "https://lnkd.in/")),
        "bluesky": "https://bsky.app/",
        "mastodon": "https://mastodon.social/",
    }  # fmt: skip
    return told[where], "", "host"


def _assistant(dice: Chance) -> tuple[str, str, str]:
    where = dice.weighted(
        (
            "chatgpt.com",
            "www.perplexity.ai",
            "gemini.google.com",
            "copilot.microsoft.com",
            "claude.ai",
        ),
        (55, 18, 12, 10, 5),
    )
    if where == "chatgpt.com":
        referrer = "https://chatgpt.com/" if dice.happens(0.7) else ""
        return referrer, "utm_source=chatgpt.com", "host"
    return f"https://{where}/", "", "host"


def _email(dice: Chance) -> tuple[str, str, str]:
    if dice.happens(0.8):
        issue = dice.randint(31, 39)
        tags = f"utm_source=newsletter&utm_medium=email&utm_campaign=letter-{issue}"
        return dice.choice(("", "", "https://mail.google.com/")), tags, "host"
    return dice.choice(("https://mail.google.com/", "https://outlook.live.com/",
                        "android-app://com.google.android.gm/")), "", "host"  # fmt: skip


def _ad(dice: Chance) -> tuple[str, str, str]:
    return "https://www.google.com/", f"gclid=Cj0KC{_token(dice, 40)}", "host"


def _token(dice: Chance, length: int) -> str:
    letters = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789_-"
    return "".join(dice.choices(letters, k=length))


_ORIGINS = {"direct": _direct, "social": _social, "ai": _assistant, "email": _email, "ad": _ad}
