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

from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING, Any, Literal

if TYPE_CHECKING:
    import pyarrow as pa

Kind = Literal["fact", "derived"]
TypeName = Literal["id", "hash", "text", "int", "small", "float", "flag", "time", "date"]


@dataclass(frozen=True)
class Column:
    """One column: its name, type, meaning, and unit where it has one."""

    name: str
    type: TypeName
    doc: str
    unit: str = ""
    required: bool = False


@dataclass(frozen=True)
class Table:
    """One table. `partition` says what its partitions are; `sort` how a segment is ordered."""

    name: str
    kind: Kind
    doc: str
    partition: str
    sort: tuple[str, ...]
    columns: tuple[Column, ...]

    @cached_property
    def arrow(self) -> pa.Schema:
        """The Arrow schema of a segment."""
        import pyarrow as pa

        return pa.schema(
            pa.field(column.name, arrow_type(column.type), nullable=not column.required)
            for column in self.columns
        )

    @property
    def names(self) -> tuple[str, ...]:
        """The column names in order."""
        return tuple(column.name for column in self.columns)


def arrow_type(name: TypeName) -> pa.DataType:
    """The Arrow type behind a type name; `id` is 16 bytes, `hash` an unsigned 64-bit number."""
    import pyarrow as pa

    types: dict[str, Any] = {
        "id": pa.binary(16),
        "hash": pa.uint64(),
        "text": pa.string(),
        "int": pa.int64(),
        "small": pa.int32(),
        "float": pa.float64(),
        "flag": pa.bool_(),
        "time": pa.timestamp("us", tz="UTC"),
        "date": pa.date32(),
    }
    return types[name]


def _id(doc: str) -> Column:
    return Column("row_id", "id", doc, required=True)


PROVENANCE = (
    _id("Identity of the record by its content: repeated imports meet here."),
    Column("import_id", "int", "The import that stored the row.", required=True),
    Column("position", "int", "Where the record stands in its source: byte offset or row number."),
)

BUCKET = "64 buckets of the {} (`url.bucket`)"
SITE_DAY = "site and UTC day, as `example.com/2026-11-23`"
SITE = "site"

LINK_OBSERVATIONS = Table(
    "link_observations",
    "fact",
    "Somebody saw a link, or its absence, at a time. Never changed, never deleted by an import.",
    BUCKET.format("target's registrable domain"),
    ("target_domain", "target_page", "source_page"),
    (
        *PROVENANCE,
        Column(
            "witness",
            "text",
            "Who saw it: archive, ahrefs, semrush, majestic, gsc, list, placement, check.",
            required=True,
        ),
        Column(
            "assertion",
            "text",
            "present, absent, reported_lost (a vendor's word) or claimed (a placement sheet's).",
            required=True,
        ),
        Column("observed_lo", "time", "Earliest time of the observation; null when undated."),
        Column("observed_hi", "time", "Latest time of the observation; null when undated."),
        Column("reason", "text", "Why the vendor calls it lost, in the vendor's words."),
        Column("source_url", "text", "The linking page as written.", required=True),
        Column("source_page", "text", "Fold key of the linking page.", required=True),
        Column(
            "source_hash",
            "hash",
            "Keyed hash of `source_page`; equals `hits.referrer_page` "
            "when a visit came from that page.",
            required=True,
        ),
        Column("source_host", "text", "Host of the linking page.", required=True),
        Column("source_domain", "text", "Its registrable domain.", required=True),
        Column("source_identity", "text", "Whose page it is.", required=True),
        Column(
            "target_url",
            "text",
            "The link's target as resolved; null when only the source "
            "page is known (Search Console).",
        ),
        Column("target_page", "text", "Fold key of the target; null when unknown."),
        Column(
            "target_host",
            "text",
            "Host of the target, or the site when the page is unknown.",
            required=True,
        ),
        Column("target_domain", "text", "Registrable domain of the target.", required=True),
        Column(
            "anchor",
            "text",
            "Anchor text, or the image's alternative text; null when the witness does not tell.",
        ),
        Column("anchor_kind", "text", "text, image or empty; null when the witness does not tell."),
        Column(
            "rel",
            "text",
            "All rel tokens, lower-case, sorted, separated by spaces; null when "
            "the witness does not tell.",
        ),
        Column("nofollow", "flag", "The link says nofollow; null when unknown."),
        Column("ugc", "flag", "The link says ugc; null when unknown."),
        Column("sponsored", "flag", "The link says sponsored; null when unknown."),
        Column(
            "noreferrer", "flag", "The link hides where its visitors come from; null when unknown."
        ),
        Column("page_nofollow", "flag", "The page's robots rules make all its links nofollow."),
        Column("page_noindex", "flag", "The page's robots rules keep it out of indexes."),
        Column(
            "element", "text", "a, area, link, iframe, frame, form, redirect, canonical, mention."
        ),
        Column(
            "placement",
            "text",
            "content, nav, header, footer, sidebar, comment, bio or "
            "related; null when the witness does not tell.",
        ),
        Column("context", "text", "Text around the link, at most 300 characters."),
        Column("title", "text", "Title of the linking page."),
        Column("language", "text", "Language of the linking page as declared."),
        Column("status", "small", "HTTP status of the linking page as the witness saw it."),
        Column("group_size", "int", "Links that the witness folded into this row.", "links"),
        Column("sitewide", "flag", "The witness says the link is on most pages of the host."),
        Column("proof", "text", "Digest of the body, or of the vendor's record."),
    ),
)

