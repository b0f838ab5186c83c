"""Every source, and which of them a file is for."""

from __future__ import annotations

from typing import TYPE_CHECKING

from backref.errors import UnknownFormat
from backref.sources import accesslog
from backref.sources.accesslog import ACCESS_LOG
from backref.sources.arc import ARC
from backref.sources.considered import considered, listed, nearest
from backref.sources.exports import EXPORTS
from backref.sources.ga4_events import GA4_EVENTS
from backref.sources.json_tables import JSON_TABLES
from backref.sources.ownchecks import OWN_CHECKS
from backref.sources.source import Verdict
from backref.sources.warc import WARC
from backref.sources.wat import WAT

if TYPE_CHECKING:
    from backref.sources.source import Source

SOURCES: tuple[Source, ...] = (
    OWN_CHECKS,
    WAT,
    WARC,
    ARC,
    ACCESS_LOG,
    GA4_EVENTS,
    JSON_TABLES,
    EXPORTS,
)
SURE_ENOUGH = 0.5


def recognise(name: str, head: bytes, log_format: str = "") -> tuple[Source, Verdict]:
    """The source that is surest of a file by its first bytes, and what it says. Lines in
    `log_format`, a user's own, are an access log whatever else they may look like.

    Raises UnknownFormat when none is sure enough: with the reason of the source that knows what
    the file is, else with the formats that are nearest, and all that were considered.
    """
    own = accesslog.own(head, log_format) if log_format else Verdict(0.0, "")
    if own.confidence >= SURE_ENOUGH:
        return ACCESS_LOG, own
    verdicts = [(source, source.sniff(head)) for source in SOURCES]
    source, verdict = max(verdicts, key=lambda judged: judged[1].confidence)
    if verdict.confidence < SURE_ENOUGH:
        if own.dialect and head:
            raise UnknownFormat(f"{name} is in no format that Backref reads; {own.why}.")
        raise _refusal(name, head, {source.name: verdict for source, verdict in verdicts})
    return source, verdict


def _refusal(name: str, head: bytes, verdicts: dict[str, Verdict]) -> UnknownFormat:
    if not head:
        return UnknownFormat(f"{name} is empty: there is nothing to import.")
    for source, verdict in verdicts.items():
        if verdict.known:
            kind = verdict.dialect or source
            return UnknownFormat(f"{name} is not read: {verdict.why}.", format=kind)
    misses = considered(head, verdicts)
    near = nearest(misses)
    told = f"; nearest: {near}" if near else f" and like none of the {len(misses)} that it knows"
    return UnknownFormat(
        f"{name} is in no format that Backref reads{told}.",
        [(miss.format, miss.why) for miss in misses],
        listed(misses),
    )
