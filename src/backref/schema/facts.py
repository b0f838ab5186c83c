"""Facts: append-only tables of what others saw, logged, counted or agreed."""

from __future__ import annotations

from backref.schema.table import BUCKET, SITE, SITE_DAY, Column, Table


def _id(doc: str) -> Column:
    return Column("row_id", "id", doc, required=True)


PROVENANCE = (
    _id("Identity of the record by its content: repeated imports meet here."),
    Column("import_id", "int", "The import that stored the row.", required=True),
    Column("position", "int", "Where the record stands in its source: byte offset or row number."),
)

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
            "Who saw it: archive, ahrefs, semrush, majestic, moz, bing, gsc, list, placement or "
            "check.",
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
        Column("target_status", "small", "HTTP status of the target as the witness saw it."),
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

CHECKS = Table(
    "checks",
    "fact",
    "One look of our own at one URL, whatever came of it: an answer, a refusal, or nothing. What "
    "the page showed stands in the observations.",
    BUCKET.format("URL's registrable domain"),
    ("domain", "page", "at"),
    (
        *PROVENANCE,
        Column("at", "time", "When the request left.", required=True),
        Column(
            "purpose",
            "text",
            "What it was asked for: page (may carry a link), target, canonical, robots, feed or "
            "sitemap.",
            required=True,
        ),
        Column("url", "text", "The URL that was asked for.", required=True),
        Column("page", "text", "Its fold key.", required=True),
        Column("host", "text", "Its host.", required=True),
        Column("domain", "text", "Its registrable domain.", required=True),
        Column(
            "outcome",
            "text",
            "answered, or what kept an answer away: refused, robots, unreachable_robots, dns, "
            "connect, tls, timeout, too_large, protocol, too_many_redirects, redirect_refused or "
            "interrupted.",
            required=True,
        ),
        Column(
            "told",
            "text",
            "What the look says of the page: page (read in full), unchanged (so says its server, "
            "asked about the page that we have read), gone, or nothing, since it was blocked, "
            "unreachable, unreadable, forbidden by robots or interrupted.",
            required=True,
        ),
        Column("why", "text", "Why there is no answer, in a sentence; the wall, where one stood."),
        Column("status", "small", "Status of the last answer."),
        Column("final_url", "text", "Where the redirects ended."),
        Column("final_page", "text", "Its fold key."),
        Column("hops", "text", "Redirects on the way, a line `status url -> url` each."),
        Column("address", "text", "Address of the server that answered."),
        Column("http", "text", "Version of HTTP that it spoke."),
        Column("tls", "text", "What is wrong with its certificate; null when nothing is."),
        Column("robots", "text", "What robots.txt says: allowed, disallowed, none or unreachable."),
        Column("preferences", "text", "Its Content-Signal line."),
        Column("seconds", "float", "From request to the end of the answer.", "s"),
        Column("bytes", "int", "Size of the answer's body, decoded.", "bytes"),
        Column("etag", "text", "The answer's ETag, to ask only for what has changed."),
        Column("modified", "text", "Its Last-Modified."),
        Column("digest", "text", "Payload digest of the body."),
        Column(
            "confirms",
            "text",
            "Payload digest of the body, read by an earlier look, that the server says still "
            "holds; null unless the answer is 304 to a request that asked for that.",
        ),
        Column("next_allowed", "time", "Not before then: the server's wish or our back-off."),
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
            "without_referrers",
            "flag",
            "The log's format tells no referrers, so none is not known to have been sent; null in "
            "rows that were stored before this was asked.",
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
        Column(
            "tool",
            "text",
            "Who counted: ga4, plausible, matomo, umami, goatcounter.",
            required=True,
        ),
        Column(
            "breakdown",
            "text",
            "What its table tells apart, by spaces: rows of one breakdown add up, those of two "
            "tell of the same visits.",
        ),
        Column("day_lo", "date", "First day of the row's period."),
        Column("day_hi", "date", "Last day of the row's period."),
        Column("source", "text", "Source as the tool names it."),
        Column("medium", "text", "Medium as the tool names it."),
        Column("channel", "text", "Channel group as the tool names it."),
        Column("campaign", "text", "Campaign as the tool names it."),
        Column("content", "text", "Content and term of the tags as the tool names them."),
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
        Column("bounces", "float", "Sessions that the tool calls bounced.", "visits"),
        Column("visit_seconds", "float", "Sum of the sessions' durations.", "s"),
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

CONVERSIONS = Table(
    "conversions",
    "fact",
    "What became of visitors: one row of a sheet of leads or sales. They are its owner's word, "
    "beside the goals that a log proves.",
    SITE,
    ("at_lo", "code"),
    (
        *PROVENANCE,
        Column("site", "text", "The site that the lead or sale is of.", required=True),
        Column(
            "at_lo", "time", "When it happened, or the first instant of its day.", required=True
        ),
        Column("at_hi", "time", "The same, or the last instant of its day.", required=True),
        Column(
            "stage", "text", "How far it got, in the owner's words, lower-case: lead, sale, lost."
        ),
        Column("value", "float", "What it is worth; negative for what was paid back.", "money"),
        Column("currency", "text", "ISO 4217 code of the value."),
        Column("code", "text", "Code of the placement that it came by."),
        Column("campaign", "text", "Campaign tag of its visit."),
        Column("source", "text", "Source, as the owner names it."),
        Column("medium", "text", "Medium, as the owner names it."),
        Column("landing_page", "text", "Folded path of the page that its visit began on."),
        Column("click_id", "text", "Name of the click id of its visit; null when not told."),
        Column("click", "hash", "Keyed hash of that click id."),
        Column("reference", "hash", "Keyed hash of the lead's or order's own number."),
    ),
)

SELF_REPORTS = Table(
    "self_reports",
    "fact",
    "What people answered when asked how they had heard of the site.",
    SITE,
    ("day_lo", "answer"),
    (
        *PROVENANCE,
        Column("site", "text", "The site that was asked about.", required=True),
        Column("day_lo", "date", "First day of the answers; null when not told."),
        Column("day_hi", "date", "Last day of the answers."),
        Column("answer", "text", "The answer, at most 300 characters.", required=True),
        Column("people", "int", "How many gave it.", "people", required=True),
    ),
)

DISAVOWS = Table(
    "disavows",
    "fact",
    "Domains and pages whose links the owner asked Google to ignore, of all lists imported: Google "
    "itself holds to the last one that was sent.",
    SITE,
    ("domain", "page"),
    (
        *PROVENANCE,
        Column("site", "text", "The site whose list it is.", required=True),
        Column("scope", "text", "domain, with all below it, or page.", required=True),
        Column("host", "text", "The domain as listed, or the page's host.", required=True),
        Column("domain", "text", "Its registrable domain.", required=True),
        Column("page", "text", "Fold key of the page; null for a domain."),
        Column("url", "text", "The page as listed; null for a domain."),
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
        Column("vendor", "text", "ahrefs, semrush, majestic, moz, spamzilla.", required=True),
        Column(
            "metric",
            "text",
            "The vendor's name of it: DR, UR, ascore, TF, CF, DA, PA, traffic, refdomains.",
            required=True,
        ),
        Column("scope", "text", "domain or page.", required=True),
        Column("subject", "text", "A registrable domain, or a fold key.", required=True),
        Column("value", "float", "The figure as exported.", required=True),
        Column("observed_lo", "time", "When the vendor last saw it; null when undated."),
        Column("observed_hi", "time", "Latest such time."),
    ),
)

DICTIONARIES = {AGENTS.name: (HITS.name, "agent")}
"""Tables whose rows are entries that others name: by which table, in a column of both."""
