"""Derived tables, each computed from facts and earlier tables alone."""

from __future__ import annotations

from backref.schema.table import BUCKET, SITE, SITE_DAY, SITE_MONTH, Column, Table

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
        Column("landing_host", "text", "Host of `resolved_page`, without port."),
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
        Column("lost_hi", "time", "Loss is not after this: first absence, or the vendor's date."),
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
        Column("group_size", "int", "Most links that a witness folded into one row.", "links"),
        Column("sitewide", "flag", "A witness says it is on most pages of the host."),
        Column(
            "target_status",
            "small",
            "HTTP status of the target in the latest observation that tells.",
        ),
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
        Column("week_hi", "date", "Monday of the run's last week; null while it lasts."),
        Column(
            "cell",
            "text",
            "verified, archive, vendor, lost or reported; weeks without a run were not checked.",
            required=True,
        ),
        Column("nofollow", "flag", "The link was nofollow in that run."),
    ),
)

LINK_EVENTS = Table(
    "link_events",
    "derived",
    "What happened to links after they were found, as looks of archives and of our own tell. A "
    "function of all observations: a suspicion that came to nothing is followed by a return.",
    BUCKET.format("target's registrable domain"),
    ("link_id", "at_hi", "kind"),
    (
        Column("link_id", "hash", "Which link.", required=True),
        Column(
            "kind",
            "text",
            "suspect, lost, reported lost, returned, nofollowed, followed, rel changed, anchor "
            "changed, placement changed, noindexed, indexed, canonicalised, canonical ended, "
            "target redirected, target broken or target mended.",
            required=True,
        ),
        Column(
            "certainty",
            "text",
            "confirmed by two looks at least 24 h apart, seen once, or reported by a vendor.",
            required=True,
        ),
        Column("at_lo", "time", "It happened after this: the last look that told otherwise."),
        Column("at_hi", "time", "And not after this: first look that showed it.", required=True),
        Column("confirmed_at", "time", "The look that confirmed it; null until one does."),
        Column(
            "value_before", "text", "What the term was: an anchor, rel tokens, a page; or a state."
        ),
        Column("value_after", "text", "What it became; for a loss, its reason."),
        Column("context_before", "text", "Text around the link in the last look before."),
        Column("context_after", "text", "Text around the link in the first look after."),
        Column("proof_before", "text", "Digest of what the last look before was given."),
        Column("proof_after", "text", "Digest of what the first look after was given."),
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

TOP_LINKS = Table(
    "top_links",
    "derived",
    "The first 1,000 links to each domain in their order: standing ones before the others, then by "
    "the rating of the domain that links, then the earliest seen.",
    BUCKET.format("target's registrable domain"),
    ("target_domain", "place"),
    (
        Column("target_domain", "text", "Registrable domain linked to.", required=True),
        Column("place", "int", "From 1 on.", required=True),
        Column("link_id", "hash", "Which link.", required=True),
        Column("source_page", "text", "Fold key of the linking page.", required=True),
        Column("source_url", "text", "Its spelling in the latest observation.", required=True),
        Column("source_domain", "text", "Its registrable domain.", required=True),
        Column("source_identity", "text", "Whose page it is.", required=True),
        Column("target_page", "text", "Fold key of the target; null when no witness knows it."),
        Column("target_url", "text", "Its spelling in the latest observation."),
        Column("title", "text", "Title of the linking page."),
        Column("anchor", "text", "Anchor in the latest observation that tells."),
        Column("rel", "text", "Rel tokens in the latest observation that tells."),
        Column("nofollow", "flag", "Nofollow, by link or page; null when unknown."),
        Column("placement", "text", "Placement in the latest observation that tells."),
        Column("state", "text", "State by all evidence, whatever its age.", required=True),
        Column("reason", "text", "Why it is lost, suspect or reported lost."),
        Column("first_seen_lo", "time", "First presence; null for the baseline."),
        Column("last_seen_hi", "time", "Latest presence."),
        Column("last_verified", "time", "Latest look of an archive or our own check."),
        Column("lost_lo", "time", "When it went, earliest."),
        Column("lost_hi", "time", "When it went, latest."),
        Column(
            "witnesses", "text", "All witnesses of a presence, sorted, by spaces.", required=True
        ),
        Column("rating", "float", "Published rating of whose page it is.", "points"),
        Column("rating_by", "text", "Whose rating and metric it is."),
    ),
    looked_up=True,
)

LINKED_DOMAINS = Table(
    "linked_domains",
    "derived",
    "How many links and referring domains each domain has that anything links to.",
    BUCKET.format("target's registrable domain"),
    ("target_domain",),
    (
        Column("target_domain", "text", "Registrable domain linked to.", required=True),
        Column("referring_domains", "int", "Of any state.", "domains", required=True),
        Column("live_domains", "int", "With a live or suspect link.", "domains", required=True),
        Column(
            "followed_domains",
            "int",
            "With such a link not known to be nofollow.",
            "domains",
            required=True,
        ),
        Column("links", "int", "Links of any state.", "links", required=True),
        Column("live_links", "int", "Links live or suspect.", "links", required=True),
        Column(
            "followed_links", "int", "Live links not known to be nofollow.", "links", required=True
        ),
        Column("lost_links", "int", "Links lost or reported lost.", "links", required=True),
        Column("first_seen_lo", "time", "First presence of any link; null for the baseline."),
        Column("last_seen_hi", "time", "Latest presence of any link."),
    ),
    looked_up=True,
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
        Column(
            "entry_host",
            "text",
            "Own host of that request; null when the log names none (`visits/own_hosts.py`).",
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
        Column(
            "channel",
            "text",
            "Channel by GA4's default groups; Unknown where the log tells no referrers and nothing "
            "else tells how the visit came.",
            required=True,
        ),
        Column(
            "origin",
            "text",
            "What it rests on: tag, referrer, app, click id, internal, none or not logged.",
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
    ("host", "page", "referrer_host"),
    (
        Column("site", "text", "The site.", required=True),
        Column("day", "date", "Day in the site's zone.", required=True),
        Column("host", "text", "Own host of the page; null when the log names none."),
        Column("page", "text", "Folded path of the page.", required=True),
        Column("status", "small", "Response status.", required=True),
        Column(
            "referrer_host", "text", "Outside host that sent the request; null for none or our own."
        ),
        Column(
            "without_referrers",
            "flag",
            "No log of these requests tells referrers.",
            required=True,
        ),
        Column("people", "int", "Requests of visitors judged persons.", "requests", required=True),
        Column("bots", "int", "Requests of bots and suspects.", "requests", required=True),
    ),
)

LOG_DAYS = Table(
    "log_days",
    "derived",
    "The days that a log tells of, and the own hosts that it names.",
    SITE_MONTH,
    ("day", "host"),
    (
        Column("site", "text", "The site.", required=True),
        Column("day", "date", "Day in the site's zone.", required=True),
        Column("host", "text", "An own host; null when the log names none."),
        Column(
            "without_referrers",
            "flag",
            "No log of that day and host tells referrers: visits from links are not measurable.",
            required=True,
        ),
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
        Column("day", "date", "Day of the visit's start, in the site's zone.", required=True),
        Column(
            "certainty",
            "text",
            "tagged, page, only candidate, inferred, host, dark, none or not logged (the log tells "
            "no referrers).",
            required=True,
        ),
        Column("link_id", "hash", "The link; null at levels host, dark, none and not logged."),
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

VISIT_SUMS = Table(
    "visit_sums",
    "derived",
    "People's visits through links added up by day: what the ledger reads in place of each visit.",
    SITE_MONTH,
    ("day", "link_id", "placement_id", "referrer_domain", "certainty"),
    (
        Column("site", "text", "The site.", required=True),
        Column("day", "date", "Day in the site's zone.", required=True),
        Column("link_id", "hash", "The link; null at level host."),
        Column("placement_id", "id", "The placement whose tag or code was seen."),
        Column("referrer_domain", "text", "Registrable domain that sent the visits."),
        Column("certainty", "text", "Level, one of those that count.", required=True),
        Column("visits", "int", "Visits by share.", "billionths", required=True),
        Column("engaged_visits", "int", "Of these engaged.", "billionths", required=True),
        Column("converted_visits", "int", "Of these with a goal.", "billionths", required=True),
        Column("conversions", "int", "Their conversions by share.", "billionths", required=True),
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
        Column(
            "row_kind",
            "text",
            "link or host (visits, or leads, without a known link).",
            required=True,
        ),
        Column("link_id", "hash", "The link; null for host rows."),
        Column("source_page", "text", "Fold key of the linking page; null for host rows."),
        Column("source_identity", "text", "Referring domain (or publisher).", required=True),
        Column("source_domain", "text", "Its registrable domain.", required=True),
        Column("target_page", "text", "Fold key of the target."),
        Column("resolved_page", "text", "Where the target leads."),
        Column("landing_host", "text", "Own host that it leads to; null when not known."),
        Column("state", "text", "State by all evidence; null for host rows."),
        Column("followed", "flag", "Not known to be nofollow."),
        Column("acquired", "text", "As the placement sheet declares; null when not known."),
        Column("placement_id", "id", "The placement that declares it."),
        Column("cost", "float", "What the placement cost.", "money"),
        Column("currency", "text", "Its currency."),
        Column("owner", "text", "Who owns the placement."),
        Column("campaign", "text", "The placement's campaign; of leads without one, their own."),
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
            "Why visits cannot be counted: no log, no referrers (the logs tell none), noreferrer, "
            "no target or before logs.",
        ),
        Column("visits_tagged", "float", "Of these at level tagged.", "visits"),
        Column("visits_page", "float", "Of these at level page.", "visits"),
        Column("visits_only_candidate", "float", "Of these at level only candidate.", "visits"),
        Column("visits_inferred", "float", "Of these at level inferred.", "visits"),
        Column("visits_host", "float", "Of these at level host.", "visits"),
        Column("engaged_visits", "float", "Engaged visits by share.", "visits"),
        Column("converted_visits", "float", "Visits with a conversion, by share.", "visits"),
        Column("conversions", "float", "Conversions by share.", "conversions"),
        Column(
            "leads",
            "int",
            "Leads that sheets tell of: by a code those of the placement, else on host rows of "
            "nobody known. Each lead stands on one row. Null without any.",
            "leads",
        ),
        Column("lead_value", "float", "Their value, null when of several currencies.", "money"),
        Column("lead_values", "text", "It by currency, as `EUR:120.5 USD:30.0`."),
        Column(
            "monthly_visits",
            "float",
            "Visits per 30 measured days of its last 90 days; a shorter log counts as 30 days.",
            "visits",
        ),
        Column(
            "reported_visits",
            "float",
            "What other tools counted for the whole domain, never added to visits. It stands on "
            "one row of the domain alone, a host row where there is one.",
            "visits",
        ),
        Column("first_visit", "date", "Day of the first visit."),
        Column("last_visit", "date", "Day of the last visit."),
    ),
)
