"""The stages PAGES, LINKS, REFERRING_DOMAINS and TOP_LINKS: from observations to what is known of
links."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pyarrow as pa
import pyarrow.compute as pc

from backref.identity import link_id
from backref.lake.model import Model
from backref.lake.stage import Stage, code_of, digest_of
from backref.links import digest
from backref.links.resolution import HOPS, landing_host, landing_path, resolved
from backref.links.slices import WHOLE, ranges, slices

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
    from datetime import datetime

    from backref.lake.snapshot import Snapshot
    from backref.links.slices import Slice

    Tables = Mapping[str, pa.Table]
    BuildBuckets = Callable[[Snapshot, Sequence[str]], Iterator[Tables]]

ROWS_AT_ONCE = 250_000
MOST_TOP = 1_000
"""Links of a domain that are held in their order."""


def _model(name: str) -> Model:
    return Model("backref.links", f"{name}.sql")


PAGES_FOLD = _model("pages")
KEYS, CAPTURES, SIGHTINGS, GAPS = map(_model, ("keys", "captures", "sightings", "gaps"))
LINKS_FOLD, LIFELINES_FOLD = _model("links"), _model("lifelines")
TARGET_LOOKS, TARGET_DIGESTS = _model("target_looks"), _model("target_digests")
TOLD, TURNS, EVENTS = _model("told"), _model("turns"), _model("link_events")
HOPS_OF_TARGETS, FURTHER_HOPS = _model("hops"), _model("further_hops")
AGAIN = _model("again")
BLIND, TARGET_ANSWERS = _model("blind"), _model("target_answers")
CAPTURE_DIGESTS, RATING_DIGESTS = _model("capture_digests"), _model("rating_digests")
CHECK_DIGESTS = _model("check_digests")
RATINGS, DOMAINS = _model("ratings"), _model("referring_domains")
OBSERVED, CAPTURED, LEADING = map(_model, ("observed", "captured", "leading"))
DOMAIN_SIZES = _model("domain_sizes")
TOP_LINKS_FOLD, LINKED_DOMAINS = _model("top_links"), _model("linked_domains")
CHECKED = "/* links.checked */ select * from checks where checks.at <= $until"
RATED = "/* links.rated */ select * from ratings where coalesce(observed_hi, $until) <= $until"


def plan_pages(snapshot: Snapshot) -> Mapping[str, str]:
    """A partition of pages depends on the captures of its own bucket."""
    return {
        bucket: digest_of(PAGES_FOLD.digest, snapshot.digest("page_observations", bucket))
        for bucket in snapshot.partitions("page_observations")
    }


def build_pages(snapshot: Snapshot, buckets: Sequence[str]) -> Iterator[Tables]:
    """The pages of some buckets."""
    yield {"pages": snapshot.table(PAGES_FOLD, partitions={"page_observations": buckets})}


def plan_links(snapshot: Snapshot) -> Mapping[str, str]:
    """A partition of links depends on its observations, on the captures of the pages that carry
    them, on where their targets lead and led, and on our own looks at both; on nothing else that
    its neighbours hold."""
    folds = (KEYS, AGAIN, CAPTURES, SIGHTINGS, GAPS, BLIND, LINKS_FOLD, LIFELINES_FOLD)
    events = (TARGET_ANSWERS, TARGET_LOOKS, TOLD, TURNS, EVENTS)
    text = digest_of(*(model.digest for model in folds + events))
    captures = digest.by_partition(snapshot.sql(CAPTURE_DIGESTS))
    checks = digest.by_partition(snapshot.sql(CHECK_DIGESTS))
    looks = {"target_looks": snapshot.table(TARGET_LOOKS)}
    targets = digest.by_partition(snapshot.sql(TARGET_DIGESTS, tables=looks))
    resolutions = _resolution_digests(snapshot)
    return {
        bucket: digest_of(
            text,
            snapshot.digest("link_observations", bucket),
            captures.get(bucket, ""),
            checks.get(bucket, ""),
            targets.get(bucket, ""),
            resolutions.get(bucket, ""),
        )
        for bucket in snapshot.partitions("link_observations")
    }


def build_links(snapshot: Snapshot, buckets: Sequence[str]) -> Iterator[Tables]:
    """The links of some buckets, their lifelines and events, a slice at a time."""
    for part in _slices(snapshot, buckets):
        yield _links(snapshot, buckets, _told(snapshot, buckets, part))


def as_known(snapshot: Snapshot, buckets: Sequence[str], until: datetime) -> Tables:
    """The links, lifelines, events and referring domains of some buckets as they would be if all
    that was seen after `until` had not been. What is undated is known always."""
    leading = snapshot.table(LEADING, until=until)
    pages = {"pages": snapshot.table(PAGES_FOLD, tables={"page_observations": leading})}
    known = _joined(
        _links(snapshot, buckets, pages | _told(snapshot, buckets, part, until))
        for part in _slices(snapshot, buckets) or [WHOLE]
    )
    links = {"links": known["links"], "ratings": snapshot.table(RATED, until=until)}
    ratings = {"domain_ratings": _rows(snapshot, RATINGS, WHOLE, tables=links)}
    return {**known, "referring_domains": _rows(snapshot, DOMAINS, WHOLE, tables=links | ratings)}


def _told(
    snapshot: Snapshot, buckets: Sequence[str], part: Slice, until: datetime | None = None
) -> dict[str, pa.Table]:
    """The observations of one slice, until a time those until then, and with one the captures of
    their pages and our own looks until then."""
    own = {"link_observations": buckets}
    observed = snapshot.table(OBSERVED, partitions=own, until=until, **part._asdict())
    observations = {"link_observations": observed}
    if until is None:
        return observations
    captured = snapshot.table(CAPTURED, tables=observations, until=until)
    checks = snapshot.table(CHECKED, until=until)
    return {**observations, "page_observations": captured, "checks": checks}


def _slices(snapshot: Snapshot, buckets: Sequence[str]) -> list[Slice]:
    """The slices of some buckets; the whole where it is small."""
    if not buckets or snapshot.rows_in("link_observations", *buckets) <= ROWS_AT_ONCE:
        return [WHOLE]
    sizes = snapshot.table(DOMAIN_SIZES, partitions={"link_observations": buckets})
    counted = zip(*(sizes.column(name).to_pylist() for name in sizes.column_names), strict=True)
    return list(slices(counted, ROWS_AT_ONCE))


def _joined(parts: Iterable[Tables]) -> Tables:
    built = list(parts)
    return {table: pa.concat_tables(part[table] for part in built) for table in built[0]}


def _links(snapshot: Snapshot, buckets: Sequence[str], facts: Tables) -> Tables:
    """The links of the observations in `facts`, which may hold other facts too in place of the
    store's."""
    keys = _with_link_id(snapshot.table(KEYS, tables=facts))
    known = {**facts, "keys": keys, "again": snapshot.table(AGAIN, tables=facts)}
    captures = snapshot.table(CAPTURES, tables=known)
    sightings = snapshot.table(SIGHTINGS, tables=known)
    folds = {"keys": keys, "captures": captures, "sightings": sightings}
    gaps = snapshot.table(GAPS, tables=folds)
    beside = {
        "gaps": gaps,
        "targets": _targets(snapshot, buckets, keys, facts),
        "blind": snapshot.table(BLIND, tables={**facts, "keys": keys}),
        "target_answers": snapshot.table(TARGET_ANSWERS, tables=facts),
    }
    links = snapshot.table(LINKS_FOLD, tables={**facts, **folds, **beside})
    lifelines = snapshot.table(
        LIFELINES_FOLD, tables={"keys": keys, "sightings": sightings, "gaps": gaps}
    )
    events = _events(snapshot, facts, {**folds, "gaps": gaps})
    return {"links": links, "lifelines": lifelines, "link_events": events}


