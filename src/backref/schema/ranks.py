"""What others publish of the web's graph, stored as it was told."""

from __future__ import annotations

from backref.schema.facts import PROVENANCE
from backref.schema.table import Column, Table

DOMAIN_RANKS = Table(
    "domain_ranks",
    "fact",
    "Published ranks of a Common Crawl web graph. A name without positions was looked for in the "
    "whole release and is not ranked there.",
    "one partition, `all`",
    ("domain",),
    (
        *PROVENANCE,
        Column("level", "text", "domain or host.", required=True),
        Column("domain", "text", "Domain or host, in reading order.", required=True),
        Column(
            "release",
            "text",
            "Release of the graph: the last month of its crawls, as 2026-06; null when not told.",
        ),
        Column("harmonic_pos", "int", "Position by harmonic centrality, 1 is the top.", "rank"),
        Column("harmonic", "float", "Harmonic centrality as published."),
        Column("pagerank_pos", "int", "Position by PageRank, 1 is the top.", "rank"),
        Column("pagerank", "float", "PageRank as published."),
        Column("hosts", "int", "Hosts of the domain.", "hosts"),
        Column(
            "ranked",
            "int",
            "How many names the release ranks at this level; null where the file did not tell.",
            "names",
        ),
    ),
)
