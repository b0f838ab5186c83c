"""Who is behind a mention on a platform: a creator is a platform and a handle.

A page's address tells the handle where the platform puts it there; else what was agreed tells it.
A platform alone is an unknown creator, and never a creator of its own.
"""

from __future__ import annotations

from functools import lru_cache
from typing import TYPE_CHECKING, NamedTuple

import pyarrow as pa

from backref.url import registrable_domain
from backref.visits.referrers import network, one_host

if TYPE_CHECKING:
    from backref.faces.query.view import View

UNKNOWN = "unknown creator"
KINDS = frozenset({"social", "video", "creator"})
"""Classes of hosts that creators publish on."""
PAIR = ["source_identity", "placement_id"]
NOBODY = pa.table(
    {
        "source_identity": pa.array([], pa.string()),
        "placement_id": pa.array([], pa.binary(16)),
        "creator": pa.array([], pa.string()),
    }
)
"""Where nobody asks for creators."""


class Creator(NamedTuple):
    """Somebody on a platform; `handle` is None where it is not known."""

    platform: str
    handle: str | None

    def __str__(self) -> str:
        """As people read it."""
        return f"{self.platform}/{self.handle}" if self.handle else f"{UNKNOWN} on {self.platform}"


@lru_cache(maxsize=65_536)
def creator(identity: str, contact: str | None = None) -> Creator | None:
    """The creator of a source, by its identity and the contact or handle that was agreed; None
    for what is no platform of creators.

    >>> creator("youtube.com/@ann")
    Creator(platform='youtube.com', handle='@ann')
    >>> creator("youtube.com")
    Creator(platform='youtube.com', handle=None)
    """
    host, _, handle = identity.partition("/")
    host = one_host(host)
    platform = network(host)
    if platform is None or platform.kind not in KINDS:
        return None
    below = _publisher(host)
    if not handle and below:
        return Creator(host.removeprefix(below + "."), below)
    return Creator(host, handle or _handle(contact))


def _publisher(host: str) -> str:
    """The label by which a publisher is told on platforms that give each one a host."""
    domain = registrable_domain(host)
    above = ".".join(domain.split(".")[1:])
    if host == domain and "." in above and network(above):
        return domain.partition(".")[0]
    return host.removesuffix(domain).rstrip(".") if host != domain else ""


def _handle(contact: str | None) -> str | None:
    """A contact that is a handle: one word with an @ before it."""
    name = (contact or "").strip()
    return name.lower() if name.startswith("@") and len(name.split()) == 1 else None


def of(view: View, standing: pa.Table) -> pa.Table:
    """The creator's name of each pair of `source_identity` and `placement_id` of the rows that has
    one."""
    contacts = {
        row["row_id"]: row["contact"] for row in view.rows("contacts.sql", site=view.site.name)
    }
    pairs = standing.select(PAIR).group_by(PAIR).aggregate([]).to_pylist()
    named = [
        {**pair, "creator": str(found)}
        for pair in pairs
        if (found := creator(pair["source_identity"], contacts.get(pair["placement_id"])))
    ]
    return pa.Table.from_pylist(named, NOBODY.schema)
