"""The commands that tell what happened to links, and how long they live."""

from __future__ import annotations

from typing import Annotated

import typer

from backref.faces.options import Listing, SinceOption, listing

KindOption = Annotated[
    list[str] | None,
    typer.Option("--kind", help="Only this: lost, nofollowed, anchor-changed, ...; repeatable."),
]


@listing
def events(
    wanted: Listing,
    *,
    since: SinceOption = None,
    kind: KindOption = None,
    breaches: Annotated[
        bool, typer.Option("--breaches", help="Only what breaks an agreed placement.")
    ] = False,
) -> None:
    """What happened to links: found, lost, returned, changed; each between two looks."""
    from backref.faces import showing

    with wanted.asked() as asked:
        ask = asked.breaches if breaches else asked.events
        rows = ask(since=since, kind=tuple(kind or ()), limit=wanted.limit)
        showing.show(rows, "BREACHES" if breaches else "EVENTS", wanted.how, asked)


@listing
def survival(
    wanted: Listing,
    *,
    by: Annotated[
        str, typer.Option("--by", help="Group: acquired, vendor or placement.")
    ] = "acquired",
) -> None:
    """How long links live, and what a month of a paid one's life has cost."""
    from backref.faces import showing

    with wanted.asked() as asked:
        rows = asked.survival(by=by, limit=wanted.limit)
        showing.show(rows, "SURVIVAL", wanted.how, asked)
