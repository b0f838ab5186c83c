"""Texts of the simulated web, put together from word lists."""

from __future__ import annotations

from functools import cache
from importlib.resources import files
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from backref.world.chance import Chance

MONTHS = (
    "January", "February", "March", "April", "May", "June",
    "July", "August", "September", "October", "November", "December",
)  # fmt: skip


@cache
def lines(name: str) -> tuple[str, ...]:
    """The entries of a word list, without comments."""
    text = (files("backref.world") / "words" / f"{name}.txt").read_text(encoding="utf-8")
    return tuple(line for line in text.splitlines() if line and not line.startswith("#"))


@cache
def by_kind(name: str) -> dict[str, tuple[str, ...]]:
    """The entries of a word list whose first column is a kind."""
    found: dict[str, list[str]] = {}
    for line in lines(name):
        kind, _, word = line.partition("\t")
        found.setdefault(kind, []).append(word)
    return {kind: tuple(entries) for kind, entries in found.items()}


def fill(template: str, dice: Chance) -> str:
    """The template with its braces filled, and a capital at the start."""
    if "{" in template:
        template = template.format(
            plants=dice.choice(lines("plants")),
            place=dice.choice(lines("places")),
            number=dice.randint(3, 24),
            month=dice.choice(MONTHS),
            person=dice.choice(lines("people")).split()[0],
            link="{link}",
        )
    return template[:1].upper() + template[1:]


def sentence(dice: Chance) -> str:
    """One sentence of an article."""
    return fill(dice.choice(lines("sentences")), dice)


def paragraph(dice: Chance) -> str:
    """Three to six sentences."""
    return " ".join(sentence(dice) for _ in range(dice.randint(3, 6)))


def slug(text: str) -> str:
    """The text as a part of a path."""
    kept = "".join(char if char.isalnum() and char.isascii() else " " for char in text.lower())
    return "-".join(kept.split()[:12])
