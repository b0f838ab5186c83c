"""The commands that list rows."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated, Any

import typer

from backref.errors import UsageError
from backref.faces import asking
from backref.faces.options import (
    CsvOption,
    JsonOption,
    LimitOption,
    Listing,
    SinceOption,
    SiteOption,
    SortOption,
    StateOption,
    StoreOption,
    listing,
)

if TYPE_CHECKING:
    from collections.abc import Callable

    from backref.faces.query import Site
    from backref.faces.query.answer import Answer


@listing
def links(
    wanted: Listing,
    *,
    state: StateOption = None,
    since: SinceOption = None,
    sort: SortOption = "visits",
    by: Annotated[
        str | None,
        typer.Option("--by", help="Group: domain, channel, acquired, placement, campaign, ..."),
    ] = None,
    domain: Annotated[str | None, typer.Option(help="Only links from this domain.")] = None,
    page: Annotated[str | None, typer.Option(help="Only links to this own page.")] = None,
    to: Annotated[
        str | None, typer.Option("--to", help="The first links to any domain, whoever's it is.")
    ] = None,
) -> None:
    """The ledger: each link, its life, and the people it brought."""
    from backref.faces import showing

    how = wanted.how
    if to:
        given = {"state": state, "since": since, "by": by, "domain": domain, "page": page}
        _refuse_with_to(**given, site=wanted.site, **{"as-of": wanted.as_of})
        with asking.opened(asking.settings(wanted.store, None)) as held:
            showing.show_backlinks(held.backlinks(to, wanted.limit), held.linked(to), how)
        return
    narrowed: dict[str, Any] = {
        "state": tuple(state or ()),
        "since": since,
        "domain": domain,
        "page": page,
    }
    with wanted.asked() as asked:
        if by:
            _refuse_with_by(**narrowed)
            groups = asked.groups(by, sort=sort, limit=wanted.limit)
            showing.show(groups, "GROUPS", how, asked)
        else:
            rows = asked.links(**narrowed, sort=sort, limit=wanted.limit)
            showing.show_links(rows, asked, how)


def _refuse_with_to(**given: object) -> None:
    """Links to any domain are kept in one order, without what a site's ledger knows."""
    for name, value in given.items():
        if value:
            raise UsageError(f"--to asks for any domain's first links: leave out --{name}.")


def _refuse_with_by(**given: object) -> None:
    """Groupings stand for the whole ledger: narrowed ones would no longer add up."""
    for name, value in given.items():
        if value:
            raise UsageError(f"--by groups the whole ledger, so --{name} cannot go with it.")


@listing
def domains(
    wanted: Listing,
    *,
    state: StateOption = None,
    since: SinceOption = None,
    sort: SortOption = "visits",
    by: Annotated[
        str | None, typer.Option("--by", help="Group: state, quadrant or witness.")
    ] = None,
) -> None:
    """Referring domains: search value and people side by side."""

    def rows(asked: Site, limit: int | None) -> Answer[Any]:
        return asked.domains(state=tuple(state or ()), since=since, sort=sort, limit=limit)

    _list("domains", rows, wanted, by=by, sort=sort)


@listing
def referrers(
    wanted: Listing,
    *,
    since: SinceOption = None,
    channel: Annotated[str | None, typer.Option(help="Only this channel.")] = None,
    sort: SortOption = "visits",
    by: Annotated[
        str | None, typer.Option("--by", help="Group: channel, known-link or domain.")
    ] = None,
    channels: Annotated[
        str, typer.Option("--channels", help="Whose channels: backref, ga4, matomo or plausible.")
    ] = "backref",
) -> None:
    """Hosts that sent people; bots and suspects are counted beside."""

    def rows(asked: Site, limit: int | None) -> Answer[Any]:
        return asked.referrers(
            since=since, channel=channel, sort=sort, limit=limit, channels=channels
        )

    _list("referrers", rows, wanted, by=by, sort=sort)


@listing
def engagement(
    wanted: Listing,
    *,
    since: SinceOption = None,
    by: Annotated[
        str | None, typer.Option("--by", help="Group: channel, source, page or link.")
    ] = None,
    definition: Annotated[
        str, typer.Option("--definition", help="all, backref, ga4, matomo, plausible or umami.")
    ] = "all",
) -> None:
    """Visits and what people did, by the definitions of several tools side by side."""
    from backref.faces import showing

    how = wanted.how
    with wanted.asked() as asked:
        rows = asked.engagement(since=since, by=by, definition=definition, limit=wanted.limit)
        showing.show_engagement(rows, how, asked)


@listing
def leads(wanted: Listing, *, sort: SortOption = "leads") -> None:
    """Leads and sales of your sheets, by the placement or campaign that they came by."""
    from backref.faces import showing

    how = wanted.how
    with wanted.asked() as asked:
        showing.show(asked.leads(sort=sort, limit=wanted.limit), "LEADS", how, asked)


