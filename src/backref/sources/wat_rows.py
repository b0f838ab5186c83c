"""Rows of page_observations and link_observations from WAT records.

A target stands on many links and a page on all of its own, so each is worked out once and
repeated by index. What WAT cannot tell stays null, and no page is complete.
"""

from __future__ import annotations

from collections import Counter
from functools import cache
from typing import TYPE_CHECKING, Any

import numpy as np
import pyarrow as pa

from backref import identity
from backref import url as urls
from backref.schema import LINK_OBSERVATIONS, PAGE_OBSERVATIONS, Table
from backref.sources import children
from backref.sources.html import rel_tokens
from backref.sources.observations import LONGEST_URL
from backref.sources.source import Rows
from backref.sources.surroundings import ANCHOR_CHARACTERS

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from numpy.typing import NDArray

    from backref.sources.wat_links import Found
    from backref.sources.wat_listed import Texts
    from backref.sources.wat_page import Capture
    from backref.url import Url

EXTRACTOR = "wat-1"
"""Changes whenever the same record would be read differently."""
WITNESS = "archive"
COUNTED = ("nofollow", "ugc", "sponsored")
_FLAGS = (*COUNTED, "noreferrer")

Columns = dict[str, pa.Array]


class Told:
    """Captures with their positions and the links that were found on them."""

    def __init__(self, positions: Sequence[int], captures: Sequence[Capture], found: Found) -> None:
        self.positions = positions
        self.captures = captures
        self.found = found
        self.rels = _rels(found.rels, self._silent()[found.units])
        self.flagged = {flag: self._flagged(self.rels[flag]) for flag in COUNTED}

    def counts(self) -> Counter[str]:
        """The figures of a report."""
        return Counter(
            pages=sum(capture.page is not None for capture in self.captures),
            links=int(self.found.totals.sum()),
            external_links=int(self.found.externals.sum()),
            **{flag: int(self.flagged[flag].sum()) for flag in COUNTED},
        )

    def _silent(self) -> NDArray[np.bool_]:
        """On which pages a link without rel has none."""
        return np.array([bool(one.page and one.page.rels_told) for one in self.captures], bool)

    def _flagged(self, flag: pa.Array) -> NDArray[np.intp]:
        """How many links of each page lead elsewhere with a flag."""
        flags = flag.fill_null(False).to_numpy(zero_copy_only=False)
        chosen = self.found.units[self.found.leaves & flags]
        return np.bincount(chosen, minlength=len(self.captures))


def rows(told: Told, key: bytes, *, fast: bool) -> list[Rows]:
    """A row for each capture, and the rows of its links as its children; `fast`: by kernels."""
    if not told.captures:
        return []
    ids = [_row_id(capture, key) for capture in told.captures]
    shared = _shared(told, ids)
    domains = [capture.domain for capture in told.captures]
    units = np.arange(len(ids))
    found = [_rows(PAGE_OBSERVATIONS, shared | _pages(told), _buckets(domains), units)]
    if len(told.found.units):
        columns, buckets = _links(told.found)
        columns["row_id"] = children.ids(
            key, LINK_OBSERVATIONS.name, ids, told.found.units, fast=fast
        )
        columns |= _repeated(told, shared, key) | told.rels
        found.append(_rows(LINK_OBSERVATIONS, columns, buckets, told.found.units))
    return found


def _row_id(capture: Capture, key: bytes) -> bytes:
    """A capture is known by what it captured, and as told by WAT: the WARC's own is another."""
    status = "" if capture.status is None else str(capture.status)
    told = "\n".join(("wat", capture.url_text, capture.date, status, capture.digest))
    return identity.record_id(key, PAGE_OBSERVATIONS.name, "", told.encode())


def _rows(table: Table, columns: Columns, buckets: pa.Array, units: Any) -> Rows:
    nothing = pa.nulls(len(units))
    schema = _schema(table)
    arrays = [_typed(columns.get(field.name, nothing), field.type) for field in schema]
    batch = pa.RecordBatch.from_arrays(arrays, schema=_like(schema, arrays))
    return Rows(table.name, batch, buckets, pa.array(units, pa.int64()))


@cache
def _schema(table: Table) -> pa.Schema:
    return pa.schema([field for field in table.arrow if field.name != "import_id"])


def _typed(column: pa.Array, wanted: pa.DataType) -> pa.Array:
    return column if pa.types.is_dictionary(column.type) else column.cast(wanted)


def _like(schema: pa.Schema, arrays: Sequence[pa.Array]) -> pa.Schema:
    """The schema with the types of the columns, which may be dictionaries of its own."""
    return pa.schema(
        field.with_type(array.type) for field, array in zip(schema, arrays, strict=True)
    )


def _always(text: str, count: int) -> pa.Array:
    return _coded(np.zeros(count, np.int32), [text])