PAGE_OBSERVATIONS = Table(
    "page_observations",
    "fact",
    "One capture of one URL: what an archive's response record says, without the page itself.",
    BUCKET.format("page's registrable domain"),
    ("domain", "page", "observed_lo"),
    (
        *PROVENANCE,
        Column("witness", "text", "archive or check.", required=True),
        Column("observed_lo", "time", "Earliest time of the capture."),
        Column("observed_hi", "time", "Latest time of the capture."),
        Column("url", "text", "The URL as captured.", required=True),
        Column("page", "text", "Its fold key.", required=True),
        Column("host", "text", "Its host.", required=True),
        Column("domain", "text", "Its registrable domain.", required=True),
        Column("status", "small", "HTTP status; null for resource records."),
        Column(
            "complete",
            "flag",
            "Whole body there and parsed as HTML: only then is a missing link an absence.",
            required=True,
        ),
        Column("mime", "text", "Media type, without parameters."),
        Column("charset", "text", "Character set that the body was decoded with."),
        Column("redirect_to", "text", "Absolute target of a redirect or a meta refresh of 0 s."),
        Column("redirect_page", "text", "Its fold key."),
        Column("canonical", "text", "Absolute canonical URL that the page declares."),
        Column("canonical_page", "text", "Its fold key."),
        Column("base", "text", "Absolute base URL that the page declares."),
        Column("title", "text", "Title, at most 300 characters."),
        Column("language", "text", "Language that the page or its headers declare."),
        Column("robots_nofollow", "flag", "Meta robots or X-Robots-Tag says nofollow or none."),
        Column("robots_noindex", "flag", "Meta robots or X-Robots-Tag says noindex or none."),
        Column("links", "int", "http(s) links of a and area elements.", "links"),
        Column("internal_links", "int", "Of these to the same registrable domain.", "links"),
        Column("external_links", "int", "Of these to another registrable domain.", "links"),
        Column("nofollow_links", "int", "External links with nofollow.", "links"),
        Column("ugc_links", "int", "External links with ugc.", "links"),
        Column("sponsored_links", "int", "External links with sponsored.", "links"),
        Column("words", "int", "Words of visible text.", "words"),
        Column("anchor_words", "int", "Words inside links.", "words"),
        Column("simhash", "hash", "64-bit SimHash of the visible text's word 3-shingles."),
        Column("terms", "text", "The 64 most frequent terms as `term:count`, by spaces."),
        Column("byline", "text", "Author as the page declares it."),
        Column("schema_types", "text", "schema.org types on the page, sorted, by spaces."),
        Column("analytics_ids", "text", "Analytics and advertising ids, sorted, by spaces."),
        Column("ip", "text", "Address of the server that answered."),
        Column("digest", "text", "Payload digest of the capture."),
        Column("extractor", "text", "Version of the extractor.", required=True),
    ),
)

