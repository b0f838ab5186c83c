from __future__ import annotations

import re
from urllib.parse import unquote

import pytest
from hypothesis import given
from hypothesis import strategies as st

from backref.ledger.redirects import Pages, Redirect, apache, nginx
from backref.url import path_key

LIVING = ("/guides/links", "/guides/logs", "/pricing", "/blog/2026/backlinks-explained", "/")


@pytest.mark.parametrize(
    ("dead", "living"),
    [
        ("/guide/links", "/guides/links"),
        ("/old/pricing", "/pricing"),
        ("/blog/2025/backlinks-explained", "/blog/2026/backlinks-explained"),
        ("/blog/Backlinks%20Explained", "/blog/2026/backlinks-explained"),
        ("/wholly/other", None),
        ("/", None),
        ("/%FF%00", None),
    ],
)
def test_the_page_most_like_it(dead: str, living: str | None) -> None:
    found = Pages(LIVING).most_like(dead)
    assert found.living == living
    assert (found.likeness is None) == (living is None)


def test_a_page_is_not_its_own_redirect_and_ties_go_by_name() -> None:
    assert Pages(["/a/b"]).most_like("/a/b").living is None
    assert Pages(["/b/x", "/a/x"]).most_like("/c/x").living == "/a/x"


def test_rules() -> None:
    redirects = [Redirect("/a.b(c)/d e", "/new/é"), Redirect("/%C3%A9", "/x%20y")]
    ends = (
        r"(?:/+(?i:index\.html|index\.htm|index\.php|index\.asp|index\.aspx|index\.jsp"
        r"|index\.shtml|default\.asp|default\.aspx|default\.htm|default\.html)?)?$"
    )
    assert nginx(redirects) == [
        rf'location ~ "^/a\.b\(c\)/d e{ends}" {{ return 301 "/new/%C3%A9"; }}',
        f'location ~ "^/é{ends}" {{ return 301 "/x%20y"; }}',
    ]
    assert apache(redirects) == [
        rf'RedirectMatch 301 "^/a\.b\(c\)/d e{ends}" "/new/é"',
        f'RedirectMatch 301 "^/é{ends}" "/x y"',
    ]


@pytest.mark.parametrize(
    ("address", "matches"),
    [
        ("/alt", True),
        ("/alt/", True),
        ("/alt/index.html", True),
        ("/alt/Default.aspx", True),
        ("/alt/index.json", False),
        ("/altindex.html", False),
        ("/alt/more", False),
        ("/alt/index.html/more", False),
        ("/new/alt", False),
    ],
)
def test_a_rule_matches_every_address_of_its_page(address: str, matches: bool) -> None:
    (line,) = apache([Redirect(path_key("/alt/"), "/new")])
    assert bool(re.search(line.split('"')[1], address)) is matches
    (line,) = nginx([Redirect(path_key("/ält/"), "/new")])
    assert bool(re.search(line.split('"')[1], address.replace("alt", "ält"))) is matches
    assert (path_key(address) == "/alt") is matches


@pytest.mark.parametrize(
    ("dead", "written"),
    [
        ("/a", 'location = /a { return 301 "/n"; } location = /a/ { return 301 "/n"; }'),
        ("/a/b.html", 'location = /a/b.html { return 301 "/n"; }'),
        ("/a%20b", 'location ~ "^/a b(?:'),
        ("/a;b", 'location ~ "^/a;b(?:'),
        ("/a#b", 'location ~ "^/a#b(?:'),
        ("/", 'location ~ "^(?:/+'),
    ],
)
def test_nginx_names_a_plain_path_as_it_is(dead: str, written: str) -> None:
    (line,) = nginx([Redirect(dead, "/n")])
    assert line.startswith(written)


@pytest.mark.parametrize(
    "path",
    [
        '/a";return 301 "/b',
        "/a%22%3B}server{",
        "/a%0Areturn",
        "/$host",
        "/a\\",
        "/a%5C",
        "/%24%7BHOME%7D",
        "//evil.test/",
        "/%2Fevil.test",
        "evil.test",
        "/a\u202eb",
        "/a%E2%80%A8b",
        "/{a}",
    ],
)
@pytest.mark.parametrize("rules", [nginx, apache])
def test_what_a_server_could_misread_becomes_a_comment(rules: object, path: str) -> None:
    for redirect in (Redirect(path, "/fine"), Redirect("/fine", path)):
        (line,) = rules([redirect])  # type: ignore[operator]
        assert line.startswith("# left out, characters")
        assert line.isascii()
        assert line.isprintable()


@given(st.text(max_size=30).map("/{}".format), st.text(max_size=30).map("/{}".format))
def test_every_rule_is_one_line_that_matches_its_page_alone(dead: str, living: str) -> None:
    (line,) = nginx([Redirect(dead, living)])
    assert line.isprintable()
    if not line.startswith("#"):
        sent = r'{ return 301 "([^"$\\]*)"; }'
        quoted = re.fullmatch(rf'location ~ "([^"]*)" {sent}', line)
        plain = re.match(rf"location = ([\w./~-]+) {sent}( |$)", line, re.ASCII)
        assert quoted or plain
        if quoted:
            assert re.fullmatch(quoted[1], unquote(dead))
        if plain:
            assert plain[1] == unquote(dead).rstrip("/")
        assert unquote((quoted or plain)[2]) == unquote(living)  # type: ignore[index]


def test_nothing_alike_is_said() -> None:
    (line,) = nginx([Redirect("/a b", None)])
    assert line.startswith(
        '# no page is alike; name one for TARGET and uncomment: location ~ "^/a b(?:'
    )
    assert line.endswith('{ return 301 "TARGET"; }')
    (line,) = apache([Redirect("/a b", None)])
    assert line.startswith(
        '# no page is alike; name one for TARGET and uncomment: RedirectMatch 301 "^/a b(?:'
    )
    assert line.endswith(' "TARGET"')


@pytest.mark.parametrize("rules", [nginx, apache])
def test_rules_of_another_host_stand_apart_under_its_name(rules: object) -> None:
    redirects = [
        Redirect("/b", "/new", host="example.de"),
        Redirect("/a", "/new"),
        Redirect("/c", None, host="example.de"),
    ]
    lines = rules(redirects)  # type: ignore[operator]
    assert len(lines) == 4
    assert "/a(?:" in lines[0] or "= /a " in lines[0]
    assert lines[1] == "# of example.de alone:"
    assert "/b(?:" in lines[2] or "= /b " in lines[2]
    assert lines[3].startswith("# no page is alike; name one for TARGET and uncomment: ")
    assert "/c(?:" in lines[3] or "= /c " in lines[3]
