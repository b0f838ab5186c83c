"""The command line: it parses, asks, and prints. What is worth knowing is decided below it.

Data goes to stdout, everything else to stderr. Exit codes: 0 done, 1 something failed, 2 a wrong
request, 3 done in part (records were rejected), 4 a condition was met, 130 interrupted.
"""

from __future__ import annotations

import os
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from backref.errors import BackrefError, QueryFailed, UsageError
from backref.faces import asking
from backref.faces.options import (  # noqa: TC001 - typer reads them when it runs
    AsOfOption,
    CsvOption,
    JsonOption,
    LimitOption,
    SinceOption,
    SiteOption,
    SortOption,
    StateOption,
    StoreOption,
)

if TYPE_CHECKING:
    from collections.abc import Sequence

    from backref.faces.listing import Format
    from backref.faces.query import Site

app = typer.Typer(
    name="backref",
    help="Who links to a site, what each link is worth to search, and the people it brings.",
    no_args_is_help=True,
    add_completion=False,
    rich_markup_mode=None,
    pretty_exceptions_enable=False,
    context_settings={"help_option_names": ["-h", "--help"]},
)

PARTIAL = 3
MET = 4
HINT = " (BACKREF_DEBUG=1 shows the details)"


@app.command()
def init(
    site: Annotated[str, typer.Argument(help="The site's main domain, as example.com.")],
    *,
    also: Annotated[list[str] | None, typer.Option(help="A further domain of the brand.")] = None,
    was: Annotated[list[str] | None, typer.Option(help="A former domain of the brand.")] = None,
    brand: Annotated[
        list[str] | None, typer.Option(help="A term that people search the brand by.")
    ] = None,
    goal: Annotated[
        list[str] | None, typer.Option(help="A path whose visit converts; * stands for anything.")
    ] = None,
    zone: Annotated[str | None, typer.Option(help="Time zone of the site's days.")] = None,
    store: StoreOption = None,
) -> None:
    """Make a store here, or add a site to it or change it."""
    from backref.faces import setup
    from backref.faces.terminal import say

    record = setup.site_record(
        site, also=also or (), was=was or (), brand=brand or (), goals=goal or (), zone=zone
    )
    named = store or (Path(place) if (place := os.environ.get("BACKREF_STORE")) else None)
    path = setup.store_of(Path.cwd(), named)
    saved = setup.save(path, record, zone=zone is not None)
    say(f"{saved.name} is in the store {path}. Next: backref import FILES")


@app.command("import")
def import_(
    files: Annotated[list[str], typer.Argument(help="Files of any known format; - is stdin.")],
    *,
    site: SiteOption = None,
    stream: Annotated[
        str, typer.Option(help="Tells servers apart whose equal log lines are different hits.")
    ] = "",
    internal: Annotated[bool, typer.Option("--internal", help="Keep internal links too.")] = False,
    as_json: JsonOption = False,
    store: StoreOption = None,
) -> None:
    """Import files, recognised by what they hold, and bring the ledger up to date."""
    from backref.faces import importing

    found = asking.settings(store, site)
    rejected = importing.run(found, files, stream=stream, internal=internal, as_json=as_json)
    if rejected:
        raise typer.Exit(PARTIAL)


@app.command()
def overview(
    *,
    site: SiteOption = None,
    as_of: AsOfOption = None,
    as_json: JsonOption = False,
    store: StoreOption = None,
) -> None:
    """The headline, five numbers, three piles to act on, and what matters more."""
    from backref.faces import listing, overview, terminal

    with asking.site_of(store, site, as_of) as asked:
        found = asked.overview()
    if as_json:
        listing.write(listing.json_lines([found]))
    else:
        listing.write(overview.text(found, colours=terminal.coloured(sys.stdout)))


@app.command()
def links(
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
    limit: LimitOption = 50,
    as_of: AsOfOption = None,
    site: SiteOption = None,
    as_json: JsonOption = False,
    as_csv: CsvOption = False,
    store: StoreOption = None,
) -> None:
    """The ledger: each link, its life, and the people it brought."""
    from backref.faces import showing

    how = asking.format_of(as_json=as_json, as_csv=as_csv)
    with asking.site_of(store, site, as_of) as asked:
        if by:
            _refuse_with_by(state=state, since=since, domain=domain, page=page)
            showing.show(asked.groups(by, sort=sort, limit=limit), "GROUPS", how, asked)
            return
        rows = asked.links(
            state=tuple(state or ()), since=since, sort=sort, domain=domain, page=page, limit=limit
        )
        showing.show_links(rows, asked, how)


