"""What people say of links: tags, notes, and filters kept under a name.

None of it is evidence and no derived table reads it, so saying something makes no new version of
what the store holds.
"""

from __future__ import annotations

from collections import defaultdict
from typing import TYPE_CHECKING, NamedTuple

from sqlalchemy import delete, insert, select

from backref.errors import UsageError
from backref.lake.catalogue import FILTERS, NOTES, TAGS

if TYPE_CHECKING:
    from collections.abc import Callable
    from datetime import datetime

    from sqlalchemy import Connection, Table

    from backref.lake.catalogue import Catalogue

TAG_CHARACTERS = 64
NAME_CHARACTERS = 80
NOTE_CHARACTERS = 10_000
QUERY_CHARACTERS = 8_000


class Filter(NamedTuple):
    """A filter kept under a name: the query of the address that shows it."""

    name: str
    query: str


class Labels:
    """Tags, notes and filters of the sites of one store. Links are named by their `link_id`."""

    def __init__(self, catalogue: Catalogue, clock: Callable[[], datetime]) -> None:
        self._catalogue = catalogue
        self._clock = clock

    def tags(self, site: str) -> dict[str, tuple[str, ...]]:
        """The tags of each tagged link, in the order of the alphabet."""
        query = select(TAGS.c.link_id, TAGS.c.tag).where(TAGS.c.site == site)
        found: dict[str, list[str]] = defaultdict(list)
        with self._catalogue.read() as connection:
            for link_id, tag in connection.execute(query.order_by(TAGS.c.tag)):
                found[link_id].append(tag)
        return {link_id: tuple(tags) for link_id, tags in found.items()}

    def tag(self, site: str, link_id: str, tag: str) -> None:
        """Give a link a tag. Raises UsageError for one that is empty, long or has a `|`."""
        said = _named(tag, "tag", TAG_CHARACTERS)
        self._put(TAGS, {"site": site, "link_id": link_id, "tag": said}, {"added": self._clock()})

    def untag(self, site: str, link_id: str, tag: str) -> None:
        """Take a tag away from a link."""
        self._drop(TAGS, {"site": site, "link_id": link_id, "tag": tag})

    def note(self, site: str, link_id: str) -> str:
        """The note on a link, empty without one."""
        query = select(NOTES.c.text).where(NOTES.c.site == site, NOTES.c.link_id == link_id)
        with self._catalogue.read() as connection:
            return connection.scalar(query) or ""

    def write_note(self, site: str, link_id: str, text: str) -> None:
        """Put a note on a link in place of the one that was there; an empty one takes it away."""
        said = text.strip()
        if len(said) > NOTE_CHARACTERS:
            raise UsageError(f"A note holds {NOTE_CHARACTERS:,} characters at most: shorten it.")
        place = {"site": site, "link_id": link_id}
        if said:
            self._put(NOTES, place, {"text": said, "changed": self._clock()})
        else:
            self._drop(NOTES, place)

    def filters(self, site: str) -> tuple[Filter, ...]:
        """The filters kept for a site, by name."""
        query = select(FILTERS.c.name, FILTERS.c.query).where(FILTERS.c.site == site)
        with self._catalogue.read() as connection:
            rows = connection.execute(query.order_by(FILTERS.c.name))
            return tuple(Filter(name, text) for name, text in rows)

    def keep_filter(self, site: str, name: str, query: str) -> None:
        """Keep a filter under a name, in place of one of that name."""
        said = _named(name, "name", NAME_CHARACTERS)
        if len(query) > QUERY_CHARACTERS:
            raise UsageError("This filter is too long to keep: choose fewer values.")
        self._put(FILTERS, {"site": site, "name": said}, {"query": query, "kept": self._clock()})

    def drop_filter(self, site: str, name: str) -> None:
        """Forget a filter."""
        self._drop(FILTERS, {"site": site, "name": name})

    def _put(self, table: Table, place: dict[str, str], values: dict[str, object]) -> None:
        with self._catalogue.write(counted=False) as connection:
            _delete(connection, table, place)
            connection.execute(insert(table).values(**place, **values))

    def _drop(self, table: Table, place: dict[str, str]) -> None:
        with self._catalogue.write(counted=False) as connection:
            _delete(connection, table, place)


def _delete(connection: Connection, table: Table, place: dict[str, str]) -> None:
    matches = [table.c[name] == value for name, value in place.items()]
    connection.execute(delete(table).where(*matches))


def _named(text: str, what: str, most: int) -> str:
    said = " ".join(text.split())
    if not said or len(said) > most or "|" in said:
        raise UsageError(f"A {what} has 1 to {most} characters and no | in it: choose another.")
    return said
