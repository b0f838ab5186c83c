"""Every table once: columns, Arrow types, units, and a sentence on each.

Three kinds of table. *Facts* are append-only and come from outside. *Derived* tables are each
computed from facts and earlier tables alone. *State* lives in the catalogue database and is
declared there (`lake/catalogue.py`), except for the two read-only views `sites` and `site_hosts`
that models may join.

Conventions: a time is a UTC timestamp in microseconds, an uncertain one an interval `_lo`, `_hi`
(equal when exact, both null when the source is undated); `*_page` is a fold key, `*_url` an
original spelling, `*_host` lower-case punycode, `*_domain` a registrable domain, `*_identity`
whose page it is (a domain, or on hosted platforms the publisher's path); a share lies in [0, 1].
"""

from __future__ import annotations

from backref.schema.derived import (
    LEDGER,
    LOG_DAYS,
    PAGE_DAYS,
    SESSIONS,
    VISIT_LINKS,
    VISIT_SUMS,
)
from backref.schema.facts import (
    AGENTS,
    CHECKS,
    CONVERSIONS,
    DISAVOWS,
    HITS,
    LINK_OBSERVATIONS,
    PAGE_OBSERVATIONS,
    PLACEMENTS,
    PROVENANCE,
    RANKINGS,
    RATINGS,
    SELF_REPORTS,
    TRAFFIC_REPORTS,
)
from backref.schema.graph import AUTHORITY
from backref.schema.links import (
    LIFELINES,
    LINK_EVENTS,
    LINKED_DOMAINS,
    LINKS,
    PAGES,
    REFERRING_DOMAINS,
    TOP_LINKS,
)
from backref.schema.ranks import DOMAIN_RANKS
from backref.schema.table import Column, Table, arrow_type

__all__ = [
    "AGENTS",
    "AUTHORITY",
    "CHECKS",
    "CONVERSIONS",
    "DISAVOWS",
    "DOMAIN_RANKS",
    "HITS",
    "LEDGER",
    "LIFELINES",
    "LINKED_DOMAINS",
    "LINKS",
    "LINK_EVENTS",
    "LINK_OBSERVATIONS",
    "LOG_DAYS",
    "PAGES",
    "PAGE_DAYS",
    "PAGE_OBSERVATIONS",
    "PLACEMENTS",
    "PROVENANCE",
    "RANKINGS",
    "RATINGS",
    "REFERRING_DOMAINS",
    "SELF_REPORTS",
    "SESSIONS",
    "SITES",
    "SITE_HOSTS",
    "TABLES",
    "TOP_LINKS",
    "TRAFFIC_REPORTS",
    "VISIT_LINKS",
    "VISIT_SUMS",
    "Column",
    "Table",
    "arrow_type",
]

SITES = (
    Column("site", "text", "The site's name: its main domain.", required=True),
    Column("zone", "text", "Time zone of its reporting days.", required=True),
)
SITE_HOSTS = (
    Column("site", "text", "The site.", required=True),
    Column("host", "text", "A domain or host that belongs to it.", required=True),
    Column("role", "text", "main, also or was (a former domain).", required=True),
)

TABLES: dict[str, Table] = {
    table.name: table
    for table in (
        LINK_OBSERVATIONS,
        PAGE_OBSERVATIONS,
        CHECKS,
        HITS,
        AGENTS,
        TRAFFIC_REPORTS,
        RANKINGS,
        PLACEMENTS,
        CONVERSIONS,
        SELF_REPORTS,
        DISAVOWS,
        RATINGS,
        DOMAIN_RANKS,
        PAGES,
        LINKS,
        LIFELINES,
        LINK_EVENTS,
        AUTHORITY,
        REFERRING_DOMAINS,
        TOP_LINKS,
        LINKED_DOMAINS,
        SESSIONS,
        PAGE_DAYS,
        LOG_DAYS,
        VISIT_LINKS,
        VISIT_SUMS,
        LEDGER,
    )
}
