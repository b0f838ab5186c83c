"""Rows of page_observations and link_observations from WAT records.

A target stands on many links and a page on all of its own, so each is worked out once and
repeated by index. What WAT cannot tell stays null, and no page is complete.
"""

from __future__ import annotations

from functools import cache
from typing import TYPE_CHECKING, Any

import numpy as np
import pyarrow as pa

from backref import identity
from backref import url as urls
from backref.schema import LINK_OBSERVATIONS, PAGE_OBSERVATIONS, Table
from backref.sources.observations import LONGEST_URL
from backref.sources.source import Rows

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from backref.sources.destinations import Destination
    from backref.sources.wat_page import Capture
    from backref.url import Url

EXTRACTOR = "wat-1"
"""Changes whenever the same record would be read differently."""
WITNESS = "archive"
_FLAGS = ("nofollow", "ugc", "sponsored", "noreferrer")

Columns = dict[str, pa.Array]


def rows(placed: Sequence[tuple[int, Capture]], key: bytes) -> list[Rows]:
    """A row for each capture, each with its position, and the rows of its links as children."""
    if not placed:
        return []
    captures = [capture for _, capture in placed]
    ids = [_row_id(capture, key) for capture in captures]
    shared = _shared(placed, ids)
    domains = [capture.domain for capture in captures]
    units = np.arange(len(captures))
    found = [_rows(PAGE_OBSERVATIONS, shared | _pages(captures), _buckets(domains), units)]
    counts = [len(capture.page.links) if capture.page else 0 for capture in captures]
    if any(counts):
        units = np.repeat(units, counts)
        columns, buckets = _links(captures, ids, key)
        columns |= _repeated(captures, shared, units, key)
        found.append(_rows(LINK_OBSERVATIONS, columns, buckets, units))
    return found


def _row_id(capture: Capture, key: bytes) -> bytes:
    """A capture is known by what it captured, and as told by WAT: the WARC's own is another."""
    status = "" if capture.status is None else str(capture.status)
    told = "\n".join(("wat", capture.url_text, capture.date, status, capture.digest))
    return identity.record_id(key, PAGE_OBSERVATIONS.name, "", told.encode())


def _rows(table: Table, columns: Columns, buckets: pa.Array, units: Any) -> Rows:
    nothing = pa.nulls(len(units))
    schema = _schema(table)
    arrays = [columns.get(field.name, nothing).cast(field.type) for field in schema]
    batch = pa.RecordBatch.from_arrays(arrays, schema=schema)
    return Rows(table.name, batch, buckets, pa.array(units, pa.int64()))


@cache
def _schema(table: Table) -> pa.Schema:
    return pa.schema([field for field in table.arrow if field.name != "import_id"])


def _buckets(domains: Sequence[str]) -> pa.Array:
    known = {domain: urls.bucket(domain) for domain in set(domains)}
    return pa.array([known[domain] for domain in domains], pa.string())


def _shared(placed: Sequence[tuple[int, Capture]], ids: Sequence[bytes]) -> Columns:
    """What stands on a page's row and on those of its links, by its name in the former."""
    captures = [capture for _, capture in placed]
    said = [capture.page.declared if capture.page else None for capture in captures]
    return {
        "row_id": pa.array(ids, pa.binary(identity.ID_BYTES)),
        "position": pa.array([position for position, _ in placed], pa.int64()),
        "witness": pa.repeat(WITNESS, len(captures)),
        "observed_lo": _times([capture.observed_lo for capture in captures]),
        "observed_hi": _times([capture.observed_hi for capture in captures]),
        "url": _texts(capture.url_text for capture in captures),
        "page": _texts(urls.fold_key(capture.url) for capture in captures),
        "host": _texts(capture.url.host for capture in captures),
        "domain": _texts(capture.domain for capture in captures),
        "status": pa.array([capture.status for capture in captures], pa.int16()),
        "title": _texts(word.title if word else None for word in said),
        "language": _texts(
            word.language if word else capture.language
            for word, capture in zip(said, captures, strict=True)
        ),
        "robots_nofollow": pa.array([word and word.robots.nofollow for word in said], pa.bool_()),
        "robots_noindex": pa.array([word and word.robots.noindex for word in said], pa.bool_()),
        "digest": _texts(capture.digest for capture in captures),
    }