HITS = Table(
    "hits",
    "fact",
    "One valid request of an access log, without address, query string or referring page.",
    SITE_DAY,
    ("visitor", "at"),
    (
        *PROVENANCE,
        Column("site", "text", "The site whose log it is.", required=True),
        Column("host", "text", "Virtual host of the request; null when the log does not say."),
        Column("at", "time", "When the request was logged.", required=True),
        Column("visitor", "hash", "Hash of address and agent with the day's salt.", required=True),
        Column(
            "visitor_before",
            "hash",
            "The same with the previous day's salt, for requests of "
            "a day's first half hour, so that a visit survives midnight.",
        ),
        Column("kind", "text", "view, dead, asset, feed, robots or other.", required=True),
        Column("method", "text", "Request method.", required=True),
        Column("path", "text", "Path without query, personal parts masked.", required=True),
        Column(
            "page", "text", "Folded path of the requested page, `/` for the root.", required=True
        ),
        Column("status", "small", "Response status.", required=True),
        Column("bytes", "int", "Size of the response.", "bytes"),
        Column(
            "referrer_host",
            "text",
            "Host that sent the visitor, unwrapped from shims and "
            "app referrers; null without referrer.",
        ),
        Column(
            "referrer_page",
            "hash",
            "Keyed hash of the referrer's fold key when it carries more than a host.",
        ),
        Column("referrer_via", "text", "The shim or app package through which the host was found."),
        Column("source", "text", "utm_source or its equivalents."),
        Column("medium", "text", "utm_medium or its equivalents."),
        Column("campaign", "text", "utm_campaign or its equivalents."),
        Column("term", "text", "utm_term."),
        Column("content", "text", "utm_content."),
        Column("code", "text", "utm_id, or a placement's code found in the query."),
        Column("click_id", "text", "Name, never the value, of a click id in the query."),
        Column("agent", "hash", "Which entry of `agents`; null without one."),
        Column("operator", "text", "Crawler operator whose published ranges hold the address."),
    ),
)

AGENTS = Table(
    "agents",
    "fact",
    "The dictionary of user agents; it expires with the hits that use it.",
    "one partition, `all`",
    ("agent",),
    (
        *PROVENANCE,
        Column("agent", "hash", "Keyed hash of the text.", required=True),
        Column("text", "text", "The User-Agent header.", required=True),
    ),
)

TRAFFIC_REPORTS = Table(
    "traffic_reports",
    "fact",
    "Aggregates that another tool made. They stay aggregates and are never added to our own.",
    SITE,
    ("source_domain", "landing_page", "day_lo"),
    (
        *PROVENANCE,
        Column("site", "text", "The site that was measured.", required=True),
        Column("tool", "text", "Who counted: ga4.", required=True),
        Column("day_lo", "date", "First day of the row's period."),
        Column("day_hi", "date", "Last day of the row's period."),
        Column("source", "text", "Source as the tool names it."),
        Column("medium", "text", "Medium as the tool names it."),
        Column("channel", "text", "Channel group as the tool names it."),
        Column("campaign", "text", "Campaign as the tool names it."),
        Column("source_host", "text", "Host of the source or page referrer, when it is one."),
        Column("source_domain", "text", "Its registrable domain."),
        Column("source_page", "text", "Fold key of a full page referrer."),
        Column("landing_page", "text", "Folded path of the landing page."),
        Column("visits", "float", "Sessions.", "visits"),
        Column("engaged_visits", "float", "Engaged sessions.", "visits"),
        Column("users", "float", "Users.", "people"),
        Column("views", "float", "Page views.", "views"),
        Column("conversions", "float", "Key events or goals.", "conversions"),
        Column("value", "float", "Revenue in the property's currency.", "money"),
        Column("engagement_seconds", "float", "Average engagement time per session or user.", "s"),
    ),
)

RANKINGS = Table(
    "rankings",
    "fact",
    "Search Console performance: one row of one export or report.",
    SITE,
    ("dimension", "day_lo", "value"),
    (
        *PROVENANCE,
        Column("site", "text", "The property's site.", required=True),
        Column(
            "dimension", "text", "query, page, country, device, appearance or date.", required=True
        ),
        Column("value", "text", "The dimension's value; a fold key for pages.", required=True),
        Column(
            "day_lo", "date", "First day of the row's period; null when the export does not say."
        ),
        Column("day_hi", "date", "Last day of the row's period."),
        Column("clicks", "int", "Clicks.", "clicks", required=True),
        Column("impressions", "int", "Impressions.", "impressions", required=True),
        Column("ctr", "float", "Click-through rate as exported.", "share"),
        Column("average_position", "float", "Average position, 1 is the top.", "rank"),
    ),
)

