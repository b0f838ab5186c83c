from __future__ import annotations

import pytest
from selectolax.lexbor import LexborHTMLParser

from backref.sources.placement import Places, rules

LINK = "<a href=https://other.org/>x</a>"


def place(markup: str) -> str:
    tree = LexborHTMLParser(markup)
    link = tree.css_first("a")
    assert link is not None
    return Places().of(link)


CASES = {
    "content": [
        "@",
        "<p>@",
        "<div class=wrapper><p>@",
        "<main>@",
        "<article>@",
        "<article><div class=entry-content>@",
        "<body class='has-sidebar nav-open footer'><div>@",
        "<div class='no-comments'>@",
        "<div class='comments-closed'>@",
        "<div class='elementor-widget'>@",
        "<div class=wy-grid-for-nav><div class=wy-nav-content>@",
        "<aside><main>@",
        "<div class=navel>@",
    ],
    "nav": [
        "<nav>@",
        "<nav><ul><li>@",
        "<header><nav>@",
        "<footer><nav>@",
        "<div role=navigation>@",
        "<ul class=main-menu><li>@",
        "<div id=Navigation>@",
        "<ol class='breadcrumb'>@",
        "<div class=topNav>@",
        "<nav class=comment-nav>@",
    ],
    "footer": ["<footer>@", "<p role=contentinfo>@", "<p id=footer>@", "<p class=site_footer>@"],
    "header": ["<header>@", "<div role=banner>@", "<div id=header>@", "<div class=masthead>@"],
    "sidebar": [
        "<aside>@",
        "<aside><article>@",
        "<div id=sidebar>@",
        "<div class=sidebar-right><ul>@",
        "<li class='widget widget_links'>@",
        "<div role=complementary>@",
        "<div class=leftSidebar>@",
    ],
    "comment": [
        "<section id=comments>@",
        "<ol class=commentlist><li><article>@",
        "<li class=comment><footer class=comment-meta>@",
        "<div id=respond>@",
        "<div class=postbody>@",
        "<aside class=comments>@",
        "<div itemtype='https://schema.org/Comment'>@",
    ],
    "bio": ["<div class=author-bio>@", "<aside class=about_author>@", "<p class=byline>@"],
    "related": [
        "<section class=related-posts><article>@",
        "<aside class=related>@",
        "<div class=you-may-also-like>@",
        "<div id=jp-relatedposts>@",
    ],
}  # fmt: skip


@pytest.mark.parametrize(
    ("placement", "markup"),
    [(placement, markup) for placement, listed in CASES.items() for markup in listed],
)
def test_the_nearest_element_that_a_rule_names_decides(placement: str, markup: str) -> None:
    assert place(markup.replace("@", LINK)) == placement


def test_links_of_one_page_are_placed_one_by_one() -> None:
    tree = LexborHTMLParser(f"<header>{LINK}<nav>{LINK}</nav></header><p>{LINK}<footer><p>{LINK}")
    places = Places()
    assert [places.of(link) for link in tree.css("a")] == ["header", "nav", "content", "footer"]
    assert [places.of(link) for link in tree.css("a")] == ["header", "nav", "content", "footer"]


def test_a_chain_of_many_elements_ends() -> None:
    assert place("<nav>" + "<span>" * 2000 + LINK) == "content"


def test_the_rules_name_the_eight_places_alone() -> None:
    listed = rules()
    named = {
        placement
        for table in (listed.roles, listed.tags, listed.types, listed.names, listed.words)
        for _, placement in table.values()
    }
    assert named == set(CASES)
