"""What every question answers with: plain rows, read alike by terminal, report and later API.

None always means "not known" (or "not measurable", where a reason stands beside it), never zero:
conversions and their rates are None while the site has no goal, leads while no sheet tells of any.
Times are UTC. Certainty is a mapping from level to visits, a value of leads one from currency to
money. `authority` is that of the domain that links, with its interval, None where no ranked graph
knows it. Rates are parts of the visits, with 95 % intervals; shrunk ones are drawn towards those of
all rows of the listing (`ledger.shrinkage`), None where these are not enough data.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from datetime import date, datetime


@dataclass(frozen=True)
class LinkRow:
    """One link with both sides. `link_id` is 16 hexadecimal digits, for other tools would round so
    large a number. `lifeline` holds 52 cells, oldest week first, each one of
    verified, archive, vendor (all also as `... nofollow`), lost, reported or empty for not
    checked; `weekly_visits` the people of the same weeks, None where not measurable.
    `remaining_days` is what a link that stands may still expect beyond its last sighting, with its
    95 % interval, None where too few like it were lost to say."""

    link_id: str
    source_page: str
    source_url: str
    source_identity: str
    source_domain: str
    target_page: str | None
    target_url: str | None
    title: str | None
    anchor: str | None
    rel: str | None
    followed: bool
    position: str | None
    state: str
    reason: str | None
    first_seen: datetime | None
    last_seen: datetime | None
    last_verified: datetime | None
    lost_after: datetime | None
    lost_before: datetime | None
    witnesses: tuple[str, ...]
    acquired: str | None
    cost: float | None
    currency: str | None
    owner: str | None
    campaign: str | None
    authority: float | None
    authority_low: float | None
    authority_high: float | None
    search_share: float | None
    search_basis: str | None
    visits: float | None
    not_measurable: str | None
    monthly_visits: float | None
    engaged_visits: float | None
    converted_visits: float | None
    conversions: float | None
    leads: int | None
    value: dict[str, float]
    engagement_rate: float | None
    engagement_low: float | None
    engagement_high: float | None
    shrunk_engagement: float | None
    shrunk_engagement_low: float | None
    shrunk_engagement_high: float | None
    conversion_rate: float | None
    conversion_low: float | None
    conversion_high: float | None
    shrunk_conversion: float | None
    shrunk_conversion_low: float | None
    shrunk_conversion_high: float | None
    reported_visits: float | None
    certainty: dict[str, float]
    lifeline: tuple[str, ...] = ()
    weekly_visits: tuple[float, ...] | None = None
    remaining_days: float | None = None
    remaining_low: float | None = None
    remaining_high: float | None = None


@dataclass(frozen=True)
class BacklinkRow:
    """One link to any domain, with the authority and the published rating of whose page it is on.
    `state` is unknown for a live link that nobody has seen for 90 days."""

    link_id: str
    source_page: str
    source_url: str
    source_identity: str
    source_domain: str
    authority: float | None
    authority_by: str | None
    rating: float | None
    rating_by: str | None
    target_page: str | None
    target_url: str | None
    title: str | None
    anchor: str | None
    rel: str | None
    followed: bool
    position: str | None
    state: str
    reason: str | None
    first_seen: datetime | None
    last_seen: datetime | None
    last_verified: datetime | None
    lost_after: datetime | None
    lost_before: datetime | None
    witnesses: tuple[str, ...]


@dataclass(frozen=True)
class LinkedDomain:
    """How much links to a domain, by all evidence, whatever its age. Domains and links are live
    that are not known to be lost; followed ones are live and not known to be nofollow."""

    domain: str
    referring_domains: int
    live_domains: int
    followed_domains: int
    links: int
    live_links: int
    followed_links: int
    lost_links: int
    first_seen: datetime | None
    last_seen: datetime | None


@dataclass(frozen=True)
class GroupRow:
    """The ledger grouped by one of its dimensions: referring domains first, links second.
    Costs stand by currency; each placement counts once."""

    group: str
    domains: int
    live_domains: int
    links: int
    live_links: int
    followed_links: int
    lost_links: int
    search_share: float | None
    visits: float | None
    monthly_visits: float | None
    engaged_visits: float | None
    converted_visits: float | None
    conversions: float | None
    leads: int | None
    value: dict[str, float]
    engagement_rate: float | None
    engagement_low: float | None
    engagement_high: float | None
    shrunk_engagement: float | None
    shrunk_engagement_low: float | None
    shrunk_engagement_high: float | None
    conversion_rate: float | None
    conversion_low: float | None
    conversion_high: float | None
    shrunk_conversion: float | None
    shrunk_conversion_low: float | None
    shrunk_conversion_high: float | None
    certainty: dict[str, float]
    costs: dict[str, float]


@dataclass(frozen=True)
class DomainRow:
    """A referring domain (or publisher on a platform). `quadrant` is champions, authority only,
    people only, neither or not measurable."""

    domain: str
    state: str
    links: int
    live_links: int
    followed_links: int
    lost_links: int
    first_seen: datetime | None
    last_seen: datetime | None
    last_verified: datetime | None
    lost_before: datetime | None
    witnesses: tuple[str, ...]
    authority: float | None
    authority_low: float | None
    authority_high: float | None
    authority_by: str | None
    rating: float | None
    rating_by: str | None
    search_share: float | None
    visits: float | None
    monthly_visits: float | None
    engaged_visits: float | None
    converted_visits: float | None
    conversions: float | None
    leads: int | None
    value: dict[str, float]
    engagement_rate: float | None
    engagement_low: float | None
    engagement_high: float | None
    shrunk_engagement: float | None
    shrunk_engagement_low: float | None
    shrunk_engagement_high: float | None
    conversion_rate: float | None
    conversion_low: float | None
    conversion_high: float | None
    shrunk_conversion: float | None
    shrunk_conversion_low: float | None
    shrunk_conversion_high: float | None
    reported_visits: float | None
    quadrant: str


@dataclass(frozen=True)
class ReferrerRow:
    """A host that sent people. `visits`, `engaged_visits`, `converted_visits` and `conversions`
    are of people; `suspects` and `bots` are visits counted beside. `rate` is the share of visits
    that converted, with its 95 % interval; `shrunk_rate` is drawn towards that of all hosts (see
    `ledger.shrinkage`), None where these are not enough data. `known_link` is live, lost or
    none."""

    host: str
    domain: str
    channel: str
    visits: int
    engaged_visits: int
    converted_visits: int | None
    conversions: int | None
    rate: float | None
    rate_low: float | None
    rate_high: float | None
    shrunk_rate: float | None
    shrunk_low: float | None
    shrunk_high: float | None
    suspects: int
    bots: int
    known_link: str
    certainty: dict[str, float]
    landing_pages: int
    first_visit: datetime | None
    last_visit: datetime | None


@dataclass(frozen=True)
class LeadRow:
    """Leads that the owner's sheets tell of, by what they lead back to. `certainty` is tagged (the
    code of one placement), campaign, source, click id or none, and `sender` the placement's page or
    that name. Visits, engaged visits and conversions are what Backref counted of the placement,
    None where it cannot; leads are None until a sheet tells of any. `value` is a sum for each
    currency. `rate` is leads to visits with its 95 % interval; `shrunk_rate` is drawn towards that
    of all coded placements, None where these are not enough data."""

    certainty: str
    sender: str | None
    target_page: str | None
    campaign: str | None
    code: str | None
    visits: float | None
    engaged_visits: float | None
    conversions: float | None
    leads: int | None
    value: dict[str, float]
    rate: float | None
    rate_low: float | None
    rate_high: float | None
    shrunk_rate: float | None
    shrunk_low: float | None
    shrunk_high: float | None


@dataclass(frozen=True)
class DisavowRow:
    """An entry of the owner's disavow files: `scope` is domain or page, `entry` as such a file
    writes it. The links are those that it hits, `example` the page of one that is live; visits are
    the people who came through them, None where no log tells."""

    scope: str
    entry: str
    domain: str
    links: int
    live_links: int
    followed_links: int
    example: str | None
    visits: float | None
    engaged_visits: float | None


@dataclass(frozen=True)
class EngagementRow:
    """Visits of people in one group under one tool's definition, counted from our own hits.

    None is what the tool has no such measure for, or no goal is set. `seconds` is the mean duration
    of the visits whose duration the definition knows. `not_measurable` says of measures what a log
    cannot tell of them."""

    definition: str
    group: str
    visits: float
    engaged_visits: float | None
    engagement_rate: float | None
    bounced_visits: float
    bounce_rate: float
    views: float
    pages_per_visit: float
    seconds: float | None
    conversions: float | None
    not_measurable: dict[str, str]


@dataclass(frozen=True)
class BrokenRow:
    """A dead target on our site that links or people still hit. `redirect` is the live own page
    most like it, None when none is alike; `people` are requests of visitors judged persons and
    `bots` all others, None without a log of its host. `host` is that of the page, None for the
    site's main one."""

    host: str | None
    page: str
    status: int
    links: int
    domains: int
    people: int | None
    bots: int | None
    last_hit: date | None
    redirect: str | None
    likeness: float | None

    @property
    def address(self) -> str:
        """The page as people are shown it."""
        return (self.host or "") + self.page