def _events(snapshot: Snapshot, facts: Tables, folds: Tables) -> pa.Table:
    """What happened to the links of these folds."""
    looks = snapshot.table(TARGET_LOOKS, tables=facts)
    told = snapshot.table(TOLD, tables={**facts, **folds, "target_looks": looks})
    turns = snapshot.table(TURNS, tables={"told": told})
    return snapshot.table(EVENTS, tables={**facts, **folds, "turns": turns})


def plan_domains(snapshot: Snapshot) -> Mapping[str, str]:
    """A partition of referring domains depends on its links and on what is said of its domains:
    ratings, and their authority in the foremost graph."""
    text = digest_of(RATINGS.digest, DOMAINS.digest)
    buckets = snapshot.partitions("links")
    ratings: dict[str, str] = {}
    for group in _groups(snapshot, "link_observations", buckets):
        rated = _rows(snapshot, RATINGS, WHOLE, partitions={"links": group})
        ratings |= digest.by_partition(
            snapshot.sql(RATING_DIGESTS, tables={"domain_ratings": rated})
        )
    return {
        bucket: digest_of(text, snapshot.digest("links", bucket), ratings.get(bucket, ""))
        for bucket in buckets
    }


def build_domains(snapshot: Snapshot, buckets: Sequence[str]) -> Iterator[Tables]:
    """The referring domains of some buckets, of some domains at a time."""
    own = {"links": buckets}
    for part in ranges(_slices(snapshot, buckets)):
        ratings = {"domain_ratings": _rows(snapshot, RATINGS, part, partitions=own)}
        domains = _rows(snapshot, DOMAINS, part, partitions=own, tables=ratings)
        yield {"referring_domains": domains}


def plan_top(snapshot: Snapshot) -> Mapping[str, str]:
    """A partition of the top links depends on its links and on who links."""
    text = digest_of(TOP_LINKS_FOLD.digest, LINKED_DOMAINS.digest)
    return {
        bucket: digest_of(
            text, snapshot.digest("links", bucket), snapshot.digest("referring_domains", bucket)
        )
        for bucket in snapshot.partitions("links")
    }


