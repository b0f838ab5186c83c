"""What ranked graphs answer, printed: a sentence, then the table, then what it cannot know."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from backref.faces import listing
from backref.faces.drawing import words
from backref.faces.listing import Column, Format, percent
from backref.faces.query.authority import AuthorityRow, ReferringRow
from backref.faces.query.explain import ContributionRow, LinkContribution
from backref.faces.query.gap import GapRow
from backref.faces.query.what_if import ChangeRow
from backref.faces.terminal import say, visible

if TYPE_CHECKING:
    from collections.abc import Sequence

    from backref.faces.query.answer import Answer
    from backref.faces.query.explain import Explanation
    from backref.faces.query.gap import Gap
    from backref.faces.query.what_if import WhatIf


def points(value: float | None) -> str:
    """Authority, with one decimal."""
    return "-" if value is None else f"{value:.1f}"


def change(value: float | None, unknown: str = "-") -> str:
    """A difference in points, signed.

    >>> change(-0.25), change(0.0), change(-0.001)
    ('−0.25', '0', '−<0.01')
    """
    if value is None:
        return unknown
    sign = words.MINUS if value < 0 else "+" if value > 0 else ""
    return f"{sign}<0.01" if 0 < abs(value) < 0.005 else f"{sign}{abs(value):.3g}"


def _interval(row: AuthorityRow) -> str:
    if row.authority_low is None or row.authority_high is None:
        return "-"
    return f"{row.authority_low:.1f}{words.DASH}{row.authority_high:.1f}"


def above(percentile: float | None) -> str:
    """Of how many in a hundred nodes the value is lower, never rounded up to all of them."""
    if percentile is None:
        return "-"
    return f"{min(percentile * 100, 99.99):.2f} %" if percentile > 0.99 else percent(percentile)


STANDING = (
    Column("domain", lambda row: row.domain, right=False, flexible=True),
    Column("authority", lambda row: points(row.authority)),
    Column("interval", _interval, spare=3),
    Column("above", lambda row: above(row.percentile), spare=2),
    Column("position", lambda row: row.pagerank_pos, spare=4),
    Column("referring domains", lambda row: row.referring_domains, spare=1),
    Column("spam mass", lambda row: percent(row.spam_mass), spare=5),
    Column("graph", lambda row: row.graph, right=False, flexible=True),
    Column("release", lambda row: row.release, right=False, spare=6),
)
CONTRIBUTIONS = (
    Column("domain", lambda row: row.domain, right=False, flexible=True),
    Column("share", lambda row: percent(row.share)),
    Column("if removed", lambda row: change(row.if_removed)),
    Column("authority", lambda row: points(row.authority), spare=1),
    Column("links", lambda row: row.links, spare=3),
    Column("certainty", lambda row: row.certainty, right=False, spare=2),
    Column("fed by", lambda row: ", ".join(row.fed_by), right=False, flexible=True, spare=4),
)
LINKS = (
    Column("page", lambda row: row.source_page, right=False, flexible=True),
    Column("share", lambda row: percent(row.share)),
    Column("if removed", lambda row: change(row.if_removed, "by weight")),
    Column("followed", lambda row: "yes" if row.followed else "no", right=False, spare=2),
    Column("position", lambda row: row.position, right=False, spare=3),
    Column("certainty", lambda row: row.certainty, right=False, spare=1),
    Column("target", lambda row: row.target_page, right=False, flexible=True, spare=4),
)
REFERRING = (
    Column("domain", lambda row: row.domain, right=False, flexible=True),
    Column("authority", lambda row: points(row.authority)),
)
CHANGES = (
    Column("change", lambda row: row.change, right=False),
    Column("domain", lambda row: row.domain, right=False, flexible=True),
    Column("weight before", lambda row: f"{row.weight_before:.3g}"),
    Column("after", lambda row: f"{row.weight_after:.3g}"),
    Column("note", lambda row: row.note or "", right=False, flexible=True, spare=1),
)
GAP = (
    Column("domain", lambda row: row.domain, right=False, flexible=True),
    Column("authority", lambda row: points(row.authority)),
    Column("links to", lambda row: ", ".join(row.links_to), right=False, flexible=True),
    Column("platform", lambda row: row.platform, right=False, spare=1),
)


def show_standing(rows: Sequence[AuthorityRow], how: Format) -> None:
    """Domains in the ranked graphs."""
    if how is Format.TABLE:
        say(visible(standing(rows[0])))
    listing.emit(rows, STANDING, how, listing.names(AuthorityRow))


def show_explanation(found: Explanation, limit: int, how: Format) -> None:
    """Where authority comes from; JSON holds all of it, CSV the domains that link."""
    if how is not Format.TABLE:
        rows: Sequence[Any] = [found] if how is Format.JSON else found.rows
        listing.emit(rows, (), how, listing.names(ContributionRow))
        return
    say(visible(standing(found.about)))
    listing.emit(found.rows, CONTRIBUTIONS, how)
    say(remainder(found))
    for origin in found.origins[1:4]:
        if len(origin.path) > 2:
            say(visible(f"{percent(origin.share)} begins at {' > '.join(origin.path)}"))
    _tell_limits(found)
    _cut(len(found.rows), found.rest_domains, limit)


def show_links(found: Explanation, limit: int, how: Format) -> None:
    """What each link of the ledger contributes."""
    if how is Format.TABLE:
        say(visible(standing(found.about)))
        if not found.links:
            say("No live link that the ledger knows is one of the graph's.")
    listing.emit(found.links[:limit], LINKS, how, listing.names(LinkContribution))
    if how is Format.TABLE:
        _tell_limits(found)
    _cut(min(limit, len(found.links)), len(found.links) - limit, limit)


def show_referring(domain: str, rows: Answer[ReferringRow], how: Format) -> None:
    """Who links to a domain in the graph."""
    if how is Format.TABLE:
        say(visible(f"{rows.total:,} domains of the graph link to {domain}."))
    listing.emit(rows, REFERRING, how, listing.names(ReferringRow))
    _cut(len(rows), rows.total - len(rows), len(rows))


def show_what_if(found: WhatIf, how: Format) -> None:
    """Authority before and after; JSON holds all of it, CSV the changes."""
    if how is not Format.TABLE:
        rows: Sequence[Any] = [found] if how is Format.JSON else found.changes
        listing.emit(rows, (), how, listing.names(ChangeRow))
        return
    say(visible(outcome(found)))
    listing.emit(found.changes, CHANGES, how)


def show_gap(found: Gap, site: str, how: Format) -> None:
    """Who links to rivals and not to the site."""
    if how is Format.TABLE:
        say(visible(missing(found, site)))
    listing.emit(found, GAP, how, listing.names(GapRow))
    _cut(len(found), found.total - len(found), len(found))
    for name in found.unknown:
        say(visible(f"The graph {found.graph} does not know {name}."))
    if not found.ours_known:
        say(visible(f"The graph {found.graph} does not know {site}, so nobody is left out."))


def standing(row: AuthorityRow) -> str:
    """How a domain stands, in a sentence."""
    graph = f"{row.graph}{f' of {row.release}' if row.release else ''}"
    if row.authority is None:
        return f"The graph {graph} does not know {row.domain}: its authority is not known, not 0."
    interval = "" if row.authority_low is None else f" ({_interval(row)})"
    return (
        f"{row.domain} has authority {row.authority:.1f}{interval} of 100 in {graph}, "
        f"more than {above(row.percentile)} of {row.nodes:,} {row.level}s; "
        f"{row.referring_domains:,} link to it."
    )


def remainder(found: Explanation) -> str:
    """What the rows do not hold."""
    rest = f"{percent(found.rest)} comes from {found.rest_domains:,} more domains, "
    own = f"{percent(found.own)} every domain has of its own."
    return (rest if found.rest_domains else "") + own


def outcome(found: WhatIf) -> str:
    """Authority before and after, in a sentence."""
    if found.after == found.before:
        return f"{found.domain} keeps its authority of {found.before:.1f} in {found.graph}."
    verb = "falls" if found.after < found.before else "rises"
    by = abs(found.after - found.before)
    return (
        f"{found.domain} {verb} from {found.before:.2f} to {found.after:.2f} in {found.graph}, by "
        f"{by:.3g} points, give or take {max(found.bound, 0.001):.1g}."
    )


def missing(found: Gap, site: str) -> str:
    """How wide a gap is, in a sentence."""
    aside = f"; {found.aside:,} platforms were set aside" if found.aside else ""
    return f"{found.total:,} domains link to rivals and not to {site} in {found.graph}{aside}."


def covered(found: Explanation) -> str:
    """How much of what the ledger knows the graph knows too; empty where it knows nothing."""
    if found.coverage is None:
        return ""
    return f"The graph knows {percent(found.coverage)} of the domains that the ledger sees link."


def _tell_limits(found: Explanation) -> None:
    for sentence in filter(None, (covered(found), found.not_known)):
        say(sentence)


def _cut(shown: int, more: int, limit: int) -> None:
    if more > 0:
        say(f"{shown:,} of {shown + more:,}; --limit {max(limit, shown + more)} shows all.")
