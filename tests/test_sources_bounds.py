from __future__ import annotations

import pytest

from backref.sources.bounds import bounded

FINE = {
    "an empty page": b"",
    "a plain page": b"<p>text</p>" * 5000,
    "paragraphs without end tags": b"<p>text<br>" * 20_000,
    "items without end tags": b"<ul>" + b"<li><a href=/x>y</a>" * 20_000,
    "options without end tags": b"<select>" + b"<option>x" * 9000,
    "cells without end tags": b"<table>" + b"<tr><td>x<td>y" * 9000,
    "fonts without end tags": b"<p><font size=2>x</p>" * 9000,
    "images": b"<img src=x>" * 20_000,
    "a script full of tags": b"<script>" + b"'<div>'+" * 20_000 + b"</script><p>x",
    "comments full of tags": b"<!--" + b"<div>" * 20_000 + b"--><p>x",
    "an attribute full of tags": b"<p title='" + b"<div>" * 20_000 + b"'>x",
    "a picture within the page": b"<img src='data:," + b"x" * 500_000 + b"'>",
    "a long text": b"word " * 500_000,
    "deep, but not too deep": b"<div>" * 2_000 + b"</div>" * 2_000,
}

TOO_MUCH = {
    "too deep": (b"<p>x</p>", b"<div>" * 9_000 + b"</div>" * 9_000),
    "too deep, with strays between": (b"<p>x</p>", b"<div><div></q></div>" * 9_000),
    "too many attributes": (
        b"<p>x</p>",
        b"<a " + b" ".join(b"x%d" % n for n in range(30_000)) + b">",
    ),
    "too much formatting": (b"", b"".join(b"<b id=%d>" % n for n in range(9_000))),
    "too much to open anew": (
        b"",
        b"".join(b"<b id=%d>" % n for n in range(900)) + b"<p>x" * 90_000,
    ),
}


@pytest.mark.parametrize("name", FINE)
def test_real_pages_are_left_alone(name: str) -> None:
    assert bounded(FINE[name]) == FINE[name]


@pytest.mark.parametrize("name", TOO_MUCH)
def test_pages_made_to_hurt_are_cut_where_they_do(name: str) -> None:
    harmless, hurting = TOO_MUCH[name]
    found = bounded(harmless * 2000 + hurting)
    assert found.startswith(harmless * 2000)
    assert len(found) < len(harmless) * 2000 + len(hurting)