@dataclass(frozen=True)
class PageRow:
    """An own page by those who link to it and those who enter through it from links. `host` is
    None for the site's main one; `not_measurable` says why visits are None."""

    host: str | None
    page: str
    domains: int
    links: int
    followed_links: int
    lost_links: int
    search_share: float | None
    visits: float | None
    engaged_visits: float | None
    conversions: float | None
    not_measurable: str | None

    @property
    def address(self) -> str:
        """The page as people are shown it."""
        return (self.host or "") + self.page


@dataclass(frozen=True)
class Number:
    """One of the five numbers, the overview's period against as long before. None is not known,
    and `why` says why; where it is known, `why` names days that are not the overview's. `parts`
    splits it further."""

    name: str
    value: float | None
    before: float | None = None
    why: str = ""
    parts: dict[str, float | None] = field(default_factory=dict)


@dataclass(frozen=True)
class RejectRow:
    """A record that an import could not store. `position` counts the `unit`: the byte of a log or
    archive, decompressed, that the record begins with, or the row of a table; `line` is the line
    of the file, None where it has none."""

    import_id: int
    file: str
    unit: str
    position: int
    reason: str
    sample: str
    line: int | None


@dataclass(frozen=True)
class Unknown:
    """Something that is not known, how much of it there is, why, and what would mend it."""

    what: str
    amount: float | None
    why: str
    mend: str


