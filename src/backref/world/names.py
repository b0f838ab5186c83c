"""Names of publishers: a label for the domain and a title, by kind."""

from __future__ import annotations

from typing import TYPE_CHECKING

from backref.world.words import by_kind, lines, slug

if TYPE_CHECKING:
    from collections.abc import Callable

    from backref.world.chance import Chance

Name = tuple[str, str]


def name(dice: Chance, kind: str, taken: set[str]) -> Name:
    """A label that is not in `taken`, where it is put, and the title that goes with it."""
    while True:
        label, title = _MAKERS.get(kind, _compound)(dice, kind)
        if label not in taken:
            taken.add(label)
            return label, title


def _compound(dice: Chance, kind: str) -> Name:
    """Like fernandsill.example or thebasilreview.example."""
    head, second = dice.choice(lines("heads")), dice.choice(lines("heads"))
    tail = dice.choice(by_kind("tails")[kind])
    if dice.happens(0.35) and head != second:
        if kind == "blog":
            return f"{head}and{second}", f"{head} & {second}".title()
        label = f"{head}and{second}{tail}".replace("-", "")
        return label, f"{head} & {second} {tail}".replace("-", " ").title()
    the = "the " if kind in ("magazine", "podcast") and dice.happens(0.4) else ""
    title = f"{the}{head} {tail}".replace("-", " ")
    return title.replace(" ", ""), title.title()


def _hyphened(dice: Chance, kind: str) -> Name:
    label = f"{dice.choice(lines('heads'))}-{dice.choice(by_kind('tails')[kind])}"
    return label, label.replace("-", " ").title()


def _university(dice: Chance, _: str) -> Name:
    town = dice.choice(lines("towns"))
    body = dice.choice(("university", "college", "institute", "botanic-garden", "extension"))
    return f"{slug(town)}-{body}", f"{town} {body.replace('-', ' ').title()}"


def _wiki(dice: Chance, _: str) -> Name:
    label = dice.choice(lines("heads")) + "pedia"
    return label, label.title()


def _news(dice: Chance, kind: str) -> Name:
    town, tail = dice.choice(lines("towns")), dice.choice(by_kind("tails")[kind])
    return slug(town).replace("-", "") + tail, f"The {town} {tail.title()}"


def _farm(dice: Chance, _: str) -> Name:
    word = dice.choice(("cheap", "best", "top", "buy", "pro"))
    plant, lamp = dice.choice(lines("plants")), dice.choice(("lamps", "lights", "leds"))
    return f"{word}-{slug(plant)}-{lamp}", f"{word} {plant} {lamp}".title()


def _german(dice: Chance, _: str) -> Name:
    head = dice.choice(("gruen", "balkon", "topf", "blatt", "kraeuter", "zimmer", "fenster"))
    tail = dice.choice(("kompass", "zeit", "freunde", "werkstatt", "blog", "magazin", "garten"))
    return head + tail, (head + tail).title()


_MAKERS: dict[str, Callable[[Chance, str], Name]] = {
    "scraper": _hyphened,
    "coupon": _hyphened,
    "directory": _hyphened,
    "university": _university,
    "wiki": _wiki,
    "news": _news,
    "farm": _farm,
    "german": _german,
}
