"""What the cells of exports mean: a closed set of converters, from text to a value.

A converter takes a stripped cell that is not blank and returns its value, or raises ValueError
with a reason in words. What one cell cannot decide (is 03/04 a day in April, is 1,240 more than
two) is decided once per file and given as `Customs`; where nothing decides, the cell is refused
rather than guessed. Dates and times are next door, in `dates`.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable
from functools import cache, lru_cache
from math import isfinite
from typing import Any, NamedTuple

from backref import data, url
from backref.remembered import remembered
from backref.sources import dates

_SHORT_CHARS = 300
_LONG_CHARS = 8_192


class Customs(NamedTuple):
    """How a file writes what is ambiguous; None where nothing in it tells."""

    day_first: bool | None = None
    decimal_comma: bool | None = None


class Place(NamedTuple):
    """A page of the web: as written, and the names it has here."""

    text: str
    page: str
    host: str
    domain: str
    identity: str


class Money(NamedTuple):
    """An amount, with the currency when the cell itself says it."""

    amount: float
    currency: str | None


DISAVOWED = "domain:"
OFFLINE = "offline"
"""The host, and before a colon the scheme, of what stands on no page of the web."""


class Disavowed(NamedTuple):
    """An entry of a disavow file: a domain with all below it, or one page."""

    scope: str
    place: Place


Converter = Callable[[str], Any]


@cache
def converter(name: str, customs: Customs) -> Converter:
    """The converter `name` under a file's customs, remembering what it has seen lately."""
    if name in _TEXTS:
        return _TEXTS[name]
    if name in _WORDS:
        return remembered(1_024)(_WORDS[name])
    if name in _PLACES:
        return remembered(65_536)(_PLACES[name])
    convert = _FIGURES[name]

    def figure(cell: str) -> Any:
        if cell in _MISSING:
            return None
        if len(cell) > _FIGURE_CHARS:
            raise ValueError(f"{cell[:80]!r} is too long")
        return convert(cell, customs)

    return lru_cache(maxsize=16_384)(figure)


def is_converter(name: str) -> bool:
    """Whether a format definition may use the name."""
    return name in _TEXTS or name in _WORDS or name in _PLACES or name in _FIGURES


# --- text -----------------------------------------------------------------------------------


def _text(cell: str) -> str:
    return cell[:_LONG_CHARS] if cell.isprintable() else _one_line(cell)[:_LONG_CHARS]


def _short(cell: str) -> str:
    return _text(cell)[:_SHORT_CHARS].rstrip()


def _one_line(cell: str) -> str:
    return " ".join(cell.split())


def _word(cell: str) -> str:
    return _one_line(cell).casefold()


def _tokens(cell: str) -> str:
    """Tokens of rel, sorted; `dofollow` and `follow` are not tokens, only ways to say none."""
    words = set(re.split(r"[\s,;|+]+", cell.casefold())) - {"", "dofollow", "follow", "none"}
    if odd := sorted(word for word in words if not re.fullmatch(r"[a-z][a-z-]*", word)):
        raise ValueError(f"{odd[0]!r} is not a rel token")
    return " ".join(sorted(words))


def _currency(cell: str) -> str:
    code = _one_line(cell).upper()
    code = _currency_signs().get(code, code)
    if not re.fullmatch(r"[A-Z]{3}", code):
        raise ValueError(f"{cell!r} is not a three-letter currency code")
    return code


# --- yes and no -----------------------------------------------------------------------------

_YES = frozenset({"true", "yes", "y", "1", "+", "x", "t"})
_NO = frozenset({"false", "no", "n", "0", "-", "f"})


def _flag(cell: str) -> bool:
    word = cell.casefold()
    if word in _YES:
        return True
    if word in _NO:
        return False
    raise ValueError(f"{cell!r} is neither yes nor no")


# --- numbers --------------------------------------------------------------------------------

