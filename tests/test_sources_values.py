"""Converters: what cells mean, and what they refuse to guess."""

from __future__ import annotations

import math
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from backref.sources.values import Customs, Money, converter, decimal_comma

ENGLISH = Customs(decimal_comma=False)
GERMAN = Customs(decimal_comma=True)
UNTOLD = Customs()


@pytest.mark.parametrize(
    ("name", "cell", "customs", "expected"),
    [
        ("integer", "1,240", UNTOLD, 1240),
        ("integer", "1.240", UNTOLD, 1240),
        ("integer", "1\u202f240\u202f000", UNTOLD, 1_240_000),
        ("integer", "12.0", UNTOLD, 12),
        ("integer", "-", UNTOLD, None),
        ("number", "1,240", ENGLISH, 1240.0),
        ("number", "1,240", GERMAN, 1.24),
        ("number", "1.240", GERMAN, 1240.0),
        ("number", "1.240", UNTOLD, 1.24),
        ("number", "1,240.5", UNTOLD, 1240.5),
        ("number", "1.240,5", UNTOLD, 1240.5),
        ("number", "1.240.000", UNTOLD, 1_240_000.0),
        ("number", "7,5", UNTOLD, 7.5),
        ("number", "2.9799486E7", UNTOLD, 29_799_486.0),
        ("number", "12’345.5", UNTOLD, 12_345.5),
        ("share", "7.69%", UNTOLD, 0.0769),
        ("share", "7,69 %", UNTOLD, 0.0769),
        ("share", "7,69\u00a0%", GERMAN, 0.0769),
        ("share", "0%", UNTOLD, 0.0),
        ("share", "0.25", UNTOLD, 0.25),
        ("money", "€1.200,50", UNTOLD, Money(1200.5, "EUR")),
        ("money", "300 EUR", UNTOLD, Money(300.0, "EUR")),
        ("money", "$300", UNTOLD, Money(300.0, None)),
        ("money", "£1,200", ENGLISH, Money(1200.0, "GBP")),
        ("status", "404", UNTOLD, 404),
        ("status", "0", UNTOLD, None),
        ("flag", "TRUE", UNTOLD, True),
        ("flag", "+", UNTOLD, True),
        ("flag", "no", UNTOLD, False),
        ("tokens", "Sponsored, NoFollow", UNTOLD, "nofollow sponsored"),
        ("tokens", "dofollow", UNTOLD, ""),
        ("currency", "eur", UNTOLD, "EUR"),
        ("currency", "€", UNTOLD, "EUR"),
        ("domain", "https://Blog.Example.co.uk/x", UNTOLD, "example.co.uk"),
        ("reversed host", "com.example.www", UNTOLD, "www.example.com"),
        ("path", "/a/index.html?x=1#y", UNTOLD, "/a"),
        ("path", "https://shop.example/", UNTOLD, "/"),
        ("text", "a\n  b\x1b[31m", UNTOLD, "a b\x1b[31m"),
    ],
)
def test_cells_mean(name: str, cell: str, customs: Customs, expected: Any) -> None:
    assert converter(name, customs)(cell) == expected


@pytest.mark.parametrize(
    ("name", "cell"),
    [
        ("integer", "12.5"),
        ("integer", "9" * 30),
        ("integer", "many"),
        ("number", "1,240"),
        ("number", "1e999"),
        ("number", "nan"),
        ("number", "9" * 100),
        ("share", "120%"),
        ("share", "-3%"),
        ("share", "%"),
        ("money", "a lot"),
        ("money", "5 coins"),
        ("status", "12345"),
        ("flag", "maybe"),
        ("tokens", "<script>"),
        ("currency", "euros and cents"),
        ("page", "javascript:alert(1)"),
        ("page", "related"),
        ("page", "domain:wp.me"),
        ("page", "mailto:a@b.example"),
        ("page", "http://"),
        ("path", "Home screen"),
        ("reversed host", "com..example"),
    ],
)
def test_cells_refused(name: str, cell: str) -> None:
    with pytest.raises(ValueError, match=r"."):
        converter(name, UNTOLD)(cell)


def test_a_page_without_scheme_is_read_as_host_and_path() -> None:
    page = converter("page", UNTOLD)("www.Blog.example/a/?utm_source=x")
    assert (page.page, page.host, page.domain) == ("blog.example/a", "www.blog.example",
                                                  "blog.example")  # fmt: skip


@pytest.mark.parametrize(
    ("cells", "expected"),
    [
        (["7.69%", "3"], False),
        (["7,69 %", "1.240"], True),
        (["1,240", "3"], None),
        (["7,5", "7.5"], None),
        ([], None),
    ],
)
def test_the_file_tells_its_decimal_mark(cells: list[str], expected: bool | None) -> None:
    assert decimal_comma(cells) is expected


@given(st.floats(-1e12, 1e12), st.sampled_from([(",", "."), (".", ","), (" ", ",")]))
def test_numbers_survive_any_grouping(value: float, marks: tuple[str, str]) -> None:
    thousands, decimal = marks
    english = f"{value:,.2f}"
    written = english.translate(str.maketrans({",": thousands, ".": decimal}))
    found = converter("number", Customs(decimal_comma=decimal == ","))(written)
    assert math.isclose(found, float(f"{value:.2f}"), abs_tol=1e-9)


@given(st.integers(0, 10**15), st.sampled_from([",", ".", "\u00a0", "'"]))
def test_whole_numbers_need_no_customs(value: int, thousands: str) -> None:
    assert converter("integer", UNTOLD)(f"{value:,}".replace(",", thousands)) == value
