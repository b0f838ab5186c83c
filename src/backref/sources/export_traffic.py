"""Other tools' traffic reports: aggregates by source, referrer or page."""

from __future__ import annotations

from collections import Counter
from typing import Any, NamedTuple

from backref import url
from backref.sources import formats, values
from backref.sources.dates import Span
from backref.sources.export_frame import Frame, Table, batch, numbered, rows_of
from backref.sources.source import NO_ORIGIN, Context, Parsed

_TABLE = "traffic_reports"
_METRICS = (
    *("visits", "engaged_visits", "users", "conversions", "value", "engagement_seconds"),
    *("bounces", "visit_seconds"),
)
_DIMENSIONS = (
    *("day", "span", "source", "medium", "source_medium", "channel", "campaign"),
    *("referrer", "landing_page", "page_path"),
)
_CHOOSING = "ga4"
"""The tool whose reports have the columns that their owner chooses."""
_BREAKDOWN = (
    *("source", "medium", "source_medium", "channel", "campaign", "content", "term"),
    *("referrer", "landing_page", "page_path"),
)
_JOINING = ("source", "source_medium", "referrer", "landing_page")
_UNSAID = frozenset({"(not set)", "(none)", "(direct)", "(data not available)", "(other)"})


class _Origin(NamedTuple):
    """Who sent a row's visits, as far as a host can be made of it."""

    host: str | None
    domain: str | None
    page: str | None


def parse(frame: Frame, context: Context) -> Parsed:
    """Traffic rows of a frame. A report of pages counts views: its page is no landing page's
    visits, so of its figures the views alone are kept."""
    frame = frame.without(_empty(frame))
    sources, mediums = _source_and_medium(frame)
    pages = frame.column("referrer")
    origins = [
        _origin(page, is_page=True) if page else _origin(source, is_page=False)
        for page, source in zip(pages, sources, strict=True)
    ]
    spans = _spans(frame)
    landing = frame.has("landing_page")
    views_alone = frame.has("page_path") and not landing
    made = batch(
        _TABLE,
        {
            "row_id": frame.identities(context.key, _TABLE, context.site_name),
            "position": frame.positions,
            "site": context.site_name,
            "tool": frame.format.constants["tool"],
            "breakdown": " ".join(name for name in _BREAKDOWN if frame.has(name)),
            "day_lo": [span and span.lo for span in spans],
            "day_hi": [span and span.hi for span in spans],
            "source": sources,
            "medium": mediums,
            "channel": frame.values.get("channel"),
            "campaign": frame.values.get("campaign"),
            "content": _content(frame),
            "source_host": [origin.host for origin in origins],
            "source_domain": [origin.domain for origin in origins],
            "source_page": [origin.page for origin in origins],
            "landing_page": _paths(frame.column("landing_page" if landing else "page_path")),
            "views": frame.values.get("views"),
            **{name: None if views_alone else frame.values.get(name) for name in _METRICS},
        },
    )
    rows = rows_of(_TABLE, made, context.site_name, numbered(len(frame)))
    joins = any(frame.has(name) for name in _JOINING)
    chosen = frame.format.constants["tool"] == _CHOOSING
    counts = Counter({NO_ORIGIN: len(frame)}) if chosen and not joins else Counter[str]()
    return Parsed(frame.read, [rows], frame.rejects, counts)


def dimensions(table: Table) -> list[int]:
    """The columns that say what a row is about; none where a blank one may mean no referrer."""
    columns = formats.named(table.format).by_field
    found = {n: columns[n].find(table.header) for n in _DIMENSIONS if n in columns}
    return [] if found.get("referrer") else [at for places in found.values() for at in places]


def _empty(frame: Frame) -> dict[int, str]:
    """Rows without a single figure."""
    columns = [frame.values[name] for name in (*_METRICS, "views") if frame.has(name)]
    rows = enumerate(zip(*columns, strict=True))
    return {row: "no figure" for row, cells in rows if all(cell is None for cell in cells)}


def _source_and_medium(frame: Frame) -> tuple[list[Any], list[Any]]:
    """The two columns, or `google / organic` cut in two."""
    if not frame.has("source_medium"):
        return frame.column("source"), frame.column("medium")
    cut = [(both or "").partition(" / ") for both in frame.column("source_medium")]
    return [source or None for source, _, _ in cut], [medium or None for _, _, medium in cut]


def _spans(frame: Frame) -> list[Span | None]:
    """The days of each row: its own, else those of its table."""
    period = frame.table.period
    days = (None if day is None else Span(day, day) for day in frame.column("day"))
    return [day or span or period for day, span in zip(days, frame.column("span"), strict=True)]


def _content(frame: Frame) -> list[str | None]:
    pairs = zip(frame.column("content"), frame.column("term"), strict=True)
    return [" ".join(word for word in words if word) or None for words in pairs]


def _origin(text: str | None, *, is_page: bool) -> _Origin:
    """`news.example`, or a full referrer, which some tools tell without its scheme; a bare word
    like `google` is no host."""
    if text is None or text in _UNSAID or "." not in text or " " in text:
        return _Origin(None, None, None)
    found = url.parse(text)
    if found is None or "." not in found.host:
        return _Origin(None, None, None)
    told = found.path != "/" or found.query
    page = url.fold_key(found) if told and (is_page or "://" in text) else None
    return _Origin(found.host, url.registrable_domain(found.host), page)


def _paths(cells: list[str | None]) -> list[str | None]:
    return [None if cell is None or cell in _UNSAID else _path(cell) for cell in cells]


def _path(cell: str) -> str | None:
    try:
        path: str | None = values.converter("path", values.Customs())(cell)
    except ValueError:
        return None
    return path
