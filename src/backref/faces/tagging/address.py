"""A link to an own page with campaign tags, such that a log gives back what was put in."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple
from urllib.parse import quote, unquote_plus, urlsplit, urlunsplit

from backref import data, url
from backref.errors import UsageError
from backref.sources.request import read

if TYPE_CHECKING:
    from collections.abc import Mapping

PARAMETERS = {
    "source": "utm_source",
    "medium": "utm_medium",
    "campaign": "utm_campaign",
    "code": "utm_id",
}
MOST_CHARACTERS = 2_000


class Tags(NamedTuple):
    """What a link says of where its visitor comes from; empty is not said."""

    source: str = ""
    medium: str = ""
    campaign: str = ""
    code: str = ""


def tagged(address: str, tags: Tags) -> str:
    """The address with the tags in place of any that it had. Raises UsageError for what is no
    http(s) address, and for tags that a log would not give back as they are."""
    parts = urlsplit(address.strip())
    parsed = url.parse(address.strip())
    if parsed is None or not parts.netloc or "@" in parts.netloc or not parts.netloc.isprintable():
        raise UsageError(f"{address!r} is no address: give one such as https://example.com/page.")
    said = {PARAMETERS[name]: _plain(text) for name, text in tags._asdict().items() if text}
    kept = [part for part in parts.query.split("&") if part and not _is_tag(part)]
    query = "&".join([*kept, *(f"{name}={quote(text, safe='')}" for name, text in said.items())])
    made = urlunsplit(parts._replace(query=query))
    _refuse_unless_read_back(made, tags)
    return made


def _plain(text: str) -> str:
    return " ".join(text.split())


def _is_tag(part: str) -> bool:
    name = unquote_plus(part.partition("=")[0]).lower()
    return name in {row["parameter"] for row in data.table("campaign_parameters.csv")}


def _refuse_unless_read_back(made: str, tags: Tags) -> None:
    """Ask the reader of logs, so that no link is handed out that nobody would recognise."""
    if len(made) > MOST_CHARACTERS:
        raise UsageError(f"The link is longer than {MOST_CHARACTERS:,} characters: shorten it.")
    parts = urlsplit(made)
    found: Mapping[str, str] = read(f"GET {parts.path or '/'}?{parts.query} HTTP/1.1").campaign
    for name, text in tags._asdict().items():
        if _plain(text) != found.get(name, ""):
            raise UsageError(
                f"The {name} {text!r} would not come back as it is: choose plain words of at most "
                "200 characters, no mail address or number of a person."
            )
