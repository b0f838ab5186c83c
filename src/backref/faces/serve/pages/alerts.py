"""Alerts: rules tried on the past before they are kept, whom they tell, and what was sent."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Annotated, NamedTuple

from fastapi import APIRouter, Path, Request
from starlette.responses import Response

from backref.errors import UsageError
from backref.faces.alerting import message, rows
from backref.faces.drawing import words
from backref.faces.serve.asking import Reads
from backref.faces.serve.pages.forms import Fields, back
from backref.faces.serve.pages.frame import Chosen, Here, page
from backref.lake.rules import Channel, Rule
from backref.watch import chat, sending
from backref.watch import store as watching
from backref.watch.condition import CONDITIONS, SCOPES, condition
from backref.watch.happening import Span
from backref.watch.target import named, target
from backref.watch.webhook import new_secret

if TYPE_CHECKING:
    from collections.abc import Mapping

    from backref.faces.query import Site
    from backref.faces.serve.reading import Reading
    from backref.watch.backtest import Backtest

router = APIRouter()

PAST = timedelta(days=90)
MESSAGES = 20
FEW = 3
"""Messages that one request sends."""
FOREVER = datetime(9999, 1, 1, tzinfo=UTC)
FIELDS = ("condition", "threshold", "channel", "digest", "quiet", *SCOPES)
Number = Annotated[int, Path(ge=1, lt=1 << 31)]
Name = Annotated[str, Path(max_length=40)]


class Tried(NamedTuple):
    """A rule that is tried on the past: what it would have sent, or why it is none; `precision` is
    that of the rules that are kept and tell the same."""

    summary: str
    messages: list[rows.MessageRow]
    precision: Mapping[int, float | None]
    refused: str = ""


@router.get("/alerts")
def alerts(request: Request, reading: Reads, asked: Chosen) -> Response:
    """The rules and channels, a rule that is tried, and the messages."""
    return _page(request, reading, asked, tried=_tried(request, reading, asked))


def _page(
    request: Request,
    reading: Reading,
    asked: Site,
    *,
    tried: Tried | None = None,
    said: str = "",
    secret: str = "",
) -> Response:
    lake = reading.lake
    here = Here(request)
    return page(
        request,
        reading,
        "alerts",
        "Alerts",
        asked,
        rules=rows.rule_rows(lake, asked.name, tried.precision if tried else None),
        channels=rows.channel_rows(lake),
        conditions=CONDITIONS,
        scopes=SCOPES,
        given={name: here.get(name) for name in FIELDS},
        tried=tried,
        said=said,
        secret=secret,
        now=datetime.now(UTC),
        forever=FOREVER,
        messages=rows.delivery_rows(lake.outbox.latest(MESSAGES)),
    )


def _replayed(reading: Reading, asked: Site, rule: Rule) -> Backtest:
    """What a rule would have sent in the 90 days up to the newest evidence."""

    def replay() -> Backtest:
        span = Span(asked.as_of - PAST, asked.as_of)
        return watching.replay(reading.lake, asked.view.snapshot, rule, span)

    return reading.kept(asked, ("backtest", *_about(rule)), replay)


def _about(rule: Rule) -> tuple[object, ...]:
    """What decides what a rule tells."""
    return (rule.condition, rule.threshold, *sorted(rule.scope.items()), rule.digest, rule.quiet)


def _tried(request: Request, reading: Reading, asked: Site) -> Tried | None:
    here = Here(request)
    if not here.get("condition"):
        return None
    try:
        rule = rule_of(asked.name, {name: here.get(name) for name in FIELDS})
        found = _replayed(reading, asked, rule)
    except UsageError as error:
        return Tried("", [], {}, str(error))
    same = [one for one in reading.lake.rules.all(asked.name) if _about(one) == _about(rule)]
    return Tried(
        rows.summed(found),
        rows.message_rows([found])[-MESSAGES:][::-1],
        {one.id: found.precision for one in same},
    )


def rule_of(site: str, sent: Mapping[str, str]) -> Rule:
    """The rule that a form or an address describes. Raises UsageError."""
    meant = condition(sent.get("condition", ""))
    try:
        threshold = float(sent.get("threshold") or meant.threshold)
    except ValueError:
        raise UsageError("A threshold is a number from 0 on.") from None
    return watching.checked(
        Rule(
            site,
            meant.name,
            sent.get("channel", ""),
            threshold,
            {name: sent[name] for name in SCOPES if sent.get(name, "").strip()},
            sent.get("quiet", ""),
            sent.get("digest", ""),
        )
    )


@router.post("/alerts/rules")
def keep(request: Request, reading: Reads, asked: Chosen, sent: Fields) -> Response:
    """Keep a rule."""
    watching.keep(reading.lake, rule_of(asked.name, sent), datetime.now(UTC))
    return back(request, "/alerts")


@router.post("/alerts/rules/{number}")
def change(
    request: Request, reading: Reads, asked: Chosen, number: Number, sent: Fields
) -> Response:
    """Remove a rule, silence it, or let it speak again."""
    rules = reading.lake.rules
    if rules.get(number).site != asked.name:
        raise UsageError(f"Rule {number} is another site's: choose that site.")
    if "remove" in sent:
        rules.drop(number)
    else:
        rules.mute(number, FOREVER if "mute" in sent else None)
    return back(request, "/alerts")


@router.post("/alerts/channels")
def add(request: Request, reading: Reads, asked: Chosen, sent: Fields) -> Response:
    """Keep a channel. The key of a webhook is shown this once."""
    allowed = request.app.state.settings.private_channels
    url = sent.get("url", "").strip()
    name, meant = named(sent.get("name", "").strip()), target(url, allowed)
    if meant.kind == "chat":
        chat.service(meant)
    secret = new_secret() if meant.kind == "webhook" else ""
    reading.lake.rules.save_channel(Channel(name, url, secret))
    return _page(request, reading, asked, said=f"{name} is {meant.shown}.", secret=secret)


@router.post("/alerts/channels/{name}")
def use(request: Request, reading: Reads, asked: Chosen, name: Name, sent: Fields) -> Response:
    """Remove a channel, or send it a test."""
    rules = reading.lake.rules
    if "remove" in sent:
        rules.drop_channel(name)
        return back(request, "/alerts")
    allowed = request.app.state.settings.private_channels
    told = message.test(asked.name, name)
    why = sending.tried(rules.channel(name), asked.name, told, allowed)
    said = f"The test did not reach {name}: {why}" if why else f"The test reached {name}."
    return _page(request, reading, asked, said=said)


@router.post("/alerts/retry")
def retry(request: Request, reading: Reads, asked: Chosen, sent: Fields) -> Response:
    """Have what waits or was refused sent: a few now, the others by the next round of watching."""
    del sent
    reading.lake.outbox.retry()
    allowed = request.app.state.settings.private_channels
    outcome = sending.empty(reading.lake, allowed, FEW)
    failed = [f"Nothing reaches {channel}: {why}" for channel, why in outcome.failures]
    said = " ".join([f"{words.count(outcome.sent)} sent.", *failed])
    return _page(request, reading, asked, said=said)
