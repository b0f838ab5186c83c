"""Derived tables of visits and the ledger, each computed from facts and earlier tables alone."""

from __future__ import annotations

from backref.schema.table import SITE, SITE_DAY, SITE_MONTH, Column, Table

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
            "authority",
            "float",
            "Authority of the referring domain by the foremost ranked graph; null when no graph "
            "knows it, and for host rows.",
            "points",
        ),
        Column("authority_lo", "float", "Where its interval begins; null without one.", "points"),
        Column("authority_hi", "float", "Where it ends.", "points"),
        Column(
            "search_share",
            "float",
            "Share of the site's search value; null without authority and any rating.",
            "share",
        ),
        Column(
            "search_basis",
            "text",
            "What it rests on: `authority, GRAPH`, else whose rating, as `ahrefs DR`.",
        ),
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
