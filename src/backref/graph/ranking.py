"""Rank a stored graph: one vector after the other, each kept as soon as it is there.

A run that is killed goes on where it was: finished vectors are kept, and long ones now and then
keep their state. Graphs whose ids do not fit the memory that may be used are read block by block.
"""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import asdict, dataclass
from functools import cached_property
from typing import TYPE_CHECKING, Any, NamedTuple

import numpy as np

from backref import url
from backref.errors import UsageError
from backref.graph.degrees import reciprocity
from backref.graph.harmonic import BITS, EXACT, Balls, State, bits_for, searched
from backref.graph.interval import deviations
from backref.graph.pagerank import DAMPING, TOLERANCE, pagerank
from backref.graph.ranks import Draft, Ranks, alone
from backref.graph.rows import Rows
from backref.graph.supporters import bottleneck, truncated
from backref.graph.trust import GAMMA, seeded

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from numpy.typing import NDArray

    from backref.graph.harmonic import Centrality
    from backref.graph.harmonic import Progress as Grown
    from backref.graph.held import Direction, Held
    from backref.graph.interval import Progress as Drawn
    from backref.graph.pagerank import Progress, Solution
    from backref.graph.transition import Blocks

    Links = Rows | Blocks

KEPT_EVERY = 60.0
"""Seconds between two states that are kept of a vector."""
MEMORY = 4 << 30
A_NODE = 64
"""Bytes a node that vectors take while ranks are computed."""
AN_EDGE = 8
"""Bytes an edge: its id as it is stored, and renamed for quick reading."""


@dataclass(frozen=True)
class Asked:
    """What is computed, and how. `seeds` are trusted names in reading order, `spam_seeds` such as
    are known for spam; `replicas` the resamplings behind an interval."""

    damping: float = DAMPING
    tolerance: float = TOLERANCE
    seeds: tuple[str, ...] = ()
    spam_seeds: tuple[str, ...] = ()
    replicas: int = 0
    harmonic: bool = True
    seed: int = 1


class Step(NamedTuple):
    """How far a run is: what is computed, the part of it that is done, as far as that is known,
    and the seconds that it will still take."""

    what: str
    done: float | None
    remaining: float | None


Tell = Callable[[Step], None]
LEVEL = 0.9
"""Of the intervals that are shown."""
DISTANCES = (1, 2, 3, 4)


def rank(held: Held, asked: Asked, memory: int = MEMORY, tell: Tell | None = None) -> Ranks:
    """Compute what is asked of a stored graph and put it in place of earlier results.

    Raises UsageError for seeds of which the graph knows none, StoreBusy while another ranks it.
    """
    with alone(held.folder):
        run = _Run(held, asked, memory, tell or (lambda _: None))
        run.refuse()
        for vectors, work in run.steps():
            if not all(run.draft.has(name) for name in vectors):
                work()
        return run.published()


