"""`backref watch`: rounds of checking, evaluating and telling."""

from __future__ import annotations

import time
from datetime import UTC, datetime
from typing import TYPE_CHECKING

from backref.errors import BackrefError
from backref.faces import checks
from backref.faces.alerting import watching
from backref.faces.following import Ending
from backref.faces.terminal import say, visible
from backref.lake.lake import Lake

if TYPE_CHECKING:
    from collections.abc import Callable

    from backref.config import Config

CHECKING_SHARE = 0.8
"""So much of the time between two rounds may go to looking at pages."""


def run(
    found: Config,
    *,
    once: bool = False,
    every: float = 900.0,
    ends_after: Callable[[float], bool] | None = None,
) -> bool:
    """Rounds until `ends_after` so many seconds says to end, or one; whether the last one reached
    everybody. A round that fails is said and the next one tried; of one alone the failure is
    raised."""
    if once:
        return _round(found, every)
    ends_after = ends_after or Ending().after
    reached = True
    while True:
        began = time.monotonic()
        try:
            reached = _round(found, every)
        except BackrefError as error:
            reached = False
            say(visible(f"{_now()} {error}"))
        if ends_after(max(1.0, every - (time.monotonic() - began))):
            say("No longer watching.")
            return reached


def _round(found: Config, every: float) -> bool:
    with Lake.open(found.store) as lake:
        if said := checks.due(lake, found, every * CHECKING_SHARE):
            say(visible(f"{_now()} {said}"))
        what = watching.told(
            lake, datetime.now(UTC), address=found.address, allowed=found.private_channels
        )
    say(visible(f"{_now()} {watching.in_words(what)}"))
    return not what.failures


def _now() -> str:
    return f"{datetime.now(UTC):%Y-%m-%d %H:%M}"
