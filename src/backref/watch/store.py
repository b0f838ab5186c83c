"""Rules at work on a store: what they meet is remembered, once, and what is due is handed out."""

from __future__ import annotations

from datetime import timedelta
from itertools import islice
from typing import TYPE_CHECKING, NamedTuple

from backref.errors import UsageError
from backref.lake.rules import Fired
from backref.watch import timing
from backref.watch.backtest import Backtest, backtest, narrowed
from backref.watch.build import happenings
from backref.watch.condition import condition, scope
from backref.watch.happening import Happening, Span

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping
    from datetime import datetime

    from backref.lake.lake import Lake
    from backref.lake.records import SiteRecord
    from backref.lake.rules import Rule, Waiting
    from backref.lake.snapshot import Snapshot

LATE = timedelta(days=30)
"""Evidence that is imported later than this after it was seen raises no alert any more."""
MOST_KNOWN = 3650
LARGEST = 1e9
AT_ONCE = 5_000
"""Happenings that are held in memory on their way into the store."""
MOST_REPLAYED = 100_000


class Pack(NamedTuple):
    """Alerts of one rule that go in one message."""

    rule: Rule
    waiting: tuple[Waiting, ...]

    @property
    def told(self) -> list[Happening]:
        """What they tell of."""
        return [Happening.of(one.what) for one in self.waiting]


def checked(rule: Rule) -> Rule:
    """A rule as it is kept. Raises UsageError saying what is wrong with it."""
    meant = condition(rule.condition)
    if not 0 <= rule.threshold <= LARGEST:
        raise UsageError("A threshold is a number from 0 on.")
    if meant.name == "unknown" and not 1 <= rule.threshold <= MOST_KNOWN:
        raise UsageError(f"The days unseen are 1 to {MOST_KNOWN:,}.")
    digest = timing.digest_text(rule.digest)
    if meant.name == "weekly" and not digest:
        digest = timing.WEEKLY
    return rule.__class__(
        site=rule.site,
        condition=meant.name,
        channel=rule.channel,
        threshold=rule.threshold,
        scope=scope(rule.scope),
        quiet=timing.quiet_text(rule.quiet),
        digest=digest,
    )


def keep(lake: Lake, rule: Rule, now: datetime) -> Rule:
    """Add a rule to a store. What it meets already it has known, and tells nobody of. Raises
    UsageError."""
    meant = checked(rule)
    lake.rules.channel(meant.channel)
    with lake.snapshot() as snapshot:
        record = snapshot.site(meant.site)
        known = [_fired(one, None) for one in _met(lake, snapshot, record, meant, now)]
    return lake.rules.add(meant, known)


def replay(lake: Lake, snapshot: Snapshot, rule: Rule, span: Span) -> Backtest:
    """What a rule, kept or not, would have sent in a span. Raises UsageError where that is more
    than anybody reads."""
    site, tags = snapshot.site(rule.site), lake.labels.tags(rule.site)
    found = happenings(snapshot, site, rule.condition, rule.threshold, span)
    met = list(islice(narrowed(rule, found, tags), MOST_REPLAYED + 1))
    if len(met) > MOST_REPLAYED:
        raise UsageError(
            f"This rule would have told of more than {MOST_REPLAYED:,} things: give it a higher "
            "threshold, or narrow it."
        )
    return backtest(rule, site.zone, met, span, tags)


def evaluate(lake: Lake, now: datetime) -> int:
    """Remember what the rules of all sites meet by now; returns how much of it is new. Muted rules
    remember and tell nobody."""
    new = 0
    with lake.snapshot() as snapshot:
        sites = {site.name: site for site in snapshot.sites}
        for rule in lake.rules.all():
            if site := sites.get(rule.site):
                muted = rule.muted is not None and rule.muted > now
                due = None if muted else _due(rule, site, now)
                found = (_fired(one, due) for one in _met(lake, snapshot, site, rule, now))
                while part := list(islice(found, AT_ONCE)):
                    new += lake.rules.record(rule.id, part)
    return new


def pack(lake: Lake, now: datetime, compose: Callable[[Pack], Mapping[str, object]]) -> int:
    """Put what is due into the outbox, a message a rule, or several where a rule has very much to
    tell, as `compose` words them; returns how many."""
    packed = 0
    while waiting := lake.rules.due(now, AT_ONCE):
        each = Pack(waiting[0].rule, tuple(waiting))
        told = [one.id for one in waiting]
        key = f"alert {waiting[0].id}"
        message = dict(compose(each))
        if not lake.outbox.put(key, each.rule.site, each.rule.channel, message, told):
            # Another process packs at this moment: what it left waits for the next round.
            return packed
        packed += 1
    return packed


def _met(
    lake: Lake, snapshot: Snapshot, site: SiteRecord, rule: Rule, now: datetime
) -> Iterator[Happening]:
    found = happenings(snapshot, site, rule.condition, rule.threshold, Span(now - LATE, now))
    return narrowed(rule, found, lake.labels.tags(rule.site))


def _due(rule: Rule, site: SiteRecord, now: datetime) -> datetime:
    return timing.due(now, site.zone, rule.digest, rule.quiet)


def _fired(met: Happening, due: datetime | None) -> Fired:
    return Fired(met.key, {} if due is None else met.told(), met.known, due)
