"""A user's own log format, in the notation of Apache's LogFormat or nginx' log_format.

It is compiled to a shape as those of `log_formats.csv` are. The whole line of the server's
configuration may be given. What no hit can be made without must be in it.
"""

from __future__ import annotations

import re
from functools import cache
from itertools import pairwise
from typing import NamedTuple

from backref import data
from backref.errors import UsageError
from backref.sources import logline, logtimes
from backref.sources.logline import Shape
from backref.sources.logtable import Spelling

OWN = "own format "
"""What the name of such a shape begins with; the format itself follows."""
MOST_CHARS = 4_096
NEEDED = {
    "client's address (%h or $remote_addr)": {"address", "forwarded"},
    "time (%t or $time_local)": {"time"},
    "request (%r or $request)": {"request", "path"},
    "status (%>s or $status)": {"status"},
}
_APACHE_LINE = re.compile(r'\s*LogFormat\s+"((?:[^"\\]|\\.)*)"(?:\s+\S+)?\s*', re.DOTALL)
_NGINX_LINE = re.compile(r"\s*log_format\s+\S+\s+(?:escape=\w+\s+)?(.*?);?\s*", re.DOTALL)
_NGINX_PART = re.compile(r"'((?:[^'\\]|\\.)*)'|\"((?:[^\"\\]|\\.)*)\"|([^\s'\"]+)")
_ESCAPED = re.compile(r"\\(.)")
_CONTROLS = {"t": "\t", "n": "\n"}
_APACHE = re.compile(r"%%|%[<>!0-9,]*(?:\{([^}]*)\})?(\^FB|\^t[io]|[A-Za-z])?")
_NGINX = re.compile(r"\$(?:\{(\w+)\}|(\w+))?")
_TIMES = {
    "sec": "%s", "msec": "%Q", "usec": "%K", "msec_frac": "%f", "usec_frac": "%f",
    "$time_local": logtimes.COMMON, "$time_iso8601": logtimes.ISO, "$msec": logtimes.EPOCH,
}  # fmt: skip
_PLAIN = frozenset(
    (
        "host", "address", "_", "[time]", "status", "bytes", '"_"', '"request"', '"referrer"',
        '"agent"', '"forwarded"',
    )
)  # fmt: skip
_TOKENS = {"status": rb"(\d{3})", "bytes": logline.SIZE}
_REQUEST = rb"(?:[A-Z_-]{1,24} [^ \n]++(?: HTTP/[\d.]{1,8})?+|-)"
_LIST = rb"([^ ,\n]++(?:, ?[^ ,\n]++)*+)"
_IN_QUOTES = rb'[^"\\\n]*+(?:\\.[^"\\\n]*+)*+'


class _Piece(NamedTuple):
    """A stretch of a format: text as it stands, or a field; of a time its notation."""

    text: str = ""
    field: str = ""


@cache
def shape_of(written: str) -> Shape:
    """The shape of lines in a user's own format. Raises UsageError."""
    if len(written) > MOST_CHARS:
        raise UsageError(f"The log format is longer than {MOST_CHARS:,} characters.")
    pieces = _once(_one_time(_merged(_pieces(_bare(written)))))
    fields = {piece.field for piece in pieces}
    for name, known in NEEDED.items():
        if not fields & known:
            raise UsageError(f"The log format holds no {name}: without it there is no visit.")
    time = next(piece.text for piece in pieces if piece.field == "time")
    return _shape(OWN + written, pieces, time)


def _bare(written: str) -> str:
    """The format itself, from the line of a configuration or alone."""
    if found := _APACHE_LINE.fullmatch(written):
        written = found[1]
    elif found := _NGINX_LINE.fullmatch(written):
        parts = _NGINX_PART.finditer(found[1])
        written = "".join(next(filter(None, part.groups()), "") for part in parts)
    return _ESCAPED.sub(lambda found: _CONTROLS.get(found[1], found[1]), written)


def _pieces(written: str) -> list[_Piece]:
    is_apache = not re.search(r"\$\{?[a-z]", written)
    pattern, field_of = (_APACHE, _of_apache) if is_apache else (_NGINX, _of_nginx)
    pieces, at = [], 0
    for found in pattern.finditer(written):
        pieces += [_Piece(written[at : found.start()]), *field_of(found)]
        at = found.end()
    return [piece for piece in [*pieces, _Piece(written[at:])] if piece.text or piece.field]


