"""Rules of what to tell whom, the channels that lead there, and what the rules met.

As labels, none of it is evidence: no derived table reads it.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from itertools import islice
from typing import TYPE_CHECKING, Any, NamedTuple

from sqlalchemy import delete, func, insert, select, update

from backref.errors import NotHeld, UsageError
from backref.lake.catalogue import ALERTS, CHANNELS, DELIVERIES, RULES

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Mapping
    from datetime import datetime

    from sqlalchemy import Connection

    from backref.lake.catalogue import Catalogue

MOST_RULES = 200
MOST_CHANNELS = 50
AT_ONCE = 5_000
RULE_COLUMNS = ("site", "condition", "threshold", "scope", "channel", "quiet", "digest", "muted")


class Channel(NamedTuple):
    """Where alerts go: a name, an address that may hold a password, and the key that signs what a
    webhook is sent, empty for all others."""

    name: str
    url: str
    secret: str = ""


@dataclass(frozen=True)
class Rule:
    """What to tell: a `condition` of `watch.condition` at a site, from `threshold` on, for what
    `scope` narrows it to; through a channel, by `quiet` and `digest` of `watch.timing`; nothing
    until `muted`. `id` is 0 before it is kept."""

    site: str
    condition: str
    channel: str
    threshold: float = 0.0
    scope: Mapping[str, str] = field(default_factory=dict)
    quiet: str = ""
    digest: str = ""
    muted: datetime | None = None
    id: int = 0
    added: datetime | None = None


class Fired(NamedTuple):
    """One thing that a rule met. `key` is the same whenever the rule meets it again; `due` is when
    to tell of it, None for what is only remembered."""

    key: str
    what: dict[str, Any]
    known: datetime
    due: datetime | None


class Waiting(NamedTuple):
    """What is due to be told."""

    id: int
    rule: Rule
    what: dict[str, Any]
    known: datetime


class Past(NamedTuple):
    """What a rule has told so far: how many alerts, and when it last met something."""

    alerts: int
    last: datetime | None


class Rules:
    """The rules and channels of one store."""

    def __init__(self, catalogue: Catalogue, clock: Callable[[], datetime]) -> None:
        self._catalogue = catalogue
        self._clock = clock

    def channels(self) -> tuple[Channel, ...]:
        """The channels, by name."""
        query = select(CHANNELS.c.name, CHANNELS.c.url, CHANNELS.c.secret)
        with self._catalogue.read() as connection:
            return tuple(Channel(*row) for row in connection.execute(query.order_by("name")))

    def channel(self, name: str) -> Channel:
        """The channel of that name. Raises UsageError."""
        found = self.channels()
        for channel in found:
            if channel.name == name:
                return channel
        known = ", ".join(channel.name for channel in found)
        raise UsageError(
            f"There is no channel {name!r}; there are {known}."
            if known
            else "There is no channel yet: add one with `backref alerts channel NAME URL`."
        )

    def save_channel(self, channel: Channel) -> None:
        """Add a channel, or change it: what waits for it goes by the new address."""
        values = {**channel._asdict(), "added": self._clock()}
        with self._catalogue.write(counted=False) as connection:
            known = CHANNELS.c.name == channel.name
            if connection.scalar(select(func.count()).where(known)):
                connection.execute(update(CHANNELS).where(known).values(**values))
                return
            _refuse_more(connection, CHANNELS, MOST_CHANNELS, "channels")
            connection.execute(insert(CHANNELS).values(**values))

    def drop_channel(self, name: str) -> None:
        """Forget a channel and what waits for it. Raises UsageError while a rule uses it."""
        self.channel(name)
        using = [rule for rule in self.all() if rule.channel == name]
        if using:
            numbers = ", ".join(str(rule.id) for rule in using)
            raise UsageError(f"The channel {name!r} is used by rule {numbers}: remove that first.")
        waiting = (DELIVERIES.c.channel == name) & (DELIVERIES.c.state != "sent")
        with self._catalogue.write(counted=False) as connection:
            connection.execute(
                update(DELIVERIES)
                .where(waiting)
                .values(state="refused", why="The channel was removed.", ended=self._clock())
            )
            connection.execute(delete(CHANNELS).where(CHANNELS.c.name == name))

    def all(self, site: str | None = None) -> tuple[Rule, ...]:
        """The rules, or those of a site, in the order in which they were made."""
        query = select(RULES).order_by(RULES.c.id)
        if site is not None:
            query = query.where(RULES.c.site == site)
        with self._catalogue.read() as connection:
            return tuple(Rule(**row) for row in connection.execute(query).mappings())

    def get(self, rule_id: int) -> Rule:
        """A rule by its number. Raises NotHeld."""
        for rule in self.all():
            if rule.id == rule_id:
                return rule
        raise NotHeld(f"There is no rule {rule_id}; `backref alerts` lists them.")

    def add(self, rule: Rule, known: Iterable[Fired] = ()) -> Rule:
        """Keep a rule, which will not tell of what is `known` already. Returns it with its
        number."""
        self.channel(rule.channel)
        now = self._clock()
        values = {name: getattr(rule, name) for name in RULE_COLUMNS} | {"added": now}
        with self._catalogue.write(counted=False) as connection:
            _refuse_more(connection, RULES, MOST_RULES, "rules")
            made = connection.execute(insert(RULES).values(**values))
            (number,) = made.inserted_primary_key or (0,)
            _record(connection, number, known, now)
        return self.get(number)

    def drop(self, rule_id: int) -> None:
        """Forget a rule, and of what it met whatever was not sent yet. Raises NotHeld."""
        self.get(rule_id)
        with self._catalogue.write(counted=False) as connection:
            connection.execute(delete(ALERTS).where(ALERTS.c.rule_id == rule_id))
            connection.execute(delete(RULES).where(RULES.c.id == rule_id))

    def mute(self, rule_id: int, until: datetime | None) -> None:
        """Let a rule say nothing until then, or speak again. Raises NotHeld."""
        self.get(rule_id)
        with self._catalogue.write(counted=False) as connection:
            connection.execute(update(RULES).where(RULES.c.id == rule_id).values(muted=until))

    def record(self, rule_id: int, found: Iterable[Fired]) -> int:
        """Remember what a rule met, each thing once; returns how many were new, none where the
        rule was removed meanwhile."""
        held = select(func.count()).where(RULES.c.id == rule_id)
        with self._catalogue.write(counted=False) as connection:
            if not connection.scalar(held):
                return 0
            return _record(connection, rule_id, found, self._clock())

    def due(self, now: datetime, most: int) -> list[Waiting]:
        """What is due to be told and stands in no message yet: of the first rule that has any, so
        much at most, the oldest first."""
        waits = (ALERTS.c.delivery_id.is_(None), ALERTS.c.due <= now)
        first = select(func.min(ALERTS.c.rule_id)).where(*waits).scalar_subquery()
        query = (
            select(ALERTS.c.id.label("alert"), ALERTS.c.what, ALERTS.c.known, RULES)
            .join_from(ALERTS, RULES, ALERTS.c.rule_id == RULES.c.id)
            .where(*waits, ALERTS.c.rule_id == first)
            .order_by(ALERTS.c.known, ALERTS.c.id)
            .limit(most)
        )
        with self._catalogue.read() as connection:
            rows = [dict(row) for row in connection.execute(query).mappings()]
        return [
            Waiting(
                row.pop("alert"), what=row.pop("what"), known=row.pop("known"), rule=Rule(**row)
            )
            for row in rows
        ]

    def past(self) -> dict[int, Past]:
        """What each rule has told, by its number; what was known when it was made is no part."""
        query = (
            select(ALERTS.c.rule_id, func.count(), func.max(ALERTS.c.found))
            .where(ALERTS.c.due.is_not(None))
            .group_by(ALERTS.c.rule_id)
        )
        with self._catalogue.read() as connection:
            return {rule: Past(count, last) for rule, count, last in connection.execute(query)}


def _record(connection: Connection, rule_id: int, found: Iterable[Fired], now: datetime) -> int:
    """Remember what is new of it, a part at a time."""
    coming, new = iter(found), 0
    while part := {fired.key: fired for fired in islice(coming, AT_ONCE)}:
        known = select(ALERTS.c.key).where(ALERTS.c.rule_id == rule_id, ALERTS.c.key.in_(part))
        held = set(connection.scalars(known))
        rows = [
            {**fired._asdict(), "rule_id": rule_id, "found": now}
            for key, fired in part.items()
            if key not in held
        ]
        if rows:
            connection.execute(insert(ALERTS), rows)
        new += len(rows)
    return new


def _refuse_more(connection: Connection, table: Any, most: int, what: str) -> None:
    if (connection.scalar(select(func.count()).select_from(table)) or 0) >= most:
        raise UsageError(f"A store holds {most} {what} at most: remove one first.")