_GROUPED = re.compile(r"[+-]?\d{1,3}(?:([.,' ’])\d{3})(?:\1\d{3})*\Z")
_PLAIN_NUMBER = re.compile(r"[+-]?(?:\d+\.?\d*|\.\d+)(?:[eE][+-]?\d{1,3})?\Z")
_SPACES = str.maketrans({"\u00a0": " ", "\u202f": " ", "\u2009": " ", "−": "-", "٫": ".", "٬": ","})
_DECIMAL_COMMA = re.compile(r"\d,(?:\d{1,2}|\d{4,})\s?%?\Z")
_DECIMAL_POINT = re.compile(r"\d\.(?:\d{1,2}|\d{4,})\s?%?\Z")


_MISSING = frozenset({"-", "–", "—", "n/a", "N/A"})
"""How exports write a figure that they do not have."""
_FIGURE_CHARS = 64


def _integer(cell: str, _: Customs) -> int:
    text = cell.translate(_SPACES)
    if _GROUPED.match(text) and len(text) <= 24:
        return int(re.sub(r"[.,' ’]", "", text))
    if re.fullmatch(r"[+-]?\d{1,18}", text):
        return int(text)
    if re.fullmatch(r"[+-]?\d{1,18}[.,]0+", text):
        return int(re.split(r"[.,]", text)[0])
    raise ValueError(f"{cell!r} is not a whole number")


def _status(cell: str, customs: Customs) -> int | None:
    """An HTTP status; nought means that there was no answer."""
    code = _integer(cell, customs)
    if not 0 <= code <= 999:
        raise ValueError(f"{cell!r} is not an HTTP status")
    return code or None


def _number(cell: str, customs: Customs) -> float:
    text = cell.translate(_SPACES)
    if text.isdecimal():
        return float(text)
    plain = _pointed(text, customs)
    if not _PLAIN_NUMBER.match(plain):
        raise ValueError(f"{cell!r} is not a number")
    if not isfinite(value := float(plain)):
        raise ValueError(f"{cell!r} is beyond all numbers")
    return value


def _pointed(text: str, customs: Customs) -> str:
    """The number with a decimal point and no thousands separators."""
    text = re.sub(r"(?<=\d)[ '’](?=\d{3})", "", text)
    comma, point = text.rfind(","), text.rfind(".")
    if comma >= 0 and point >= 0:
        thousands, decimal = (".", ",") if comma > point else (",", ".")
        return text.replace(thousands, "").replace(decimal, ".")
    if comma >= 0:
        return _one_kind(text, ",", customs.decimal_comma)
    if point >= 0 and customs.decimal_comma:
        return _one_kind(text, ".", False)
    return text.replace(".", "") if text.count(".") > 1 and _GROUPED.match(text) else text


def _one_kind(text: str, mark: str, decimal: bool | None) -> str:
    """Resolve a number whose only mark is `mark`; a lone group of three needs the file's word."""
    if not _GROUPED.match(text):
        return text.replace(mark, ".")
    if text.count(mark) > 1 or decimal is False:
        return text.replace(mark, "")
    if decimal is None:
        raise ValueError(f"{text!r} may be a fraction or thousands, and nothing in the file tells")
    return text.replace(mark, ".")


def decimal_comma(cells: Iterable[str]) -> bool | None:
    """Whether these numbers use a decimal comma; None when they do not tell or disagree."""
    texts = [cell.translate(_SPACES) for cell in cells]
    comma = any(_DECIMAL_COMMA.search(text) for text in texts)
    point = any(_DECIMAL_POINT.search(text) for text in texts)
    return comma if comma != point else None


def _share(cell: str, customs: Customs) -> float:
    """A percentage or a fraction, as a share of one."""
    text = cell.translate(_SPACES)
    bare = text.strip("% ٪")
    value = _number(bare, customs) if bare else float("nan")
    share = round(value / 100, 12) if len(bare) < len(text) else value
    if not 0 <= share <= 1:
        raise ValueError(f"{cell!r} is not a share between 0 and 100 %")
    return share


