"""Write docs/accuracy.md from the simulated web, or docs/accuracy-medium.md from a larger one:
`python -m docs.accuracy [--size small|medium]`.

The same seeds give the same page: it bears no date. Intervals are over worlds: twice the standard
error of the figure's mean from world to world, where at least two worlds tell it.
"""

from __future__ import annotations

import argparse
from collections import defaultdict
from math import sqrt
from pathlib import Path
from statistics import mean, stdev
from typing import TYPE_CHECKING

from bench import eyes, labels, planted, truth
from bench.measure import Measure, figure

if TYPE_CHECKING:
    from collections.abc import Iterable


PAGES = {
    "small": Path(__file__).parent / "accuracy.md",
    "medium": Path(__file__).parent / "accuracy-medium.md",
}
WORLDS: dict[str, tuple[str, tuple[int, ...]]] = {
    "small": ("small", (7, 11)),
    "medium": ("large", (7, 11)),
}
"""Of each size the scale of the simulated web and the seeds."""
PARTS = {
    "links": "Which links are known",
    "states": "What became of them",
    "placement on the page": "Where they stand",
    "sessions": "Visits",
    "bots": "Bots",
    "channels": "Channels",
    "certainty": "Which link a visit came through",
    "totals": "Totals that must agree",
}
INTRO = """\
# Accuracy

Made by `python -m docs.accuracy --size {size}`; do not edit. Backref imports what the observers of
a simulated web wrote (`src/backref/world`: archives, exports, logs with bots and spam), and is
compared with what truly happened there. Scale `{scale}`, seeds {seeds}. A simulated web is not the
world: these figures show that Backref finds what its inputs can tell, not how often yours do.

*score* is a share (1 is perfect) or an error (0 is perfect) over all worlds together; *worlds* the
mean of the worlds' own scores, ± twice its standard error. A figure without a bar is shown because
it should be known."""
HEAD = "| figure | of | score | worlds | bar |\n| --- | ---: | ---: | ---: | ---: |"
DEFINITIONS = """\
## Visits by several definitions

The same hits, cut by each tool's rules ([what these are](explanation/engagement.md)). Of the truth,
bounced is a visit of at most one view."""
EYES = """\
## What own checks say of links

Another simulated web, watched day by day: servers build walls, fall silent or are flaky, and links
are removed, moved, nofollowed or reworded while we look. Only what two looks confirmed counts. Of a
kind that neither happened nor was said nothing is shown; days count from when it truly happened."""
LABELS = """\
## Channels beside label sets of others

Lists that others made. GA4's channels carry Google's, and Backref's classes began with Matomo's, so
that these two say how faithfully; the others Backref does not contain. A host is known when Backref
has a class for it."""


def page(size: str) -> str:
    """The whole page."""
    scale, seeds = WORLDS[size]
    worlds = [planted.plant(seed, scale) for seed in seeds]
    parts = [INTRO.format(size=size, scale=scale, seeds=", ".join(map(str, seeds)))]
    single = defaultdict(list)
    for world in worlds:
        for measure in truth.measures([world]):
            if measure.score is not None:
                single[measure.name].append(measure.score)
    grouped = defaultdict(list)
    for measure in truth.measures(worlds):
        grouped[measure.name.partition(":")[0]].append(measure)
    for name, title in PARTS.items():
        parts.append(f"## {title}\n\n{_table(grouped[name], single)}")
    parts.append(f"{DEFINITIONS}\n\n{_definitions(worlds)}")
    if size == "small":
        parts += _of_no_world()
    return "\n\n".join(parts) + "\n"


def _of_no_world() -> list[str]:
    """What does not depend on these worlds, and stands on one page alone."""
    parts = [f"{EYES}\n\n{_table(eyes.run('small'), {})}"]
    if labels.DATA.is_dir():
        parts.append(f"{LABELS}\n\n{_table(labels.run('small'), {})}")
    return parts


def _definitions(worlds: list[planted.Planted]) -> str:
    """Visits of people under each definition, beside the visits that people truly made."""
    lines = ["| definition | visits | bounced | pages per visit |", "| --- | ---: | ---: | ---: |"]
    true = [visit for world in worlds for visit in world.visits if visit["person"] == "1"]
    views = [int(visit["views"]) for visit in true]
    single = sum(count < 2 for count in views)
    lines.append(_visits("*truth*: people's visits", len(true), single, sum(views)))
    sums: dict[str, list[float]] = {}
    for row in (row for world in worlds for row in world.ours["engagement"]):
        told = (row["visits"], row["bounced_visits"], row["views"])
        held = sums.setdefault(row["definition"], [0.0, 0.0, 0.0])
        sums[row["definition"]] = [one + more for one, more in zip(held, told, strict=True)]
    return "\n".join([*lines, *(_visits(name, *told) for name, told in sums.items())])


def _visits(name: str, visits: float, bounced: float, views: float) -> str:
    return f"| {name} | {visits:,.0f} | {bounced / visits:.4f} | {views / visits:.4f} |"


def _table(measures: Iterable[Measure], single: dict[str, list[float]]) -> str:
    return "\n".join(
        [HEAD, *(_line(measure, single.get(measure.name, [])) for measure in measures)]
    )


def _line(measure: Measure, scores: list[float]) -> str:
    name = measure.name.partition(": ")[2] or measure.name
    sign = ">=" if measure.better == "higher" else "<="
    bar = "" if measure.bar is None else f"{sign} {figure(measure.bar)}"
    whole = figure(measure.theirs) if measure.theirs is not None else ""
    return f"| {name} | {whole} | {_score(measure.score)} | {_spread(scores)} | {bar} |"


def _score(score: float | None) -> str:
    return "nothing to judge" if score is None else f"{score:.4f}"


def _spread(scores: list[float]) -> str:
    if len(scores) < 2:
        return ""
    return f"{mean(scores):.4f} ± {2 * stdev(scores) / sqrt(len(scores)):.4f}"


def main() -> None:
    """Write the page."""
    parser = argparse.ArgumentParser(prog="python -m docs.accuracy", description=__doc__)
    parser.add_argument("--size", choices=[*WORLDS], default="small")
    size = parser.parse_args().size
    PAGES[size].write_text(page(size), encoding="utf-8")


if __name__ == "__main__":
    main()
