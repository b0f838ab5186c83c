"""Link rows of vendors, Search Console and lists: observations and the vendor's metrics.

A row's unit is the link's presence when the vendor saw it last. Beside it stand its presence
when first seen and, where the vendor calls it lost, that word. What the row tells of the link
(anchor, rel, status) was so at the last sight and stands on that observation alone.
"""

from __future__ import annotations

from collections import Counter
from functools import lru_cache
from typing import TYPE_CHECKING, Any

import pyarrow as pa

from backref.identity import child_id, page_hash
from backref.sources import export_ratings
from backref.sources.dates import Moment
from backref.sources.export_frame import Frame, batch, bucket, numbered, rows_of
from backref.sources.source import Context, Parsed, Rows, Site
from backref.url import registrable_domain

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

    from backref.sources.values import Place

_TABLE = "link_observations"
_FIRST_SEEN, _LOST = 1, 2
_CONTEXT_CHARS = 300
_KEPT = (
    *("position", "witness", "source_url", "source_page", "source_hash", "source_host"),
    *("source_domain", "source_identity", "target_url", "target_page", "target_host"),
    "target_domain",
)
"""What a presence at first sight and a loss share with the unit."""


def parse(frame: Frame, context: Context) -> Parsed:
    """Link observations and ratings of a frame of links."""
    frame = frame.without(_unusable(frame, context.site))
    site = context.site_name if frame.format.needs_site else ""
    ids = frame.identities(context.key, _TABLE, site)
    seen = _last_seen(frame)
    units = batch(_TABLE, {"row_id": ids, **_columns(frame, context, seen)})
    made = [_observations(frame, context, units, ids)]
    made += export_ratings.beside(frame, context, ids, seen)
    named = {"source_hosts": {page.host for page in frame.column("source_url")}}
    return Parsed(frame.read, made, frame.rejects, _counts(frame), named=named)


def _counts(frame: Frame) -> Counter[str]:
    """How many links the vendor calls nofollow and lost, where it says so of any."""
    found: Counter[str] = Counter()
    if frame.has("nofollow"):
        found["nofollow"] = sum(map(bool, frame.column("nofollow")))
    if frame.has("lost") or frame.has("is_lost"):
        found["lost"] = len(_losses(frame))
    return found


def _unusable(frame: Frame, site: Site | None) -> dict[int, str]:
    """Rows without the pages that make a link."""
    bad = {
        row: "no linking page" for row, page in enumerate(frame.column("source_url")) if not page
    }
    if frame.has("target_url"):
        targets = enumerate(frame.column("target_url"))
        bad.update({row: "no target page" for row, page in targets if not page})
    elif site is None:
        bad.update(dict.fromkeys(range(len(frame)), "no site is known that these pages link to"))
    return bad


def _last_seen(frame: Frame) -> list[Moment | None]:
    pairs = zip(frame.column("last_seen"), frame.column("first_seen"), strict=True)
    return [last or first for last, first in pairs]


def _columns(frame: Frame, context: Context, seen: list[Moment | None]) -> dict[str, Any]:
    return {
        "position": frame.positions,
        "witness": frame.format.constants["witness"],
        "assertion": "present",
        **_interval(seen),
        **_source(frame.column("source_url"), context.key),
        **_target(frame, context),
        **_anchor(frame),
        **_rel(frame),
        "element": _element(frame),
        "context": _context(frame) if frame.has("left") or frame.has("right") else None,
        **{
            name: frame.values.get(name)
            for name in ("title", "language", "status", "target_status")
        },
        **{name: frame.values.get(name) for name in ("group_size", "sitewide")},
    }


def _interval(times: Sequence[Moment | None]) -> dict[str, list[int | None]]:
    return {
        "observed_lo": [time and time.lo for time in times],
        "observed_hi": [time and time.hi for time in times],
    }


def _source(pages: list[Place], key: bytes) -> dict[str, list[Any]]:
    return {
        "source_url": [page.text for page in pages],
        "source_page": [page.page for page in pages],
        "source_hash": [page_hash(key, page.page) for page in pages],
        "source_host": [page.host for page in pages],
        "source_domain": [page.domain for page in pages],
        "source_identity": [page.identity for page in pages],
    }


def _target(frame: Frame, context: Context) -> dict[str, Any]:
    """The target's names, or the site's alone where the export knows no target."""
    if not frame.has("target_url"):
        site = context.site_name
        return {"target_host": site, "target_domain": registrable_domain(site)}
    pages: list[Place] = frame.column("target_url")
    return {
        "target_url": [page.text for page in pages],
        "target_page": [page.page for page in pages],
        "target_host": [page.host for page in pages],
        "target_domain": [page.domain for page in pages],
    }


