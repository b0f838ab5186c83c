"""URLs: parse, fold, and say whose they are. Pure, and the only parser in the house.

Parsing follows the WHATWG URL standard (through ada). A *fold key* is the name under which
all spellings of a page meet; it ignores scheme, a leading `www.`, a trailing slash, index
files, tracking tags, click ids and fragments. Registrable domains follow the Public Suffix
List with its private section, as https://publicsuffix.org/list/ describes.
"""

from __future__ import annotations

import re
from functools import cache, lru_cache
from importlib.resources import files
from typing import TYPE_CHECKING, NamedTuple
from zlib import crc32

import ada_url

from backref import data
from backref.remembered import remembered

if TYPE_CHECKING:
    from pydomainextractor import DomainExtractor

BUCKETS = 16
_PLAIN = re.compile(
    r"(https?)://((?:[a-z0-9]++(?:-[a-z0-9]++)*+\.)++[a-z]{2,})"
    r"((?:/(?!\.|%2[eE])[A-Za-z0-9_~!$&()*+,;=:@%.-]*)*)"
    r"(?:\?([A-Za-z0-9_~!$&()*+,;=:@%./?-]+))?(?:#[!-~]*)?\Z"
)
"""A URL that is in its normal form already, as nearly all are, but for a missing `/` or a
fragment: no port, no name in other letters, no dots for steps, nothing to be escaped."""
_SCHEMED = re.compile(r"[a-zA-Z][a-zA-Z0-9+.-]*:(?!\d)")
_ESCAPE = re.compile(r"%([0-9a-fA-F]{2})")
_DOTTED_NUMBER = re.compile(r"\d{1,3}(?:\.\d{1,3}){3}\Z")
_EDGE = "".join(map(chr, range(0x21)))  # the standard strips control characters and spaces,
_BREAKS = str.maketrans("", "", "\t\n\r")  # and drops tabs and line breaks anywhere
_UNRESERVED = frozenset("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-._~")


class Url(NamedTuple):
    """A parsed http(s) URL: `href` is its normal form without fragment, `host` is lower-case
    punycode without port, `port` is empty for the scheme's default, `path` starts with `/`,
    `query` is without its `?`."""

    href: str
    scheme: str
    host: str
    port: str
    path: str
    query: str


@remembered(65_536)
def parse(text: str, base: str | None = None) -> Url | None:
    """The http(s) URL that `text` means, resolved against `base`; None for anything else.

    Without a base, a text without a scheme is read as a host and path, as exports write it.
    """
    if plain := _PLAIN.match(text):
        return _plain(*plain.groups(""))
    href = _normal_form(text, base)
    return None if href is None else _split(href)


def _plain(scheme: str, host: str, path: str, query: str) -> Url:
    path = path or "/"
    href = f"{scheme}://{host}{path}?{query}" if query else f"{scheme}://{host}{path}"
    return Url(href, scheme, host, "", path, query)


def _normal_form(text: str, base: str | None) -> str | None:
    text = text.strip(_EDGE).translate(_BREAKS)
    if base is None and not _SCHEMED.match(text):
        text = "http://" + text.removeprefix("//")
    try:
        return ada_url.join_url(base, text) if base else ada_url.normalize_url(text)
    except ValueError:
        return None


def _split(href: str) -> Url | None:
    """Cut a WHATWG normal form; its fixed shape makes plain string cuts exact."""
    scheme, _, rest = href.partition("://")
    if scheme not in ("http", "https"):
        return None
    rest = rest.partition("#")[0]
    before_query, _, query = rest.partition("?")
    authority, slash, path = before_query.partition("/")
    host, port = _host_and_port(authority.rpartition("@")[2])
    if not host:
        return None
    return Url(f"{scheme}://{rest}", scheme, host.rstrip("."), port, slash + path or "/", query)


def _host_and_port(authority: str) -> tuple[str, str]:
    if authority.startswith("["):
        host, _, port = authority.partition("]")
        return host + "]", port.lstrip(":")
    host, _, port = authority.partition(":")
    return host, port


def fold_key(url: Url) -> str:
    """The page's name: all spellings of one page share it.

    >>> fold_key(parse("https://www.example.com/a/index.html?utm_source=x&id=7#top"))
    'example.com/a?id=7'
    """
    port = f":{url.port}" if url.port else ""
    query = _without_tracking(url.query) if url.query else ""
    return bare_host(url.host) + port + _folded_path(url.path) + (f"?{query}" if query else "")


def path_key(path: str) -> str:
    """The folded path alone, `/` for the root: how hits name a page of their own site."""
    return _folded_path(path) or "/"


def bare_host(host: str) -> str:
    """The host without a leading `www.`, unless that is all there is of its domain."""
    rest = host.removeprefix("www.")
    return rest if "." in rest else host


def _folded_path(path: str) -> str:
    if "%" in path:
        path = _ESCAPE.sub(_decoded_if_unreserved, path)
    head, _, last = path.rpartition("/")
    if last.lower() in _index_files():
        path = head
    return path.rstrip("/")