@app.command()
def domains(
    *,
    state: StateOption = None,
    since: SinceOption = None,
    sort: SortOption = "visits",
    by: Annotated[
        str | None, typer.Option("--by", help="Group: state, quadrant or witness.")
    ] = None,
    limit: LimitOption = 50,
    as_of: AsOfOption = None,
    site: SiteOption = None,
    as_json: JsonOption = False,
    as_csv: CsvOption = False,
    store: StoreOption = None,
) -> None:
    """Referring domains: search value and people side by side."""
    from backref.faces.query import sums

    how = asking.format_of(as_json=as_json, as_csv=as_csv)
    with asking.site_of(store, site, as_of) as asked:
        cut = None if by else limit
        rows = asked.domains(state=tuple(state or ()), since=since, sort=sort, limit=cut)
        if by:
            _show_sums(sums("domains", rows, by, sort=sort, limit=limit), "domains", how, asked)
        else:
            _show(rows, "DOMAINS", how, asked)


@app.command()
def referrers(
    *,
    since: SinceOption = None,
    channel: Annotated[str | None, typer.Option(help="Only this channel.")] = None,
    sort: SortOption = "visits",
    by: Annotated[
        str | None, typer.Option("--by", help="Group: channel, known-link or domain.")
    ] = None,
    limit: LimitOption = 50,
    as_of: AsOfOption = None,
    site: SiteOption = None,
    as_json: JsonOption = False,
    as_csv: CsvOption = False,
    store: StoreOption = None,
) -> None:
    """Hosts that sent people; bots and suspects are counted beside."""
    from backref.faces.query import sums

    how = asking.format_of(as_json=as_json, as_csv=as_csv)
    with asking.site_of(store, site, as_of) as asked:
        cut = None if by else limit
        rows = asked.referrers(since=since, channel=channel, sort=sort, limit=cut)
        if by:
            _show_sums(sums("referrers", rows, by, sort=sort, limit=limit), "referrers", how, asked)
        else:
            _show(rows, "REFERRERS", how, asked)


@app.command()
def broken(
    *,
    nginx: Annotated[bool, typer.Option("--nginx", help="Redirect rules for nginx.")] = False,
    apache: Annotated[bool, typer.Option("--apache", help="Redirect rules for Apache.")] = False,
    since: SinceOption = None,
    by: Annotated[str | None, typer.Option("--by", help="Group: status or folder.")] = None,
    limit: LimitOption = 50,
    as_of: AsOfOption = None,
    site: SiteOption = None,
    as_json: JsonOption = False,
    as_csv: CsvOption = False,
    store: StoreOption = None,
) -> None:
    """Dead targets on the site that links or people still hit, with redirect rules to paste."""
    from backref.faces import listing
    from backref.faces.query import sums
    from backref.faces.query.broken import redirects
    from backref.ledger.redirects import apache as apache_rules
    from backref.ledger.redirects import nginx as nginx_rules

    how = asking.format_of(as_json=as_json, as_csv=as_csv)
    if nginx + apache + as_json + as_csv > 1:
        raise UsageError("Choose one of --nginx, --apache, --json and --csv.")
    if by and (nginx or apache):
        raise UsageError("Rules are for pages, not for groups: leave out --by.")
    with asking.site_of(store, site, as_of) as asked:
        if by:
            every = asked.broken(since=since, redirect=False)
            _show_sums(sums("broken", every, by, limit=limit), "broken", how, asked)
            return
        rows = asked.broken(since=since, limit=limit)
        if nginx or apache:
            rules = nginx_rules if nginx else apache_rules
            listing.write("".join(f"{line}\n" for line in rules(redirects(rows))))
            return
        _show(rows, "BROKEN", how, asked)


@app.command()
def pages(
    *,
    sort: SortOption = "domains",
    by: Annotated[
        str | None, typer.Option("--by", help="Group: folder, the first part of the path.")
    ] = None,
    limit: LimitOption = 50,
    as_of: AsOfOption = None,
    site: SiteOption = None,
    as_json: JsonOption = False,
    as_csv: CsvOption = False,
    store: StoreOption = None,
) -> None:
    """The site's best-linked pages."""
    from backref.faces.query import sums

    how = asking.format_of(as_json=as_json, as_csv=as_csv)
    with asking.site_of(store, site, as_of) as asked:
        rows = asked.pages(sort=sort, limit=None if by else limit)
        if by:
            _show_sums(sums("pages", rows, by, sort=sort, limit=limit), "pages", how, asked)
        else:
            _show(rows, "PAGES", how, asked)


@app.command()
def report(
    *,
    output: Annotated[Path, typer.Option("-o", "--output", help="Where to write it.")] = Path(
        "report.html"
    ),
    as_of: AsOfOption = None,
    site: SiteOption = None,
    store: StoreOption = None,
) -> None:
    """One self-contained HTML file."""
    from backref.faces import showing
    from backref.faces.terminal import say

    found = asking.settings(store, site)
    with asking.opened(found) as opened:
        asked = opened.site(found.site, as_of)
        showing.write_report(asked, opened.imports(), output)
    say(f"The report is at {output.absolute()}")


