"""Rows of page_observations and link_observations from captures.

What belongs to a page stands on each of its links. It is kept once a capture and repeated by
index, so that a link costs only what is its own.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache
from typing import TYPE_CHECKING, Any

import numpy as np
import pyarrow as pa

from backref import identity
from backref import url as urls
from backref.schema import LINK_OBSERVATIONS, PAGE_OBSERVATIONS, Table
from backref.sources.features import TextFeatures, text_features, words_of
from backref.sources.html import EXTRACTOR, Link, Page
from backref.sources.source import Rows

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import datetime

    from backref.url import Url

LONGEST_URL = 8_192
LONGEST_LANGUAGE = 100
_NOTHING = TextFeatures(0, None, "")


@dataclass(slots=True, frozen=True)
class Capture:
    """One capture of one URL: what the archive says of it and, if it is HTML, the page."""

    row_id: bytes
    position: int
    observed_lo: datetime | None
    observed_hi: datetime | None
    url_text: str
    url: Url
    status: int | None
    complete: bool
    mime: str
    language: str
    redirect: Url | None
    ip: str
    digest: str
    page: Page | None


def rows(captures: Sequence[Capture], key: bytes, witness: str = "archive") -> list[Rows]:
    """A row for each capture, and the rows of its links as its children."""
    if not captures:
        return []
    domains = [urls.registrable_domain(capture.url.host) for capture in captures]
    pages = _page_columns(captures, domains, witness)
    found = [table_rows(PAGE_OBSERVATIONS, pages, domains, np.arange(len(captures)))]
    links = [link for capture in captures if capture.page for link in capture.page.links]
    if links:
        units = np.repeat(
            np.arange(len(captures)),
            [len(capture.page.links) if capture.page else 0 for capture in captures],
        )
        columns = _link_columns(captures, domains, links, units, key=key, witness=witness)
        found.append(table_rows(LINK_OBSERVATIONS, columns, [link.domain for link in links], units))
    return found


def table_rows(table: Table, columns: dict[str, Any], domains: list[str], units: Any) -> Rows:
    """Rows of a table from its columns, each in the bucket of its domain."""
    buckets = {domain: urls.bucket(domain) for domain in set(domains)}
    schema = _schema(table)
    arrays = [
        columns[field.name].cast(field.type)
        if isinstance(columns[field.name], pa.Array)
        else pa.array(columns[field.name], field.type)
        for field in schema
    ]
    return Rows(
        table.name,
        pa.RecordBatch.from_arrays(arrays, schema=schema),
        pa.array([buckets[domain] for domain in domains], pa.string()),
        pa.array(units, pa.int64()),
    )


@cache
def _schema(table: Table) -> pa.Schema:
    return pa.schema([field for field in table.arrow if field.name != "import_id"])


def _page_columns(captures: Sequence[Capture], domains: list[str], witness: str) -> dict[str, Any]:
    pages = [capture.page for capture in captures]
    read = iter(text_features([page.text for page in pages if page]))
    features = [next(read) if page else _NOTHING for page in pages]
    counted = iter(words_of([page.anchors for page in pages if page]))
    said = [page.declared if page else None for page in pages]
    return {
        "row_id": [capture.row_id for capture in captures],
        "position": [capture.position for capture in captures],
        "witness": [witness] * len(captures),
        "observed_lo": [capture.observed_lo for capture in captures],
        "observed_hi": [capture.observed_hi for capture in captures],
        "url": [capture.url_text for capture in captures],
        "page": [urls.fold_key(capture.url) for capture in captures],
        "host": [capture.url.host for capture in captures],
        "domain": domains,
        "status": [capture.status for capture in captures],
        "complete": [capture.complete for capture in captures],
        "mime": [capture.mime or None for capture in captures],
        "charset": [page.charset if page else None for page in pages],
        "redirect_to": [_href(capture.redirect) for capture in captures],
        "redirect_page": [_fold_key(capture.redirect) for capture in captures],
        "canonical": [_href(word.canonical) if word else None for word in said],
        "canonical_page": [_fold_key(word.canonical) if word else None for word in said],
        "base": [_href(word.declared_base) if word else None for word in said],
        "title": [(word.title or None) if word else None for word in said],
        "language": _languages(captures),
        "robots_nofollow": [word.robots.nofollow if word else None for word in said],
        "robots_noindex": [word.robots.noindex if word else None for word in said],
        "links": [page.count if page else None for page in pages],
        "internal_links": [page.count - page.external if page else None for page in pages],
        "external_links": [page.external if page else None for page in pages],
        "nofollow_links": [page.nofollow if page else None for page in pages],
        "ugc_links": [page.ugc if page else None for page in pages],
        "sponsored_links": [page.sponsored if page else None for page in pages],
        "words": [
            found.words if page else None for found, page in zip(features, pages, strict=True)
        ],
        "anchor_words": [next(counted) if page else None for page in pages],
        "simhash": [found.simhash for found in features],
        "terms": [found.terms or None for found in features],
        "byline": [(word.byline or None) if word else None for word in said],
        "schema_types": [(word.schema_types or None) if word else None for word in said],
        "analytics_ids": [(word.analytics_ids or None) if word else None for word in said],
        "ip": [capture.ip or None for capture in captures],
        "digest": [capture.digest for capture in captures],
        "extractor": [EXTRACTOR] * len(captures),
    }


def _href(url: Url | None) -> str | None:
    """A URL's text; one of absurd length is as good as none."""
    return url.href if url is not None and len(url.href) <= LONGEST_URL else None