@dataclass(frozen=True)
class Comparison:
    """Backlinks against referral links: `quadrants` counts referring domains in each, `unlinked`
    those that stand in none as no link of theirs is live, `overlap` of the `top` best by search
    value and by engaged visits coincide, `correlation` is Spearman's rank correlation or None
    with too little data, and `sentence` says which matters more."""

    quadrants: dict[str, int]
    unlinked: int
    top: int
    overlap: int | None
    correlation: float | None
    sentence: str


@dataclass(frozen=True)
class Overview:
    """The top of everything: one sentence, five numbers, three piles, and what is not known.

    The headline is about 7 days; the numbers and the comparison's sentence about `period`, its
    `period_days` in words. The people of the piles and of the quadrants are those since
    `log_since`, the first day of the log; links to reclaim went in the last `reclaim_days`."""

    site: str
    as_of: datetime
    period_days: int
    period: str
    log_since: date | None
    reclaim_days: int
    headline: str
    numbers: tuple[Number, ...]
    fix: tuple[BrokenRow, ...]
    reclaim: tuple[LinkRow, ...]
    thank: tuple[DomainRow, ...]
    comparison: Comparison
    unknowns: tuple[Unknown, ...]

    @property
    def people_unknown(self) -> str:
        """Why an empty pile of what people do is not known to be empty; empty when it is."""
        return "" if self.log_since else "import access logs"

    @property
    def links_unknown(self) -> str:
        """The same of links."""
        return self.numbers[0].why if self.numbers[0].value is None else ""
