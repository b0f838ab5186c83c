"""What the cells of exports mean: a closed set of converters, from text to a value.

A converter takes a stripped cell that is not blank and returns its value, or raises ValueError
with a reason in words. What one cell cannot decide (is 03/04 a day in April, is 1,240 more than
two) is decided once per file and given as `Customs`; where nothing decides, the cell is refused
rather than guessed. Times are microseconds since 1970 in UTC, days are days since 1970.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable
from datetime import date, datetime, timedelta
from functools import cache, lru_cache
from typing import Any, NamedTuple

from backref import data, url

DAY = 86_400_000_000
_EPOCH = date(1970, 1, 1).toordinal()
_YEARS = range(1990, 2101)
_SHORT_CHARS = 300
_LONG_CHARS = 8_192


class Customs(NamedTuple):
    """How a file writes what is ambiguous; None where nothing in it tells."""

    day_first: bool | None = None
    decimal_comma: bool | None = None


class Moment(NamedTuple):
    """A time as an interval: equal when exact, a whole UTC day when only the day is told."""

    lo: int
    hi: int


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


Converter = Callable[[str], Any]


@cache
def converter(name: str, customs: Customs) -> Converter:
    """The converter `name` under a file's customs, remembering what it has seen lately."""
    convert = _PLAIN.get(name)
    if convert is None:
        ambiguous = _AMBIGUOUS[name]

        def convert(cell: str) -> Any:
            return ambiguous(cell, customs)

    return convert if name in _CHEAP else lru_cache(maxsize=65_536)(convert)


def is_converter(name: str) -> bool:
    """Whether a format definition may use the name."""
    return name in _PLAIN or name in _AMBIGUOUS


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


def _integer(cell: str) -> int:
    text = cell.translate(_SPACES)
    if _GROUPED.match(text):
        return int(re.sub(r"[.,' ’]", "", text))
    if re.fullmatch(r"[+-]?\d{1,18}", text):
        return int(text)
    if re.fullmatch(r"[+-]?\d{1,18}[.,]0+", text):
        return int(re.split(r"[.,]", text)[0])
    raise ValueError(f"{cell!r} is not a whole number")


def _number(cell: str, customs: Customs) -> float:
    text = cell.translate(_SPACES)
    if text.isdecimal() and len(text) <= 300:
        return float(text)
    plain = _pointed(text, customs)
    if not _PLAIN_NUMBER.match(plain):
        raise ValueError(f"{cell!r} is not a number")
    return float(plain)


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
    share = value / 100 if len(bare) < len(text) else value
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


# --- times ----------------------------------------------------------------------------------

_ISO_DAY = re.compile(r"(\d{4})([-/.]?)(\d{2})\2(\d{2})\Z")
_NUMERIC_DAY = re.compile(r"(\d{1,2})([-/.])\s?(\d{1,2})\2\s?(\d{4})\.?\Z")
_WORDED_DAY = re.compile(r"(\d{1,2})(?:\.|st|nd|rd|th|er|º)?[\s-]+(?:de\s+)?([^\W\d_]+)\.?,?"
                         r"[\s-]+(?:de\s+)?(\d{4})\Z")  # fmt: skip
_WORDED_MONTH = re.compile(r"([^\W\d_]+)\.?\s+(\d{1,2})(?:st|nd|rd|th)?,?\s+(\d{4})\Z")
_CLOCK = re.compile(r"(.*?\d{4}),?\s+(\d{1,2}:\d{2}(?::\d{2})?)\s?(AM|PM|am|pm)?\Z")


def _moment(cell: str, customs: Customs) -> Moment:
    if len(cell) > 10 and cell[4:5] == "-" and (exact := _iso_moment(cell)) is not None:
        return Moment(exact, exact)
    clock = _CLOCK.match(cell)
    start = _day(clock[1] if clock else cell, customs) * DAY
    if clock and (seconds := _clock_seconds(clock[2], clock[3] or "")):
        return Moment(start + seconds * 1_000_000, start + seconds * 1_000_000)
    return Moment(start, start + DAY - 1)


