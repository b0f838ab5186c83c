"""Everybody else: who publishes, how known they are, whom they reach and what browsers tell."""

from __future__ import annotations

from dataclasses import dataclass

from backref.world.chance import Chance, chance
from backref.world.words import by_kind, lines, slug


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
    Kind("magazine", 0.10, "journal", (48, 84), 0.42, 1.0, (1, 5), BODY, 0.8),
    Kind("blog", 0.24, "press", (6, 48), 0.10, 1.3, (1, 6), (*BODY, ("comment", 1.2))),
    Kind("forum", 0.08, "forum", (12, 46), 0.30, 1.0, (2, 9), (("comment", 5.0), ("content", 3.0)),
         0.5, 0.6, "nofollow ugc", 0.9),
    Kind("news", 0.05, "journal", (58, 90), 0.22, 1.1, (1, 3), (("content", 1.0),), 0.7),
    Kind("university", 0.06, "classic", (62, 91), 0.010, 0.8, (1, 2), (("content", 1.0),), 0.85),
    Kind("wiki", 0.02, "wiki", (70, 93), 0.16, 0.7, (2, 4), (("content", 1.0),), 0.95, 1.0,
         "nofollow", 1.0),
    Kind("directory", 0.10, "classic", (28, 62), 0.004, 0.9, (1, 3), (("content", 1.0),)),
    Kind("club", 0.07, "classic", (2, 22), 0.26, 0.9, (1, 3),
         (("content", 3.0), ("sidebar", 1.0), ("nav", 0.4)), 0.35, 0.45),
    Kind("shop", 0.06, "press", (14, 44), 0.06, 1.0, (1, 3),
         (("content", 2.0), ("footer", 1.0), ("header", 0.3))),
    Kind("podcast", 0.05, "press", (16, 52), 0.24, 0.9, (1, 4), (("content", 1.0),), 0.5),
    Kind("coupon", 0.02, "classic", (18, 40), 0.07, 0.7, (1, 2), (("content", 1.0),), 0.6, 1.0,
         "nofollow sponsored", 0.7),
    Kind("scraper", 0.09, "press", (0, 9), 0.0, 0.0, (1, 5), (("content", 1.0),), 0.5, 0.8),
    Kind("members", 0.06, "classic", (0, 12), 0.20, 0.8, (1, 2), (("content", 1.0),), 0.0, 0.0),
)  # fmt: skip
FARM = Kind("farm", 0.0, "farm", (1, 14), 0.0, 0.0, (2, 4), (("content", 1.0),), 0.7, 0.9)
SOCIAL = Kind("social", 0.0, "forum", (90, 96), 0.5, 0.9, (1, 4),
              (("content", 1.0),), 0.6, 0.8, "nofollow ugc", 1.0)  # fmt: skip
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


_PLATFORMS = (
    ("www.reddit.com", "/r/windowsillgarden", "r/windowsillgarden", 1.3, "Organic Social"),
    ("www.reddit.com", "/r/plantlampdiy", "r/plantlampdiy", 0.5, "Organic Social"),
    ("www.youtube.com", "/@wrengrowsindoors", "Wren Grows Indoors", 0.9, "Organic Video"),
    ("medium.com", "/@oskar-lindqvist", "Oskar Lindqvist", 0.2, "Organic Social"),
    ("thequietpot.substack.com", "", "The Quiet Pot", 0.8, "Referral"),
    ("github.com", "/par-meter", "par-meter", 0.12, "Referral"),
    ("www.pinterest.com", "/leafcorner", "Leaf Corner", 0.4, "Organic Social"),
)


