"""Where a dead page should lead, and the server rules that say so.

The likeness of two paths is the Dice coefficient of their word pieces, the last segment's
counting twice; nothing under one half is suggested. Paths come from outside: a rule is written
only for paths that no server's configuration can misread, the others are named in a comment. A
page's name stands for several addresses: a rule matches it with and without a slash at its end
and with the names of index files, as pages are folded. nginx has a plainer rule for one address,
which is its fastest too: plain paths get it, with and without the slash.
"""

from __future__ import annotations

import re
from collections import Counter, defaultdict
from functools import cache
from itertools import groupby
from typing import TYPE_CHECKING, NamedTuple
from urllib.parse import quote, unquote

from backref import data

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Sequence

ALIKE = 0.5
_WORDS = re.compile(r"[^\W_]+")
_UNSAFE = re.compile(r"""["'\\$%{}<>`\ufffd]""")
_PLAIN = re.compile(r"(?:/[\w.~-]+)+", re.ASCII)
_SPECIAL = re.compile(r"([.^*+?()\[\]|])")


class Redirect(NamedTuple):
    """From a dead path to a living one; None when no living page is alike. `host` is that of
    both, None for the site's main one."""

    dead: str
    living: str | None
    likeness: float | None = None
    host: str | None = None


class Pages:
    """Living pages by their words, so that only pages with a common word are compared."""

    def __init__(self, paths: Iterable[str]) -> None:
        self._words = {path: _pieces(path) for path in paths}
        self._holding: dict[str, list[str]] = defaultdict(list)
        for path, words in self._words.items():
            for word in words:
                self._holding[word].append(path)

    def most_like(self, dead: str) -> Redirect:
        """The living page most like a dead one; the first by name among equals."""
        wanted = _pieces(dead)
        near = {path for word in wanted for path in self._holding.get(word, ())} - {dead}
        likeness, living = max(
            ((_dice(wanted, self._words[path]), path) for path in sorted(near)),
            key=lambda found: found[0],
            default=(0.0, None),
        )
        if living is None or likeness < ALIKE:
            return Redirect(dead, None)
        return Redirect(dead, living, round(likeness, 3))


def _pieces(path: str) -> Counter[str]:
    head, _, last = unquote(path).lower().rstrip("/").rpartition("/")
    return Counter(_WORDS.findall(head)) + Counter(_WORDS.findall(last) * 2)


def _dice(left: Counter[str], right: Counter[str]) -> float:
    total = left.total() + right.total()
    return 2 * (left & right).total() / total if total else 0.0


_UNKNOWN = "# no page is alike; name one for TARGET and uncomment: "


def nginx(redirects: Sequence[Redirect]) -> list[str]:
    """`location` blocks to paste into a `server` block. nginx matches the decoded path."""
    return _by_host(redirects, _nginx)


def _nginx(dead: str, living: str) -> str:
    sent = f'{{ return 301 "{_encoded(living)}"; }}'
    path = unquote(dead).rstrip("/")
    if not _PLAIN.fullmatch(path):
        return f'location ~ "^{_pattern(dead)}$" {sent}'
    if "." in path.rpartition("/")[2]:
        return f"location = {path} {sent}"
    return f"location = {path} {sent} location = {path}/ {sent}"


def apache(redirects: Sequence[Redirect]) -> list[str]:
    """`RedirectMatch` lines. Apache matches the decoded path and encodes the answer itself."""
    return _by_host(
        redirects,
        lambda dead, living: f'RedirectMatch 301 "^{_pattern(dead)}$" "{unquote(living)}"',
    )


def _by_host(redirects: Sequence[Redirect], rule: Callable[[str, str], str]) -> list[str]:
    """The rules, those of the main host first; a line names each other host before its rules."""
    lines = []
    for host, group in groupby(sorted(redirects, key=_host), _host):
        lines += [f"# of {host} alone:"] if host else []
        for one in group:
            dead, living = one.dead, one.living
            if not _safe(dead) or (living and not _safe(living)):
                lines.append(_left_out(dead))
            elif living:
                lines.append(rule(dead, living))
            else:
                lines.append(f"{_UNKNOWN}{rule(dead, 'TARGET')}")
    return lines


def _host(redirect: Redirect) -> str:
    return redirect.host or ""


def _safe(path: str) -> bool:
    decoded = unquote(path)
    return (
        decoded.startswith("/")
        and decoded[1:2] != "/"
        and decoded.isprintable()
        and not _UNSAFE.search(decoded)
    )


def _pattern(path: str) -> str:
    """All addresses of a page: what `url.path_key` makes one of."""
    return _literally(unquote(path).rstrip("/")) + f"(?:/+(?i:{_index_files()})?)?"


def _literally(text: str) -> str:
    return _SPECIAL.sub(r"\\\1", text)


@cache
def _index_files() -> str:
    return "|".join(map(_literally, data.lines("index_files.txt")))


def _encoded(path: str) -> str:
    return quote(unquote(path), safe="/-._~!*'(),;:@&=+")


def _left_out(dead: str) -> str:
    path = quote(unquote(dead), safe="/-._~")
    return f"# left out, characters that a rule cannot hold: {path}"