@listing
def disavow(wanted: Listing, *, sort: SortOption = "live") -> None:
    """What your disavow files list, and which links of today that hits."""
    from backref.faces import showing

    with wanted.asked() as asked:
        rows = asked.disavow(sort=sort, limit=wanted.limit)
        showing.show(rows, "DISAVOW", wanted.how, asked)


@listing
def broken(
    wanted: Listing,
    *,
    nginx: Annotated[bool, typer.Option("--nginx", help="Redirect rules for nginx.")] = False,
    apache: Annotated[bool, typer.Option("--apache", help="Redirect rules for Apache.")] = False,
    since: SinceOption = None,
    by: Annotated[str | None, typer.Option("--by", help="Group: status or folder.")] = None,
) -> None:
    """Dead targets on the site that links or people still hit, with redirect rules to paste."""

    def rows(asked: Site, limit: int | None) -> Answer[Any]:
        return asked.broken(since=since, limit=limit, redirect=not by)

    if nginx + apache + wanted.as_json + wanted.as_csv > 1:
        raise UsageError("Choose one of --nginx, --apache, --json and --csv.")
    if not (nginx or apache):
        _list("broken", rows, wanted, by=by)
    elif by:
        raise UsageError("Rules are for pages, not for groups: leave out --by.")
    else:
        _redirect_rules(rows, wanted, nginx=nginx)


def _redirect_rules(
    rows: Callable[[Site, int | None], Answer[Any]], wanted: Listing, *, nginx: bool
) -> None:
    from backref.faces.listing import write
    from backref.faces.query.broken import redirects
    from backref.ledger import redirects as rules

    written = rules.nginx if nginx else rules.apache
    with wanted.asked() as asked:
        found = redirects(rows(asked, wanted.limit))
        write("".join(f"{line}\n" for line in written(found)))


@listing
def pages(
    wanted: Listing,
    *,
    sort: SortOption = "domains",
    by: Annotated[
        str | None, typer.Option("--by", help="Group: folder, the first part of the path.")
    ] = None,
) -> None:
    """The site's best-linked pages."""

    def rows(asked: Site, limit: int | None) -> Answer[Any]:
        return asked.pages(sort=sort, limit=limit)

    _list("pages", rows, wanted, by=by, sort=sort)


@listing
def placements(
    wanted: Listing,
    *,
    template: Annotated[
        bool, typer.Option("--template", help="Print an empty placement sheet, to fill in.")
    ] = False,
    since: SinceOption = None,
    sort: SortOption = "visits",
) -> None:
    """What the team agreed, built or paid, against what was found; its visits since then."""
    from backref.faces import showing
    from backref.faces.listing import write
    from backref.sources.export_placements import placement_template

    if template:
        write(placement_template())
        return
    with wanted.asked() as asked:
        rows = asked.placements(since=since, sort=sort, limit=wanted.limit)
        showing.show(rows, "PLACEMENTS", wanted.how, asked)


def _list(
    name: str,
    rows: Callable[[Site, int | None], Answer[Any]],
    wanted: Listing,
    *,
    by: str | None,
    sort: str = "",
) -> None:
    """Show the rows of the listing called `name`, or all of them added up `by` something."""
    from backref.faces import showing
    from backref.faces.query import sums

    how = wanted.how
    with wanted.asked() as asked:
        if by:
            grouped = sums(name, rows(asked, None), by, sort=sort, limit=wanted.limit)
            showing.show_sums(grouped, name, how, asked)
        else:
            showing.show(rows(asked, wanted.limit), name.upper(), how, asked)


def imports(
    *,
    rejects: Annotated[
        bool, typer.Option("--rejects", help="What could not be stored, where and why.")
    ] = False,
    number: Annotated[
        int | None, typer.Option("--import", help="Only the rejects of this import.")
    ] = None,
    undo: Annotated[
        int | None, typer.Option("--undo", help="Take out what this import stored.")
    ] = None,
    limit: LimitOption = 1000,
    site: SiteOption = None,
    as_json: JsonOption = False,
    as_csv: CsvOption = False,
    store: StoreOption = None,
) -> None:
    """Files that were imported, the newest last: read = stored + duplicate + rejected."""
    from backref.faces import importing, showing

    how = asking.format_of(as_json=as_json, as_csv=as_csv)
    if undo is not None:
        importing.undo(asking.settings(store, None), undo)
        return
    with asking.opened(asking.settings(store, None)) as opened:
        if rejects:
            showing.show(opened.rejects(number, site, limit), "REJECTS", how)
        else:
            showing.show(opened.imports(site, limit), "IMPORTS", how)


def sites(
    *, as_json: JsonOption = False, as_csv: CsvOption = False, store: StoreOption = None
) -> None:
    """The sites of the store: their domains, brand terms, goals and time zones."""
    from backref.faces import showing

    how = asking.format_of(as_json=as_json, as_csv=as_csv)
    with asking.opened(asking.settings(store, None)) as opened:
        showing.show(opened.settings, "SITES", how)
