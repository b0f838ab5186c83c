"""The command that looks at links with our own eyes."""

from __future__ import annotations

from enum import Enum
from pathlib import Path  # noqa: TC003 - typer reads it
from typing import Annotated

import typer

from backref.faces import asking
from backref.faces.options import JsonOption, SiteOption, StoreOption  # noqa: TC001 - see cli

CONDITION_MET = 4


class Condition(Enum):
    """What a run may be said to fail on."""

    LOST = "lost"
    BREACH = "breach"


ContactOption = Annotated[
    str | None,
    typer.Option(
        "--contact", help="URL or mail address that owners of the pages find in our user agent."
    ),
]
MinutesOption = Annotated[
    float | None, typer.Option("--minutes", min=0, help="Ask for no further page after so many.")
]


def check(
    *,
    most: Annotated[
        int | None, typer.Option("--max", min=1, help="At most so many pages, the weightiest.")
    ] = None,
    minutes: MinutesOption = None,
    url: Annotated[
        list[str] | None, typer.Option("--url", help="This page, due or not; may be repeated.")
    ] = None,
    targets: Annotated[
        bool, typer.Option("--targets/--no-targets", help="Look at the pages linked to as well.")
    ] = True,
    dry_run: Annotated[
        bool, typer.Option("--dry-run", help="Only list what is due, and why; ask nobody.")
    ] = False,
    fail_on: Annotated[
        list[Condition] | None,
        typer.Option("--fail-on", help="End with 4 when this run finds it; may be repeated."),
    ] = None,
    keep: Annotated[
        Path | None, typer.Option("--keep", help="Add the evidence to this .warc.gz.")
    ] = None,
    contact: ContactOption = None,
    site: SiteOption = None,
    as_json: JsonOption = False,
    store: StoreOption = None,
) -> None:
    """Look at the pages that link here: is each link there, where to, with which rel.

    What is due is asked politely, the most valuable and most overdue first, and taken into the
    ledger. Stopped at any time, the next run goes on.
    """
    from backref.faces import checks

    found = asking.settings(store, site)
    wanted = checks.wanted(found, url or (), most, minutes, targets=targets, keep=keep)
    if dry_run:
        checks.show_due(found, wanted, as_json=as_json)
        return
    conditions = {condition.value for condition in fail_on or ()}
    if checks.run(found, wanted, contact or found.contact, conditions, as_json=as_json):
        raise typer.Exit(CONDITION_MET)


def find(
    domain: Annotated[
        str | None, typer.Argument(help="Only on this domain, whether its time has come or not.")
    ] = None,
    *,
    domains: Annotated[
        int, typer.Option("--max", min=1, help="At most so many domains, the most visits first.")
    ] = 50,
    most: Annotated[
        int, typer.Option("--pages", min=1, help="At most so many pages of each domain.")
    ] = 30,
    minutes: MinutesOption = None,
    contact: ContactOption = None,
    site: SiteOption = None,
    as_json: JsonOption = False,
    store: StoreOption = None,
) -> None:
    """Find the links of hosts that send people though no link of theirs is known.

    Asked are pages that other tools name, that were captured, or that the host's sitemaps and feeds
    list, the nearest to the first visit first. What was searched in vain is said, and searched
    again after a month.
    """
    from backref.faces import finds

    found = asking.settings(store, site)
    asked = {"domain": domain, "domains": domains, "most": most}
    finds.run(found, asked, minutes, contact or found.contact, as_json=as_json)


def evidence(
    link: Annotated[
        str, typer.Argument(help="URL of the page with the link, or the link's identity.")
    ],
    *,
    out: Annotated[
        Path | None, typer.Option("--out", help="Where to write; default: evidence-LINK.zip here.")
    ] = None,
    site: SiteOption = None,
    store: StoreOption = None,
) -> None:
    """Write the proof of a link: what our looks were given, word for word, and all that is known.

    The file holds the WARC records of the looks at its page as far as the store still has them, the
    text around the link at each, and the digests of all of it.
    """
    from backref.faces import proving

    proving.run(asking.settings(store, site), link, out)
