"""What the monthly report shows, as plain values: made by `month`, drawn by the template."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from backref.faces.drawing.summary import Figure


@dataclass(frozen=True)
class TermLine:
    """One term of an agreement. `mark` is kept, broken or open."""

    mark: str
    text: str
    found: str = ""


@dataclass(frozen=True)
class PlacementLine:
    """A placement against its plan; `strip` are the 52 weeks of its link, empty without one, and
    `weeks` the visits of the same weeks."""

    page: str
    path: str
    href: str
    about: str
    terms: tuple[TermLine, ...]
    verdict: str
    tone: str
    proof: str
    strip: tuple[str, ...]
    weeks: tuple[float, ...] | None
    cost: str
    cost_note: str
    visits: str
    engaged: str
    price: str
    price_note: str


@dataclass(frozen=True)
class ChangeLine:
    """A domain or link that came or went: what, the detail, and the figure that ranks it."""

    title: str
    detail: str
    figure: str
    href: str = ""
    contact: str = ""


@dataclass(frozen=True)
class ChangeList:
    """One list of what came or went; `rest` says how many more there are."""

    name: str
    lines: tuple[ChangeLine, ...]
    rest: str


@dataclass(frozen=True)
class ChannelLine:
    """A channel's visits through links, and how surely they are matched to one."""

    channel: str
    visits: str
    change: str
    engaged: str
    conversions: str
    certainty: tuple[tuple[str, float], ...]
    sure: str


@dataclass(frozen=True)
class LeadLine:
    """Leads or sales at one stage."""

    stage: str
    leads: str
    linked: str
    value: str


@dataclass(frozen=True)
class FixLine:
    """A dead page, who asks for it, and where it should lead."""

    page: str
    status: str
    domains: str
    people: str
    redirect: str


@dataclass(frozen=True)
class MonthPage:
    """The whole page."""

    site: str
    month: str
    lead: str
    warnings: tuple[str, ...]
    logo: str
    headline: str
    figures: tuple[Figure, ...]
    plan: tuple[str, ...]
    placements: tuple[PlacementLine, ...]
    changed: tuple[str, ...]
    domain_lists: tuple[ChangeList, ...]
    link_lists: tuple[ChangeList, ...]
    channels: tuple[ChannelLine, ...]
    channels_lead: str
    span: str
    leads: tuple[LeadLine, ...]
    leads_lead: str
    fix: tuple[FixLine, ...]
    nginx: tuple[str, ...]
    apache: tuple[str, ...]
    reclaim: tuple[ChangeLine, ...]
    thank: tuple[ChangeLine, ...]
    unknowns: tuple[str, ...]
    foot: str