PLACEMENTS = Table(
    "placements",
    "fact",
    "What the team itself agreed, built or paid: one row of a placement sheet.",
    SITE,
    ("source_page",),
    (
        *PROVENANCE,
        Column("site", "text", "The site that the placement is for.", required=True),
        Column("live_url", "text", "Page that carries, or shall carry, the link.", required=True),
        Column("source_page", "text", "Its fold key.", required=True),
        Column("source_host", "text", "Its host.", required=True),
        Column("source_domain", "text", "Its registrable domain.", required=True),
        Column("source_identity", "text", "Whose page it is.", required=True),
        Column("target_url", "text", "Agreed target."),
        Column("target_page", "text", "Its fold key."),
        Column("anchor", "text", "Agreed anchor."),
        Column("rel", "text", "Agreed rel tokens, lower-case, sorted, by spaces."),
        Column("acquired", "text", "natural, outreach, guest post, paid, exchange or own."),
        Column("contact", "text", "Contact or handle."),
        Column("day", "date", "Day of the agreement or publication."),
        Column("cost", "float", "What was paid.", "money"),
        Column("currency", "text", "ISO 4217 code of the cost."),
        Column("owner", "text", "Who on the team owns it."),
        Column("campaign", "text", "Campaign tag that its visitors carry."),
        Column("code", "text", "Code that its visitors carry."),
        Column("reach", "float", "People that the page reaches, as its owner says.", "people"),
    ),
)

RATINGS = Table(
    "ratings",
    "fact",
    "A vendor's own metric of a domain or page: the vendor's word, never ours.",
    "one partition, `all`",
    ("subject", "vendor", "metric"),
    (
        *PROVENANCE,
        Column("vendor", "text", "ahrefs, semrush, majestic.", required=True),
        Column(
            "metric",
            "text",
            "The vendor's name of it: DR, UR, ascore, TF, CF, traffic, refdomains.",
            required=True,
        ),
        Column("scope", "text", "domain or page.", required=True),
        Column("subject", "text", "A registrable domain, or a fold key.", required=True),
        Column("value", "float", "The figure as exported.", required=True),
        Column("observed_lo", "time", "When the vendor last saw it; null when undated."),
        Column("observed_hi", "time", "Latest such time."),
    ),
)

DOMAIN_RANKS = Table(
    "domain_ranks",
    "fact",
    "Published ranks of a Common Crawl web graph.",
    "one partition, `all`",
    ("domain",),
    (
        *PROVENANCE,
        Column("level", "text", "domain or host.", required=True),
        Column("domain", "text", "Domain or host, in reading order.", required=True),
        Column("harmonic_pos", "int", "Position by harmonic centrality, 1 is the top.", "rank"),
        Column("harmonic", "float", "Harmonic centrality as published."),
        Column("pagerank_pos", "int", "Position by PageRank, 1 is the top.", "rank"),
        Column("pagerank", "float", "PageRank as published."),
        Column("hosts", "int", "Hosts of the domain.", "hosts"),
    ),
)

PAGES = Table(
    "pages",
    "derived",
    "Each captured page, folded over its captures.",
    BUCKET.format("page's registrable domain"),
    ("page",),
    (
        Column("page", "text", "Fold key.", required=True),
        Column("host", "text", "Host.", required=True),
        Column("domain", "text", "Registrable domain.", required=True),
        Column("url", "text", "The spelling captured last.", required=True),
        Column("captures", "int", "Captures.", "captures", required=True),
        Column("first_seen", "time", "Earliest capture."),
        Column("last_seen", "time", "Latest capture."),
        Column("status", "small", "Status at the latest capture."),
        Column("title", "text", "Title at the latest parsed capture."),
        Column("language", "text", "Language at the latest parsed capture."),
        Column(
            "resolves_to",
            "text",
            "Fold key of the page it redirects or canonicalises to; "
            "null when it stands for itself.",
        ),
        Column("noindex", "flag", "Kept out of indexes at the latest parsed capture."),
        Column("external_links", "int", "External links at the latest parsed capture.", "links"),
    ),
)

