"""Questions to a store, answered in rows: `open(path).site("example.com").links(state="lost")`."""

from backref.faces.query.rows import (
    BacklinkRow,
    BrokenRow,
    Comparison,
    DisavowRow,
    DomainRow,
    EngagementRow,
    GroupRow,
    LeadRow,
    LinkedDomain,
    LinkRow,
    Number,
    Overview,
    PageRow,
    ReferrerRow,
    RejectRow,
    Unknown,
)
from backref.faces.query.site import Site
from backref.faces.query.store import Store, open_store
from backref.faces.query.sums import sums
from backref.lake.records import ImportRecord, SiteRecord
from backref.lake.selection import TABLES

__all__ = [
    "TABLES",
    "BacklinkRow",
    "BrokenRow",
    "Comparison",
    "DisavowRow",
    "DomainRow",
    "EngagementRow",
    "GroupRow",
    "ImportRecord",
    "LeadRow",
    "LinkRow",
    "LinkedDomain",
    "Number",
    "Overview",
    "PageRow",
    "ReferrerRow",
    "RejectRow",
    "Site",
    "SiteRecord",
    "Store",
    "Unknown",
    "open_store",
    "sums",
]
