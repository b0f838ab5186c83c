"""Who links to any domain, not only to a site of the store: its first links and its sums."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any

from backref import url
from backref.errors import UsageError
from backref.faces.query.answer import Answer
from backref.faces.query.rows import BacklinkRow, LinkedDomain
from backref.faces.query.view import STALE_AFTER

if TYPE_CHECKING:
    from backref.lake.snapshot import Snapshot

SAME = (
    "source_page source_url source_identity source_domain target_page target_url title anchor rel "
    "reason last_verified authority authority_by rating rating_by"
)
SUMS = "referring_domains live_domains followed_domains links live_links followed_links lost_links"


def backlinks(snapshot: Snapshot, target: str, limit: int | None = 100) -> Answer[BacklinkRow]:
    """The first links to a domain: standing ones before the others, then by the authority of the
    domain that links (its rating where no graph knows it), then the earliest seen. The total counts
    those too that are not held in order. Raises UsageError."""
    domain = domain_of(target)
    found = snapshot.lookup("top_links", url.bucket(domain), domain, limit).sort_by("place")
    stale = datetime.now(UTC) - STALE_AFTER
    rows = [_row(values, stale) for values in found.slice(0, limit).to_pylist()]
    total = len(found) if limit is None or len(found) < limit else linked(snapshot, target).links
    return Answer(rows, total)


def linked(snapshot: Snapshot, target: str) -> LinkedDomain:
    """How many links and referring domains a domain has. Raises UsageError."""
    domain = domain_of(target)
    rows = snapshot.lookup("linked_domains", url.bucket(domain), domain).to_pylist()
    values: dict[str, Any] = rows[0] if rows else dict.fromkeys(SUMS.split(), 0)
    return LinkedDomain(
        domain,
        **{name: values[name] for name in SUMS.split()},
        first_seen=values.get("first_seen_lo"),
        last_seen=values.get("last_seen_hi"),
    )


def domain_of(target: str) -> str:
    """The registrable domain of a domain, host or URL. Raises UsageError."""
    text = target.strip()
    parsed = url.parse(text if "://" in text else f"https://{text}")
    if parsed is None:
        raise UsageError(f"{target!r} is no domain: write it as `example.com`.")
    return url.registrable_domain(parsed.host)


def _row(values: dict[str, Any], stale: datetime) -> BacklinkRow:
    last_seen, state = values["last_seen_hi"], values["state"]
    forgotten = state == "live" and last_seen is not None and last_seen < stale
    return BacklinkRow(
        link_id=f"{values['link_id']:016x}",
        **{name: values[name] for name in SAME.split()},
        followed=not values["nofollow"],
        position=values["placement"],
        state="unknown" if forgotten else state,
        first_seen=values["first_seen_lo"],
        last_seen=last_seen,
        lost_after=values["lost_lo"],
        lost_before=values["lost_hi"],
        witnesses=tuple(values["witnesses"].split()),
    )