LINKS = Table(
    "links",
    "derived",
    "All observations of one (source page, target page), folded. What depends on today's date "
    "is not here: it is computed when read.",
    BUCKET.format("target's registrable domain"),
    ("target_domain", "target_page", "source_page"),
    (
        Column("link_id", "hash", "Identity: hash of both fold keys.", required=True),
        Column("source_page", "text", "Fold key of the linking page.", required=True),
        Column("source_url", "text", "Its spelling in the latest observation.", required=True),
        Column("source_hash", "hash", "Keyed hash of `source_page`.", required=True),
        Column("source_host", "text", "Its host.", required=True),
        Column("source_domain", "text", "Its registrable domain.", required=True),
        Column("source_identity", "text", "Whose page it is.", required=True),
        Column("target_page", "text", "Fold key of the target; null when no witness knows it."),
        Column("target_url", "text", "Its spelling in the latest observation."),
        Column("target_host", "text", "Host of the target.", required=True),
        Column("target_domain", "text", "Registrable domain of the target.", required=True),
        Column(
            "resolved_page",
            "text",
            "Where the target leads by redirects and canonicals; "
            "equals `target_page` when nothing is known.",
        ),
        Column(
            "landing_path",
            "text",
            "Path of `resolved_page` without host and query, as "
            "`hits.page` writes it; null when the target is unknown.",
        ),
        Column(
            "state",
            "text",
            "live, suspect, lost, reported lost or never verified, by all "
            "evidence; unknown is decided by age when read.",
            required=True,
        ),
        Column("reason", "text", "Why it is lost, suspect or reported lost."),
        Column(
            "first_seen_lo",
            "time",
            "Earliest possible time of the first presence; null when "
            "every presence is undated (the baseline).",
        ),
        Column("first_seen_hi", "time", "Latest possible time of the first presence."),
        Column("last_seen_lo", "time", "Earliest possible time of the latest presence."),
        Column("last_seen_hi", "time", "Latest possible time of the latest presence."),
        Column(
            "last_verified",
            "time",
            "Latest look of an archive or our own check, present or absent.",
        ),
        Column("lost_lo", "time", "Loss, suspected too, is after this: the latest presence."),
        Column(
            "lost_hi", "time", "Loss is not after this: the first absence, or the vendor's date."
        ),
        Column("reported_by", "text", "Vendor that reports it lost."),
        Column(
            "witnesses", "text", "All witnesses of a presence, sorted, by spaces.", required=True
        ),
        Column("observations", "int", "Observations folded.", "observations", required=True),
        Column("anchor", "text", "Anchor in the latest observation that tells."),
        Column("anchor_kind", "text", "Its kind."),
        Column("rel", "text", "Rel tokens in the latest observation that tells."),
        Column(
            "nofollow", "flag", "Nofollow, by link or page, in the latest observation that tells."
        ),
        Column("ugc", "flag", "Ugc likewise."),
        Column("sponsored", "flag", "Sponsored likewise."),
        Column("noreferrer", "flag", "Noreferrer likewise."),
        Column("noindex", "flag", "The linking page is kept out of indexes."),
        Column("element", "text", "Element in the latest observation that tells."),
        Column("placement", "text", "Placement in the latest observation that tells."),
        Column("context", "text", "Surrounding text in the latest observation that tells."),
        Column("title", "text", "Title of the linking page."),
        Column("language", "text", "Language of the linking page."),
        Column(
            "group_size", "int", "Largest number of links a witness folded into one row.", "links"
        ),
        Column("sitewide", "flag", "A witness says it is on most pages of the host."),
    ),
)

LIFELINES = Table(
    "lifelines",
    "derived",
    "Runs of weeks with the same evidence about a link; runs may overlap, the stronger shows.",
    BUCKET.format("target's registrable domain"),
    ("link_id", "week_lo"),
    (
        Column("link_id", "hash", "Which link.", required=True),
        Column("week_lo", "date", "Monday of the run's first week.", required=True),
        Column(
            "week_hi",
            "date",
            "Monday of the run's last week; null while it lasts.",
        ),
        Column(
            "cell",
            "text",
            "verified, archive, vendor, lost or reported; weeks without a run were not checked.",
            required=True,
        ),
        Column("nofollow", "flag", "The link was nofollow in that run."),
    ),
)

