"""What a rule would have sent: its happenings of the past, told as its digest and quiet hours would
have had it, and how many of them later evidence bore out."""

from __future__ import annotations

from itertools import groupby
from typing import TYPE_CHECKING, NamedTuple

from backref.watch import timing
from backref.watch.condition import within

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping
    from datetime import datetime

    from backref.lake.rules import Rule
    from backref.watch.happening import Happening, Span


class Message(NamedTuple):
    """One message: when it would have been sent, and of what it would have told."""

    at: datetime
    told: tuple[Happening, ...]


class Backtest(NamedTuple):
    """What a rule would have sent in a span. `messages` are the oldest first; what was met in time
    but would have been told of after it is in none."""

    rule: Rule
    span: Span
    messages: tuple[Message, ...]

    @property
    def fired(self) -> int:
        """Alerts told of."""
        return sum(len(message.told) for message in self.messages)

    @property
    def confirmed(self) -> int:
        """Alerts that later evidence bore out."""
        return self._judged(outcome=True)

    @property
    def refuted(self) -> int:
        """Alerts that later evidence spoke against."""
        return self._judged(outcome=False)

    @property
    def precision(self) -> float | None:
        """Confirmed of all that could be judged later; None where none could."""
        judged = self.confirmed + self.refuted
        return self.confirmed / judged if judged else None

    def _judged(self, *, outcome: bool) -> int:
        every = (one for message in self.messages for one in message.told)
        return sum(one.borne_out is outcome for one in every)


def backtest(
    rule: Rule,
    zone: str,
    met: Iterable[Happening],
    span: Span,
    tags: Mapping[str, Iterable[str]],
) -> Backtest:
    """Replay what a rule met in a span; `tags` are those of links."""
    told = [
        (timing.due(one.known, zone, rule.digest, rule.quiet), one)
        for one in narrowed(rule, met, tags)
        if span.after < one.known <= span.until
    ]
    told.sort(key=lambda each: (each[0], each[1].known, each[1].key))
    messages = [
        Message(at, tuple(one for _, one in group))
        for at, group in groupby(told, key=lambda each: each[0])
        if at <= span.until
    ]
    return Backtest(rule, span, tuple(messages))


def narrowed(
    rule: Rule, met: Iterable[Happening], tags: Mapping[str, Iterable[str]]
) -> Iterator[Happening]:
    """Those of the happenings that are in a rule's scope."""
    return (
        one for one in met if within(rule.scope, one, frozenset(tags.get(one.link_id or "", ())))
    )
