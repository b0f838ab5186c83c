"""Emptying the outbox: each message to its channel, within the wall."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any, NamedTuple

from backref.errors import UsageError
from backref.lake.outbox import Delivery
from backref.watch import chat, egress, mail, webhook
from backref.watch.deadline import Deadline
from backref.watch.outcome import Failed
from backref.watch.target import target

if TYPE_CHECKING:
    from collections.abc import Collection

    from backref.lake.lake import Lake
    from backref.lake.rules import Channel

MOST_AT_ONCE = 200
WHOLE = 120.0
"""Seconds for the whole of one sending, whatever it goes by."""


class Sent(NamedTuple):
    """What became of the messages whose time had come. `failures` are channels, each with why
    nothing was sent to it."""

    sent: int
    failed: int
    failures: tuple[tuple[str, str], ...]


def empty(lake: Lake, allowed: Collection[str] = (), most: int = MOST_AT_ONCE) -> Sent:
    """Send what waits and may be tried now, so many messages at most. A channel that failed
    is not tried again this time."""
    sent, failures = 0, dict[str, str]()
    for _ in range(most):
        delivery = lake.outbox.take()
        if delivery is None:
            break
        try:
            if delivery.channel in failures:
                raise Failed(failures[delivery.channel])
            send(lake.rules.channel(delivery.channel), delivery, allowed)
        except (Failed, UsageError) as failure:
            failures[delivery.channel] = str(failure)
            for_good = isinstance(failure, Failed) and failure.for_good
            lake.outbox.failed(delivery, str(failure), for_good=for_good)
        else:
            lake.outbox.sent(delivery)
            sent += 1
    return Sent(sent, len(failures), tuple(failures.items()))


def tried(
    channel: Channel, site: str, message: dict[str, Any], allowed: Collection[str] = ()
) -> str:
    """Send a message at once, beside the outbox; why it could not be sent, empty when it was."""
    now = datetime.now(UTC)
    key = f"test {now.isoformat()}"
    test = Delivery(0, key, site, channel.name, message, "waiting", 1, "", now, now, None)
    try:
        send(channel, test, allowed)
    except Failed as failure:
        return str(failure)
    return ""


def send(channel: Channel, delivery: Delivery, allowed: Collection[str] = ()) -> None:
    """Send one message. Raises Failed."""
    try:
        meant = target(channel.url, allowed)
    except UsageError as error:
        raise Failed(str(error)) from error
    named = allowed if meant.host in allowed else ()
    with egress.walled(named) as wall, Deadline(WHOLE, wall.cut) as deadline:
        try:
            if meant.kind == "mail":
                mail.send(meant, delivery)
            elif meant.kind == "webhook":
                webhook.send(meant, channel.secret, delivery)
            else:
                chat.send(meant, delivery)
                if deadline.passed:
                    raise Failed(f"{meant.host} did not end its answer in {WHOLE:.0f} seconds.")
        except Failed as failure:
            why = wall.refused[-1] if wall.refused else str(failure)
            raise Failed(why, for_good=failure.for_good) from failure