def build_top(snapshot: Snapshot, buckets: Sequence[str]) -> Iterator[Tables]:
    """The top links and sums of the domains of some buckets, of some domains at a time."""
    own = {"links": buckets, "referring_domains": buckets}
    for part in ranges(_slices(snapshot, buckets)):
        top = _rows(snapshot, TOP_LINKS_FOLD, part, partitions=own, most=MOST_TOP)
        sums = _rows(snapshot, LINKED_DOMAINS, part, partitions=own)
        yield {"top_links": top, "linked_domains": sums}


def _rows(snapshot: Snapshot, model: Model, part: Slice, **options: Any) -> pa.Table:
    """What a model tells of a slice's domains."""
    return snapshot.table(model, first=part.first, last=part.last, **options)


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


def _targets(snapshot: Snapshot, buckets: Sequence[str], keys: pa.Table, facts: Tables) -> pa.Table:
    """Where each target leads, as a table (target_page, resolved_page, landing_path,
    landing_host)."""
    own = {"link_observations": buckets, "pages": buckets}
    hops = snapshot.table(HOPS_OF_TARGETS, partitions=own, tables=facts)
    leads = _leads(snapshot, hops, facts)
    targets = keys.column("target_page").unique().drop_null().to_pylist()
    ends = [resolved(target, leads) for target in targets]
    return _text_table(
        {
            "target_page": targets,
            "resolved_page": ends,
            "landing_path": [landing_path(end) for end in ends],
            "landing_host": [landing_host(end) for end in ends],
        }
    )


def _leads(snapshot: Snapshot, hops: pa.Table, facts: Tables) -> dict[str, str]:
    """Every page that the chains beginning with `hops` pass through, and where it leads."""
    leads = _pairs(hops, "target_page")
    frontier = set(leads.values()) - leads.keys()
    for _ in range(HOPS):
        if not frontier:
            break
        further = snapshot.table(
            FURTHER_HOPS, tables={**facts, "frontier": _text_table({"page": sorted(frontier)})}
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
    leads = _leads(snapshot, hops, {})
    ends: dict[str, list[str]] = {}
    for bucket, target in zip(
        hops.column("partition").to_pylist(), hops.column("target_page").to_pylist(), strict=True
    ):
        ends.setdefault(bucket, []).append(f"{target}\0{resolved(target, leads)}")
    return {bucket: digest_of(*sorted(pairs)) for bucket, pairs in ends.items()}


def _text_table(columns: Mapping[str, list[str]]) -> pa.Table:
    return pa.table({name: pa.array(values, pa.string()) for name, values in columns.items()})


def _stage(
    name: str,
    tables: tuple[str, ...],
    plan: Callable[[Snapshot], Mapping[str, str]],
    build: BuildBuckets,
    *,
    facts: str,
    reads: tuple[str, ...],
) -> Stage:
    """A stage whose buckets are built as many at a time as `ROWS_AT_ONCE` rows of `facts` allow:
    a query costs more than a small bucket. A large bucket comes in parts."""

    def build_many(
        snapshot: Snapshot, buckets: Sequence[str]
    ) -> Iterator[tuple[str, Mapping[str, pa.Table]]]:
        for group in _groups(snapshot, facts, buckets):
            for built in build(snapshot, group):
                for bucket in group:
                    yield bucket, {table: _of_bucket(rows, bucket) for table, rows in built.items()}

    def build_one(snapshot: Snapshot, bucket: str) -> Mapping[str, pa.Table]:
        return _joined(part for _, part in build_many(snapshot, [bucket]))

    return Stage(name, tables, code_of("backref.links"), plan, build_one, build_many, reads)


def _groups(snapshot: Snapshot, facts: str, buckets: Sequence[str]) -> Iterator[list[str]]:
    group: list[str] = []
    rows = 0
    for bucket in buckets:
        more = snapshot.rows_in(facts, bucket)
        if group and rows + more > ROWS_AT_ONCE:
            yield group
            group, rows = [], 0
        group.append(bucket)
        rows += more
    if group:
        yield group


def _of_bucket(rows: pa.Table, bucket: str) -> pa.Table:
    return rows.filter(pc.equal(rows["partition"], bucket)).drop_columns("partition")


PAGES = _stage(
    "pages",
    ("pages",),
    plan_pages,
    build_pages,
    facts="page_observations",
    reads=("page_observations",),
)
LINKS = _stage(
    "links",
    ("links", "lifelines", "link_events"),
    plan_links,
    build_links,
    facts="link_observations",
    reads=("link_observations", "page_observations", "checks", "pages"),
)
REFERRING_DOMAINS = _stage(
    "referring_domains",
    ("referring_domains",),
    plan_domains,
    build_domains,
    facts="link_observations",
    reads=("links", "ratings", "domain_ranks", "authority"),
)
TOP_LINKS = _stage(
    "top_links",
    ("top_links", "linked_domains"),
    plan_top,
    build_top,
    facts="link_observations",
    reads=("links", "referring_domains"),
)