def _money(cell: str, customs: Customs) -> Money:
    text = cell.translate(_SPACES)
    found = re.fullmatch(r"([^\d.,+-]*)([+-]?[\d.,' ’]*\d)([^\d]*)", text)
    if not found:
        raise ValueError(f"{cell!r} is not an amount of money")
    sign = (found[1] + found[3]).strip().upper()
    if sign and sign not in _currency_signs() and not re.fullmatch(r"[A-Z]{3}|\$", sign):
        raise ValueError(f"{cell!r} names no currency that is known")
    amount = _number(found[2], customs)
    return Money(amount, None if sign in ("", "$") else _currency_signs().get(sign, sign))


@cache
def _currency_signs() -> dict[str, str]:
    return {row["sign"].upper(): row["code"] for row in data.table("exports/currencies.csv")}


# --- places ---------------------------------------------------------------------------------


def _page(cell: str) -> Place:
    """An http(s) page; a host without scheme is read as one."""
    text = _text(cell)
    parsed = url.parse(text)
    if parsed is None or not _is_named(parsed.host):
        raise ValueError(f"{text[:80]!r} is not an http(s) address")
    return Place(
        text,
        url.fold_key(parsed),
        parsed.host,
        url.registrable_domain(parsed.host),
        url.identity(parsed),
    )


def _mention(cell: str) -> Place:
    """A page, or `offline: NAME` for what stands on no page of the web, as a flyer."""
    if not cell.lower().startswith(f"{OFFLINE}:"):
        return _page(cell)
    name = _text(" ".join(cell[len(OFFLINE) + 1 :].split()))
    if not name:
        raise ValueError(f"{cell[:80]!r} names nothing")
    known = f"{OFFLINE}:{name.lower()}"
    return Place(f"{OFFLINE}:{name}", known, OFFLINE, OFFLINE, known)


def _disavowed(cell: str) -> Disavowed:
    """`domain:NAME`, or an address with its scheme."""
    if cell.lower().startswith(DISAVOWED):
        name = cell[len(DISAVOWED) :].strip()
        if not name or set(name) & set("/?# "):
            raise ValueError(f"{cell[:80]!r} names no domain")
        return Disavowed("domain", _page(name))
    if "://" not in cell:
        raise ValueError(f"{cell[:80]!r} is neither domain:NAME nor an http(s) address")
    return Disavowed("page", _page(cell))


def _is_named(host: str) -> bool:
    return "." in host or host.startswith("[") or host == "localhost"


def _domain(cell: str) -> str:
    """A registrable domain, from a domain, a host or a URL."""
    return _page(cell).domain


def _host(cell: str) -> str:
    return _page(cell).host


def _reversed_host(cell: str) -> str:
    """`com.example` as a web graph writes it, in reading order."""
    if not re.fullmatch(r"[^\s./]+(?:\.[^\s./]+)*", cell):
        raise ValueError(f"{cell[:80]!r} is not a reversed host name")
    return url.reversed_host(cell.lower())


def _path(cell: str) -> str:
    """The folded path of an own page, from a path or a URL, `/` for the root."""
    text = _text(cell)
    if text.startswith("/"):
        return url.path_key(re.split(r"[?#]", text, maxsplit=1)[0])
    parsed = url.parse(text)
    if parsed is None or not _is_named(parsed.host):
        raise ValueError(f"{text[:80]!r} is neither a path nor an http(s) address")
    return url.path_key(parsed.path)


_TEXTS: dict[str, Converter] = {"text": _text, "short": _short}
_WORDS: dict[str, Converter] = {
    "word": _word,
    "tokens": _tokens,
    "currency": _currency,
    "flag": _flag,
}
_PLACES: dict[str, Converter] = {
    "page": _page,
    "mention": _mention,
    "domain": _domain,
    "host": _host,
    "reversed host": _reversed_host,
    "path": _path,
    "disavowed": _disavowed,
}
_FIGURES: dict[str, Callable[[str, Customs], Any]] = {
    "integer": _integer,
    "status": _status,
    "number": _number,
    "share": _share,
    "money": _money,
    "moment": lambda cell, customs: dates.moment(cell, customs.day_first),
    "day": lambda cell, customs: dates.day(cell, customs.day_first),
    "span": lambda cell, customs: dates.span(cell, customs.day_first),
}
