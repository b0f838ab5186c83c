"""One round of watching: what the rules meet goes into the outbox, and the outbox out."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from backref.faces.alerting import message
from backref.faces.query import Store
from backref.watch import sending
from backref.watch import store as watching

if TYPE_CHECKING:
    from collections.abc import Collection
    from datetime import datetime

    from backref.lake.lake import Lake
    from backref.watch.store import Pack


class Round(NamedTuple):
    """What came of a round: alerts that are new, messages that were put, sent and not sent, and
    why not, by channel."""

    alerts: int
    messages: int
    sent: int
    failures: tuple[tuple[str, str], ...]


def told(lake: Lake, now: datetime, *, address: str = "", allowed: Collection[str] = ()) -> Round:
    """Evaluate all rules, put what is due into the outbox, and send what waits there."""
    store = Store(lake)

    def compose(pack: Pack) -> dict[str, object]:
        return message.composed(store, pack, address)

    alerts = watching.evaluate(lake, now)
    messages = watching.pack(lake, now, compose)
    outcome = sending.empty(lake, allowed)
    return Round(alerts, messages, outcome.sent, outcome.failures)


def in_words(what: Round) -> str:
    """A round in one sentence."""
    said = f"{what.alerts:,} new alerts, {what.messages:,} new messages, {what.sent:,} sent."
    failed = [f"Nothing reaches {channel}: {why}" for channel, why in what.failures]
    return " ".join([said, *failed])
