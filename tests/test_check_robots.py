"""robots.txt: what it allows, by a plain reading of the standard and by real files."""

from __future__ import annotations

import random
import time
from pathlib import Path

import pytest
import robots_oracle
from hypothesis import example, given
from hypothesis import strategies as st
from protego import Protego

from backref.check import robots

ALL = b"User-agent: *\nDisallow: /\n"


def verdict(text: str | bytes, path: str) -> str:
    body = text.encode() if isinstance(text, str) else text
    return robots.read(body).verdict(f"https://a.test{path}")


@pytest.mark.parametrize(
    ("text", "path", "allowed"),
    [
        ("", "/x", True),
        ("User-agent: *\nDisallow: /x", "/x/y", False),
        ("User-agent: *\nDisallow: /x", "/X", True),
        ("User-agent: *\nDisallow: /x\n\nUser-agent: BACKREF\nDisallow: /y", "/x", True),
        ("User-agent: backref\nDisallow: /x\n\nUser-agent: Backref\nDisallow: /y", "/x", False),
        ("User-agent: backref\nDisallow: /x\n\nUser-agent: Backref\nDisallow: /y", "/y", False),
        ("User-agent: a\nUser-agent: backref\nDisallow: /x", "/x", False),
        ("User-agent: backreference\nDisallow: /", "/x", True),
        ("User-agent: *\nDisallow: /x\nAllow: /x/y", "/x/y/z", True),
        ("User-agent: *\nAllow: /x\nDisallow: /x", "/x", True),
        ("User-agent: *\nDisallow:", "/x", True),
        ("User-agent: *\nDisallow: /*.pdf$", "/a/b.pdf", False),
        ("User-agent: *\nDisallow: /*.pdf$", "/a/b.pdf?x", True),
        ("User-agent: *\nDisallow: /a%3cd", "/a%3Cd", False),
        ("User-agent: *\nDisallow: /caf\u00e9", "/caf%C3%A9", False),
        ("User-agent: *\nDisallow: /x # all of it", "/x", False),
        ("User-agent: *\rDisallow: /x\rDisallow: /y", "/y", False),
        ("\ufeffUser-agent: *\nDisallow: /x", "/x", False),
        ("Disallow: /x", "/x", True),
        ("<html><body>User-agent: *<br>Disallow: /</body></html>", "/x", True),
        ("User-agent: *\nDisallow: /", "/robots.txt", True),
        ("User-agent: *\nCrawl-delay: 9\nDisallow: /x", "/x", False),
        ("User-agent: *\nDisallow: /x\x0cy\nDisallow: /z", "/z", False),
    ],
)
def test_rules(text: str, path: str, allowed: bool) -> None:
    assert verdict(text, path) == ("allowed" if allowed else "disallowed")
    if not text.startswith("\ufeff"):
        assert robots_oracle.allowed(text, path) == allowed


def test_the_delay_is_that_of_our_group() -> None:
    text = b"User-agent: *\nCrawl-delay: 3\n\nUser-agent: Backref\nCrawl-delay: 7.5\n"
    assert robots.read(text).delay == 7.5
    assert robots.read(b"User-agent: *\nCrawl-delay: 3").delay == 3.0
    for wrong in (b"soon", b"-1", b"inf", b"nan", b""):
        assert robots.read(b"User-agent: *\nCrawl-delay: " + wrong).delay == 0.0


@pytest.mark.parametrize(
    ("text", "signal"),
    [
        (
            "User-agent: *\nContent-Signal: search=yes, ai-train=no\nAllow: /",
            "search=yes, ai-train=no",
        ),
        ("Content-Signal: search=no", "search=no"),
        ("User-agent: other\nContent-Signal: search=no", ""),
        ("User-agent: *\nContent-Signal: a=1\n\nUser-agent: Backref\nContent-Signal: b=2", "b=2"),
        ("User-agent: x\nUser-agent: *\ncontent-signal: a=1 # why", "a=1"),
        ("User-agent: *\nDisallow: /\nUser-agent: x\nContent-Signal: a=1", ""),
        ("User-agent: *\nContent-Signal: " + "a" * 9000, "a" * 500),
    ],
)
def test_preferences_are_kept(text: str, signal: str) -> None:
    assert robots.read(text.encode()).preferences == signal


@pytest.mark.parametrize(
    ("status", "found"),
    [
        (200, "allowed"),
        (204, "allowed"),
        (304, "none"),
        (401, "none"),
        (403, "none"),
        (404, "none"),
        (410, "none"),
        (429, "unreachable"),
        (500, "unreachable"),
        (503, "unreachable"),
    ],
)
def test_statuses(status: int, found: str) -> None:
    assert robots.after_status(status, b"", cut=False).found == found


