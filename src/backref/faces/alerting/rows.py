"""Rules, messages and back-tests as rows for people and programs."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from backref.errors import UsageError
from backref.faces.alerting import wording
from backref.faces.drawing import words
from backref.watch.condition import CONDITIONS
from backref.watch.target import target

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from datetime import datetime

    from backref.lake.lake import Lake
    from backref.lake.outbox import Delivery
    from backref.watch.backtest import Backtest, Message


@dataclass(frozen=True)
class RuleRow:
    """A rule, and what it has told: `alerts` in all, the last one found at `last`. `precision` is
    the share of what it would have told in the last 90 days and could be judged since that was
    confirmed, None where nothing could or nobody asked."""

    id: int
    site: str
    condition: str
    threshold: float
    scope: dict[str, str]
    channel: str
    digest: str
    quiet: str
    muted: datetime | None
    alerts: int
    last: datetime | None
    precision: float | None = None

    @property
    def measures(self) -> str:
        """What the threshold is compared with."""
        return CONDITIONS[self.condition].measures

    @property
    def scoped(self) -> str:
        """The scope in words."""
        return ", ".join(f"{name} {value}" for name, value in self.scope.items()) or "all"

    @property
    def rhythm(self) -> str:
        """When it tells."""
        return (self.digest or "at once") + (f", not {self.quiet}" if self.quiet else "")


@dataclass(frozen=True)
class MessageRow:
    """A message that a rule would have sent: when, of how many alerts, and how many of these later
    evidence bore out or spoke against; `lines` say them."""

    rule: int
    condition: str
    at: datetime
    alerts: int
    confirmed: int
    refuted: int
    lines: tuple[str, ...]


@dataclass(frozen=True)
class DeliveryRow:
    """A message of the outbox; `why` says why it was not sent yet."""

    id: int
    site: str
    channel: str
    subject: str
    state: str
    tries: int
    why: str
    made: datetime
    ended: datetime | None


@dataclass(frozen=True)
class ChannelRow:
    """A channel. `leads` says where to, without anything secret."""

    name: str
    kind: str
    leads: str


def rule_rows(
    lake: Lake, site: str | None = None, precision: Mapping[int, float | None] | None = None
) -> list[RuleRow]:
    """The rules of a site, or all."""
    past, judged = lake.rules.past(), precision or {}
    return [
        RuleRow(
            rule.id,
            rule.site,
            rule.condition,
            rule.threshold,
            dict(rule.scope),
            rule.channel,
            rule.digest,
            rule.quiet,
            rule.muted,
            past[rule.id].alerts if rule.id in past else 0,
            past[rule.id].last if rule.id in past else None,
            judged.get(rule.id),
        )
        for rule in lake.rules.all(site)
    ]


def message_rows(tests: Sequence[Backtest]) -> list[MessageRow]:
    """The messages of back-tests, the oldest first."""
    rows = [
        MessageRow(
            test.rule.id,
            test.rule.condition,
            message.at,
            len(message.told),
            sum(one.borne_out is True for one in message.told),
            sum(one.borne_out is False for one in message.told),
            _lines(test.rule.condition, message),
        )
        for test in tests
        for message in test.messages
    ]
    return sorted(rows, key=lambda row: (row.at, row.rule))


def _lines(condition: str, message: Message) -> tuple[str, ...]:
    """What a message says of each alert; the weekly mail says a whole week."""
    if condition == "weekly":
        return (f"The mail of the week up to {words.day(message.at)}.",)
    return tuple(wording.lines(message.told))


def summed(test: Backtest) -> str:
    """A back-test in a sentence or two."""
    days = round((test.span.until - test.span.after).total_seconds() / 86400)
    name = f"Rule {test.rule.id}, {test.rule.condition}" if test.rule.id else test.rule.condition
    said = f"{name}: {_many(len(test.messages), 'message')} with {_many(test.fired, 'alert')}"
    judged = test.confirmed + test.refuted
    if test.rule.condition == "weekly":
        return f"{name}: {_many(len(test.messages), 'mail')} in {days} days."
    if not judged:
        return f"{said} in {days} days; nothing that came later could confirm or refute them."
    return (
        f"{said} in {days} days; of {judged:,} that could be judged later, {test.confirmed:,} were "
        f"confirmed and {test.refuted:,} refuted."
    )


def delivery_rows(deliveries: Sequence[Delivery]) -> list[DeliveryRow]:
    """Messages of the outbox."""
    return [
        DeliveryRow(
            one.id,
            one.site,
            one.channel,
            str(one.message["subject"]),
            one.state,
            one.tries,
            one.why,
            one.made,
            one.ended,
        )
        for one in deliveries
    ]


def channel_rows(lake: Lake) -> list[ChannelRow]:
    """The channels, nothing secret in them."""
    return [ChannelRow(each.name, *_leads(each.url)) for each in lake.rules.channels()]


def _leads(url: str) -> tuple[str, str]:
    try:
        meant = target(url, _Any())
    except UsageError:
        return "unknown", "no address"
    return meant.kind, meant.shown


class _Any(tuple[Any, ...]):
    """Everything: a channel that may not be sent to is shown all the same."""

    __slots__ = ()

    def __contains__(self, _: object) -> bool:
        return True


def _many(count: int, what: str) -> str:
    return f"{count:,} {what}{'' if count == 1 else 's'}"