def _iso_moment(cell: str) -> int | None:
    """`2026-05-09 22:51:08` and its ISO 8601 relatives; a zone is honoured, none means UTC."""
    try:
        time = datetime.fromisoformat(cell.removesuffix(" UTC"))
    except ValueError:
        return None
    offset = time.utcoffset() or timedelta()
    seconds = time.hour * 3_600 + time.minute * 60 + time.second
    micros = (_checked(time.date()) * 86_400 + seconds) * 1_000_000 + time.microsecond
    return micros - offset // timedelta(microseconds=1)


def _clock_seconds(text: str, half: str) -> int:
    hour, minute, *second = (int(part) for part in text.split(":"))
    if half:
        hour = hour % 12 + (12 if half.lower() == "pm" else 0)
    if hour > 23 or minute > 59 or (second and second[0] > 59):
        raise ValueError(f"{text!r} is not a time of day")
    return hour * 3_600 + minute * 60 + (second[0] if second else 0)


def _day(cell: str, customs: Customs) -> int:
    """A day in any spelling whose meaning is certain."""
    if found := _ISO_DAY.match(cell):
        return _ordinal(cell, int(found[1]), int(found[3]), int(found[4]))
    if found := _NUMERIC_DAY.match(cell):
        first, second, year = int(found[1]), int(found[3]), int(found[4])
        day_first = True if found[2] == "." else _day_first(first, second, customs)
        if day_first is None and first != second:
            raise ValueError(
                f"{cell!r} may be day or month first, and nothing in the file tells which"
            )
        day, month = (first, second) if day_first else (second, first)
        return _ordinal(cell, year, month, day)
    if found := _WORDED_DAY.match(cell):
        return _ordinal(cell, int(found[3]), _month(found[2]), int(found[1]))
    if found := _WORDED_MONTH.match(cell):
        return _ordinal(cell, int(found[3]), _month(found[1]), int(found[2]))
    try:
        return _checked(datetime.fromisoformat(cell).date())
    except ValueError:
        raise ValueError(f"{cell!r} is not a date that can be read") from None


def _day_first(first: int, second: int, customs: Customs) -> bool | None:
    if first > 12 or second > 12:
        return first > 12
    return customs.day_first


def day_first(cells: Iterable[str]) -> bool | None:
    """Whether these dates put the day before the month; None when they do not tell or disagree."""
    first = second = False
    for cell in cells:
        if (found := re.match(r"(\d{1,2})[-/](\d{1,2})[-/]\d{4}", cell)) is not None:
            first |= int(found[1]) > 12
            second |= int(found[2]) > 12
    return first if first != second else None


def _month(name: str) -> int:
    month = _months().get(name.casefold())
    if month is None:
        raise ValueError(f"{name!r} is not the name of a month that is known")
    return month


@cache
def _months() -> dict[str, int]:
    return {
        name.casefold(): number
        for row in data.table("exports/months.csv")
        for number in range(1, 13)
        for name in row[str(number)].split()
    }


def _ordinal(cell: str, year: int, month: int, day: int) -> int:
    try:
        return _checked(date(year, month, day))
    except ValueError as error:
        raise ValueError(f"{cell!r} is not a date: {error}") from None


def _checked(day: date) -> int:
    if day.year not in _YEARS:
        raise ValueError(f"the year {day.year} is not plausible")
    return day.toordinal() - _EPOCH


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


def _is_named(host: str) -> bool:
    return "." in host or host.startswith("[") or host == "localhost"


def _domain(cell: str) -> str:
    """A registrable domain, from a domain, a host or a URL."""
    return _page(cell).domain


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
    if parsed is None:
        raise ValueError(f"{text[:80]!r} is neither a path nor an http(s) address")
    return url.path_key(parsed.path)


_PLAIN: dict[str, Converter] = {
    "text": _text,
    "short": _short,
    "word": _word,
    "tokens": _tokens,
    "currency": _currency,
    "flag": _flag,
    "integer": _integer,
    "page": _page,
    "domain": _domain,
    "reversed host": _reversed_host,
    "path": _path,
}
_AMBIGUOUS: dict[str, Callable[[str, Customs], Any]] = {
    "number": _number,
    "share": _share,
    "money": _money,
    "moment": _moment,
    "day": _day,
}
_CHEAP = frozenset({"text", "short"})