class _Run:
    """One ranking of a graph."""

    def __init__(self, held: Held, asked: Asked, memory: int, tell: Tell) -> None:
        self.held, self.asked, self.memory, self.tell = held, asked, memory, tell
        self.began = time.perf_counter()
        about = {"graph": held.manifest.created, "nodes": held.nodes, "edges": held.edges}
        self.told = {name: list(value) if isinstance(value, tuple) else value
                     for name, value in asdict(asked).items()}  # fmt: skip
        self.draft = Draft(held.folder, about | self.told)

    def refuse(self) -> None:
        """Raise UsageError where what is asked cannot be computed."""
        if not self.held.nodes:
            raise UsageError(f"The graph {self.held.name} has no node, so nothing can be ranked.")
        for names, option in (
            (self.asked.seeds, "--seeds"),
            (self.asked.spam_seeds, "--spam-seeds"),
        ):
            if names and not len(self.nodes_of(names)):
                raise UsageError(f"The graph {self.held.name} knows no name of {option}.")

    def steps(self) -> Iterator[tuple[tuple[str, ...], Callable[[], None]]]:
        """The vectors to be computed, some together, and how."""
        weighed = ("out_weight",) if self.held.weighted else ()
        yield ("in_degree", "out_degree", *weighed), self.degrees
        yield ("pagerank", "pagerank_order"), self.pagerank
        if self.asked.replicas:
            yield ("deviation",), self.deviation
        yield ("reciprocity",), self.reciprocity
        yield tuple(f"truncated_{steps}" for steps in DISTANCES), self.truncated
        if self.asked.harmonic:
            near = tuple(f"supporters_{distance}" for distance in DISTANCES)
            yield ("harmonic", "harmonic_order", "bottleneck", *near), self.harmonic
        if self.asked.seeds:
            yield ("trust", "explained"), self.trust
        if self.asked.spam_seeds:
            yield ("distrust",), self.distrust

    # What is computed

    def degrees(self) -> None:
        """How many nodes link to each and are linked to."""
        self.tell(Step("degrees", None, None))
        self.draft.keep("in_degree", self.held.in_degrees())
        self.draft.keep("out_degree", self.held.out_degrees())
        if self.held.weighted:
            self.draft.keep("out_weight", self.out_weights)

    def pagerank(self) -> None:
        """PageRank, and the same values in order for positions and percentiles."""
        found = self.solved("pagerank")
        ranks = found.ranks
        self.draft.keep("pagerank_order", np.sort(ranks))
        self.draft.keep("pagerank", ranks, **_made(found, self.asked.tolerance))

    def deviation(self) -> None:
        """How far the values of graphs are spread whose links are drawn anew from this one's."""

        def told(drawn: Drawn) -> None:
            self.tell(Step("intervals", drawn.done / drawn.replicas, None))

        self.tell(Step("intervals", 0.0, None))
        replicas, seed = self.asked.replicas, self.asked.seed
        found = deviations(
            self.incoming, self.out_weights, self.values(), damping=self.asked.damping,
            replicas=replicas, seed=seed, told=told,
        )  # fmt: skip
        self.draft.keep("deviation", found, replicas=replicas, level=LEVEL, seed=seed)

    def values(self) -> NDArray[np.float64]:
        """What pagerank.py solved for: 1 is what a node has that nobody links to."""
        total = self.draft.told("pagerank")["total"]
        return np.asarray(self.draft.vector("pagerank") * total, np.float64)

    def reciprocity(self) -> None:
        """Which share of those that a node links to links back."""
        self.tell(Step("reciprocity", None, None))
        there, back = (
            way if isinstance(way, Rows) else way() for way in (self.outgoing, self.incoming)
        )
        self.draft.keep("reciprocity", reciprocity(there, back, self.held.nodes))

    def truncated(self) -> None:
        """Which part of a node's value comes from farther away than 1 to 4 links."""
        self.tell(Step("truncated PageRank", None, None))
        parts = truncated(self.incoming, self.out_weights, self.values(), self.asked.damping)
        for steps, part in zip(DISTANCES, parts, strict=True):
            self.draft.keep(f"truncated_{steps}", part)

    def harmonic(self) -> None:
        """Harmonic centrality, and how many nodes reach each over 1 to 4 links."""
        found = self.balls()
        made = {"error": found.error, "steps": found.steps, "seconds": round(found.seconds, 3)}
        for distance, ball in zip(DISTANCES, found.balls, strict=True):
            self.draft.keep(f"supporters_{distance}", ball - 1.0, error=found.error)
        self.draft.keep("bottleneck", bottleneck(found.balls), error=found.error)
        self.draft.keep("harmonic_order", np.sort(found.harmonic))
        self.draft.keep("harmonic", found.harmonic, **made)

    def balls(self) -> Centrality:
        """The balls around all nodes: exact in a small graph, else by counters."""
        nodes, links = self.held.nodes, self.incoming
        if isinstance(links, Rows) and nodes * links.edges <= EXACT:
            self.tell(Step("harmonic centrality", None, None))
            return searched(links)
        kept: dict[str, Any] = self.draft.state("harmonic")
        left = State(**kept | {"step": int(kept["step"])}) if kept else None
        return Balls(links, nodes, self.bits, self.asked.seed).grown(self.counted(), left)

    @property
    def bits(self) -> int:
        """Bits of the counters that fit. Raises UsageError where none do."""
        ids = self.held.edges * 4 + self.held.nodes * 8 if self.fits else 0
        try:
            return min(BITS, bits_for(self.held.nodes, self.memory - ids))
        except ValueError:
            raise UsageError(
                f"Harmonic centrality of {self.held.nodes:,} nodes does not fit the memory: "
                "allow more with --memory, or leave it out with --no-harmonic."
            ) from None

    def counted(self) -> Callable[[Grown], None]:
        """Tells of each step of the counters and keeps them once in a while."""
        kept = time.monotonic()

        def told(grown: Grown) -> None:
            nonlocal kept
            self.tell(Step("harmonic centrality", 1.0 - grown.grown / self.held.nodes, None))
            if time.monotonic() - kept > KEPT_EVERY:
                state = {name: np.asarray(value) for name, value in vars(grown.state).items()}
                self.draft.checkpoint("harmonic", **state)
                kept = time.monotonic()

        return told

    def trust(self) -> None:
        """TrustRank, and the part of each node's PageRank that the seeds explain if they are the
        share `GAMMA` of all that is good: spam mass is the rest."""
        found = self.solved("trust", self.begun_at(self.asked.seeds))
        made = _made(found, self.asked.tolerance)
        total = self.draft.told("pagerank")["total"]
        self.draft.keep("explained", found.values * (GAMMA / total), gamma=GAMMA, **made)
        self.draft.keep("trust", found.ranks, **made)

    def distrust(self) -> None:
        """Anti-TrustRank: from the spam seeds against the links, to who links there."""
        begun = self.begun_at(self.asked.spam_seeds)
        found = self.solved("distrust", begun, self.outgoing, self.in_weights)
        self.draft.keep("distrust", found.ranks, **_made(found, self.asked.tolerance))

    # With what

    def begun_at(self, names: Sequence[str]) -> NDArray[np.float64]:
        """A teleport vector to the nodes of these names alone."""
        return seeded(self.nodes_of(names), self.held.nodes)

    def solved(
        self,
        name: str,
        teleport: NDArray[np.float64] | None = None,
        links: Links | None = None,
        weights: NDArray[Any] | None = None,
    ) -> Solution:
        """PageRank under a teleport vector, from the state that a killed run has left; over
        `links` and `weights` in place of who links to each node and its links' weights."""
        kept = self.draft.state(name).get("values")
        return pagerank(
            self.incoming if links is None else links,
            self.out_weights if weights is None else weights,
            damping=self.asked.damping,
            tolerance=self.asked.tolerance,
            teleport=teleport,
            values=kept,
            told=self.teller(name),
        )

    def teller(self, name: str) -> Callable[[Progress], None]:
        """Tells of each sweep and keeps the state once in a while."""
        kept = time.monotonic()

        def told(progress: Progress) -> None:
            nonlocal kept
            self.tell(Step(name, _part(progress), progress.remaining))
            if time.monotonic() - kept > KEPT_EVERY:
                self.draft.checkpoint(name, values=progress.values)
                kept = time.monotonic()

        return told

    @cached_property
    def fits(self) -> bool:
        """Whether the graph can be ranked in memory."""
        return self.held.nodes * A_NODE + self.held.edges * AN_EDGE <= self.memory

    @cached_property
    def incoming(self) -> Links:
        """Who links to each node."""
        return self.links("in")

    @property
    def outgoing(self) -> Links:
        """Whom each node links to."""
        return self.links("out")

    def links(self, direction: Direction) -> Links:
        """All rows of a direction where they fit, else block by block."""
        if self.fits:
            return self.held.rows(direction)
        budget = max(1 << 24, (self.memory - self.held.nodes * A_NODE) // 2)
        return lambda: self.held.blocks(direction, budget)

    @property
    def in_weights(self) -> NDArray[Any]:
        """The in-degree of each node, in a weighted graph the sum of the weights."""
        return self.held.rows("in").sums() if self.held.weighted else self.held.in_degrees()

    @cached_property
    def out_weights(self) -> NDArray[Any]:
        """The out-degree of each node, in a weighted graph the sum of its links' weights."""
        return self.held.out_sums()

    def nodes_of(self, names: Sequence[str]) -> NDArray[np.int64]:
        """The nodes of those names that the graph knows."""
        found = {self.held.id_of(url.reversed_host(name)) for name in names}
        return np.array(sorted(node for node in found if node is not None), np.int64)

    def published(self) -> Ranks:
        """Everything in place."""
        return self.draft.publish(
            {
                "graph": self.held.name,
                "level": self.held.level,
                "release": self.held.release,
                "nodes": self.held.nodes,
                "edges": self.held.edges,
                "weighted": self.held.weighted,
                "seconds": round(time.perf_counter() - self.began, 3),
                "in_memory": self.fits,
            }
        )


def _made(found: Solution, tolerance: float) -> dict[str, object]:
    return {
        "damping": found.damping,
        "tolerance": tolerance,
        "residual": found.residual,
        "sweeps": found.sweeps,
        "total": float(found.values.sum()),
        "seconds": round(found.seconds, 3),
    }


def _part(progress: Progress) -> float | None:
    """The part of a run that is done, by its time."""
    if progress.remaining is None:
        return None
    return progress.seconds / max(1e-9, progress.seconds + progress.remaining)
