"""Ranking a stored graph from the command line: progress, a summary, the next step."""

from __future__ import annotations

import os
import re
from contextlib import contextmanager
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from backref import pipeline, url
from backref.errors import MissingFile, UsageError
from backref.faces import listing, terminal
from backref.faces.terminal import say, visible
from backref.graph.held import Held
from backref.graph.ranking import Asked, rank
from backref.lake import trouble
from backref.lake.graphs import FOLDER
from backref.lake.lake import Lake

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from pathlib import Path

    from backref.config import Config
    from backref.graph.ranking import Step
    from backref.graph.ranks import Ranks

MOST_SEEDS = 1_000_000
LONGEST = 1_000
SIZES = {"": 1, "K": 1 << 10, "M": 1 << 20, "G": 1 << 30, "T": 1 << 40}
_SIZE = re.compile(r"(\d+(?:\.\d+)?)\s*([KMGT]?)i?B?", re.IGNORECASE)
LEAST_MEMORY = 64 << 20
FEW_EDGES, SOME_EDGES = 5_000_000, 100_000_000
"""Up to how many edges intervals rest on 96, and on 32 replicas where nothing else is said."""


@dataclass(frozen=True)
class Options:
    """What the command was told."""

    damping: float
    tolerance: float
    seeds: Path | None
    spam_seeds: Path | None
    replicas: int | None
    harmonic: bool
    memory: str | None


def run(found: Config, name: str, options: Options, *, as_json: bool) -> None:
    """Rank a graph, bring the tables up to date, and print what was computed."""
    memory = bytes_of(options.memory) if options.memory else half_of_the_machine()
    seeds, spam = (names_in(path) for path in (options.seeds, options.spam_seeds))
    with Lake.open(found.store) as lake, Held.open(found.store / FOLDER / name) as held:
        asked = Asked(
            damping=options.damping,
            tolerance=options.tolerance,
            seeds=seeds,
            spam_seeds=spam,
            replicas=replicas(held.edges) if options.replicas is None else options.replicas,
            harmonic=options.harmonic,
        )
        with trouble.named(f"ranking {name}"), _shown() as tell:
            ranks = rank(held, asked, memory, tell)
        pipeline.run(lake)
    if as_json:
        listing.write(listing.json_lines([summary(ranks)]))
    else:
        say(sentence(ranks))
        say("Next: backref domains --sort authority")


def replicas(edges: int) -> int:
    """How many resamplings a graph gets where nobody says: sixteen cost more than ranking it."""
    return 96 if edges <= FEW_EDGES else 32 if edges <= SOME_EDGES else 0


def summary(ranks: Ranks) -> dict[str, Any]:
    """What `--json` prints: the graph, and of each vector how it was made."""
    told = ranks.told
    same = ("graph", "level", "release", "nodes", "edges", "weighted", "seconds", "ranked")
    return {**{name: told[name] for name in same}, "vectors": told["vectors"]}


def sentence(ranks: Ranks) -> str:
    """What was computed, for people."""
    told, made = ranks.told, ranks.of("pagerank")
    return (
        f"{visible(told['graph'])} is ranked: {told['nodes']:,} nodes and {told['edges']:,} edges "
        f"in {told['seconds']:,.1f} s; PageRank to a residual of {made['residual']:.1e} "
        f"in {made['sweeps']} sweeps."
    )


def names_in(path: Path | None) -> tuple[str, ...]:
    """The domains that a file of seeds lists, one a line; blank lines and those that begin with #
    say nothing. Raises MissingFile, and UsageError for a line that is no domain."""
    if path is None:
        return ()
    try:
        with path.open(encoding="utf-8") as lines:
            found = [_name(line, number, path) for number, line in enumerate(lines, 1)]
    except (OSError, UnicodeDecodeError) as error:
        raise MissingFile(f"{path} cannot be read: {error}.") from None
    names = tuple(dict.fromkeys(name for name in found if name))
    if not names:
        raise UsageError(f"{path} names no domain: write one a line.")
    return names


def _name(line: str, number: int, path: Path) -> str:
    text = line.strip()
    if not text or text.startswith("#"):
        return ""
    parsed = (
        url.parse(text if "://" in text else f"https://{text}") if len(text) < LONGEST else None
    )
    if parsed is None or number > MOST_SEEDS:
        raise UsageError(f"Line {number} of {path} is no domain: write it as `example.com`.")
    return url.bare_host(parsed.host)


def bytes_of(text: str) -> int:
    """A size such as `4GB` in bytes. Raises UsageError."""
    found = _SIZE.fullmatch(text.strip())
    size = int(float(found[1]) * SIZES[found[2].upper()]) if found else 0
    if size < LEAST_MEMORY:
        raise UsageError(f"--memory {text} is no size of 64MB or more: write it as 4GB.")
    return size


def half_of_the_machine() -> int:
    """Half of the machine's memory."""
    return max(LEAST_MEMORY, os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES") // 2)


@contextmanager
def _shown() -> Iterator[Callable[[Step], None]]:
    """A bar for each vector on a terminal, with the remaining time where it is known."""
    with terminal.progress(counting=True) as bar:
        tasks: dict[str, Any] = {}

        def tell(step: Step) -> None:
            if bar is None:
                return
            if step.what not in tasks:
                tasks[step.what] = bar.add_task(step.what, total=None)
            total = None if step.done is None else 100
            left = "" if step.remaining is None else f", {step.remaining:,.0f} s left"
            done = round(100 * (step.done or 0))
            bar.update(
                tasks[step.what], description=f"{step.what}{left}", completed=done, total=total
            )

        yield tell
