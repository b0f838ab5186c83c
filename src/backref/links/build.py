"""The stages PAGES, LINKS and REFERRING_DOMAINS: from observations to what is known of links."""

from __future__ import annotations

from hashlib import blake2b
from typing import TYPE_CHECKING

import pyarrow as pa

from backref.identity import link_id
from backref.lake.model import Model
from backref.lake.stage import Stage
from backref.links import digest
from backref.links.resolution import HOPS, landing_path, resolved

if TYPE_CHECKING:
    from collections.abc import Mapping

    from backref.lake.snapshot import Snapshot

VERSION = "1"


def _model(name: str) -> Model:
    return Model("backref.links", f"{name}.sql")


PAGES_FOLD = _model("pages")
KEYS, CAPTURES, SIGHTINGS, GAPS = map(_model, ("keys", "captures", "sightings", "gaps"))
LINKS_FOLD, LIFELINES_FOLD = _model("links"), _model("lifelines")
HOPS_OF_TARGETS, FURTHER_HOPS = _model("hops"), _model("further_hops")
CAPTURE_DIGESTS, RATING_DIGESTS = _model("capture_digests"), _model("rating_digests")
RATINGS, DOMAINS = _model("ratings"), _model("referring_domains")


def plan_pages(snapshot: Snapshot) -> Mapping[str, str]:
    """A partition of pages depends on the captures of its own bucket."""
    return {
        bucket: _digest(PAGES_FOLD.digest, snapshot.digest("page_observations", bucket))
        for bucket in snapshot.partitions("page_observations")
    }


def build_pages(snapshot: Snapshot, bucket: str) -> Mapping[str, pa.Table]:
    """The pages of one bucket."""
    return {"pages": snapshot.table(PAGES_FOLD, partitions={"page_observations": [bucket]})}


def plan_links(snapshot: Snapshot) -> Mapping[str, str]:
    """A partition of links depends on its observations, on the captures of the pages that carry
    them, and on where their targets lead; on nothing else that its neighbours hold."""
    models = (KEYS, CAPTURES, SIGHTINGS, GAPS, LINKS_FOLD, LIFELINES_FOLD)
    text = _digest(*(model.digest for model in models))
    captures = digest.by_partition(snapshot.sql(CAPTURE_DIGESTS))
    resolutions = _resolution_digests(snapshot)
    return {
        bucket: _digest(
            text,
            snapshot.digest("link_observations", bucket),
            captures.get(bucket, ""),
            resolutions.get(bucket, ""),
        )
        for bucket in snapshot.partitions("link_observations")
    }


def build_links(snapshot: Snapshot, bucket: str) -> Mapping[str, pa.Table]:
    """The links of one bucket and their lifelines."""
    own = {"link_observations": [bucket]}
    keys = _with_link_id(snapshot.table(KEYS, partitions=own))
    captures = snapshot.table(CAPTURES, tables={"keys": keys})
    sightings = snapshot.table(SIGHTINGS, partitions=own, tables={"keys": keys})
    folds = {"keys": keys, "captures": captures, "sightings": sightings}
    gaps = snapshot.table(GAPS, tables=folds)
    targets = _targets(snapshot, bucket, keys)
    links = snapshot.table(
        LINKS_FOLD, partitions=own, tables={**folds, "gaps": gaps, "targets": targets}
    )
    lifelines = snapshot.table(LIFELINES_FOLD, tables={"sightings": sightings, "gaps": gaps})
    return {"links": links, "lifelines": lifelines}


def plan_domains(snapshot: Snapshot) -> Mapping[str, str]:
    """A partition of referring domains depends on its links and on the ratings of its domains."""
    text = _digest(RATINGS.digest, DOMAINS.digest)
    ratings = digest.by_partition(
        snapshot.sql(RATING_DIGESTS, tables={"domain_ratings": snapshot.table(RATINGS)})
    )
    return {
        bucket: _digest(text, snapshot.digest("links", bucket), ratings.get(bucket, ""))
        for bucket in snapshot.partitions("links")
    }


def build_domains(snapshot: Snapshot, bucket: str) -> Mapping[str, pa.Table]:
    """The referring domains of one bucket."""
    own = {"links": [bucket]}
    ratings = snapshot.table(RATINGS, partitions=own)
    domains = snapshot.table(DOMAINS, partitions=own, tables={"domain_ratings": ratings})
    return {"referring_domains": domains}


def _with_link_id(keys: pa.Table) -> pa.Table:
    """Name each link. One without target is named by its domain and a slash, which no fold key
    ends with, so that it is never the link to that domain's root."""
    sources, targets, domains = (
        keys.column(name).to_pylist() for name in ("source_page", "target_page", "target_domain")
    )
    ids = [
        link_id(source, target or f"{domain}/")
        for source, target, domain in zip(sources, targets, domains, strict=True)
    ]
    return keys.append_column("link_id", pa.array(ids, pa.uint64()))


def _targets(snapshot: Snapshot, bucket: str, keys: pa.Table) -> pa.Table:
    """Where each target leads, as a table (target_page, resolved_page, landing_path)."""
    own = {"link_observations": [bucket], "pages": [bucket]}
    hops = snapshot.table(HOPS_OF_TARGETS, partitions=own)
    leads = _leads(snapshot, hops)
    targets = keys.column("target_page").unique().drop_null().to_pylist()
    ends = [resolved(target, leads) for target in targets]
    return _text_table(
        {
            "target_page": targets,
            "resolved_page": ends,
            "landing_path": [landing_path(end) for end in ends],
        }
    )


def _leads(snapshot: Snapshot, hops: pa.Table) -> dict[str, str]:
    """Every page that the chains beginning with `hops` pass through, and where it leads."""
    leads = _pairs(hops, "target_page")
    frontier = set(leads.values()) - leads.keys()
    for _ in range(HOPS):
        if not frontier:
            break
        further = snapshot.table(
            FURTHER_HOPS, tables={"frontier": _text_table({"page": sorted(frontier)})}
        )
        found = _pairs(further, "page")
        leads |= found
        frontier = set(found.values()) - leads.keys()
    return leads


def _pairs(hops: pa.Table, start: str) -> dict[str, str]:
    return dict(
        zip(hops.column(start).to_pylist(), hops.column("resolves_to").to_pylist(), strict=True)
    )


def _resolution_digests(snapshot: Snapshot) -> dict[str, str]:
    """A digest per bucket of where its targets lead."""
    hops = snapshot.table(HOPS_OF_TARGETS)
    leads = _leads(snapshot, hops)
    ends: dict[str, list[str]] = {}
    for bucket, target in zip(
        hops.column("partition").to_pylist(), hops.column("target_page").to_pylist(), strict=True
    ):
        ends.setdefault(bucket, []).append(f"{target}\0{resolved(target, leads)}")
    return {bucket: _digest(*sorted(pairs)) for bucket, pairs in ends.items()}


def _text_table(columns: Mapping[str, list[str]]) -> pa.Table:
    return pa.table({name: pa.array(values, pa.string()) for name, values in columns.items()})


def _digest(*parts: str) -> str:
    state = blake2b(digest_size=16)
    for part in parts:
        state.update(part.encode() + b"\0")
    return state.hexdigest()


PAGES = Stage("pages", ("pages",), VERSION, plan_pages, build_pages)
LINKS = Stage("links", ("links", "lifelines"), VERSION, plan_links, build_links)
REFERRING_DOMAINS = Stage(
    "referring_domains", ("referring_domains",), VERSION, plan_domains, build_domains
)
