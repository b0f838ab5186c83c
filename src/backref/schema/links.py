"""Derived tables of pages, links and who links, each made of facts and earlier tables alone."""

from __future__ import annotations

from backref.schema.table import BUCKET, Column, Table

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
            "live, suspect, lost, reported lost, never verified, or unknown where our latest looks "
            "could not see the page; age makes further ones unknown when read.",
            required=True,
        ),
        Column("reason", "text", "Why it is lost, suspect, reported lost or unknown."),
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
        Column("unknown_since", "time", "The first of the looks that could not see the page."),
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
            "HTTP status of the target, at the latest look of ours or observation that tells.",
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
            "live while one link is, suspect or unknown while one may be, else the state of the "
            "link lost last; never verified when all are claims.",
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
        Column(
            "authority",
            "float",
            "Authority by the foremost ranked graph, 0 to 100; null when no graph knows it.",
            "points",
        ),
        Column("authority_lo", "float", "Where its interval begins; null without one.", "points"),
        Column("authority_hi", "float", "Where it ends.", "points"),
        Column("authority_by", "text", "Of which graph, as `authority, own`."),
        Column(
            "handed_on",
            "float",
            "PageRank that it hands on with one of its links, by that graph; null likewise.",
        ),
    ),
)

TOP_LINKS = Table(
    "top_links",
    "derived",
    "The first 1,000 links to each domain in their order: standing ones before the others, then by "
    "the authority of the domain that links, else its rating, then the earliest seen.",
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
        Column(
            "authority", "float", "Authority of whose page it is; null when not known.", "points"
        ),
        Column("authority_by", "text", "Of which graph, as `authority, own`."),
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
