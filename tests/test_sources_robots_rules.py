from __future__ import annotations

import pytest

from backref.sources.robots_rules import Robots, robots

FREE, NOFOLLOW, NOINDEX, NONE = (
    Robots(nofollow=False, noindex=False),
    Robots(nofollow=True, noindex=False),
    Robots(nofollow=False, noindex=True),
    Robots(nofollow=True, noindex=True),
)


@pytest.mark.parametrize(
    ("metas", "headers", "rules"),
    [
        ([], [], FREE),
        (["index, follow"], [], FREE),
        (["NoFollow"], [], NOFOLLOW),
        (["noindex,nofollow"], [], NONE),
        (["none"], [], NONE),
        (["noindex follow"], [], NOINDEX),
        (["noindex", "nofollow"], [], NONE),
        (["max-snippet:-1, nofollow"], [], NOFOLLOW),
        (["nofollowing"], [], FREE),
        ([], ["noindex"], NOINDEX),
        ([], ["noindex", "nofollow"], NONE),
        ([], ["googlebot: nofollow"], NOFOLLOW),
        ([], ["otherbot: noindex, nofollow"], FREE),
        ([], ["otherbot: noindex, googlebot: nofollow"], NOFOLLOW),
        ([], ["unavailable_after: 25 Jun 2010 15:00:00 PST, nofollow"], NOFOLLOW),
        ([], ["max-image-preview: large"], FREE),
        (["nofollow"], ["noindex"], NONE),
    ],
)
def test_the_strictest_rule_wins(metas: list[str], headers: list[str], rules: Robots) -> None:
    assert robots(metas, headers) == rules
