"""What a ranked graph tells of some names: a row for each that it knows."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import pyarrow as pa

from backref import url
from backref.graph.held import Held
from backref.graph.interval import interval
from backref.graph.ranks import Ranks
from backref.graph.scale import Scale

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

    from numpy.typing import NDArray

    Floats = NDArray[np.float64]


def told(folder: Path, names: Sequence[str]) -> pa.Table:
    """What the graph in a folder tells of names in reading order: `domain` and the columns of
    `schema.AUTHORITY` that are figures; names that it does not know are left out. A graph with
    weights is our own, in which a name that nobody links to was not looked at, and is left out."""
    with Held.open(folder) as held:
        found = [(name, held.id_of(url.reversed_host(name))) for name in names]
        linked = held.in_degrees() > 0 if held.weighted else np.ones(held.nodes, bool)
        known = [(name, node) for name, node in found if node is not None and linked[node]]
        ids = np.fromiter((node for _, node in known), np.int64, len(known))
        ranks = Ranks.open(folder)
        columns = {"domain": pa.array([name for name, _ in known], pa.string())}
        return pa.table(columns | figures(ranks, held.nodes, ids))


def figures(ranks: Ranks, nodes: int, ids: NDArray[np.int64]) -> dict[str, pa.Array]:
    """The figures of some nodes; all null where a vector was not computed."""
    pagerank = ranks.vector("pagerank")[ids]
    order = ranks.vector("pagerank_order")
    trust, distrust, explained = (
        _or_unknown(ranks, name, ids) for name in ("trust", "distrust", "explained")
    )
    out_degree = ranks.vector("out_degree")[ids]
    scale = Scale(ranks.of("pagerank")["total"])
    values = pagerank * scale.total
    low, high = interval(values, _or_unknown(ranks, "deviation", ids))
    known: dict[str, Floats] = {
        "authority": np.round(scale.authority(values), 3),
        "authority_lo": np.round(scale.authority(low), 3),
        "authority_hi": np.round(scale.authority(high), 3),
        "percentile": np.searchsorted(order, pagerank, "left") / max(1, nodes),
        "pagerank": pagerank * nodes,
        "harmonic": _or_unknown(ranks, "harmonic", ids),
        "trust": trust * nodes,
        "distrust": distrust * nodes,
        "spam_mass": 1.0 - explained / pagerank,
        "handed_on": pagerank * nodes / np.maximum(out_degree, 1),
        "reciprocity": np.where(out_degree > 0, _or_unknown(ranks, "reciprocity", ids), np.nan),
    }
    counts = {
        "pagerank_pos": _position(order, pagerank),
        "referring_domains": ranks.vector("in_degree")[ids],
        "linked_domains": out_degree,
    }
    positions = None
    if "harmonic" in ranks:
        positions = _position(ranks.vector("harmonic_order"), ranks.vector("harmonic")[ids])
    return {
        **{
            name: pa.array(values, pa.float64(), from_pandas=True) for name, values in known.items()
        },
        **{name: pa.array(values.astype(np.int64)) for name, values in counts.items()},
        "harmonic_pos": pa.nulls(len(ids), pa.int64())
        if positions is None
        else pa.array(positions),
    }


def _position(order: NDArray[np.floating], values: NDArray[np.floating]) -> NDArray[np.int64]:
    """How many values are greater, and one."""
    return (len(order) - np.searchsorted(order, values, "right") + 1).astype(np.int64)


def _or_unknown(ranks: Ranks, name: str, ids: NDArray[np.int64]) -> Floats:
    """The values of some nodes, NaN where none were computed."""
    if name not in ranks:
        return np.full(len(ids), np.nan)
    return ranks.vector(name)[ids].astype(np.float64)