REFERRING_DOMAINS = Table(
    "referring_domains",
    "derived",
    "Links grouped by whose pages they are on and which domain they lead to.",
    BUCKET.format("target's registrable domain"),
    ("target_domain", "source_identity"),
    (
        Column("target_domain", "text", "Registrable domain linked to.", required=True),
        Column(
            "source_identity",
            "text",
            "Referring domain (or publisher on a platform).",
            required=True,
        ),
        Column("source_domain", "text", "Its registrable domain.", required=True),
        Column("links", "int", "Links of any state.", "links", required=True),
        Column("live_links", "int", "Links live or suspect.", "links", required=True),
        Column(
            "followed_links", "int", "Live links not known to be nofollow.", "links", required=True
        ),
        Column("lost_links", "int", "Links lost or reported lost.", "links", required=True),
        Column(
            "state",
            "text",
            "live while one link is, suspect while one may be, else the state of the link "
            "lost last; never verified when all are claims.",
            required=True,
        ),
        Column("first_seen_lo", "time", "First presence of any link; null for the baseline."),
        Column("first_seen_hi", "time", "Latest possible time of that presence."),
        Column("last_seen_hi", "time", "Latest presence of any link."),
        Column("last_verified", "time", "Latest look of an archive or our own check."),
        Column("lost_lo", "time", "When the last link went, earliest."),
        Column("lost_hi", "time", "When the last link went, latest."),
        Column("witnesses", "text", "All witnesses, sorted, by spaces.", required=True),
        Column("rating", "float", "The strongest published rating, 0 to 100.", "points"),
        Column("rating_by", "text", "Whose rating and metric it is, as `ahrefs DR`."),
    ),
)

SESSIONS = Table(
    "sessions",
    "derived",
    "Visits: what one visitor did until 30 minutes of silence or a new outside source.",
    SITE_DAY + " of the first hit",
    ("started", "session_id"),
    (
        Column("session_id", "hash", "Identity: hash of site, visitor and start.", required=True),
        Column("site", "text", "The site.", required=True),
        Column("visitor", "hash", "Daily visitor hash of the first hit.", required=True),
        Column("started", "time", "First hit.", required=True),
        Column("ended", "time", "Last hit.", required=True),
        Column(
            "entry_page",
            "text",
            "Folded path of the first page view or dead target.",
            required=True,
        ),
        Column("entry_status", "small", "Status of that first request.", required=True),
        Column("exit_page", "text", "Folded path of the last page view.", required=True),
        Column("views", "int", "Page views.", "views", required=True),
        Column(
            "seconds",
            "float",
            "First to last page view; null with one view, where a log cannot tell.",
            "s",
        ),
        Column("engaged", "flag", "Two or more views, or a goal.", required=True),
        Column("bounced", "flag", "One view and no goal.", required=True),
        Column("verdict", "text", "person, suspect or bot.", required=True),
        Column("reasons", "text", "Reason codes of the verdict, sorted, by spaces."),
        Column("bot", "text", "Name of the bot, when its agent or range names one."),
        Column(
            "bot_purpose",
            "text",
            "search, ai-training, ai-search, ai-user, preview, monitor, "
            "seo, feed, tool, scanner or other.",
        ),
        Column("channel", "text", "Channel by GA4's default groups.", required=True),
        Column(
            "origin",
            "text",
            "tag, referrer, app, click id, internal or none: what the channel rests on.",
            required=True,
        ),
        Column("referrer_host", "text", "Host that sent the visit, unwrapped."),
        Column("referrer_domain", "text", "Its registrable domain."),
        Column("referrer_page", "hash", "Keyed hash of the referring page, when sent."),
        Column("referrer_name", "text", "Name of the search engine, network or assistant."),
        Column("source", "text", "Campaign source."),
        Column("medium", "text", "Campaign medium."),
        Column("campaign", "text", "Campaign name."),
        Column("content", "text", "Campaign content."),
        Column("code", "text", "Campaign id or placement code."),
        Column("click_id", "text", "Name of a click id."),
        Column("conversions", "int", "Goals reached, each once.", "conversions", required=True),
        Column("goals", "text", "Names of these goals, sorted, by spaces."),
    ),
)

PAGE_DAYS = Table(
    "page_days",
    "derived",
    "Requests of one own page on one day from one referring host.",
    SITE_DAY,
    ("page", "referrer_host"),
    (
        Column("site", "text", "The site.", required=True),
        Column("day", "date", "UTC day.", required=True),
        Column("page", "text", "Folded path of the page.", required=True),
        Column("status", "small", "Response status.", required=True),
        Column(
            "referrer_host", "text", "Outside host that sent the request; null for none or our own."
        ),
        Column("people", "int", "Requests not known to be a bot's.", "requests", required=True),
        Column("bots", "int", "Requests of bots.", "requests", required=True),
    ),
)

