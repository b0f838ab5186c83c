"""The commands that keep link graphs of the web: add one, list them, drop one."""

from __future__ import annotations

from contextlib import contextmanager
from pathlib import Path  # noqa: TC003 - see cli
from typing import TYPE_CHECKING, Annotated

import typer

from backref.errors import UsageError
from backref.faces import asking, terminal
from backref.faces.options import CsvOption, JsonOption, StoreOption  # noqa: TC001 - see cli

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from rich.progress import TaskID

    from backref.graph.manifest import Manifest


def add(
    files: Annotated[
        list[Path] | None,
        typer.Argument(help="Vertices and edges, as Common Crawl publishes them."),
    ] = None,
    *,
    own: Annotated[
        bool, typer.Option("--own", help="Backref's own graph: the links of the store.")
    ] = False,
    since: Annotated[
        str | None,
        typer.Option(help="With --own, links that stood since that day; else those at its end."),
    ] = None,
    until: Annotated[
        str | None, typer.Option(help="With --own, links that stood at that day; else now.")
    ] = None,
    name: Annotated[str, typer.Option(help="What to call it; else its level and release.")] = "",
    level: Annotated[str, typer.Option(help="domain or host, where no file's name tells.")] = "",
    release: Annotated[
        str, typer.Option(help="The last month of its crawls, where no file's name tells.")
    ] = "",
    nodes: Annotated[
        int | None, typer.Option(min=0, help="How many, where edges come without vertices.")
    ] = None,
    memory: Annotated[
        int, typer.Option(min=64, help="MiB that sorting and encoding may use together.")
    ] = 2048,
    as_json: JsonOption = False,
    store: StoreOption = None,
) -> None:
    """Build a compressed link graph from files of vertices and edges, however large.

    Edges may be text, one file or many, packed by gzip or not, or Parquet of two integer columns.
    Killed at any time, the same command goes on.
    """
    from backref.faces import listing, own_graph
    from backref.graph.adding import plan
    from backref.graph.building import build

    if own == bool(files):
        raise UsageError("Give files of vertices and edges, or --own for the links of the store.")
    if own:
        found = asking.settings(store, None)
        manifest = own_graph.add(found, name, level, since, until)
    else:
        asked = plan(
            files or [], folder(store), name=name, level=level, release=release, nodes=nodes,
            budget_bytes=memory << 20,
        )  # fmt: skip
        with _shown() as progress:
            manifest = build(asked, progress)
    if as_json:
        listing.write(listing.json_lines([row(manifest)]))
    terminal.say(sentence(manifest))


def list_(
    *, as_json: JsonOption = False, as_csv: CsvOption = False, store: StoreOption = None
) -> None:
    """The graphs of the store: nodes, edges, how many bytes each takes, when it was ranked."""
    from backref.faces import listing
    from backref.graph.publishing import graphs_in

    how = asking.format_of(as_json=as_json, as_csv=as_csv)
    held = folder(store)
    rows = [
        {**row(manifest), "ranked": _ranked(held / manifest.name)} for manifest in graphs_in(held)
    ]
    columns = [
        listing.Column("graph", lambda one: one["name"], right=False),
        listing.Column("level", lambda one: one["level"], right=False),
        listing.Column("release", lambda one: one["release"] or "", right=False),
        listing.Column("nodes", lambda one: f"{one['nodes']:,}"),
        listing.Column("edges", lambda one: f"{one['edges']:,}"),
        listing.Column("bytes an edge", lambda one: f"{one['bytes_an_edge_out']:.2f} out, "
                       f"{one['bytes_an_edge_in']:.2f} in"),
        listing.Column("bytes a name", lambda one: f"{one['bytes_a_name']:.1f}"),
        listing.Column("ranked", lambda one: one["ranked"] or "no", right=False),
    ]  # fmt: skip
    listing.emit(rows, columns, how, (*ROW, "ranked"))
    if not rows:
        terminal.say("No graphs. Next: backref graph add VERTICES EDGES")


def _ranked(graph: Path) -> str | None:
    """The day on which a graph was ranked; None for one that was not."""
    from backref.graph.ranks import Ranks

    try:
        return str(Ranks.open(graph).told["ranked"])[:10]
    except UsageError:
        return None


def drop(
    name: Annotated[str, typer.Argument(help="The graph, as `backref graph list` calls it.")],
    *,
    store: StoreOption = None,
) -> None:
    """Remove a graph, or what is left of one that was never finished."""
    from backref.errors import NotHeld
    from backref.graph import publishing
    from backref.graph.adding import NAME

    if not NAME.fullmatch(name):
        raise NotHeld(f"There is no graph {name}; see `backref graph list`.")
    publishing.drop(folder(store) / name)
    _follow(store)
    terminal.say(f"The graph {name} is gone.")


ROW = (
    "name", "level", "release", "created", "nodes", "edges", "read", "duplicates", "rejected",
    "bytes_an_edge_out", "bytes_an_edge_in", "bytes_a_name",
)  # fmt: skip


def _follow(store: Path | None) -> None:
    """Bring the tables up to date that rest on ranked graphs."""
    from backref import pipeline
    from backref.lake.lake import Lake

    with Lake.open(asking.settings(store, None).store) as lake:
        pipeline.run(lake)


def folder(store: Path | None) -> Path:
    """Where the graphs of a store lie. Raises NoStore."""
    return asking.settings(store, None).store / "graphs"


@contextmanager
def _shown() -> Iterator[Callable[[str, float | None], None]]:
    """Progress on a terminal: what is being done, and how long it will take."""
    with terminal.progress(counting=True) as bar:
        tasks: dict[str, TaskID] = {}

        def told(stage: str, share: float | None) -> None:
            if bar is None:
                return
            if stage not in tasks:
                tasks[stage] = bar.add_task(stage, total=None if share is None else 1000)
            if share is not None:
                bar.update(tasks[stage], completed=int(1000 * share), total=1000)

        yield told


def row(manifest: Manifest) -> dict[str, object]:
    """A graph as one flat record."""
    edges, nodes = max(1, manifest.edges), max(1, manifest.nodes)
    figures = {
        "rejected": sum(manifest.rejects.values()),
        "bytes_an_edge_out": round(manifest.bytes_of("out") / edges, 3),
        "bytes_an_edge_in": round(manifest.bytes_of("in") / edges, 3),
        "bytes_a_name": round(manifest.bytes_of("names") / nodes, 2),
    }
    told = {**vars(manifest), **figures}
    return {name: told[name] for name in ROW}


def sentence(manifest: Manifest) -> str:
    """What building a graph came to."""
    rejected = ", ".join(f"{count:,} {reason}" for reason, count in manifest.rejects.items())
    of = f" of {manifest.release}" if manifest.release else ""
    www = {
        None: "",
        True: " Its hosts keep a leading www.",
        False: " Its hosts have no leading www." if manifest.level == "host" else "",
    }
    told = row(manifest)
    return (
        f"The {manifest.level} graph {manifest.name}{of} has {manifest.nodes:,} nodes and "
        f"{manifest.edges:,} edges in {told['bytes_an_edge_out']} + {told['bytes_an_edge_in']} "
        f"bytes an edge and {told['bytes_a_name']} bytes a name.{www[manifest.www]} "
        f"{manifest.read:,} read = {manifest.edges:,} stored + {manifest.duplicates:,} duplicate "
        f"+ {told['rejected']:,} rejected{f' ({rejected})' if rejected else ''}."
    )
