"""The placement sheet: what the team itself agreed, built or paid.

Each row is a placement and, beside it, a claim that the link stands on its page. What is
declared there outranks guesses elsewhere, so nothing is guessed here: an unknown way of
acquiring, a date that may be two days, or a cost that contradicts its currency spoils the row.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from typing import TYPE_CHECKING, Any

import pyarrow as pa

from backref.identity import child_id, page_hash, record_id
from backref.sources.dates import DAY
from backref.sources.export_frame import Frame, batch, bucket, numbered, rows_of
from backref.sources.own_site import fallback, site_of
from backref.sources.source import DISAGREEING, Context, Parsed, Rows
from backref.sources.values import OFFLINE
from backref.url import registrable_domain

if TYPE_CHECKING:
    from backref.sources.values import Place

_TABLE = "placements"
_CLAIMS = "link_observations"
_PLAIN = ("anchor", "rel", "acquired", "contact", "day", "owner", "campaign", "code", "reach")
_TEMPLATE = (
    *("Live URL", "Target", "Anchor", "Rel", "How acquired", "Contact", "Date", "Cost"),
    *("Currency", "Owner", "Campaign", "Code", "Reach", "Site"),
)


def placement_template() -> str:
    """An empty placement sheet, as CSV: its header alone. How acquired is one of natural,
    outreach, guest post, paid, exchange and own; dates are written 2026-11-23."""
    return ",".join(_TEMPLATE) + "\r\n"


def parse(frame: Frame, context: Context) -> Parsed:
    """Placements of a frame and the links that they claim."""
    frame = frame.without(_incomplete(frame))
    frame, sites = _with_site(frame, [_site(row, context) for row in _owners(frame)])
    ids = [
        record_id(context.key, _TABLE, site, record)
        for site, record in zip(sites, frame.records, strict=True)
    ]
    made = [_placements(frame, sites, ids), _claims(frame, sites, ids, context.key)]
    return Parsed(frame.read, made, frame.rejects, _disagreements(frame, sites))


def _disagreements(frame: Frame, sites: list[str]) -> Counter[str]:
    """How many placements several rows of one day tell, and not alike. A pack holds nearly any
    sheet whole."""
    names = ("live_url", "target_url", "campaign", "code", "day")
    told: defaultdict[tuple[Any, ...], set[bytes]] = defaultdict(set)
    rows = zip(sites, *(frame.column(name) for name in names), strict=True)
    for record, (site, page, target, campaign, code, day) in zip(frame.records, rows, strict=True):
        tags = tuple(tag and tag.lower() for tag in (campaign, code))
        told[site, page.page, target and target.page, tags, day].add(record)
    found = sum(len(records) > 1 for records in told.values())
    return Counter({DISAGREEING: found} if found else {})


def _incomplete(frame: Frame) -> dict[int, str]:
    bad = {row: "no live URL" for row, page in enumerate(frame.column("live_url")) if not page}
    prices = zip(frame.column("cost"), frame.column("currency"), strict=True)
    for row, (cost, currency) in enumerate(prices):
        if cost and cost.currency and currency and cost.currency != currency:
            bad.setdefault(row, f"the cost is in {cost.currency}, the currency {currency}")
    return bad


def _owners(frame: Frame) -> list[tuple[str | None, Place | None]]:
    return list(zip(frame.column("site"), frame.column("target_url"), strict=True))


def _site(owner: tuple[str | None, Place | None], context: Context) -> str | None:
    """The row's own site, else its target's, else the chosen or only one."""
    named, target = owner
    if named:
        return site_of(named, context.sites)
    found = site_of(target.host, context.sites) if target else None
    return found or fallback(context)


def _with_site(frame: Frame, sites: list[str | None]) -> tuple[Frame, list[str]]:
    bad = {
        row: "no site of this store is named or aimed at" for row, s in enumerate(sites) if not s
    }
    return frame.without(bad), [site for site in sites if site]


def _placements(frame: Frame, sites: list[str], ids: list[bytes]) -> Rows:
    pages: list[Place] = frame.column("live_url")
    targets: list[Place | None] = frame.column("target_url")
    costs = list(zip(frame.column("cost"), frame.column("currency"), strict=True))
    made = batch(
        _TABLE,
        {
            "row_id": ids,
            "position": frame.positions,
            "site": sites,
            "live_url": [page.text for page in pages],
            **_names("source", pages),
            "target_url": [target and target.text for target in targets],
            "target_page": [target and target.page for target in targets],
            "cost": [cost and cost.amount for cost, _ in costs],
            "currency": [currency or (cost and cost.currency) for cost, currency in costs],
            **{name: frame.values.get(name) for name in _PLAIN},
        },
    )
    return rows_of(_TABLE, made, sites, numbered(len(frame)))


def _names(prefix: str, pages: list[Place]) -> dict[str, list[str]]:
    return {
        f"{prefix}_page": [page.page for page in pages],
        f"{prefix}_host": [page.host for page in pages],
        f"{prefix}_domain": [page.domain for page in pages],
        f"{prefix}_identity": [page.identity for page in pages],
    }


def _claims(frame: Frame, sites: list[str], ids: list[bytes], key: bytes) -> Rows:
    """The agreed links, each claimed on the day of its row; only on a page one can be."""
    units = [row for row, page in enumerate(frame.column("live_url")) if page.host != OFFLINE]
    frame = frame.only(units)
    sites, ids = [sites[row] for row in units], [ids[row] for row in units]
    pages: list[Place] = frame.column("live_url")
    targets: list[Place | None] = frame.column("target_url")
    pairs = list(zip(targets, sites, strict=True))
    domains = [target.domain if target else registrable_domain(site) for target, site in pairs]
    days: list[int | None] = frame.column("day")
    made = batch(
        _CLAIMS,
        {
            "row_id": [child_id(key, each, _CLAIMS, 0) for each in ids],
            "position": frame.positions,
            "witness": "placement",
            "assertion": "claimed",
            "observed_lo": [None if day is None else day * DAY for day in days],
            "observed_hi": [None if day is None else (day + 1) * DAY - 1 for day in days],
            "source_url": [page.text for page in pages],
            "source_hash": [page_hash(key, page.page) for page in pages],
            **_names("source", pages),
            "target_url": [target and target.text for target in targets],
            "target_page": [target and target.page for target in targets],
            "target_host": [target.host if target else site for target, site in pairs],
            "target_domain": domains,
            "anchor": frame.values.get("anchor"),
            **_rel(frame),
        },
    )
    return rows_of(
        _CLAIMS, made, [bucket(domain) for domain in domains], pa.array(units, pa.int64())
    )


def _rel(frame: Frame) -> dict[str, Any]:
    """The agreed rel and what it says."""
    agreed: list[str | None] = frame.column("rel")
    tokens = [None if rel is None else set(rel.split()) for rel in agreed]
    names = ("nofollow", "ugc", "sponsored", "noreferrer")
    flags = {name: [None if each is None else name in each for each in tokens] for name in names}
    return {"rel": agreed, **flags}