VISIT_LINKS = Table(
    "visit_links",
    "derived",
    "Which link a visit came through, how certain that is, and with what share. The shares of "
    "a visit sum to one.",
    SITE_DAY,
    ("session_id",),
    (
        Column("session_id", "hash", "Which visit.", required=True),
        Column("site", "text", "The site.", required=True),
        Column("day", "date", "UTC day of the visit's start.", required=True),
        Column(
            "certainty",
            "text",
            "tagged, page, only candidate, inferred, host, dark or none.",
            required=True,
        ),
        Column("link_id", "hash", "The link; null at levels host, dark and none."),
        Column("placement_id", "id", "The placement, when its tag or code was seen."),
        Column("referrer_domain", "text", "Registrable domain that sent the visit."),
        Column(
            "share", "float", "Part of the visit that this row stands for.", "share", required=True
        ),
        Column(
            "candidates", "int", "Links that could have sent the visit.", "links", required=True
        ),
        Column("verdict", "text", "The visit's verdict.", required=True),
        Column("channel", "text", "The visit's channel.", required=True),
        Column("engaged", "flag", "The visit was engaged.", required=True),
        Column("bounced", "flag", "The visit bounced.", required=True),
        Column("conversions", "int", "The visit's conversions.", "conversions", required=True),
        Column("seconds", "float", "The visit's duration, when measurable.", "s"),
    ),
)

LEDGER = Table(
    "ledger",
    "derived",
    "One row per link to the site, and one per referring domain whose visits no known link "
    "explains: what it is worth to search and the people it brought.",
    SITE,
    ("source_identity", "source_page"),
    (
        Column("site", "text", "The site.", required=True),
        Column("row_kind", "text", "link or host (visits without a known link).", required=True),
        Column("link_id", "hash", "The link; null for host rows."),
        Column("source_page", "text", "Fold key of the linking page; null for host rows."),
        Column("source_identity", "text", "Referring domain (or publisher).", required=True),
        Column("source_domain", "text", "Its registrable domain.", required=True),
        Column("target_page", "text", "Fold key of the target."),
        Column("resolved_page", "text", "Where the target leads."),
        Column("state", "text", "State by all evidence; null for host rows."),
        Column("followed", "flag", "Not known to be nofollow."),
        Column("acquired", "text", "As the placement sheet declares; null when not known."),
        Column("placement_id", "id", "The placement that declares it."),
        Column("cost", "float", "What the placement cost.", "money"),
        Column("currency", "text", "Its currency."),
        Column("owner", "text", "Who owns the placement."),
        Column("campaign", "text", "The placement's campaign."),
        Column(
            "search_share",
            "float",
            "Share of the site's search value; null without any rating.",
            "share",
        ),
        Column("search_basis", "text", "Whose rating it rests on."),
        Column("visits", "float", "Visits of people by share; null when not measurable.", "visits"),
        Column(
            "not_measurable",
            "text",
            "Why visits cannot be counted: no log, noreferrer, no target or before logs.",
        ),
        Column("visits_tagged", "float", "Of these at level tagged.", "visits"),
        Column("visits_page", "float", "Of these at level page.", "visits"),
        Column("visits_only_candidate", "float", "Of these at level only candidate.", "visits"),
        Column("visits_inferred", "float", "Of these at level inferred.", "visits"),
        Column("visits_host", "float", "Of these at level host.", "visits"),
        Column("engaged_visits", "float", "Engaged visits by share.", "visits"),
        Column("conversions", "float", "Conversions by share.", "conversions"),
        Column(
            "monthly_visits",
            "float",
            "Visits per 30 measured days of its last 90 days; a shorter log counts as 30 days.",
            "visits",
        ),
        Column(
            "reported_visits",
            "float",
            "What other tools counted for the domain, repeated on each of its rows, never added.",
            "visits",
        ),
        Column("first_visit", "date", "Day of the first visit."),
        Column("last_visit", "date", "Day of the last visit."),
    ),
)

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
        HITS,
        AGENTS,
        TRAFFIC_REPORTS,
        RANKINGS,
        PLACEMENTS,
        RATINGS,
        DOMAIN_RANKS,
        PAGES,
        LINKS,
        LIFELINES,
        REFERRING_DOMAINS,
        SESSIONS,
        PAGE_DAYS,
        VISIT_LINKS,
        LEDGER,
    )
}
