"""The page of a month: what it shows of a known store, and what strangers' words do to it."""

from __future__ import annotations

from dataclasses import fields, is_dataclass, replace
from typing import TYPE_CHECKING, Any

import pytest
from hostile_page import ATTACKS, parsed

from backref.faces.query import open_store
from backref.faces.query.calendar import Month
from backref.faces.report.month import page
from backref.faces.report.render import render_month
from backref.faces.terminal import visible

if TYPE_CHECKING:
    from pathlib import Path

    from backref.faces.report.month_view import MonthPage

TOLD = ("mark", "tone", "strip", "weeks", "href", "logo", "certainty")


@pytest.fixture(scope="module")
def november(small_store: Path) -> MonthPage:
    month = Month(2026, 11)
    with open_store(small_store) as opened:
        found = opened.site(None, month.last.isoformat()).month(month, month.before)
    return page(found, "UTC", "", "1")


def test_it_says_what_is_known_and_what_is_not(november: MonthPage) -> None:
    tree = parsed(render_month(november))
    text = " ".join(tree.text_content().split())
    assert tree.findtext(".//h1") == november.headline
    assert "1 gained; 2 lost, 1 confirmed and 1 by a vendor's word" in text
    assert "2 placements agreed so far" in text
    assert "Agreed cost: 150 EUR in all" in text
    assert "Evidence ends on 21 November 2026" in text
    assert "The access log tells of 22 of the 30 days." in text
    assert "no sheet of leads or sales tells of this month" in text
    assert "location = /old-guide {" in text
    assert 'RedirectMatch 301 "^/old-guide' in text
    assert tree.xpath("//ul[@class='unknowns']/li")


def test_nothing_is_fetched_and_no_script_runs(november: MonthPage) -> None:
    tree = parsed(render_month(november))
    (policy,) = tree.xpath("//meta[@http-equiv='Content-Security-Policy']/@content")
    assert policy.startswith("default-src 'none'; style-src 'unsafe-inline'; img-src data:;")
    assert not tree.xpath("//script | //link | //iframe | //img")
    with_logo = render_month(replace(november, logo="data:image/png;base64,AA=="))
    assert with_logo.count("<img") == 1
    assert '<img src="data:image/png;base64,AA==" alt="">' in with_logo


@pytest.mark.parametrize("attack", ATTACKS)
def test_no_word_becomes_markup(november: MonthPage, attack: str) -> None:
    tree = parsed(render_month(_saying(november, attack)))
    plain = parsed(render_month(_saying(november, "word")))
    assert _tags(tree) == _tags(plain)
    assert tree.findtext(".//h1") == visible(attack)


def _tags(tree: Any) -> list[str]:
    return [element.tag for element in tree.iter() if element.tag != "code"]


def _saying(value: Any, text: str) -> Any:
    """The value with `text` wherever it says anything."""
    if isinstance(value, str):
        return text
    if isinstance(value, tuple):
        return tuple(_saying(one, text) for one in value)
    if is_dataclass(value) and not isinstance(value, type):
        said = {
            field.name: _saying(getattr(value, field.name), text)
            for field in fields(value)
            if field.name not in TOLD
        }
        return replace(value, **said)
    return value
