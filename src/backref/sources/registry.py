"""Every source, and which of them a file is for."""

from __future__ import annotations

from typing import TYPE_CHECKING

from backref.errors import UnknownFormat
from backref.sources.accesslog import ACCESS_LOG
from backref.sources.exports import EXPORTS
from backref.sources.warc import WARC

if TYPE_CHECKING:
    from backref.sources.source import Source, Verdict

SOURCES: tuple[Source, ...] = (WARC, ACCESS_LOG, EXPORTS)
SURE_ENOUGH = 0.5


def recognise(name: str, head: bytes) -> tuple[Source, Verdict]:
    """The source that is surest of a file by its first bytes, and what it says.

    Raises UnknownFormat when none is sure enough: with the reason of the source that knows what
    the file is, else with every source's.
    """
    verdicts = [(source, source.sniff(head)) for source in SOURCES]
    source, verdict = max(verdicts, key=lambda judged: judged[1].confidence)
    if verdict.confidence < SURE_ENOUGH:
        raise UnknownFormat(_refusal(name, head, verdicts))
    return source, verdict


def _refusal(name: str, head: bytes, verdicts: list[tuple[Source, Verdict]]) -> str:
    if not head:
        return f"{name} is empty: there is nothing to import."
    if known := [verdict.why for _, verdict in verdicts if verdict.known]:
        return f"{name} is not read: {known[0]}."
    considered = "; ".join(f"{source.name}: {verdict.why}" for source, verdict in verdicts)
    return f"{name} is in no format that Backref reads ({considered})."
