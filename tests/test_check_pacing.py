"""Waits between requests, by a clock that the tests turn."""

from __future__ import annotations

import asyncio
import dataclasses
from typing import Any

import pytest
from farm.turned import NOON, TurnedClock
from hypothesis import given
from hypothesis import strategies as st

from backref.check.fetched import Outcome
from backref.check.history import HostHistory
from backref.check.pacing import DAY, Pacer
from backref.check.settings import Manners
from backref.check.trouble import Trouble
from backref.errors import UsageError

MANNERS = Manners("https://us.example/", jitter=0.0)


class Paced:
    """A pacer, its clock, and requests that take the time that they are said to."""

    def __init__(self, **manners: Any) -> None:
        self.clock = TurnedClock()
        self.pacer = Pacer(dataclasses.replace(MANNERS, **manners), self.clock)

    def ask(
        self, seconds: float = 0.1, *, failed: bool = False, wait: float | None = None
    ) -> float | Trouble:
        """How long the request had to wait, or why it was not sent."""

        async def run() -> float:
            before = self.clock.grown
            async with self.pacer.turn("a.test") as turn:
                waited = self.clock.grown - before
                self.clock.pass_by(seconds)
                turn.ended(seconds, failed=failed, wait=wait)
            return waited

        try:
            return round(asyncio.run(run()), 6)
        except Trouble as trouble:
            return trouble


def test_the_gap_begins_when_the_answer_is_there() -> None:
    paced = Paced()
    assert [paced.ask(0.2), paced.ask(0.4), paced.ask()] == [0.0, 5.0, 5.0]


def test_a_slow_host_is_given_time() -> None:
    paced = Paced()
    assert [paced.ask(2.0), paced.ask(), paced.ask()] == [0.0, 20.0, 5.0]


def test_a_crawl_delay_holds_if_it_is_longer() -> None:
    paced = Paced()
    paced.ask()
    paced.pacer.slow_down("a.test", 12.0)
    assert [paced.ask(), paced.ask()] == [12.0, 12.0]
    paced.pacer.slow_down("a.test", 1.0)
    assert paced.ask() == 12.0


@given(st.lists(st.floats(0, 3), min_size=2, max_size=8))
def test_jitter_only_ever_lengthens(seconds: list[float]) -> None:
    paced = Paced(jitter=0.5)
    waits = [paced.ask(took) for took in seconds]
    for took, wait in zip(seconds, waits[1:], strict=False):
        assert max(5.0, 10 * took) - 1e-6 <= wait <= max(5.0, 10 * took) * 1.5 + 1e-6