def _fold_key(url: Url | None) -> str | None:
    return urls.fold_key(url) if url is not None and _href(url) else None


def _languages(captures: Sequence[Capture]) -> list[str | None]:
    return [
        ((capture.page.declared.language if capture.page else capture.language) or None)
        for capture in captures
    ]


def _link_columns(
    captures: Sequence[Capture],
    domains: list[str],
    links: list[Link],
    units: Any,
    *,
    key: bytes,
    witness: str,
) -> dict[str, Any]:
    rels = [link.rel for link in links]
    flags = {rel: set(rel.split()) for rel in set(rels)}
    targets = {link.target: urls.fold_key(link.target) for link in links}
    nothing = pa.nulls(len(links))
    return {
        "row_id": _child_ids(captures, key),
        "witness": pa.repeat(witness, len(links)),
        "assertion": pa.repeat("present", len(links)),
        "reason": nothing,
        **_repeated(captures, domains, units, key),
        "target_url": [link.target.href for link in links],
        "target_page": [targets[link.target] for link in links],
        "target_host": [link.target.host for link in links],
        "target_domain": [link.domain for link in links],
        "anchor": [link.anchor for link in links],
        "anchor_kind": [link.anchor_kind for link in links],
        "rel": rels,
        **{
            flag: [flag in flags[rel] for rel in rels]
            for flag in ("nofollow", "ugc", "sponsored", "noreferrer")
        },
        "element": [link.element for link in links],
        "placement": [link.placement for link in links],
        "context": [link.context for link in links],
        "target_status": nothing,
        "group_size": nothing,
        "sitewide": nothing,
    }


def _child_ids(captures: Sequence[Capture], key: bytes) -> list[bytes]:
    return [
        identity.child_id(key, capture.row_id, "link_observations", ordinal)
        for capture in captures
        if capture.page
        for ordinal in range(len(capture.page.links))
    ]


def _repeated(
    captures: Sequence[Capture], domains: list[str], units: Any, key: bytes
) -> dict[str, pa.Array]:
    """The columns that a capture gives to all its links."""
    pages = [urls.fold_key(capture.url) for capture in captures]
    said = [capture.page.declared if capture.page else None for capture in captures]
    once = {
        "position": [capture.position for capture in captures],
        "observed_lo": [capture.observed_lo for capture in captures],
        "observed_hi": [capture.observed_hi for capture in captures],
        "source_url": [capture.url_text for capture in captures],
        "source_page": pages,
        "source_hash": [identity.page_hash(key, page) for page in pages],
        "source_host": [capture.url.host for capture in captures],
        "source_domain": domains,
        "source_identity": [urls.identity(capture.url) for capture in captures],
        "page_nofollow": [word.robots.nofollow if word else None for word in said],
        "page_noindex": [word.robots.noindex if word else None for word in said],
        "title": [(word.title or None) if word else None for word in said],
        "language": _languages(captures),
        "status": [capture.status for capture in captures],
        "proof": [capture.digest for capture in captures],
    }
    types = {field.name: field.type for field in LINK_OBSERVATIONS.arrow}
    places = pa.array(units)
    return {name: pa.array(values, types[name]).take(places) for name, values in once.items()}