@app.command()
def imports(
    *,
    rejects: Annotated[
        bool, typer.Option("--rejects", help="What could not be stored, where and why.")
    ] = False,
    number: Annotated[
        int | None, typer.Option("--import", help="Only the rejects of this import.")
    ] = None,
    limit: LimitOption = 1000,
    site: SiteOption = None,
    as_json: JsonOption = False,
    as_csv: CsvOption = False,
    store: StoreOption = None,
) -> None:
    """Files that were imported, the newest last: read = stored + duplicate + rejected."""
    how = asking.format_of(as_json=as_json, as_csv=as_csv)
    with asking.opened(asking.settings(store, None)) as opened:
        if rejects:
            _show(opened.rejects(number, site, limit), "REJECTS", how)
        else:
            _show(opened.imports(site, limit), "IMPORTS", how)


@app.command()
def sites(
    *, as_json: JsonOption = False, as_csv: CsvOption = False, store: StoreOption = None
) -> None:
    """The sites of the store: their domains, brand terms, goals and time zones."""
    how = asking.format_of(as_json=as_json, as_csv=as_csv)
    with asking.opened(asking.settings(store, None)) as opened:
        _show(opened.settings, "SITES", how)


@app.command()
def placements(
    template: Annotated[
        bool, typer.Option("--template", help="Print an empty placement sheet.")
    ] = False,
) -> None:
    """The sheet of what the team agreed, built or paid; fill it in and import it."""
    from backref.faces import listing
    from backref.sources.export_placements import placement_template

    if not template:
        raise UsageError(
            "Say `backref placements --template > placements.csv`, fill the sheet in, import it."
        )
    listing.write(placement_template())


@app.command()
def verify(as_json: JsonOption = False, store: StoreOption = None) -> None:
    """Look at every byte of the store; exit 1 when something is missing or damaged."""
    from backref.faces import listing
    from backref.faces.terminal import say, visible
    from backref.lake.lake import Lake

    with Lake.open(asking.settings(store, None).store) as lake:
        findings = list(lake.verify())
    if as_json:
        listing.write(listing.json_lines(findings))
    else:
        listing.write(
            "".join(visible(f"{finding.subject}: {finding.message}") + "\n" for finding in findings)
        )
    if findings:
        raise typer.Exit(1)
    say("The store is whole.")


@app.command()
def rebuild(store: StoreOption = None) -> None:
    """Build every derived table anew from what was imported."""
    from backref.faces import importing
    from backref.lake.lake import Lake

    with Lake.open(asking.settings(store, None).store) as lake:
        importing.rebuild(lake)


@app.command()
def demo(
    *,
    folder: Annotated[Path, typer.Option(help="Where to make it.")] = Path("backref-demo"),
    seed: Annotated[int, typer.Option(help="Equal seeds make equal worlds.")] = 7,
    serve: Annotated[  # noqa: ARG001 - the promise of a later dashboard
        bool, typer.Option("--serve/--no-serve", help="Show the dashboard, once there is one.")
    ] = True,
) -> None:
    """A simulated site from its files to its report, in a folder of its own."""
    from backref.faces import demonstration

    demonstration.run(folder, seed)


@app.command()
def version() -> None:
    """The version."""
    _print_version(wanted=True)


def _print_version(*, wanted: bool) -> None:
    if wanted:
        from importlib.metadata import version as installed

        print(f"backref {installed('backref')}")  # noqa: T201
        raise typer.Exit


@app.callback()
def _root(
    version: Annotated[
        bool,
        typer.Option(
            "--version",
            is_eager=True,
            callback=lambda value: _print_version(wanted=value),
            help="Print the version.",
        ),
    ] = False,
) -> None:
    """Who links to a site, what each link is worth to search, and the people it brings."""


def _refuse_with_by(**given: object) -> None:
    """Groupings stand for the whole ledger: narrowed ones would no longer add up."""
    for name, value in given.items():
        if value:
            raise UsageError(f"--by groups the whole ledger, so --{name} cannot go with it.")


def _show(rows: Sequence[Any], columns: str, how: Format, asked: Site | None = None) -> None:
    from backref.faces import showing

    showing.show(rows, columns, how, asked)


def _show_sums(rows: Sequence[Any], listing: str, how: Format, asked: Site) -> None:
    from backref.faces import showing

    showing.show_sums(rows, listing, how, asked)


def main() -> None:
    """The entry point: every failure is one sentence on stderr and an exit code."""
    try:
        app()
    except BackrefError as error:
        hint = HINT if isinstance(error, QueryFailed) else ""
        _fail(str(error).partition("\n")[0] + hint, error, error.exit_code)
    except Exception as error:
        _fail(f"Something unforeseen failed: {type(error).__name__}: {error}{HINT}", error, 1)
    finally:
        _flush()


def _fail(sentence: str, error: Exception, code: int) -> None:
    if os.environ.get("BACKREF_DEBUG"):
        raise error
    from backref.faces.terminal import say, visible

    say(f"backref: {visible(sentence)}")
    sys.exit(code)


def _flush() -> None:
    """Flush while it can still be told that the reader has left."""
    try:
        sys.stdout.flush()
    except BrokenPipeError:
        from backref.faces.terminal import nobody_reads

        nobody_reads()