def test_a_long_file_loses_its_half_line() -> None:
    line = b"Disallow: /private-and-long\n"
    body = b"User-agent: *\n" + line * 20_000
    cut = body[: robots.LARGEST_BYTES]
    found = robots.read(cut[:-12], cut=True)
    assert found.verdict("https://a.test/private-and-long") == "disallowed"
    half = b"User-agent: *\nDisallow: /x\nDisallow: /"
    assert robots.read(half, cut=True).verdict("https://a.test/y") == "allowed"
    assert robots.read(half).verdict("https://a.test/y") == "disallowed"


@pytest.mark.parametrize(
    ("header", "seconds"),
    [
        (None, 86_400),
        ("max-age=600", 600),
        ("public, max-age=0", 0),
        ("max-age=999999999", 86_400),
        ("no-store", 86_400),
        ("s-maxage=5", 86_400),
    ],
)
def test_a_file_is_kept_for_a_day_at_most(header: str | None, seconds: float) -> None:
    assert robots.kept_seconds(header) == seconds


def test_patterns_of_many_stars_take_no_time() -> None:
    body = b"User-agent: *\n" + b"".join(
        b"Disallow: /" + b"*a" * 200 + b"%d$\n" % number for number in range(500)
    )
    found = robots.read(body)
    begun = time.process_time()
    assert found.verdict("https://a.test/" + "a" * 4000 + "b") == "allowed"
    assert time.process_time() - begun < 5


lines = st.lists(
    st.tuples(
        st.sampled_from(["User-agent", "Allow", "Disallow"]),
        st.sampled_from(
            ["*", "backref", "Other", "/", "/a", "/a/b", "/*b", "/a$", "/a*$", "/%61", "", "/a?b"]
        ),
    ),
    max_size=12,
)


@given(lines, st.sampled_from(["/", "/a", "/a/b", "/b", "/a?b", "/ab", "/%61", "/x"]))
@example([("User-agent", "backref"), ("User-agent", "*"), ("Disallow", "/")], "/a")
def test_small_files_as_the_standard_reads_them(rows: list[tuple[str, str]], path: str) -> None:
    rows = [
        (key, value)
        for key, value in rows
        if (key == "User-agent") == (value in ("*", "backref", "Other"))
    ]
    text = "\n".join(f"{key}: {value}" for key, value in rows)
    assert (verdict(text, path) == "allowed") == robots_oracle.allowed(text, path)


NAMES = ["User-agent: *", "User-agent backref", "USERAGENT:Other", "user agent: b*", "User-agent:"]
RULES = ["Disallow: /a", "disallow /b", "Allow: /a/b", "Crawl-delay: 3", "Sitemap: /s", "What: ?"]
FILES = st.lists(st.sampled_from([*NAMES, *RULES, "nothing", "User-agent x: y", "# a", ""]))


@given(FILES)
def test_what_others_are_told_changes_nothing_for_us(rows: list[str]) -> None:
    whole = Protego.parse("\n".join(rows))
    found = robots.read("\n".join(rows).encode())
    for path in ("/", "/a", "/a/b", "/b", "/s"):
        url = f"https://a.test{path}"
        assert (found.verdict(url) == "allowed") == whole.can_fetch(url, "Backref"), found.text
    assert found.delay == (whole.crawl_delay("Backref") or 0.0)
    assert robots.ours(found.text.splitlines()) == found.text
    assert "Other" not in found.text or "*" in found.text or "backref" in found.text


@given(st.binary(max_size=400))
def test_any_bytes_are_read(body: bytes) -> None:
    assert robots.read(body).verdict("https://a.test/x") in ("allowed", "disallowed")


PATHS = [
    "/",
    "/a",
    "/search?q=x",
    "/wp-admin/",
    "/wp-admin/admin-ajax.php",
    "/tag/x/",
    "/feed/",
    "/x.pdf",
    "/user/login",
    "/2024/05/story.html",
    "/cart",
    "/api/v1/x",
    "/index.php?id=1",
    "/private/a?b=c",
]


def test_real_files_as_the_standard_reads_them(shared_data: Path) -> None:
    """On paths that the files themselves name, and on some that sites have."""
    chance = random.Random(4)
    asked = 0
    differences = []
    for file in sorted((shared_data / "robots").iterdir()):
        body = file.read_bytes()
        text = body.decode("utf-8-sig", "replace")
        ours = robots.read(body)
        for path in [*PATHS, *_named_paths(text, chance)]:
            asked += 1
            found = ours.verdict(f"https://a.test{path}") == "allowed"
            if found != robots_oracle.allowed(text, path):
                differences.append((file.name, path, found))
    assert asked > 8000
    assert differences == []


def _named_paths(text: str, chance: random.Random) -> list[str]:
    """Paths that the rules of a file speak of, with something in place of each star."""
    found = [
        line.partition(":")[2].partition("#")[0].strip()
        for line in text.splitlines()
        if line.strip().lower().startswith(("allow:", "disallow:"))
    ]
    paths = [path.replace("*", "some/x").rstrip("$") for path in found if path[:1] in ("/", "*")]
    plain = [
        path if path.startswith("/") else f"/{path}"
        for path in paths
        if path.isascii() and " " not in path
    ]
    return chance.sample(plain, min(len(plain), 10))