def _of_apache(found: re.Match[str]) -> list[_Piece]:
    told, letter = found[1], found[2]
    if found[0] == "%%":
        return [_Piece("%")]
    known = _directives()
    if letter == "t" and told is not None:
        notation = told.removeprefix("begin:").removeprefix("end:")
        return [_Piece(_TIMES.get(notation, notation), "time")]
    field = known.get(f"%{{{(told or '').lower()}}}{letter}") or known.get(f"%{letter}")
    if field is None:
        raise UsageError(f"The log format holds {found[0]}, which Apache does not know.")
    if field != "time":
        return [_Piece(field=field)]
    return [_Piece("["), _Piece(logtimes.COMMON, "time"), _Piece("]")]


def _of_nginx(found: re.Match[str]) -> list[_Piece]:
    name = found[1] or found[2]
    if not name:
        raise UsageError("The log format holds a $ that no name of a variable follows.")
    field = _directives().get(f"${name}", logline.SKIPPED)
    return [_Piece(_TIMES.get(f"${name}", "") if field == "time" else "", field)]


@cache
def _directives() -> dict[str, str]:
    return {row["directive"]: row["field"] for row in data.table("log_directives.csv")}


def _merged(pieces: list[_Piece]) -> list[_Piece]:
    """Parts of one time, and a path with its query, as one field; texts that meet as one.
    Raises UsageError for other fields between which nothing stands."""
    merged: list[_Piece] = []
    for piece in pieces:
        before = merged[-1] if merged else _Piece()
        if piece.field and before.field:
            merged[-1] = _met(before, piece)
        elif merged and not piece.field and not before.field:
            merged[-1] = _Piece(before.text + piece.text)
        elif piece.field == "time" and len(merged) > 1 and merged[-2].field == "time":
            between = merged.pop().text.replace("%", "%%")
            merged[-1] = _Piece(merged[-1].text + between + piece.text, "time")
        else:
            merged.append(piece)
    return merged


def _met(one: _Piece, other: _Piece) -> _Piece:
    if one.field == other.field == "time":
        return _Piece(one.text + other.text, "time")
    if other.field not in (logline.SKIPPED, "query"):
        raise UsageError(
            f"The log format has nothing between {_named(one)} and {_named(other)}: its lines "
            "cannot be cut there."
        )
    return one


def _named(piece: _Piece) -> str:
    return "a field" if piece.field == logline.SKIPPED else f"the {piece.field}"


def _one_time(pieces: list[_Piece]) -> list[_Piece]:
    """Only times that tell a day and a minute are times. Raises UsageError."""
    for piece in pieces:
        if piece.field == "time":
            try:
                logtimes.expression(piece.text)
            except logtimes.UnknownDirective as error:
                raise UsageError(f"The log format holds a time with {error}.") from None
    return pieces


def _once(pieces: list[_Piece]) -> list[_Piece]:
    """Of fields that tell the same, the first one only; a request line tells path and all."""
    seen = {"method", "path", "query"} if any(p.field == "request" for p in pieces) else set()
    found = []
    for piece in pieces:
        again = piece.field in seen
        found.append(_Piece(field=logline.SKIPPED) if again and piece.field else piece)
        seen.add(piece.field)
    return found


def _shape(name: str, pieces: list[_Piece], time: str) -> Shape:
    text = "".join(piece.field or piece.text for piece in pieces).replace("host:_", "host")
    parts = tuple(logline.SKIPPED if part == "-" else part for part in text.split(" "))
    if time == logtimes.COMMON and _PLAIN.issuperset(parts):
        return logline.of_parts(name, " ".join(parts), time, "")
    around = [_Piece(), *pieces, _Piece()]
    expressions = [
        _expression(piece, before, after)
        for (before, piece), (_, after) in pairwise(pairwise(around))
    ]
    fields = tuple(piece.field for piece in pieces if piece.field in logline.FIELDS)
    pattern = re.compile(b"".join(expressions), re.DOTALL)
    return Shape(name, parts, fields, pattern, "", Spelling(time))


def _expression(piece: _Piece, before: _Piece, after: _Piece) -> bytes:
    """The expression for a piece: a field reaches as far as the text behind it begins."""
    if not piece.field:
        return re.escape(piece.text.encode())
    if piece.field == "time":
        return b"(" + logtimes.expression(piece.text) + b")"
    if piece.field in _TOKENS:
        return _TOKENS[piece.field]
    quoted = before.text.endswith('"') and after.text.startswith('"')
    told = _IN_QUOTES if quoted else _reach(after.text, piece.field)
    return told if piece.field == logline.SKIPPED else b"(" + told + b")"


def _reach(following: str, field: str) -> bytes:
    if field == logline.SKIPPED and following.startswith(" ["):
        return logline.ANY_USER
    if field == "request":
        return _REQUEST
    if following.startswith(" "):
        return _LIST[1:-1] if field == "forwarded" else rb"[^ \n]++"
    return rb"[^\n" + re.escape(following[:1].encode()) + rb"]*+"