def _anchor(frame: Frame) -> dict[str, Any]:
    """The anchor and its kind. A blank anchor of a column that is there is an empty anchor."""
    if not frame.has("anchor"):
        return {}
    anchors = [text or "" for text in frame.column("anchor")]
    images = frame.column("is_image") if frame.has("is_image") else frame.column("image")
    kinds = [
        "image" if image else "text" if text else "empty"
        for text, image in zip(anchors, images, strict=True)
    ]
    return {"anchor": anchors, "anchor_kind": kinds}


def _rel(frame: Frame) -> dict[str, Any]:
    """The vendor's flags, and as rel the tokens that they prove; without any, rel is unknown."""
    names = tuple(name for name in ("nofollow", "sponsored", "ugc") if frame.has(name))
    if not names:
        return {}
    flags = zip(*(frame.column(name) for name in names), strict=True)
    tokens = [_on(names, row) for row in flags]
    return {"rel": tokens, **{name: frame.column(name) for name in names}}


@lru_cache(maxsize=1_024)
def _on(names: tuple[str, ...], flags: tuple[bool | None, ...]) -> str | None:
    """The names whose flags are set, by spaces."""
    return " ".join(name for name, on in zip(names, flags, strict=True) if on) or None


_FLAGGED = ("frame", "form", "redirect", "mention")


def _element(frame: Frame) -> Any:
    """The element by the vendor's type or flags; a link without a flag is an `a`."""
    if frame.has("element"):
        return frame.column("element")
    flags = tuple(name for name in _FLAGGED if frame.has(f"is_{name}"))
    if not flags:
        return None
    rows = zip(*(frame.column(f"is_{name}") for name in flags), strict=True)
    return [(_on(flags, row) or "a").partition(" ")[0] for row in rows]


def _context(frame: Frame) -> list[str | None]:
    parts = zip(frame.column("left"), frame.column("anchor"), frame.column("right"), strict=True)
    texts = (" ".join(part for part in row if part) for row in parts)
    return [text[:_CONTEXT_CHARS] or None for text in texts]


# --- what stands beside the unit ------------------------------------------------------------


def _observations(frame: Frame, context: Context, units: pa.RecordBatch, ids: list[bytes]) -> Rows:
    """The units, then first sights, then losses."""
    early = _first_sights(frame)
    lost = _losses(frame)
    parts = [
        units,
        _further(units, early, _child_ids(context.key, ids, early, _FIRST_SEEN), "present", None),
        _further(
            units,
            lost,
            _child_ids(context.key, ids, lost, _LOST),
            "reported_lost",
            _reasons(frame, [*lost]),
        ),
    ]
    made = pa.concat_batches(parts)
    unit = pa.concat_arrays([numbered(len(ids)), pa.array([*early, *lost], pa.int64())])
    domains = made.column("target_domain").dictionary_encode()
    names = pa.array([bucket(domain) for domain in domains.dictionary.to_pylist()], pa.string())
    return rows_of(_TABLE, made, names.take(domains.indices), unit)


def _first_sights(frame: Frame) -> dict[int, Moment]:
    """Rows that tell of a first sight other than the last."""
    pairs = zip(frame.column("first_seen"), frame.column("last_seen"), strict=True)
    return {
        row: first
        for row, (first, last) in enumerate(pairs)
        if first is not None and last is not None and first != last
    }


def _losses(frame: Frame) -> dict[int, Moment | None]:
    """Rows that the vendor calls lost, and when: at its date, or from after the last sight."""
    dated = {row: time for row, time in enumerate(frame.column("lost")) if time is not None}
    flagged = enumerate(frame.column("is_lost"))
    seen = _last_seen(frame)
    after = {row: _after(seen[row]) for row, lost in flagged if lost and row not in dated}
    return dict(sorted({**dated, **after}.items()))


def _after(seen: Moment | None) -> Moment | None:
    """The first instant at which the link can have been missed."""
    return None if seen is None else Moment(seen.hi + 1, seen.hi + 1)


def _reasons(frame: Frame, rows: list[int]) -> list[str | None]:
    default = frame.format.constants.get("lost_reason")
    columns = [frame.column("lost_status"), frame.column("drop_reason")]
    told = ([column[row] for column in columns if column[row]] for row in rows)
    return ["; ".join(words) or default for words in told]


def _child_ids(key: bytes, ids: list[bytes], rows: Iterable[int], ordinal: int) -> list[bytes]:
    return [child_id(key, ids[row], _TABLE, ordinal) for row in rows]


def _further(
    units: pa.RecordBatch,
    times: Mapping[int, Moment | None],
    row_ids: list[bytes],
    assertion: str,
    reasons: list[str | None] | None,
) -> pa.RecordBatch:
    """Further observations of some units: same pages, other time."""
    taken = units.select(list(_KEPT)).take(pa.array([*times], pa.int64()))
    return batch(
        _TABLE,
        {
            **{name: taken.column(name) for name in _KEPT},
            "row_id": row_ids,
            "assertion": assertion,
            "reason": reasons,
            **_interval([*times.values()]),
        },
    )
