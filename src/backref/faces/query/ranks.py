"""Common Crawl's published ranks of a site's domains."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from backref.faces.query.answer import Answer, first

if TYPE_CHECKING:
    from backref.faces.query.view import View


@dataclass(frozen=True)
class RankRow:
    """How the newest release that tells of a domain ranks it. `what` is links for one that links
    to the site, own for one of its own. Positions are from the top; a percentile is the share of
    the release's `ranked` domains that stand behind. `release` is None where nobody looked;
    positions are None where it does not rank the domain, percentiles also where nobody told how
    many it ranks."""

    domain: str
    what: str
    release: str | None
    ranked: int | None
    harmonic_pos: int | None
    harmonic: float | None
    harmonic_percentile: float | None
    pagerank_pos: int | None
    pagerank: float | None
    pagerank_percentile: float | None
    hosts: int | None


def ranks(view: View, *, limit: int | None = None) -> Answer[RankRow]:
    """The site's own domains and those that link to it, the highest ranked first, those of which
    nothing is known last."""
    found = [RankRow(**row) for row in view.rows("ranks.sql", site=view.site.name)]
    return first(found, limit)
