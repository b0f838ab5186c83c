"""The derived table of what the ranked link graphs tell of the ledger's domains."""

from __future__ import annotations

from backref.schema.table import Column, Table

AUTHORITY = Table(
    "authority",
    "derived",
    "What each ranked link graph tells of a domain that the links name, or that is ours. A domain "
    "that a graph does not know has no row, which is not the same as an authority of 0.",
    "the graph's name",
    ("domain",),
    (
        Column("graph", "text", "Name of the graph.", required=True),
        Column(
            "release",
            "text",
            "Release of a published graph: the last month of its crawls, as 2026-06; null for "
            "others.",
        ),
        Column("level", "text", "domain or host.", required=True),
        Column(
            "foremost",
            "flag",
            "It is the graph that speaks where one number is shown: of those of domains the one of "
            "the newest release, then the one with the most nodes.",
            required=True,
        ),
        Column("domain", "text", "Domain or host, in reading order.", required=True),
        Column(
            "authority",
            "float",
            "Authority, 0 to 100, on a logarithmic scale of PageRank (`graph/scale.py`).",
            "points",
            required=True,
        ),
        Column(
            "authority_lo", "float", "Where its 90 % interval begins; null without one.", "points"
        ),
        Column("authority_hi", "float", "Where it ends.", "points"),
        Column(
            "percentile",
            "float",
            "Share of the graph's nodes whose PageRank is lower.",
            "share",
            required=True,
        ),
        Column(
            "pagerank",
            "float",
            "PageRank times the number of nodes: 1 is what a node has on average.",
            required=True,
        ),
        Column("pagerank_pos", "int", "Position by PageRank, 1 is the top.", "rank", required=True),
        Column("harmonic", "float", "Harmonic centrality; null when it was not computed."),
        Column("harmonic_pos", "int", "Position by it, 1 is the top.", "rank"),
        Column(
            "trust",
            "float",
            "TrustRank from the given seeds, times the number of nodes; null without seeds.",
        ),
        Column(
            "distrust",
            "float",
            "Anti-TrustRank from the given spam seeds, likewise: how near it links to spam.",
        ),
        Column(
            "spam_mass",
            "float",
            "Relative spam mass: the part of its PageRank that the trusted seeds do not explain, "
            "at most 1; null without seeds.",
            "share",
        ),
        Column(
            "referring_domains",
            "int",
            "Nodes of the graph that link to it.",
            "domains",
            required=True,
        ),
        Column("linked_domains", "int", "Nodes that it links to.", "domains", required=True),
        Column(
            "handed_on",
            "float",
            "What it hands on with one of its links: `pagerank` over `linked_domains`, as if its "
            "links were equal.",
            required=True,
        ),
        Column(
            "reciprocity",
            "float",
            "Share of the nodes it links to that link back; null when it links to none.",
            "share",
        ),
    ),
    looked_up=True,
)
