"""Everybody else: who publishes, how known they are, whom they reach and what browsers tell."""

from __future__ import annotations

from dataclasses import dataclass
from zlib import crc32

from backref.world.chance import Chance, chance
from backref.world.names import name
from backref.world.words import lines


@dataclass(frozen=True)
class Kind:
    """A kind of publisher.

    `share` is its part of all publishers; `authority` a range of 0 to 100; `readers` the median
    clicks a day of one settled link, `spread` its log deviation; `pages` how many pages link to
    us; `archived` the chance that a crawl takes one of its pages; `known` scales what vendors
    find; `rel` what its links say, with `rel_share` the part of them that says it.
    """

    name: str
    share: float
    theme: str
    authority: tuple[int, int]
    readers: float
    spread: float
    pages: tuple[int, int]
    places: tuple[tuple[str, float], ...]
    archived: float = 0.6
    known: float = 1.0
    rel: str = ""
    rel_share: float = 0.0


BODY = (("content", 8.0), ("bio", 0.6), ("sidebar", 0.8), ("related", 0.5))
KINDS = (
    Kind("magazine", 0.10, "journal", (48, 84), 0.55, 1.0, (1, 5), BODY, 0.8),
    Kind("blog", 0.24, "press", (6, 48), 0.34, 1.3, (1, 6), (*BODY, ("comment", 1.2))),
    Kind("forum", 0.08, "forum", (12, 46), 0.36, 1.0, (2, 9), (("comment", 1.0),),
         0.5, 0.6, "nofollow ugc", 0.9),
    Kind("news", 0.05, "journal", (58, 90), 0.3, 1.1, (1, 3), (("content", 1.0),), 0.7),
    Kind("university", 0.06, "classic", (62, 91), 0.010, 0.8, (1, 2), (("content", 1.0),), 0.85),
    Kind("wiki", 0.02, "wiki", (70, 93), 0.16, 0.7, (2, 4), (("content", 1.0),), 0.95, 1.0,
         "nofollow", 1.0),
    Kind("directory", 0.10, "classic", (28, 62), 0.004, 0.9, (1, 3), (("content", 1.0),)),
    Kind("club", 0.07, "classic", (2, 22), 0.26, 0.9, (1, 3),
         (("content", 3.0), ("sidebar", 1.0), ("nav", 0.4)), 0.35, 0.45),
    Kind("shop", 0.06, "press", (14, 44), 0.06, 1.0, (1, 3),
         (("content", 2.0), ("footer", 1.0), ("header", 0.3))),
    Kind("podcast", 0.05, "press", (16, 52), 0.6, 0.9, (1, 4), (("content", 1.0),), 0.5),
    Kind("coupon", 0.02, "classic", (18, 40), 0.07, 0.7, (1, 2), (("content", 1.0),), 0.6, 1.0,
         "nofollow sponsored", 0.7),
    Kind("scraper", 0.09, "press", (0, 9), 0.0, 0.0, (1, 5), (("content", 1.0),), 0.5, 0.8),
    Kind("members", 0.06, "classic", (0, 12), 0.20, 0.8, (1, 2), (("content", 1.0),), 0.0, 0.0),
)  # fmt: skip
FARM = Kind("farm", 0.0, "farm", (1, 14), 0.0, 0.0, (2, 4), (("content", 1.0),), 0.7, 0.9)
SOCIAL = Kind("social", 0.0, "journal", (90, 96), 0.5, 0.9, (1, 4),
              (("content", 1.0),), 0.6, 0.8, "nofollow", 1.0)  # fmt: skip
GERMAN = Kind("german", 0.0, "press", (12, 40), 0.05, 0.8, (1, 2), (("content", 1.0),))


@dataclass(frozen=True)
class Publisher:
    """One who publishes pages. `prefix` is its folder on a shared platform; `policy` what
    browsers tell of its pages: origin (the default since 2020), full, or nothing; `channel` the
    GA4 default channel that its visits fall into."""

    kind: Kind
    host: str
    name: str
    authority: float
    readers: float
    policy: str
    ip: str
    analytics: str
    prefix: str = ""
    channel: str = "Referral"
    scheme: str = "https"
    language: str = "en"
    farm: str = ""

    @property
    def domain(self) -> str:
        """What identifies it, as the world planned it."""
        return self.host.removeprefix("www.") + self.prefix

    @property
    def origin(self) -> str:
        """Scheme and host, with a slash: what a browser tells by default."""
        return f"{self.scheme}://{self.host}/"


_READ_BY_RANK = ("magazine", "news", "podcast", "blog")
"""Kinds that are the more read the better they are known."""


def build(seed: int, count: int) -> list[Publisher]:
    """About `count` publishers, in a stable order."""
    dice = chance(seed, "publishers")
    taken: set[str] = set()
    found = [_platform(dice, line.split("\t")) for line in lines("platforms")]
    for kind in KINDS:
        wanted = max(1, round(kind.share * count))
        found += [_publisher(dice, kind, taken) for _ in range(wanted)]
    farms = max(1, count // 150)
    found += [_member(dice, f"farm-{farm}", taken) for farm in range(farms) for _ in range(12)]
    found += [_publisher(dice, GERMAN, taken) for _ in range(max(2, count // 40))]
    return found


def _publisher(dice: Chance, kind: Kind, taken: set[str]) -> Publisher:
    label, title = name(dice, kind.name, taken)
    authority = round(dice.uniform(*kind.authority), 1)
    readers = dice.spread(kind.readers, kind.spread) if kind.readers else 0.0
    www = "www." if dice.happens(0.45) else ""
    plain = kind.name in ("club", "directory") and dice.happens(0.2)
    return Publisher(
        kind,
        f"{www}{label}.example",
        title,
        authority,
        readers * (authority / 60) ** 2 if kind.name in _READ_BY_RANK else readers,
        policy=dice.weighted(("origin", "full", "nothing"), (0.82, 0.13, 0.05)),
        ip=f"203.0.113.{dice.randint(1, 254)}",
        analytics=f"G-{dice.getrandbits(40):010X}",
        scheme="http" if plain else "https",
        language="de" if kind is GERMAN else "en",
    )


def _member(dice: Chance, farm: str, taken: set[str]) -> Publisher:
    """One of a farm's domains: other names, the same server and the same analytics id."""
    label, title = name(dice, FARM.name, taken)
    return Publisher(
        FARM,
        f"{label}.example",
        title,
        authority=round(dice.uniform(*FARM.authority), 1),
        readers=0.0,
        policy="origin",
        ip=f"192.0.2.{crc32(farm.encode()) % 250}",
        analytics=f"G-{crc32(farm.encode()):08X}F1",
        farm=farm,
    )


def _platform(dice: Chance, row: list[str]) -> Publisher:
    host, prefix, title, readers, channel = row
    return Publisher(
        SOCIAL,
        host,
        title,
        authority=round(dice.uniform(*SOCIAL.authority), 1),
        readers=float(readers),
        policy="origin",
        ip="203.0.113.9",
        analytics="",
        prefix=prefix,
        channel=channel,
    )
