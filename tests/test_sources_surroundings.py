from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st
from selectolax.lexbor import LexborHTMLParser, LexborNode

from backref.sources.surroundings import CONTEXT_CHARACTERS, Contexts, anchor_of, fold

ANCHORS = {
    "<a href=x>text</a>": ("text", "text"),
    "<a href=x>\n  two\t words &nbsp; </a>": ("two words", "text"),
    "<a href=x>b<b>o</b>ld</a>": ("bold", "text"),
    "<a href=x><div>one</div><div>two</div></a>": ("one two", "text"),
    "<a href=x>one<br>two</a>": ("one two", "text"),
    "<a href=x><img alt='a  picture'></a>": ("a picture", "image"),
    "<a href=x><img alt=one> <picture><img alt=two></picture></a>": ("one two", "image"),
    "<a href=x><img alt=picture>words</a>": ("words", "text"),
    "<a href=x><img src=y></a>": ("", "image"),
    "<a href=x></a>": ("", "empty"),
    "<a href=x> <i class=icon></i></a>": ("", "empty"),
    "<a href=x><svg><title>drawn</title></svg></a>": ("drawn", "text"),
    "<map><area href=x alt='an area'></map>": ("an area", "image"),
    "<map><area href=x></map>": ("", "image"),
}


def links(markup: str) -> list:  # type: ignore[type-arg]
    return LexborHTMLParser(markup).css("[href]")


def anchored(link: LexborNode) -> tuple[str, str]:
    return anchor_of(link, link.text())


@pytest.mark.parametrize("markup", ANCHORS)
def test_anchors(markup: str) -> None:
    assert anchored(links(markup)[0]) == ANCHORS[markup]


def test_long_anchors_are_cut() -> None:
    text, kind = anchored(links(f"<a href=x>{'word ' * 500}<b>x</b></a>")[0])
    assert (len(text), kind) == (300, "text")
    assert anchored(links("<a href=x>" + "<i></i>" * 500 + "late</a>")[0]) == ("late", "text")


def contexts(markup: str) -> list[str]:
    found = Contexts()
    return [found.of(link, anchored(link)[0]) for link in links(markup)]


LINK = "<a href=x>link</a>"

CONTEXTS = {
    f"<p>Before {LINK}, after.</p><p>Else.</p>": "Before link, after.",
    f"<p>A <b>bold</b> {LINK}<i>!</i></p>": "A bold link!",
    f"<td>one<br>{LINK}<br>two</td>": "one link two",
    f"<ul><li>Nothing</li><li>{LINK}</li></ul>": "link",
    f"<ul><li>{LINK} and words</li><li>else</li></ul>": "link and words",
    f"<div><h3>{LINK}</h3><p>What it is.</p></div>": "link What it is.",
    f"<nav>else {LINK}</nav><p>text</p>": "else link",
    f"Loose {LINK} text": "Loose link text",
    f"<p>{LINK} one</p><p>x {LINK}</p>": "link one",
    "<p>No words <a href=x><img></a> within</p>": "No words within",
}


@pytest.mark.parametrize("markup", CONTEXTS)
def test_contexts(markup: str) -> None:
    assert contexts(markup)[0] == CONTEXTS[markup]


def test_a_long_paragraph_gives_a_window_around_each_link() -> None:
    words = " ".join(f"w{n}" for n in range(400))
    first, second = contexts(f"<p>start {LINK} {words} {LINK} end</p>")
    assert first.startswith("start link w0 w1")
    assert second.endswith("w398 w399 link end")
    assert all(100 < len(text) <= CONTEXT_CHARACTERS for text in (first, second))


PARTS = [LINK, "words ", "<b>bold</b>", "<br>", "<p>block</p>", " ", "<ul><li>", "</div>"]
INNER = st.lists(st.sampled_from(PARTS), max_size=30)


@given(INNER)
def test_a_context_holds_the_anchor_and_is_bounded(parts: list[str]) -> None:
    for text in contexts(f"<div>{''.join(parts)}"):
        assert "link" in text
        assert len(text) <= CONTEXT_CHARACTERS
        assert text == fold(text)
