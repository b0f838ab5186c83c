"""Search Console performance rows: clicks and impressions by one dimension."""

from __future__ import annotations

from datetime import date, timedelta

from backref.identity import record_id
from backref.sources.export_frame import Frame, batch, numbered, rows_of
from backref.sources.own_site import fallback, site_of
from backref.sources.source import Context, Parsed, Site

_TABLE = "rankings"
_EPOCH = date(1970, 1, 1)
_COUNTS = ("clicks", "impressions")


def parse(frame: Frame, context: Context) -> Parsed:
    """Rankings of a frame; a page goes to the site of its host, the chosen one or none."""
    dimension = frame.format.constants["dimension"]
    frame = frame.without(_unusable(frame, dimension))
    frame = frame.without(_homeless(frame, _sites(frame, context, dimension), context.site))
    sites = _sites(frame, context, dimension)
    days = frame.column("day")
    period = frame.table.period
    made = batch(
        _TABLE,
        {
            "row_id": [
                record_id(context.key, _TABLE, site or "", record)
                for site, record in zip(sites, frame.records, strict=True)
            ],
            "position": frame.positions,
            "site": sites,
            "dimension": dimension,
            "value": _values(frame, dimension),
            "day_lo": [period.lo if day is None and period else day for day in days],
            "day_hi": [period.hi if day is None and period else day for day in days],
            "ctr": frame.values.get("ctr"),
            "average_position": frame.values.get("average_position"),
            **{name: frame.column(name) for name in _COUNTS},
        },
    )
    rows = rows_of(_TABLE, made, [site or "" for site in sites], numbered(len(frame)))
    return Parsed(frame.read, [rows], frame.rejects)


def _values(frame: Frame, dimension: str) -> list[str]:
    if dimension == "date":
        return [str(_EPOCH + timedelta(days=day)) for day in frame.column("day")]
    if dimension == "page":
        return [place.page for place in frame.column("value")]
    return frame.column("value")


def _sites(frame: Frame, context: Context, dimension: str) -> list[str | None]:
    """The chosen or only site; for pages the site of their host, which must be the chosen one
    where one is chosen."""
    if dimension != "page":
        return [fallback(context)] * len(frame)
    among = context.sites if context.site is None else (context.site,)
    return [site_of(place.host, among) for place in frame.column("value")]


def _homeless(frame: Frame, sites: list[str | None], chosen: Site | None) -> dict[int, str]:
    """Rows that belong to no site of the store, or to another than the chosen one."""
    bad = [row for row, site in enumerate(sites) if site is None]
    pages = frame.column("value")
    hosts = (getattr(pages[row], "host", "this property") for row in bad)
    if chosen is not None:
        return {
            row: f"{host} is no host of {chosen.name}" for row, host in zip(bad, hosts, strict=True)
        }
    return {row: f"no site has {host}" for row, host in zip(bad, hosts, strict=True)}


def _unusable(frame: Frame, dimension: str) -> dict[int, str]:
    bad: dict[int, str] = {}
    for name in (*_COUNTS, "day" if dimension == "date" else "value"):
        for row, cell in enumerate(frame.column(name)):
            if cell is None:
                bad.setdefault(row, f"no {name}")
    return bad
