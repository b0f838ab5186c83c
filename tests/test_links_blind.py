"""What our own eyes could not see, and what targets answered them."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest
from links_facts import UNDATED, day, derived, folded, hours, look, observation
from one_link import GOAL, PAGE, link, missed, seen

if TYPE_CHECKING:
    from backref.lake.engine import Engine


UNSEEN = {
    "a wall after it was seen": ([seen(hours(0)), look(PAGE, hours(9))], "unknown", "blocked"),
    "no answer after a vendor's undated word": (
        [seen(UNDATED, "ahrefs"), look(PAGE, hours(0), "unreachable")],
        "unknown",
        "unreachable",
    ),
    "a wall before it was seen": ([look(PAGE, hours(0)), seen(hours(9))], "live", None),
    "a wall, then a look of our own": (
        [seen(hours(0)), look(PAGE, hours(9)), seen(hours(20), "check")],
        "live",
        None,
    ),
    "a wall, then a vendor's word": (
        [seen(hours(0)), look(PAGE, hours(9)), seen(day(3), "semrush")],
        "live",
        None,
    ),
    "the last of several counts": (
        [
            seen(hours(0)),
            look(PAGE, hours(9), "unreachable"),
            look(PAGE, hours(40), "robots"),
        ],
        "unknown",
        "robots",
    ),
    "a look that we broke off": (
        [seen(hours(0)), look(PAGE, hours(9), "interrupted")],
        "live",
        None,
    ),
    "a wall does not unsay an absence": (
        [seen(hours(0)), missed(hours(9)), look(PAGE, hours(40))],
        "suspect",
        "removed",
    ),
    "nor is it a second one": (
        [seen(hours(0)), missed(hours(9)), look(PAGE, hours(40)), look(PAGE, hours(90))],
        "suspect",
        "removed",
    ),
    "nor does it unsay a loss": (
        [seen(hours(0)), missed(hours(9)), missed(hours(60)), look(PAGE, hours(90))],
        "lost",
        "removed",
    ),
    "a claim that nobody could look after": (
        [observation(PAGE, GOAL, day(0), "placement", "claimed"), look(PAGE, hours(90))],
        "never verified",
        None,
    ),
    "a look at a target": ([seen(hours(0)), look(PAGE, hours(9), purpose="target")], "live", None),
}


@pytest.mark.parametrize(("rows", "state", "reason"), UNSEEN.values(), ids=UNSEEN)
def test_what_our_own_eyes_could_not_see(
    engine: Engine, rows: list[Any], state: str, reason: str | None
) -> None:
    found = link(engine, *rows)
    assert (found["state"], found["reason"]) == (state, reason)
    assert (found["unknown_since"] is not None) == (state == "unknown")


def test_a_domain_of_unknown_links_is_unknown(engine: Engine) -> None:
    snapshot = folded(engine, [seen(hours(0)), look(PAGE, hours(9))])
    [domain] = derived(snapshot, "referring_domains")
    assert (domain["state"], domain["live_links"], domain["lost_links"]) == ("unknown", 0, 0)


def test_the_target_answers_as_our_latest_look_saw_it_unless_somebody_saw_it_later(
    engine: Engine,
) -> None:
    told = seen(day(2), "ahrefs", target_status=404)
    early, late = (
        look(GOAL, hours(h), "page", "target", status=s) for h, s in ((9, 500), (99, 200))
    )
    assert link(engine, told)["target_status"] == 404
    assert link(engine, told, early)["target_status"] == 404
    assert link(engine, told, early, late)["target_status"] == 200
