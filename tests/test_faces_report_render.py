"""The page of a report whose every word is an attack."""

from __future__ import annotations

from datetime import date
from typing import TYPE_CHECKING

import pytest
from hostile_page import ATTACKS, parsed

from backref.faces.drawing.chart import Point
from backref.faces.drawing.summary import Figure
from backref.faces.report import render
from backref.faces.report.view import (
    Imported,
    Item,
    LedgerRow,
    Pile,
    ReferrerRow,
    Report,
)
from backref.faces.terminal import visible

if TYPE_CHECKING:
    from lxml.html import HtmlElement

EMPTY = Report(
    site="example.com", as_of=date(2026, 11, 22), period="", headline="", figures=(), points=(),
    verdict="", overlap="", basis="", piles=(), rows=(), rows_total=0, referrers=(), unknowns=(),
    imports=(), version="1",
)  # fmt: skip


def full_of(text: str) -> Report:
    """A report that says `text` wherever it can say anything."""
    return Report(
        site=text,
        as_of=date(2026, 11, 22),
        period=text,
        headline=text,
        figures=(Figure(text, text, text, "good", text),),
        points=(Point(text, 0.5, 10.0, "champions"), Point(text, None, None, "not measurable")),
        verdict=text,
        overlap=text,
        basis=text,
        piles=(
            Pile(text, text, (Item(text, text, text, "https://a.test/?%22"),), text, ""),
            Pile(text, text, (), text, text),
        ),
        rows=(
            LedgerRow(
                title=text, source=text, source_href="", anchor=text, target=text, state=text,
                state_note=text, cells=("verified",) * 52, weeks=None, visits=text,
                visits_note=text, conversions=text, search=text, acquired=text, witnesses=(text,),
            ),
        ),
        rows_total=1,
        referrers=(ReferrerRow(text, text, text, text, text, text, ((text, 1.0),), text),),
        unknowns=(text,),
        imports=(Imported(text, text, text, text, text, text),),
        version=text,
    )  # fmt: skip


@pytest.mark.parametrize("attack", ATTACKS)
def test_no_word_becomes_markup(attack: str) -> None:
    tree = parsed(render(full_of(attack)))
    assert tags(tree) == tags(parsed(render(full_of("word"))))
    assert tree.findtext(".//h1") == visible(attack)
    linked = tree.xpath("string(//table[contains(@class, 'ledger')]//span[@class='big'])")
    assert linked == visible(attack)
    assert visible(attack) in tree.xpath("//svg[contains(@class, 'wide')]//title/text()")


def tags(tree: HtmlElement) -> list[str]:
    """The elements that are the same whatever is said: the chart leaves long names out."""
    return [element.tag for element in tree.iter() if element.tag not in ("code", "text")]


def test_commands_in_sentences_are_set_as_code() -> None:
    tree = parsed(render(full_of("mend it: `backref import <b>`")))
    assert tree.xpath("//ul[@class='unknowns']//code/text()") == ["backref import <b>"]


def test_what_is_not_known_is_said() -> None:
    tree = parsed(render(full_of("")))
    rows = tree.xpath("//section[@aria-labelledby='value']//tbody/tr")
    assert [[cell.text_content() for cell in row] for row in rows][1][2:] == [
        "no rating",
        "not measurable",
    ]
    ledger = tree.xpath("//table[contains(@class, 'ledger')]")[0].text_content()
    assert "(no anchor known)" in ledger
    assert "target not known" in ledger
    assert "visits not measurable" in tree.xpath("//svg[@class='strip']/@aria-label")[0]


def test_an_empty_report_says_what_to_import() -> None:
    said = parsed(render(EMPTY)).text_content()
    assert "No link to this site is known yet" in said
    assert "No visit from another host is known yet" in said
