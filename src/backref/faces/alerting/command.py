"""The commands that tell: rules and their back-test, the weekly mail, and the watch over all."""

from __future__ import annotations

from pathlib import Path  # noqa: TC003 - see cli
from typing import TYPE_CHECKING, Annotated

import typer

from backref.errors import UsageError
from backref.faces import asking
from backref.faces.options import (  # noqa: TC001 - see cli
    CsvOption,
    JsonOption,
    LimitOption,
    SiteOption,
    StoreOption,
)

if TYPE_CHECKING:
    from backref.faces.alerting.asked import Asked

ACTIONS = ("list", "add", "remove", "mute", "unmute", "channel", "outbox", "retry")


def alerts(
    action: Annotated[str, typer.Argument(help=f"One of {', '.join(ACTIONS)}.")] = "list",
    what: Annotated[
        list[str] | None,
        typer.Argument(help="A condition to add, a rule's number, or a channel's NAME and URL."),
    ] = None,
    *,
    channel: Annotated[str | None, typer.Option(help="The channel that a new rule tells.")] = None,
    threshold: Annotated[
        float | None, typer.Option(help="Tell from so much on; what it means, the list says.")
    ] = None,
    scope: Annotated[
        list[str] | None,
        typer.Option(help="Only domain=, page=, acquired= or tag=; may be repeated."),
    ] = None,
    quiet: Annotated[str, typer.Option(help="Hours without messages: 22:00-07:00.")] = "",
    digest: Annotated[str, typer.Option(help="now, 08:00 (daily) or mon 08:00 (weekly).")] = "",
    until: Annotated[str | None, typer.Option(help="Mute until: 30d, or a day.")] = None,
    backtest: Annotated[
        str | None, typer.Option(help="What rules, or a new one, would have sent: 90d.")
    ] = None,
    test: Annotated[
        str | None, typer.Option("--test", help="Send a test to this channel now.")
    ] = None,
    limit: LimitOption = 50,
    site: SiteOption = None,
    as_json: JsonOption = False,
    as_csv: CsvOption = False,
    store: StoreOption = None,
) -> None:
    """Rules of what to tell whom: list, add, remove, mute, try on the past, test a channel."""
    from backref.faces.alerting.asked import Asked

    if action not in ACTIONS:
        raise UsageError(f"{action!r} is nothing to do with alerts: {', '.join(ACTIONS)} are.")
    how = asking.format_of(as_json=as_json, as_csv=as_csv)
    with asking.opened(found := asking.settings(store, site)) as held:
        asked = Asked(held, found, how, limit)
        if test is not None:
            asked.test(test)
        elif action == "add":
            rule = asked.rule(
                _one(what, action), channel, threshold, scope or [], quiet=quiet, digest=digest
            )
            if backtest:
                asked.backtest(backtest, [rule])
            else:
                asked.add(rule)
        elif backtest:
            asked.backtest(backtest, held.lake.rules.all(found.site))
        else:
            _other(asked, action, what or [], until)


def _other(asked: Asked, action: str, what: list[str], until: str | None) -> None:
    if action == "channel" and len(what) == 2:
        asked.add_channel(*what)
    elif action == "remove" and what and not what[0].isdecimal():
        asked.remove_channel(_one(what, action))
    elif action == "remove":
        asked.remove(_one(what, action))
    elif action in ("mute", "unmute"):
        asked.mute(_one(what, action), until, speak=action == "unmute")
    else:
        if what:
            raise UsageError(f"`backref alerts {action}` takes nothing more, but a NAME and a URL.")
        {
            "list": asked.rules,
            "channel": asked.channels,
            "outbox": asked.outbox,
            "retry": asked.retry,
        }[action]()


def _one(what: list[str] | None, action: str) -> str:
    if not what or (len(what) != 1 and action != "add"):
        raise UsageError(f"Say what to {action}: `backref alerts {action} WHAT`.")
    return " ".join(what)


def digest(
    *,
    output: Annotated[
        Path | None, typer.Option("-o", "--output", help="Write the mail as HTML to a file.")
    ] = None,
    send: Annotated[bool, typer.Option("--send", help="Send it to a channel now.")] = False,
    channel: Annotated[str | None, typer.Option(help="Which channel, when there are more.")] = None,
    as_of: Annotated[
        str | None, typer.Option("--as-of", help="The week up to the end of that day.")
    ] = None,
    site: SiteOption = None,
    store: StoreOption = None,
) -> None:
    """The weekly mail: the headline and five rows with lifelines; printed, written or sent."""
    from backref.faces.alerting.asked import Asked
    from backref.faces.listing import Format

    with asking.opened(found := asking.settings(store, site)) as held:
        Asked(held, found, Format.TABLE, 1).digest(output, channel, as_of, send=send)


def watch(
    *,
    once: Annotated[bool, typer.Option("--once", help="One round, then end: for cron.")] = False,
    every: Annotated[
        float, typer.Option(min=1, help="Minutes between rounds, without --once.")
    ] = 15,
    site: SiteOption = None,
    store: StoreOption = None,
) -> None:
    """Check what is due, evaluate all rules, and send what they found, until Ctrl+C."""
    from backref.faces.alerting import rounds

    found = asking.settings(store, site)
    if not rounds.run(found, once=once, every=every * 60):
        raise typer.Exit(1)
