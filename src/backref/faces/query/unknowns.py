"""What is not known about a site, how much of it there is, why, and what would mend it."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from backref.faces.query.rows import Unknown

if TYPE_CHECKING:
    from backref.faces.query.view import View

# Count in `gaps.sql` or `period.sql`: what it is, why, and the mend.
SENTENCES = {
    "no_log": (
        "links whose visits cannot be counted",
        "there is no access log for the time in which they stood",
        "import the access logs of that time",
    ),
    "no_referrers": (
        "links whose visits cannot be counted",
        "the access logs of the time in which they stood tell no referrers",
        "have the server write the combined format",
    ),
    "before_logs": (
        "lost links whose visits cannot be counted",
        "they were gone before the first log begins",
        "import older access logs",
    ),
    "noreferrer": (
        "links that hide their visitors",
        "they say noreferrer, so their people arrive as direct visits",
        "ask for the attribute to be dropped, or tag the link with a campaign",
    ),
    "no_target": (
        "links without a known target",
        "Search Console names the linking page and not the page it links to",
        "import an archive or an export that holds the linking page",
    ),
    "unseen": (
        "links that may be gone",
        "nobody has seen them for 90 days",
        "import a newer archive or export",
    ),
    "never_verified": (
        "agreed links that nobody has seen",
        "only the placement sheet names them",
        "import an archive or an export that holds their pages",
    ),
    "unrated_domains": (
        "referring domains without authority or rating",
        "no ranked graph, export or published rank names them, so they have no search share",
        "rank a graph that knows them, or import a vendor's referring domains",
    ),
    "not_declared": (
        "links whose acquisition is not known",
        "no placement sheet names them",
        "fill in the sheet that `backref placements --template` writes",
    ),
    "host_visits": (
        "visits that prove a host and no link",
        "no link is known on the host that sent them",
        "find the links: `backref referrers` shows hosts without a known one",
    ),
    "direct_visits": (
        "direct visits of the last period",
        "typed, bookmarked, from apps or from pages that hide where people come from",
        "tag links in mails, apps and documents with a campaign",
    ),
    "unlogged_visits": (
        "visits of the last period of which nobody knows how they came",
        "their access log tells no referrers",
        "have the server write the combined format",
    ),
    "suspects": (
        "suspect visits of the last period, counted as nobody's",
        "they behave in part like a machine",
        "see them beside the people in `backref referrers`",
    ),
}


def unknowns(view: View, flow: dict[str, Any], days: dict[str, Any]) -> tuple[Unknown, ...]:
    """What is not known, the kinds of which there are none left out."""
    amounts = view.row("gaps.sql") | flow
    suspects = view.rows("suspects.sql", site=view.site.name, **days)
    amounts["suspects"] = sum(row["visits"] for row in suspects if row["verdict"] == "suspect")
    return tuple(
        Unknown(what, float(amounts[key]), why, mend)
        for key, (what, why, mend) in SENTENCES.items()
        if amounts.get(key)
    )