def _decoded_if_unreserved(match: re.Match[str]) -> str:
    char = chr(int(match[1], 16))
    return char if char in _UNRESERVED else match[0].upper()


def _without_tracking(query: str) -> str:
    return "&".join(part for part in query.split("&") if part and not is_tracking(part))


def is_tracking(parameter: str) -> bool:
    """Whether `name=value` or `name` is a campaign tag or click id."""
    name = parameter.partition("=")[0].lower()
    exact, prefixes = _tracking_names()
    return name in exact or name.startswith(prefixes)


@cache
def _tracking_names() -> tuple[frozenset[str], tuple[str, ...]]:
    names = data.lines("tracking_parameters.txt")
    exact = frozenset(name for name in names if not name.endswith("*"))
    return exact, tuple(name[:-1] for name in names if name.endswith("*"))


@cache
def _index_files() -> frozenset[str]:
    return frozenset(data.lines("index_files.txt"))


@cache
def _suffixes() -> DomainExtractor:
    from pydomainextractor import DomainExtractor

    listed = files("publicsuffixlist") / "public_suffix_list.dat"
    return DomainExtractor(listed.read_text(encoding="utf-8"))


@lru_cache(maxsize=262_144)
def registrable_domain(host: str) -> str:
    """The domain that somebody registered: one label below the public suffix.

    Addresses, single labels and public suffixes themselves are returned as they are.
    """
    if host.startswith("[") or _DOTTED_NUMBER.match(host):
        return host
    try:
        found = _suffixes().extract(host)
    except ValueError:
        return host
    if not found["suffix"]:
        return ".".join(host.split(".")[-2:])  # the list's default rule: one unlisted suffix label
    if found["suffix"] not in _rules():
        # The fast extractor takes each part of a longer rule for a suffix, as `kuleuven.be` of
        # `ezproxy.kuleuven.be`, and says nothing of wildcards.
        return _below_longest_rule(host)
    if not found["domain"]:
        return host
    return f"{found['domain']}.{found['suffix']}"


def _below_longest_rule(host: str) -> str:
    """One label below the longest rule that fits, the host itself where there is none."""
    labels = host.split(".")
    rules = _rules()
    for at in range(len(labels)):
        suffix, above = ".".join(labels[at:]), ".".join(labels[at + 1 :])
        if f"!{suffix}" in rules:
            return suffix
        # What a wildcard stands below is a suffix too.
        if suffix in rules or f"*.{above}" in rules or f"*.{suffix}" in rules:
            return ".".join(labels[max(at - 1, 0) :])
    return ".".join(labels[-2:])


@cache
def _rules() -> frozenset[str]:
    """The rules of the list in punycode, wildcards and exceptions as it writes them."""
    text = (files("publicsuffixlist") / "public_suffix_list.dat").read_text(encoding="utf-8")
    rules = [line.split(maxsplit=1)[0] for line in text.splitlines() if line.strip()]
    return frozenset(
        rule if rule.isascii() else rule.encode("idna").decode()
        for rule in rules
        if not rule.startswith("//")
    )


def identity(url: Url) -> str:
    """Whose page it is: the registrable domain, or on hosted platforms the publisher.

    >>> identity(parse("https://medium.com/@ann/story"))
    'medium.com/@ann'
    """
    domain = registrable_domain(url.host)
    host = bare_host(url.host)
    if host != domain and domain in _hosting_domains():
        return ".".join(host.split(".")[-domain.count(".") - 2 :])
    patterns = _platforms().get(domain)
    if patterns is None:
        return domain
    for platform, shape in patterns:
        if (host == platform or host.endswith("." + platform)) and (
            publisher := _publisher(shape, url.path)
        ):
            return f"{platform}/{publisher}"
    return domain


@cache
def _hosting_domains() -> frozenset[str]:
    return frozenset(data.lines("hosting_domains.txt"))


@cache
def _platforms() -> dict[str, tuple[tuple[str, tuple[str, ...]], ...]]:
    found: dict[str, list[tuple[str, tuple[str, ...]]]] = {}
    for line in data.lines("platforms.txt"):
        platform, _, shape = line.partition("/")
        found.setdefault(registrable_domain(platform), []).append(
            (platform, tuple(shape.split("/")))
        )
    return {domain: tuple(shapes) for domain, shapes in found.items()}


def _publisher(shape: tuple[str, ...], path: str) -> str | None:
    segments = path.strip("/").split("/")
    if len(segments) < len(shape):
        return None
    for wanted, segment in zip(shape, segments, strict=False):
        literal, star, _ = wanted.partition("*")
        if not segment.startswith(literal) or (segment == literal) == bool(star):
            return None
    return "/".join(segments[: len(shape)]).lower()


def reversed_host(host: str) -> str:
    """`www.example.com` as `com.example.www`, the order in which web graphs sort."""
    return ".".join(reversed(host.split(".")))


def bucket(domain: str) -> str:
    """The partition, `00` to `0f`, in which a domain's rows are kept."""
    return f"{crc32(domain.encode()) % BUCKETS:02x}"
