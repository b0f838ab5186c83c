"""What a tag on the page counts: people who consent and block nothing, as GA4 exports them."""

from __future__ import annotations

from collections import defaultdict
from datetime import timedelta
from typing import TYPE_CHECKING
from urllib.parse import parse_qsl

from backref.world import site
from backref.world.arrivals import DAY, Arrival

if TYPE_CHECKING:
    from collections.abc import Iterable
    from pathlib import Path

    from backref.world.chance import Chance
    from backref.world.links import Web
    from backref.world.people import Visit

CONSENT = 0.71
HEADER = ("Date,Session source,Session medium,Landing page,Sessions,Engaged sessions,"
          "Total users,Key events")  # fmt: skip


def write(path: Path, web: Web, visits: Iterable[Visit], since: int, dice: Chance) -> None:
    """An Explore export: date, session source and medium by landing page."""
    counts: dict[tuple[str, ...], list[int]] = defaultdict(lambda: [0, 0, 0])
    for visit in visits:
        if visit.arrival is None or visit.status != 200 or not dice.happens(CONSENT):
            continue
        day = web.first + timedelta(days=visit.started // DAY)
        key = (f"{day:%Y%m%d}", *source(visit.arrival), visit.entry)
        row = counts[key]
        row[0] += 1
        row[1] += visit.views > 1 or bool(visit.goals) or dice.happens(0.45)
        row[2] += len(visit.goals)
    with path.open("w", encoding="utf-8", newline="") as stream:
        stream.write(_preamble(web, since) + HEADER + "\n")
        for (when, where, medium, page), (sessions, engaged, events) in sorted(counts.items()):
            stream.write(
                f"{when},{where},{medium},{page},{sessions},{engaged},{sessions},{events}\n"
            )


def _preamble(web: Web, since: int) -> str:
    rule = "# ----------------------------------------"
    first, last = (web.first + timedelta(days=day) for day in (since, web.days - 1))
    head = (
        rule,
        "# Links and landing pages",
        "# Account: Lumen Garden",
        f"# Property: {site.NAME} - GA4",
        rule,
        "#",
        "# All Users",
        f"# Start date: {first:%Y%m%d}",
        f"# End date: {last:%Y%m%d}",
    )
    return "\n".join(head) + "\n"


_MEDIA = {"search": "organic", "ad": "cpc"}
_NAMED = {"google": "google", "bing": "bing", "duckduckgo": "duckduckgo", "ecosia": "ecosia.org"}


def source(arrival: Arrival) -> tuple[str, str]:
    """Session source and medium as GA4 names them."""
    tags = dict(parse_qsl(arrival.query))
    if "utm_source" in tags:
        return tags["utm_source"], tags.get("utm_medium", "(not set)")
    host = arrival.referrer.partition("://")[2].partition("/")[0].removeprefix("www.")
    if not host:
        return "(direct)", "(none)"
    if arrival.kind in _MEDIA:
        name = next((short for word, short in _NAMED.items() if word in host), host)
        return name, _MEDIA[arrival.kind]
    return host, "referral"
