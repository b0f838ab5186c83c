"""Authority against planted truth: link farms beside honest sites, links that a crawl missed, and a
change between two crawls whose cause is known."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import TYPE_CHECKING

import numpy as np

from backref.graph.change import Side, change
from backref.graph.held import Held
from backref.graph.interval import interval
from backref.graph.making import make
from backref.graph.ranking import Asked, rank
from backref.graph.rows import Rows
from backref.url import reversed_host
from bench.measure import Measure

if TYPE_CHECKING:
    from collections.abc import Iterator

    from numpy.typing import NDArray

    from backref.graph.ranks import Ranks
    from bench.measure import Size

    Links = NDArray[np.int64]

HONEST = {"small": 4_000, "full": 100_000}
FARMS, FARM = 20, 120
LINKED, SEEDS = 12, 0.1
SEEN = 0.5
SEPARATED, COVERED, SPLIT = 0.95, 0.85, 0.999


@dataclass(frozen=True)
class Planted:
    """A web of honest sites (ids from 0 on), farms whose members link to their boss alone and
    whose bosses link to honest sites, and which nodes are bosses."""

    nodes: int
    honest: int
    links: Links
    bosses: NDArray[np.int64]


def run(size: Size) -> Iterator[Measure]:
    """How well spam mass parts farms from honest sites of equal rank, how often intervals hold the
    value that a whole crawl gives, and whether planted changes are told apart."""
    chance = np.random.default_rng(7)
    planted = plant(HONEST[size], chance)
    with TemporaryDirectory() as folder:
        yield from farms(Path(folder), planted, chance)
        yield from coverage(Path(folder), planted, chance)
        yield from causes(Path(folder), planted, chance)


def plant(honest: int, chance: np.random.Generator) -> Planted:
    """A web whose honest sites link to popular ones, and its farms."""
    popular = (honest * chance.random(honest * LINKED) ** 3).astype(np.int64)
    sources = np.repeat(np.arange(honest), LINKED)
    bosses = honest + np.arange(FARMS) * (FARM + 1)
    members = (bosses[:, None] + 1 + np.arange(FARM)).ravel()
    theirs = np.stack([members, np.repeat(bosses, FARM)], axis=1)
    out = np.stack([bosses, chance.integers(0, honest, FARMS)], axis=1)
    links = np.concatenate([np.stack([sources, popular], axis=1), theirs, out])
    links = np.unique(links[links[:, 0] != links[:, 1]], axis=0)
    return Planted(honest + FARMS * (FARM + 1), honest, links, bosses)


def ranked(folder: Path, nodes: int, links: Links, asked: Asked) -> Ranks:
    """A graph of these links, ranked."""
    names = [reversed_host(name(node, nodes)) for node in range(nodes)]
    make(folder, Rows.of(links[:, 0].copy(), links[:, 1].copy(), nodes), names)
    with Held.open(folder) as held:
        return rank(held, asked)


def name(node: int, nodes: int) -> str:
    """What a node is called, so that names stand in the order of their nodes."""
    return f"n{node:0{len(str(nodes))}d}.example"


def farms(folder: Path, planted: Planted, chance: np.random.Generator) -> Iterator[Measure]:
    """Spam mass: the chance that a boss has more of it than an honest site of at least its rank."""
    core = chance.choice(planted.honest, int(SEEDS * planted.honest), replace=False)
    seeds = tuple(name(int(node), planted.nodes) for node in core)
    asked = Asked(harmonic=False, seeds=seeds, tolerance=1e-11)
    ranks = ranked(folder / "farms", planted.nodes, planted.links, asked)
    mass = 1.0 - ranks.vector("explained") / ranks.vector("pagerank")
    shares = ranks.vector("pagerank")
    honest = np.flatnonzero(shares[: planted.honest] >= shares[planted.bosses].min())
    above = mass[planted.bosses][:, None] > mass[honest][None, :]
    part = float(above.mean())
    yield Measure(
        "authority: farms apart from honest sites by spam mass", part, None, part, SEPARATED,
        f"chance; {FARMS} bosses, {len(honest):,} honest sites of their rank", better="higher",
    )  # fmt: skip


def coverage(folder: Path, planted: Planted, chance: np.random.Generator) -> Iterator[Measure]:
    """Of the nodes with some links, how many have their value in the whole web, relative to all,
    within the 90 % interval of a crawl that saw each link with chance one half."""
    links = planted.links
    whole = ranked(folder / "whole", planted.nodes, links, Asked(harmonic=False))
    seen = links[chance.random(len(links)) < SEEN]
    crawl = ranked(folder / "crawl", planted.nodes, seen, Asked(harmonic=False, replicas=64))
    values = crawl.vector("pagerank") * crawl.of("pagerank")["total"]
    low, high = interval(values, crawl.vector("deviation"))
    total = crawl.of("pagerank")["total"]
    truth = whole.vector("pagerank") * total
    asked = crawl.vector("in_degree") >= 5
    held = float(((low <= truth) & (truth <= high))[asked].mean())
    yield Measure(
        "authority: intervals that hold the whole web's value", held, None, held, COVERED,
        f"part of {int(asked.sum()):,} nodes with 5 links or more", better="higher",
    )  # fmt: skip


def causes(folder: Path, planted: Planted, chance: np.random.Generator) -> Iterator[Measure]:
    """A site gets links, while elsewhere links come and go: its own links' part of the change is
    what the planted linkers hand on."""
    links, nodes = planted.links, planted.nodes
    target = planted.honest // 2
    theirs = np.setdiff1d(np.arange(planted.honest), links[links[:, 1] == target, 0])
    came = chance.choice(theirs[theirs != target], 5, replace=False)
    elsewhere = links[(links[:, 1] == target) | (chance.random(len(links)) < 0.9)]
    after = np.concatenate([elsewhere, np.stack([came, np.full(5, target)], axis=1)])
    ranked(folder / "before", nodes, links, Asked(harmonic=False))
    ranked(folder / "after", nodes, after, Asked(harmonic=False))
    found = change(Side(folder / "before"), Side(folder / "after"), name(target, nodes))
    named = {one.domain for one in found.came} == {name(int(node), nodes) for node in came}
    right = float(named and not found.went)
    yield Measure(
        "authority: linkers that came and went are named", right, None, right, 1.0,
        "1: all of them", better="higher",
    )  # fmt: skip
    moved = sum(one.by for one in (*found.came, *found.went, *found.stayed))
    parts = found.links_value + found.web_value
    added = 1.0 - abs(parts - moved) / max(1.0, abs(moved))
    yield Measure(
        "authority: parts of a change that add up", added, None, added, SPLIT,
        f"links {found.links:+.2f}, web {found.web:+.2f} points", better="higher",
    )  # fmt: skip
