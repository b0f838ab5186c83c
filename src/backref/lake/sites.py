"""The sites of a store."""

from __future__ import annotations

from dataclasses import asdict, replace
from typing import TYPE_CHECKING, Any

from sqlalchemy import delete, insert, select

from backref.lake.catalogue import SITES
from backref.lake.records import SiteRecord

if TYPE_CHECKING:
    from collections.abc import Mapping
    from datetime import datetime

    from sqlalchemy import Connection


def all_sites(connection: Connection) -> tuple[SiteRecord, ...]:
    """Every site, by name."""
    rows = connection.execute(select(SITES).order_by(SITES.c.name)).mappings()
    return tuple(SiteRecord(**_frozen(row)) for row in rows)


def save(connection: Connection, site: SiteRecord, now: datetime) -> None:
    """Add a site, or put a new state in its place."""
    dated = replace(site, created=site.created or now)
    connection.execute(delete(SITES).where(SITES.c.name == site.name))
    connection.execute(insert(SITES).values(**asdict(dated)))


def _frozen(row: Mapping[Any, Any]) -> dict[str, Any]:
    return {name: tuple(value) if isinstance(value, list) else value for name, value in row.items()}
