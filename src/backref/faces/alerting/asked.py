"""What `backref alerts` and `backref digest` do, once it is known what was asked."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING

from backref.errors import SourceError, UsageError
from backref.faces import listing
from backref.faces.alerting import message, rows, weekly
from backref.faces.listing import Column, percent
from backref.faces.query import moment
from backref.faces.terminal import say, visible
from backref.lake.rules import Channel, Rule
from backref.watch import chat, sending
from backref.watch import store as watching
from backref.watch.condition import condition
from backref.watch.happening import Span
from backref.watch.target import named, target
from backref.watch.webhook import new_secret

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

    from backref.config import Config
    from backref.faces.listing import Format
    from backref.faces.query import Store

FOREVER = datetime(9999, 1, 1, tzinfo=UTC)


def _from(row: rows.RuleRow) -> str:
    """From where on a rule tells."""
    return f"{row.threshold:g} {row.measures}".strip() if row.threshold else "any"


RULES = (
    Column("Rule", lambda row: row.id),
    Column("Site", lambda row: row.site, right=False, spare=3),
    Column("Watches for", lambda row: row.condition, right=False),
    Column("From", _from, right=False, spare=2),
    Column("Of", lambda row: row.scoped, right=False, flexible=True, spare=1),
    Column("Tells", lambda row: row.channel, right=False),
    Column("When", lambda row: row.rhythm, right=False),
    Column("Muted until", lambda row: row.muted, right=False, spare=4),
    Column("Alerts", lambda row: row.alerts),
    Column("Last", lambda row: row.last),
)
MESSAGES = (
    Column("Sent", lambda row: f"{row.at:%Y-%m-%d %H:%M}", right=False),
    Column("Rule", lambda row: row.rule or "new", right=False),
    Column("Alerts", lambda row: row.alerts),
    Column("Confirmed", lambda row: row.confirmed),
    Column("Refuted", lambda row: row.refuted),
    Column("First", lambda row: (*row.lines, "")[0], right=False, flexible=True),
)
OUTBOX = (
    Column("Made", lambda row: f"{row.made:%Y-%m-%d %H:%M}", right=False),
    Column("Channel", lambda row: row.channel, right=False),
    Column("State", lambda row: row.state, right=False),
    Column("Tries", lambda row: row.tries),
    Column("Subject", lambda row: row.subject, right=False, flexible=True),
    Column("Why not", lambda row: row.why, right=False, flexible=True),
)
CHANNELS = (
    Column("Channel", lambda row: row.name, right=False),
    Column("Kind", lambda row: row.kind, right=False),
    Column("Leads", lambda row: row.leads, right=False, flexible=True),
)


class Asked:
    """An open store of which something about alerts is asked, and how to print it."""

    def __init__(self, store: Store, found: Config, how: Format, limit: int) -> None:
        self._store = store
        self._lake = store.lake
        self._found = found
        self._how = how
        self._limit = limit

    def rules(self) -> None:
        """List the rules."""
        held = rows.rule_rows(self._lake, self._found.site)
        listing.emit(held, RULES, self._how, listing.names(rows.RuleRow))
        if not held:
            say("No rule yet. Next: backref alerts channel me mailtos://…, then backref alerts add")

    def rule(
        self,
        name: str,
        channel: str | None,
        threshold: float | None,
        scope: Sequence[str],
        *,
        quiet: str,
        digest: str,
    ) -> Rule:
        """A rule as it was asked for. Raises UsageError."""
        pairs = [text.partition("=") for text in scope]
        if any(not joint for _, joint, _ in pairs):
            raise UsageError("A scope is NAME=VALUE, as domain=example.org.")
        wanted = Rule(
            self._store.site(self._found.site).name,
            name,
            channel or self._only_channel(),
            condition(name).threshold if threshold is None else threshold,
            {key.strip(): value for key, _, value in pairs},
            quiet,
            digest,
        )
        return watching.checked(wanted)

    def add(self, rule: Rule) -> None:
        """Keep a rule."""
        if not rule.channel:
            raise UsageError(
                "There is no channel to tell yet: add one with `backref alerts channel NAME URL`."
            )
        kept = watching.keep(self._lake, rule, datetime.now(UTC))
        say(
            f"Rule {kept.id} tells {kept.channel} when {condition(kept.condition).says}; "
            "what it met so far it has known. It runs with `backref watch`."
        )

    def remove(self, number: str) -> None:
        """Forget a rule."""
        self._lake.rules.drop(_number(number))
        say(f"Rule {number} is removed.")

    def mute(self, number: str, until: str | None, *, speak: bool) -> None:
        """Let a rule be silent until a time, or speak again."""
        ends = None if speak else self._until(until)
        self._lake.rules.mute(_number(number), ends)
        how = "speaks again" if ends is None else f"is silent until {ends:%Y-%m-%d %H:%M} UTC"
        say(f"Rule {number} {how if ends != FOREVER else 'is silent until it is unmuted'}.")

    def _until(self, text: str | None) -> datetime:
        now = datetime.now(UTC)
        if text is None:
            return FOREVER
        span = now - moment.since(text, now, "UTC")
        return now + span if span > timedelta() else now - span

    def backtest(self, span: str, rules: Sequence[Rule]) -> None:
        """What rules would have sent up to the newest evidence."""
        if not rules:
            raise UsageError("There is no rule yet: try one with `backref alerts add CONDITION`.")
        tests = []
        with self._lake.snapshot() as snapshot:
            for rule in rules:
                asked = self._store.site(rule.site)
                since = moment.since(span, asked.as_of, asked.view.site.zone)
                lived = Span(since, asked.as_of)
                tests.append(watching.replay(self._lake, snapshot, rule, lived))
        sent = rows.message_rows(tests)
        listing.emit(sent[-self._limit :], MESSAGES, self._how, listing.names(rows.MessageRow))
        for test in tests:
            precision = "" if test.precision is None else f" Precision {percent(test.precision)}."
            say(visible(rows.summed(test) + precision))

    def channels(self) -> None:
        """List the channels."""
        held = rows.channel_rows(self._lake)
        listing.emit(held, CHANNELS, self._how, listing.names(rows.ChannelRow))
        if not held:
            say("No channel yet. Next: backref alerts channel NAME URL")

    def add_channel(self, name: str, url: str) -> None:
        """Keep a channel, with a new key to sign with where it is a webhook."""
        meant = target(url, self._found.private_channels)
        if meant.kind == "chat":
            chat.service(meant)
        secret = new_secret() if meant.kind == "webhook" else ""
        self._lake.rules.save_channel(Channel(named(name), url, secret))
        say(visible(f"{name} is {meant.shown}. Try it: backref alerts --test {name}"))
        if meant.host in self._found.private_channels:
            say(visible(f"{meant.host} is sent to on purpose, as backref.toml says."))
        if secret:
            say("Its messages are signed (webhook-signature) with this key, shown only now:")
            listing.write(f"{secret}\n")

    def remove_channel(self, name: str) -> None:
        """Forget a channel."""
        self._lake.rules.drop_channel(name)
        say(f"The channel {name} is removed.")

    def test(self, name: str) -> None:
        """Send a test to a channel at once. Raises SourceError saying why it could not be."""
        channel = self._lake.rules.channel(name)
        site = self._found.site or next(iter(self._store.sites), "this store")
        why = sending.tried(channel, site, message.test(site, name), self._found.private_channels)
        if why:
            raise SourceError(f"The test did not reach {name}: {why}")
        say(f"The test reached {name}.")

    def outbox(self) -> None:
        """List the messages, those that wait or were refused first."""
        held = rows.delivery_rows(self._lake.outbox.latest(self._limit))
        listing.emit(held, OUTBOX, self._how, listing.names(rows.DeliveryRow))
        if not held:
            say("No message was made yet. Next: backref watch makes and sends what rules tell.")

    def retry(self) -> None:
        """Send what waits or was refused."""
        count = self._lake.outbox.retry()
        outcome = sending.empty(self._lake, self._found.private_channels)
        say(f"{count:,} messages were waiting or refused; {outcome.sent:,} are sent.")
        for channel, why in outcome.failures:
            say(visible(f"Nothing reaches {channel}: {why}"))

    def digest(
        self, output: Path | None, channel: str | None, as_of: str | None, *, send: bool
    ) -> None:
        """Print the weekly mail, write it as HTML, or send it."""
        week = weekly.week(self._store.site(self._found.site, as_of))
        mail = message.mailed(week, self._found.address)
        if output:
            _write(output, mail["html"])
            say(f"The mail is at {output.absolute()}")
        if send:
            self._send(mail, week.site, channel or self._only_channel())
        if not output and not send:
            listing.write(mail["text"])

    def _send(self, mail: dict[str, object], site: str, channel: str) -> None:
        self._lake.rules.channel(channel)
        key = f"digest {datetime.now(UTC).isoformat()}"
        self._lake.outbox.put(key, site, channel, mail)
        outcome = sending.empty(self._lake, self._found.private_channels)
        for name, why in outcome.failures:
            raise SourceError(f"It waits in the outbox, for nothing reaches {name}: {why}")
        say(f"The mail went to {channel}.")

    def _only_channel(self) -> str:
        held = self._lake.rules.channels()
        if len(held) > 1:
            names = ", ".join(each.name for each in held)
            raise UsageError(f"Say which channel is told with --channel; there are {names}.")
        return held[0].name if held else ""


def _number(text: str) -> int:
    if not text.isdecimal() or len(text) > 9:
        raise UsageError(f"{text!r} is no rule's number: `backref alerts` lists them.")
    return int(text)


def _write(output: Path, text: str) -> None:
    try:
        output.write_text(text, encoding="utf-8")
    except OSError as error:
        raise UsageError(f"{output} cannot be written: {error.strerror}.") from error
