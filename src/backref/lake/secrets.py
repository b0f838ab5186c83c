"""Small texts that only the server reads, as the hash of its password."""

from __future__ import annotations

from typing import TYPE_CHECKING

from sqlalchemy import delete, insert, select

from backref.lake.catalogue import SECRETS

if TYPE_CHECKING:
    from sqlalchemy import Connection


def read(connection: Connection, name: str) -> str | None:
    """The text kept under a name."""
    found: str | None = connection.scalar(select(SECRETS.c.value).where(SECRETS.c.name == name))
    return found


def keep(connection: Connection, name: str, value: str) -> None:
    """Keep a text under a name, instead of what was there."""
    connection.execute(delete(SECRETS).where(SECRETS.c.name == name))
    connection.execute(insert(SECRETS).values(name=name, value=value))