def build(seed: int, count: int) -> list[Publisher]:
    """About `count` publishers, in a stable order."""
    dice = chance(seed, "publishers")
    taken: set[str] = set()
    found = [_platform(dice, *row) for row in _PLATFORMS]
    for kind in KINDS:
        for _ in range(max(1, round(kind.share * count))):
            found.append(_publisher(dice, kind, taken))
    farms = max(1, count // 150)
    found += [_member(dice, f"farm-{f}", taken) for f in range(farms) for _ in range(12)]
    found += [_publisher(dice, GERMAN, taken) for _ in range(max(2, count // 40))]
    return found


def _publisher(dice: Chance, kind: Kind, taken: set[str]) -> Publisher:
    label, name, suffix = _name(dice, kind, taken)
    www = "www." if dice.happens(0.45) else ""
    return Publisher(
        kind,
        f"{www}{label}.{suffix}",
        name,
        authority=round(dice.uniform(*kind.authority), 1),
        readers=dice.spread(kind.readers, kind.spread) if kind.readers else 0.0,
        policy=dice.weighted(("origin", "full", "nothing"), (0.82, 0.13, 0.05)),
        ip=f"203.0.113.{dice.randint(1, 254)}",
        analytics=f"G-{dice.getrandbits(40):010X}",
        scheme="http" if kind.name in ("club", "directory") and dice.happens(0.2) else "https",
        language="de" if kind is GERMAN else "en",
    )


def _member(dice: Chance, farm: str, taken: set[str]) -> Publisher:
    """One of a farm's domains: other names, the same server and the same analytics id."""
    label, name, suffix = _name(dice, FARM, taken)
    return Publisher(FARM, f"{label}.{suffix}", name, round(dice.uniform(*FARM.authority), 1), 0.0,
                     "origin", "203.0.113.66", f"G-{slug(farm).upper()}001", farm=farm)  # fmt: skip


def _platform(
    dice: Chance, host: str, prefix: str, name: str, readers: float, channel: str
) -> Publisher:
    kind = SOCIAL
    return Publisher(kind, host, name, round(dice.uniform(*kind.authority), 1), readers, "origin",
                     "203.0.113.9", "", prefix, channel)  # fmt: skip


def _name(dice: Chance, kind: Kind, taken: set[str]) -> tuple[str, str, str]:
    """A free label below the suffix, a title, and the suffix."""
    while True:
        label, title = _words(dice, kind.name)
        if label not in taken:
            taken.add(label)
            return label, title, "example"


def _words(dice: Chance, kind: str) -> tuple[str, str]:
    head, town = dice.choice(lines("heads")), dice.choice(lines("towns"))
    if kind == "university":
        body = dice.choice(("university", "college", "institute", "botanic-garden", "extension"))
        return f"{slug(town)}-{body}", f"{town} {body.replace('-', ' ').title()}"
    if kind == "wiki":
        label = f"{head}pedia"
        return label, label.title()
    if kind == "news":
        tail = dice.choice(by_kind("tails")[kind])
        return slug(town).replace("-", "") + tail, f"The {town} {tail.title()}"
    if kind == "farm":
        plant = slug(dice.choice(lines("plants")))
        word = dice.choice(("cheap", "best", "top", "buy", "pro"))
        return f"{word}-{plant}-{dice.choice(('lamps', 'lights', 'leds'))}", f"{word} {plant} lamps"
    if kind == "german":
        label = dice.choice(("gruen", "balkon", "topf", "blatt", "kraeuter", "zimmer"))
        tail = dice.choice(("kompass", "zeit", "freunde", "werkstatt", "blog", "magazin"))
        return label + tail, (label + tail).title()
    tail = dice.choice(by_kind("tails")[kind])
    if kind in ("scraper", "coupon", "directory"):
        return f"{head}-{tail}", f"{head} {tail}".replace("-", " ").title()
    article = "the" if kind in ("magazine", "podcast") and dice.happens(0.4) else ""
    second = dice.choice(lines("heads")) if dice.happens(0.35) else ""
    middle = f"and{second}" if second and second != head else ""
    if middle and kind == "blog":
        return head + middle, f"{head} & {second}".title()
    return article + head + tail.replace("-", ""), f"{article} {head} {tail}".strip().replace(
        "-", " "
    ).title()