def test_failures_double_the_wait_and_end_the_day() -> None:
    paced = Paced()
    waits = [paced.ask(failed=True) for _ in range(4)]
    assert waits[:3] == [0.0, 60.0, 120.0]
    trouble = waits[3]
    assert isinstance(trouble, Trouble)
    assert trouble.outcome is Outcome.POSTPONED
    assert trouble.until == (NOON // DAY + 1) * DAY
    paced.clock.pass_by(86_400)
    assert paced.ask() == 0.0


def test_an_answer_ends_the_row_of_failures() -> None:
    paced = Paced()
    for failed in (True, True, False, True):
        paced.ask(failed=failed)
    assert paced.ask() == 60.0


def test_what_the_host_asks_for_is_what_it_gets() -> None:
    paced = Paced()
    paced.ask(failed=True, wait=100.0)
    assert paced.ask(failed=True, wait=1.0) == 100.0
    assert paced.ask() == 5.0
    paced.ask(wait=3600.0)
    trouble = paced.ask()
    assert isinstance(trouble, Trouble)
    assert trouble.until is not None
    assert abs(trouble.until - (paced.clock.time + 3600 * 10**6)) < 10
    paced.clock.pass_by(3590)
    assert paced.ask() == 10.0


def test_a_day_has_its_cap() -> None:
    paced = Paced(daily_cap=3)
    assert [paced.ask() for _ in range(3)] == [0.0, 5.0, 5.0]
    assert isinstance(paced.ask(), Trouble)
    paced.clock.pass_by(43_200)
    assert paced.ask() == 0.0


@pytest.mark.parametrize(
    "jump", [-10 * 365 * 86_400, -86_400, -3600, 3600, 86_400, 10 * 365 * 86_400]
)
def test_a_clock_that_jumps_shortens_no_wait(jump: float) -> None:
    paced = Paced()
    paced.ask()
    paced.clock.jump(jump)
    assert paced.ask() == 5.0


def test_a_clock_that_is_turned_back_gives_no_second_day() -> None:
    paced = Paced(daily_cap=1)
    paced.ask()
    paced.clock.jump(-86_400)
    assert isinstance(paced.ask(), Trouble)


@pytest.mark.parametrize(
    ("history", "wait"),
    [
        (HostHistory(), 0.0),
        (HostHistory(last_at=NOON - 2_000_000), 3.0),
        (HostHistory(last_at=NOON - 2_000_000, seconds=1.0), 8.0),
        (HostHistory(last_at=NOON - 60_000_000), 0.0),
        (HostHistory(last_at=NOON + 3600_000_000), 5.0),
        (HostHistory(next_allowed=NOON + 30_000_000), 30.0),
        (HostHistory(next_allowed=NOON - 30_000_000), 0.0),
        (HostHistory(last_at=NOON - 90_000_000_000, failures=3, today=900), 0.0),
    ],
)
def test_a_run_goes_on_where_the_last_one_stopped(history: HostHistory, wait: float) -> None:
    paced = Paced()
    paced.pacer.remember("a.test", history)
    assert paced.ask() == wait


@pytest.mark.parametrize(
    "history",
    [
        HostHistory(last_at=NOON - 90_000_000, failures=3),
        HostHistory(last_at=NOON - 90_000_000, today=500),
        HostHistory(next_allowed=NOON + 3600_000_000),
    ],
)
def test_a_host_that_had_its_share_is_postponed(history: HostHistory) -> None:
    paced = Paced()
    paced.pacer.remember("a.test", history)
    trouble = paced.ask()
    assert isinstance(trouble, Trouble)
    assert "a.test" in trouble.why


def test_an_address_is_asked_once_a_second_whoever_lives_there() -> None:
    clock = TurnedClock()
    pacer = Pacer(MANNERS, clock)

    async def ask() -> float:
        async with pacer.address("127.0.0.9"):
            return clock.grown

    async def run() -> list[float]:
        return [await ask() for _ in range(3)]

    first, second, third = asyncio.run(run())
    assert (round(second - first, 6), round(third - second, 6)) == (1.0, 1.0)


@pytest.mark.parametrize(
    "contact",
    [
        "",
        "  ",
        "nonsense",
        "notaurl.example",
        "ftp://a.example/",
        "https://x",
        "a@b",
        "a\r\nX-Evil: 1",
        "a\0b",
        "https://a.example/\n",
    ],
)
def test_nobody_is_asked_without_a_contact(contact: str) -> None:
    with pytest.raises(UsageError, match="--contact"):
        Manners(contact)


@pytest.mark.parametrize("delay", [1e30, 1e303, float("inf")])
def test_no_wait_is_longer_than_a_month(delay: float) -> None:
    paced = Paced()
    paced.ask()
    paced.pacer.slow_down("a.test", delay)
    postponed = paced.ask()
    assert isinstance(postponed, Trouble)
    assert postponed.until == paced.clock.now() + 31 * DAY


def test_no_history_makes_a_wait_longer_than_a_month() -> None:
    paced = Paced(failures=10_000)
    history = HostHistory(last_at=NOON, seconds=1e300, next_allowed=1 << 62, failures=5_000)
    paced.pacer.remember("a.test", history)
    postponed = paced.ask()
    assert isinstance(postponed, Trouble)
    assert postponed.until == paced.clock.now() + 31 * DAY


@pytest.mark.parametrize(
    "contact",
    ["https://us.example/", "http://us.example/bots?x=1", "mailto:we@us.example", "we@us.example"],
)
def test_a_page_or_a_mailbox_is_a_contact(contact: str) -> None:
    assert Manners(contact).agent.endswith(f" (+{contact})")


def test_a_delay_that_nobody_waits_for_is_counted_from_the_last_page() -> None:
    paced = Paced()
    paced.pacer.slow_down("a.test", 3_600.0)
    assert paced.ask() == 0.0
    until = paced.pacer.held_until("a.test")
    assert until == paced.clock.now() + 3_600_000_000
    assert isinstance(paced.ask(), Trouble)

    later = Paced()
    later.pacer.remember("a.test", HostHistory(last_at=NOON - 60_000_000))
    later.pacer.slow_down("a.test", 3_600.0)
    postponed = later.ask()
    assert isinstance(postponed, Trouble)
    assert postponed.until == NOON + 3_540_000_000


def test_later_runs_are_told_of_failures_and_of_no_usual_gap() -> None:
    paced = Paced()
    paced.ask()
    assert paced.pacer.held_until("a.test") is None
    paced.ask(failed=True)
    assert paced.pacer.held_until("a.test") == paced.clock.now() + 60_000_000
    for _ in range(2):
        paced.ask(failed=True)
    assert paced.pacer.held_until("a.test") == (paced.clock.now() // DAY + 1) * DAY
