"""Walls: answers that stand in the place of a page and say nothing of it."""

from __future__ import annotations

from functools import cache
from typing import TYPE_CHECKING

from backref import data

if TYPE_CHECKING:
    from backref.sources.headers import Headers
    from backref.sources.html import Page
    from backref.url import Url

FEW_WORDS = 20
_LOOKED_AT = 1 << 16


def wall(headers: Headers, body: bytes, page: Page | None) -> str:
    """The wall that an answer is, in words; empty for an answer that is none."""
    return _named_by_header(headers) or (_named_by_page(body, page) if page else "")


def wall_at(aim: Url) -> str:
    """The wall that a temporary redirect leads to; empty when it leads elsewhere."""
    segments = aim.path.lower().split("/")
    return next((name for sign, name in _signs("aim") if sign in segments), "")


def _named_by_header(headers: Headers) -> str:
    for sign, name in _signs("header"):
        field, _, value = sign.partition(":")
        if any(told.lower().startswith(value.strip()) for told in headers.every(field)):
            return name
    return ""


def _named_by_page(body: bytes, page: Page) -> str:
    title = page.declared.title.strip().lower()
    for sign, name in _signs("title"):
        if title.startswith(sign):
            return name
    if page.count or len(page.text[:_LOOKED_AT].split()) >= FEW_WORDS:
        return ""
    markup = body[:_LOOKED_AT].lower()
    return next((name for sign, name in _signs("little") if sign.encode() in markup), "")


@cache
def _signs(where: str) -> tuple[tuple[str, str], ...]:
    return tuple(
        (row["sign"], row["wall"]) for row in data.table("walls.csv") if row["where"] == where
    )
