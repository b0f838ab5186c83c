"""The command that makes tagged links and lists those that were made."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path  # noqa: TC003 - see cli
from typing import TYPE_CHECKING, Annotated
from zoneinfo import ZoneInfo

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
    from backref.faces.query import Store
    from backref.faces.tagging.address import Tags


def tag(
    url: Annotated[str | None, typer.Argument(help="Your page that the link leads to.")] = None,
    *,
    source: Annotated[str, typer.Option(help="Who sends: newsletter, podcast, youtube.")] = "",
    medium: Annotated[str, typer.Option(help="How: email, social, print, audio.")] = "",
    campaign: Annotated[str, typer.Option(help="For what: spring-fair.")] = "",
    placement: Annotated[
        str | None,
        typer.Option(help="Where it stands: a page's or profile's address, or any name."),
    ] = None,
    code: Annotated[
        bool, typer.Option("--code", help="Give the link a short code of its own.")
    ] = False,
    qr: Annotated[str | None, typer.Option(help="A QR code of the link: svg or png.")] = None,
    output: Annotated[
        Path | None, typer.Option("-o", "--output", help="Where to write the QR code.")
    ] = None,
    listed: Annotated[
        bool, typer.Option("--list", help="The tagged links of the site and their visits.")
    ] = False,
    limit: LimitOption = 50,
    site: SiteOption = None,
    as_json: JsonOption = False,
    as_csv: CsvOption = False,
    store: StoreOption = None,
) -> None:
    """Make a tagged link, with a code and a QR code if wanted; visits by it are recognised."""
    how = asking.format_of(as_json=as_json, as_csv=as_csv)
    if listed:
        if url:
            raise UsageError("--list takes no address.")
        from backref.faces import showing

        with asking.site_of(store, site, None) as asked:
            showing.show(asked.tags(limit=limit), "TAGS", how, asked)
        return
    if not url:
        raise UsageError("Say which page the link leads to, or --list.")
    if (qr is None) != (output is None):
        raise UsageError("A QR code needs both --qr svg or --qr png, and -o FILE.")
    from backref.faces.listing import write
    from backref.faces.tagging.address import Tags

    tags = Tags(*(" ".join(text.split()) for text in (source, medium, campaign)))
    found = asking.settings(store, site)
    with asking.opened(found) as opened:
        link = _made(opened, found.site, url, tags, placement, with_code=code, qr=qr, path=output)
    write(f"{link}\n")


def _made(
    opened: Store,
    site: str | None,
    address: str,
    tags: Tags,
    placement: str | None,
    *,
    with_code: bool,
    qr: str | None,
    path: Path | None,
) -> str:
    """The link, kept where somebody wants its visits recognised, its QR code written."""
    from backref.faces.tagging import codes, keeping
    from backref.faces.tagging import qr as pictures
    from backref.faces.tagging.address import tagged
    from backref.faces.terminal import say
    from backref.faces.writing import write

    if not (any(tags) or with_code):
        raise UsageError("Say a --source, --medium, --campaign or --code to tag the link with.")
    record = opened.site_at(address, site)
    if with_code:
        tags = tags._replace(code=codes.code(opened.codes()))
    link = tagged(address, tags)
    picture = pictures.drawn(link, qr) if qr else b""
    if placement or with_code:
        place = keeping.mention(placement, tags)
        today = datetime.now(UTC).astimezone(ZoneInfo(record.zone)).date()
        keeping.keep(opened.lake, record.name, keeping.Kept(link, place, tags, today))
        say(f"Kept as {place}: visits by it are recognised.")
    else:
        say("Not kept: with --placement or --code visits by it are recognised as that link's.")
    if path:
        write(path, picture)
        say(f"The QR code is at {path.absolute()}")
    return link
