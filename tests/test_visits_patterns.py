"""Path patterns: goals and scanner paths."""

from __future__ import annotations

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from backref.visits.patterns import goal_regex, regex, scanner_paths


@pytest.mark.parametrize(
    ("goal", "page", "reached"),
    [
        ("/thanks", "/thanks", True),
        ("/thanks/", "/thanks", True),
        ("thanks", "/thanks", True),
        ("/thanks/index.html", "/thanks", True),
        ("/thanks", "/thanks/you", False),
        ("/thanks", "/Thanks", False),
        ("/thanks*", "/thanks/you", True),
        ("/order/*/done", "/order/7/done", True),
        ("/order/*/done", "/order/7", False),
        ("*", "/", True),
        ("/", "/", True),
        ("/a.b", "/axb", False),
        ("/a(b", "/a(b", True),
    ],
)
def test_a_goal_is_a_folded_path_or_a_pattern(goal: str, page: str, reached: bool) -> None:
    assert bool(goal_regex(goal).match(page)) == reached


@given(st.text(st.characters(min_codepoint=33, max_codepoint=126, exclude_characters="*")))
def test_a_pattern_without_a_star_is_itself_alone(text: str) -> None:
    pattern = re.compile(regex([text]))
    assert pattern.match(text)
    assert not pattern.match(text + "x")


@pytest.mark.parametrize(
    ("path", "scans"),
    [
        ("/wp-login.php", True),
        ("/blog/wp-login.php", True),
        ("/.env", True),
        ("/.git/config", True),
        ("/vendor/phpunit/phpunit/src/util/php/eval-stdin.php", True),
        ("/products", False),
        ("/shopping", False),
        ("/environment", False),
    ],
)
def test_scanner_paths(path: str, scans: bool) -> None:
    assert bool(re.match(scanner_paths(), path)) == scans
