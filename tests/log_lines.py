"""Lines of access logs for tests: plain ones, odd ones, and a context to read them in."""

from __future__ import annotations

from typing import TYPE_CHECKING

from hypothesis import strategies as st

from backref.sources.accesslog import ACCESS_LOG
from backref.sources.source import Chunk, Context, Site

if TYPE_CHECKING:
    from backref.sources.source import Parsed

KEY = b"k" * 32
SITE = Site("example.com", frozenset({"example.com", "example.de"}))
OTHER = Site("other.org", frozenset({"other.org"}))


def line(
    request: str = "GET /page HTTP/1.1",
    *,
    address: str = "192.0.2.7",
    who: str = "- -",
    time: str = "17/May/2015:10:05:03 +0000",
    status: str = "200",
    size: str = "512",
    referrer: str = "-",
    agent: str = "Mozilla/5.0",
) -> bytes:
    """One line of the combined format."""
    return (
        f'{address} {who} [{time}] "{request}" {status} {size} "{referrer}" "{agent}"\n'
    ).encode()


def context(dialect: str = "combined", site: Site | None = SITE, stream: str = "") -> Context:
    """What a parser of access logs may know."""
    return Context(key=KEY, dialect=dialect, site=site, sites=(SITE, OTHER), stream=stream)


def parsed(text: bytes, dialect: str = "combined", site: Site | None = SITE) -> Parsed:
    """What the source reads from whole lines."""
    return ACCESS_LOG.parse(Chunk(0, text), context(dialect, site))


def hit(text: bytes, dialect: str = "combined", site: Site | None = SITE) -> dict[str, object]:
    """The only hit of one line."""
    (row,) = parsed(text, dialect, site).rows[0].batch.to_pylist()
    return row


times = st.builds(
    "{:02d}/{}/2015:{:02d}:{:02d}:{:02d} {}".format,
    st.integers(1, 31),
    st.sampled_from(["May", "Feb", "Dec"]),
    st.integers(0, 23),
    st.integers(0, 59),
    st.integers(0, 60),
    st.sampled_from(["+0000", "-0730", "+1400"]),
)
plain_lines = st.builds(
    line,
    st.sampled_from(
        ["GET / HTTP/1.1", "GET /a.css HTTP/1.1", "-", "", r"\x16\x03", r"GET /\"q HTTP/1.1"]
    ),
    address=st.sampled_from(["192.0.2.7", "2001:db8::1", "host.example", "a b"]),
    who=st.sampled_from(["- -", "- ann", "- ann smith", "id -", "-"]),
    time=times,
    status=st.sampled_from(["200", "304", "404", "2x0", "20"]),
    size=st.sampled_from(["0", "-", "123456789", "1" * 18, "1" * 19, "1a", ""]),
    referrer=st.sampled_from(["-", "", "https://site.example/p?q=1", r"a\\", 'a"b']),
    agent=st.sampled_from(["-", "Mozilla/5.0", "Ünïcode", 'x"']),
)
endings = st.sampled_from([b"\n", b" \n", b"\r\n", b"  \t\r\n", b"x\n", b"\0\n"])
odd_lines = st.one_of(
    st.binary(max_size=60).map(lambda raw: raw.replace(b"\n", b"") + b"\n"),
    st.builds(lambda text, end: text[:-1] + end, plain_lines, endings),
    st.builds(
        lambda text, at, raw: text[: at % len(text)] + raw + text[at % len(text) :],
        plain_lines,
        st.integers(0, 300),
        st.sampled_from([b'"', b"\\", b" ", b"\0", b"\xff", b"[", b"\n"]),
    ),
)
log_texts = st.lists(st.one_of(plain_lines, odd_lines), max_size=12).map(b"".join)
