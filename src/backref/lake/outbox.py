"""The outbox: messages that wait until they are sent, each once.

A message is taken, sent and ticked off in three steps. Whoever takes it has it to itself for
`HELD`; a process that dies between sending and ticking off leaves it to the next one, which sends
it again under the same key: an alert twice is better than none. Whoever comes back after that time
may still say that the message is sent, and nothing else.
"""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING, Any, NamedTuple

from sqlalchemy import and_, func, insert, or_, select, update

from backref.lake.catalogue import ALERTS, CHANNELS, DELIVERIES

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence
    from datetime import datetime

    from sqlalchemy import ColumnElement, Connection

    from backref.lake.catalogue import Catalogue

HELD = timedelta(minutes=5)
"""Longer than any sending may take."""
WAITS = tuple(timedelta(minutes=minutes) for minutes in (1, 5, 15, 60, 360))
"""After each failure; then always the last."""
GIVEN_UP = timedelta(days=7)
AT_ONCE = 500
"""Numbers that one statement may name."""


class Delivery(NamedTuple):
    """A message to a channel. `state` is waiting, sending, sent or refused; `why` says why it was
    not sent yet, `tries` how often that was tried, `ended` when it was sent or given up."""

    id: int
    key: str
    site: str
    channel: str
    message: dict[str, Any]
    state: str
    tries: int
    why: str
    made: datetime
    next_try: datetime
    ended: datetime | None


class Outbox:
    """The messages of one store."""

    def __init__(self, catalogue: Catalogue, clock: Callable[[], datetime]) -> None:
        self._catalogue = catalogue
        self._clock = clock

    def put(
        self, key: str, site: str, channel: str, message: dict[str, Any], alerts: Sequence[int] = ()
    ) -> bool:
        """Have a message sent that tells of these alerts, which no other message then does. False
        where one of that key, or one of an alert, is there already: nothing is changed."""
        now = self._clock()
        with self._catalogue.write(counted=False) as connection:
            known = select(func.count()).where(DELIVERIES.c.key == key)
            if connection.scalar(known) or _told(connection, alerts):
                return False
            made = connection.execute(
                insert(DELIVERIES).values(
                    key=key,
                    site=site,
                    channel=channel,
                    message=message,
                    state="waiting",
                    tries=0,
                    why="",
                    made=now,
                    next_try=now,
                )
            )
            (number,) = made.inserted_primary_key or (0,)
            for part in _parts(alerts):
                told = update(ALERTS).where(ALERTS.c.id.in_(part))
                connection.execute(told.values(delivery_id=number))
        return True

    def take(self) -> Delivery | None:
        """The message that has waited longest of those whose time has come, for the caller alone
        for as long as `HELD`."""
        now = self._clock()
        open_still = DELIVERIES.c.state.in_(("waiting", "sending"))
        ready = and_(open_still, DELIVERIES.c.next_try <= now)
        first = select(DELIVERIES).where(ready).order_by(DELIVERIES.c.next_try, DELIVERIES.c.id)
        with self._catalogue.write(counted=False) as connection:
            row = connection.execute(first.limit(1)).mappings().first()
            if row is None:
                return None
            taken = {"state": "sending", "tries": row["tries"] + 1, "next_try": now + HELD}
            mine = update(DELIVERIES).where(DELIVERIES.c.id == row["id"])
            connection.execute(mine.values(**taken))
        return Delivery(**{**row, **taken})

    def sent(self, delivery: Delivery) -> None:
        """Tick a message off."""
        unsent = DELIVERIES.c.state != "sent"
        self._change(delivery, unsent, state="sent", why="", ended=self._clock())

    def failed(self, delivery: Delivery, why: str, *, for_good: bool = False) -> None:
        """Say why a message was not sent. It is tried again, each time later, for a week; not
        where it failed `for_good`. Nothing is changed where another has it by now."""
        now = self._clock()
        mine = and_(
            DELIVERIES.c.state == "sending",
            DELIVERIES.c.tries == delivery.tries,
            DELIVERIES.c.next_try == delivery.next_try,
        )
        if for_good or now - delivery.made >= GIVEN_UP:
            self._change(delivery, mine, state="refused", why=why, ended=now)
        else:
            wait = WAITS[min(delivery.tries, len(WAITS)) - 1]
            self._change(delivery, mine, state="waiting", why=why, next_try=now + wait)

    def retry(self) -> int:
        """Have everything that was refused or waits sent from now on, but for what somebody sends
        at this moment and what has no channel any more; returns how many."""
        now = self._clock()
        values = {"state": "waiting", "tries": 0, "made": now, "next_try": now, "ended": None}
        state = DELIVERIES.c.state
        left = and_(state == "sending", DELIVERIES.c.next_try <= now)
        idle = and_(
            or_(state.in_(("waiting", "refused")), left),
            DELIVERIES.c.channel.in_(select(CHANNELS.c.name)),
        )
        with self._catalogue.write(counted=False) as connection:
            return connection.execute(update(DELIVERIES).where(idle).values(**values)).rowcount

    def latest(self, limit: int = 50) -> list[Delivery]:
        """The newest messages first, those that wait or were refused before those that were
        sent."""
        sent = DELIVERIES.c.state == "sent"
        query = select(DELIVERIES).order_by(sent, DELIVERIES.c.id.desc()).limit(limit)
        with self._catalogue.read() as connection:
            return [Delivery(**row) for row in connection.execute(query).mappings()]

    def _change(self, delivery: Delivery, where: ColumnElement[bool], **values: object) -> None:
        with self._catalogue.write(counted=False) as connection:
            change = update(DELIVERIES).where(DELIVERIES.c.id == delivery.id, where)
            connection.execute(change.values(**values))


def _told(connection: Connection, alerts: Sequence[int]) -> bool:
    """Whether a message tells of one of the alerts already."""
    packed = select(func.count()).where(ALERTS.c.delivery_id.is_not(None))
    parts = _parts(alerts)
    return any(connection.scalar(packed.where(ALERTS.c.id.in_(part))) for part in parts)


def _parts(alerts: Sequence[int]) -> list[Sequence[int]]:
    return [alerts[at : at + AT_ONCE] for at in range(0, len(alerts), AT_ONCE)]