def _coded(numbers: NDArray[Any], texts: Sequence[str]) -> pa.Array:
    """A column of few texts, given by their numbers; -1 is none."""
    return pa.DictionaryArray.from_arrays(_numbers(numbers), pa.array(texts, pa.string()))


def _numbers(numbers: NDArray[Any]) -> pa.Array:
    """Numbers, -1 as null."""
    given = numbers.astype(np.int32, copy=False)
    return pa.array(given, mask=given < 0) if (given < 0).any() else pa.array(given)


def _buckets(domains: Sequence[str]) -> pa.Array:
    known = {domain: urls.bucket(domain) for domain in set(domains)}
    return pa.array([known[domain] for domain in domains], pa.string())


def _shared(told: Told, ids: Sequence[bytes]) -> Columns:
    """What stands on a page's row and on those of its links, by its name in the former."""
    captures = told.captures
    said = [capture.page.declared if capture.page else None for capture in captures]
    return {
        "row_id": pa.array(ids, pa.binary(identity.ID_BYTES)),
        "position": pa.array(told.positions, pa.int64()),
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


def _pages(told: Told) -> Columns:
    captures = told.captures
    pages = [capture.page for capture in captures]
    said = [page.declared if page else None for page in pages]
    redirects = [capture.redirect for capture in captures]
    canonicals = [word.canonical if word else None for word in said]
    totals, externals = told.found.totals.tolist(), told.found.externals.tolist()
    counted = list(zip(pages, totals, externals, strict=True))
    return {
        "complete": pa.repeat(pa.scalar(value=False), len(captures)),
        "mime": _texts(capture.mime for capture in captures),
        "redirect_to": _texts(map(_href, redirects)),
        "redirect_page": _texts(map(_fold_key, redirects)),
        "canonical": _texts(map(_href, canonicals)),
        "canonical_page": _texts(map(_fold_key, canonicals)),
        "base": _texts(_href(word.declared_base) if word else None for word in said),
        "byline": _texts(word.byline if word else None for word in said),
        "links": _counts(total if page else None for page, total, _ in counted),
        "internal_links": _counts(
            total - external if page else None for page, total, external in counted
        ),
        "external_links": _counts(external if page else None for page, _, external in counted),
        **{
            f"{flag}_links": _counts(
                flags if page and page.rels_told else None
                for page, flags in zip(pages, told.flagged[flag].tolist(), strict=True)
            )
            for flag in COUNTED
        },
        "ip": _texts(capture.ip for capture in captures),
        "extractor": pa.repeat(EXTRACTOR, len(captures)),
    }


def _links(found: Found) -> tuple[Columns, pa.Array]:
    """What each link has of its own, and its bucket."""
    distinct = found.destinations
    at = pa.array(found.places)
    anchors = _texts(_anchor(text) for text in found.texts.distinct)
    anchors = anchors.take(_numbers(found.texts.numbers))
    columns = {
        "witness": _always(WITNESS, len(at)),
        "assertion": _always("present", len(at)),
        "target_url": _texts(each.target.href for each in distinct).take(at),
        "target_page": _texts(urls.fold_key(each.target) for each in distinct).take(at),
        "target_host": _texts(each.target.host for each in distinct).take(at),
        "target_domain": _texts(each.domain for each in distinct).take(at),
        "anchor": anchors,
        "anchor_kind": _coded(np.where(anchors.is_valid(), 0, -1), ["text"]),
        "element": _coded(found.areas, ["a", "area"]),
    }
    return columns, _buckets([each.domain for each in distinct]).take(at)


def _anchor(text: str) -> str:
    return " ".join(text.split())[:ANCHOR_CHARACTERS]


def _rels(said: Texts, silent: NDArray[np.bool_]) -> Columns:
    """The tokens of rels as written, and a flag for each that matters; where a link that has none
    is `silent`, that says so."""
    tokens = [*map(rel_tokens, said.distinct), ""]
    # What is empty is as good as not there.
    blank = np.array([not rel for rel in said.distinct] + [True])[said.numbers]
    numbers = np.where(blank, np.where(silent, len(said.distinct), -1), said.numbers)
    at = _numbers(numbers.astype(np.int32))
    found = {"rel": pa.DictionaryArray.from_arrays(at, pa.array(tokens, pa.string()))}
    for flag in _FLAGS:
        found[flag] = pa.array([flag in each.split() for each in tokens], pa.bool_()).take(at)
    return found


def _repeated(told: Told, shared: Columns, key: bytes) -> Columns:
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
        "source_identity": _texts(urls.identity(capture.url) for capture in told.captures),
        "page_nofollow": shared["robots_nofollow"],
        "page_noindex": shared["robots_noindex"],
        "title": shared["title"],
        "language": shared["language"],
        "status": shared["status"],
        "proof": shared["digest"],
    }
    at = pa.array(told.found.units)
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
