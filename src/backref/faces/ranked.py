"""The commands that ask ranked link graphs: `authority` and `gap`."""

from __future__ import annotations

from typing import Annotated

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

GraphOption = Annotated[
    str | None, typer.Option("--graph", help="Which ranked graph; default: the foremost.")
]


def authority(
    domain: Annotated[
        str | None, typer.Argument(help="Any domain; default: the site's own.")
    ] = None,
    *,
    graph: GraphOption = None,
    explain: Annotated[
        bool, typer.Option("--explain", help="Which domains it comes from, and along which paths.")
    ] = False,
    links: Annotated[
        bool, typer.Option("--links", help="What each link of the ledger contributes.")
    ] = False,
    referring: Annotated[
        bool, typer.Option("--referring", help="Who links to it in the graph, the greatest first.")
    ] = False,
    compare: Annotated[
        list[str] | None, typer.Option("--compare", help="A further domain beside; repeatable.")
    ] = None,
    without: Annotated[
        list[str] | None,
        typer.Option("--without", help="What if this domain's link went? Or one page's; repeat."),
    ] = None,
    with_: Annotated[
        list[str] | None, typer.Option("--with", help="What if this domain linked? Repeatable.")
    ] = None,
    nofollow: Annotated[
        list[str] | None, typer.Option("--nofollow", help="What if its link said nofollow? Repeat.")
    ] = None,
    limit: LimitOption = 15,
    site: SiteOption = None,
    as_json: JsonOption = False,
    as_csv: CsvOption = False,
    store: StoreOption = None,
) -> None:
    """Authority by the ranked link graphs: how much, where from, and what would change it."""
    from backref.faces import authority as shown

    how = asking.format_of(as_json=as_json, as_csv=as_csv)
    found = asking.settings(store, site)
    changes = {"without": without or (), "with_": with_ or (), "nofollow": nofollow or ()}
    if explain + links + referring + bool(compare) + any(changes.values()) > 1:
        raise UsageError(
            "Ask one thing at a time: --explain, --links, --referring, --compare or what if."
        )
    with asking.opened(found) as held:
        about = domain or held.site(found.site).name
        if explain or links:
            answer = held.explain(about, graph, limit)
            (shown.show_links if links else shown.show_explanation)(answer, limit, how)
        elif referring:
            shown.show_referring(about, held.referring(about, graph, limit), how)
        elif any(changes.values()):
            shown.show_what_if(held.what_if(about, graph, **changes), how)
        else:
            shown.show_standing(held.authority([about, *(compare or ())], graph), how)


def gap(
    rivals: Annotated[list[str], typer.Argument(help="Up to five domains of rivals.")],
    *,
    graph: GraphOption = None,
    hosted: Annotated[
        str,
        typer.Option("--hosted", help="Platforms that host others' pages: split, or aside."),
    ] = "split",
    least: Annotated[
        int, typer.Option("--least", help="Only who links to at least so many of them.")
    ] = 1,
    limit: LimitOption = 50,
    site: SiteOption = None,
    as_json: JsonOption = False,
    as_csv: CsvOption = False,
    store: StoreOption = None,
) -> None:
    """Who links to rivals and not to us, by authority and how many of the rivals."""
    from backref.faces import authority as shown

    how = asking.format_of(as_json=as_json, as_csv=as_csv)
    with asking.site_of(store, site, None) as asked:
        answer = asked.gap(rivals, graph, hosted=hosted, least=least, limit=limit)
        shown.show_gap(answer, asked.name, how)