def _pages(captures: Sequence[Capture]) -> Columns:
    pages = [capture.page for capture in captures]
    said = [page.declared if page else None for page in pages]
    redirects = [capture.redirect for capture in captures]
    canonicals = [word.canonical if word else None for word in said]
    return {
        "complete": pa.repeat(pa.scalar(value=False), len(captures)),
        "mime": _texts(capture.mime for capture in captures),
        "redirect_to": _texts(map(_href, redirects)),
        "redirect_page": _texts(map(_fold_key, redirects)),
        "canonical": _texts(map(_href, canonicals)),
        "canonical_page": _texts(map(_fold_key, canonicals)),
        "base": _texts(_href(word.declared_base) if word else None for word in said),
        "byline": _texts(word.byline if word else None for word in said),
        "links": _counts(page.count if page else None for page in pages),
        "internal_links": _counts(page.count - page.external if page else None for page in pages),
        "external_links": _counts(page.external if page else None for page in pages),
        "nofollow_links": _counts(page.nofollow if page else None for page in pages),
        "ugc_links": _counts(page.ugc if page else None for page in pages),
        "sponsored_links": _counts(page.sponsored if page else None for page in pages),
        "ip": _texts(capture.ip for capture in captures),
        "extractor": pa.repeat(EXTRACTOR, len(captures)),
    }


def _links(
    captures: Sequence[Capture], ids: Sequence[bytes], key: bytes
) -> tuple[Columns, pa.Array]:
    """What each link has of its own, and its bucket."""
    links = [link for capture in captures if capture.page for link in capture.page.links]
    numbers: dict[str, int] = {}
    distinct: list[Destination] = []
    places: list[int] = []
    for link in links:
        href = link.destination.target.href
        place = numbers.setdefault(href, len(distinct))
        if place == len(distinct):
            distinct.append(link.destination)
        places.append(place)
    at = pa.array(places, pa.int32())
    columns = {
        "row_id": _child_ids(captures, ids, key),
        "witness": pa.repeat(WITNESS, len(links)),
        "assertion": pa.repeat("present", len(links)),
        "target_url": _texts(each.target.href for each in distinct).take(at),
        "target_page": _texts(urls.fold_key(each.target) for each in distinct).take(at),
        "target_host": _texts(each.target.host for each in distinct).take(at),
        "target_domain": _texts(each.domain for each in distinct).take(at),
        "anchor": pa.array([link.anchor for link in links], pa.string()),
        "anchor_kind": pa.array(["text" if link.anchor else None for link in links], pa.string()),
        "element": pa.array([link.element for link in links], pa.string()),
        **_rels([link.rel for link in links]),
    }
    return columns, _buckets([each.domain for each in distinct]).take(at)


def _rels(rels: Sequence[str | None]) -> Columns:
    """The tokens, and a flag for each that matters."""
    coded = pa.array(rels, pa.string()).dictionary_encode()
    tokens = [set(rel.split()) for rel in coded.dictionary.to_pylist()]
    found = {"rel": coded.dictionary.take(coded.indices)}
    for flag in _FLAGS:
        found[flag] = pa.array([flag in each for each in tokens], pa.bool_()).take(coded.indices)
    return found


def _child_ids(captures: Sequence[Capture], ids: Sequence[bytes], key: bytes) -> pa.Array:
    children = [
        identity.child_id(key, row_id, LINK_OBSERVATIONS.name, ordinal)
        for row_id, capture in zip(ids, captures, strict=True)
        if capture.page
        for ordinal in range(len(capture.page.links))
    ]
    return pa.array(children, pa.binary(identity.ID_BYTES))


def _repeated(captures: Sequence[Capture], shared: Columns, units: Any, key: bytes) -> Columns:
    """The columns that a capture gives to all its links."""
    once = {
        "position": shared["position"],
        "observed_lo": shared["observed_lo"],
        "observed_hi": shared["observed_hi"],
        "source_url": shared["url"],
        "source_page": shared["page"],
        "source_hash": pa.array(
            [identity.page_hash(key, page) for page in shared["page"].to_pylist()], pa.uint64()
        ),
        "source_host": shared["host"],
        "source_domain": shared["domain"],
        "source_identity": _texts(urls.identity(capture.url) for capture in captures),
        "page_nofollow": shared["robots_nofollow"],
        "page_noindex": shared["robots_noindex"],
        "title": shared["title"],
        "language": shared["language"],
        "status": shared["status"],
        "proof": shared["digest"],
    }
    at = pa.array(units)
    return {name: column.take(at) for name, column in once.items()}


def _texts(values: Iterable[str | None]) -> pa.Array:
    """Texts; an empty one tells nothing."""
    return pa.array([value or None for value in values], pa.string())


def _counts(values: Iterable[int | None]) -> pa.Array:
    return pa.array(list(values), pa.int64())


def _times(values: Sequence[Any]) -> pa.Array:
    return pa.array(values, pa.timestamp("us", tz="UTC"))


def _href(url: Url | None) -> str | None:
    """A URL's text; one of absurd length is as good as none."""
    return url.href if url is not None and len(url.href) <= LONGEST_URL else None


def _fold_key(url: Url | None) -> str | None:
    return urls.fold_key(url) if url is not None and _href(url) else None
