"""One site at one time: the snapshot, what is asked of it, and the ledger as it stood then."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from functools import cached_property
from typing import TYPE_CHECKING, Any, TypeVar
from zoneinfo import ZoneInfo

import pyarrow.compute as pc

from backref import schema
from backref.faces.query import moment
from backref.faces.query.lives import Remaining
from backref.faces.query.rates import COUNTED, Priors
from backref.faces.query.weeks import Weeks
from backref.lake.model import Model, words
from backref.ledger import build
from backref.links.build import as_known

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping
    from datetime import date

    import pyarrow as pa

    from backref.lake.records import SiteRecord
    from backref.lake.snapshot import Snapshot

Found = TypeVar("Found")

STALE_AFTER = timedelta(days=90)
OF_GOALS = ("conversions", "converted_visits", "search_conversions")
"""Columns that nothing is known of while the site has no goal."""
NO_LIMIT = 1 << 40
MOST_HELD = 1_000_000
"""Rows of a table that may be held in memory."""
ROOM = "backref.ledger"


class View:
    """What every question about a site shares. Without `as_of` the time is that of the newest
    evidence, or now when that lies in the future or there is none."""

    def __init__(
        self,
        snapshot: Snapshot,
        site: SiteRecord,
        as_of: datetime | None = None,
        *,
        keeps: bool = False,
    ) -> None:
        """`keeps` is whether tables by days are held in memory from the first question on: they
        lie in many files, which is dear for whoever asks often."""
        self.snapshot = snapshot
        self.site = site
        self._asked = as_of
        self._keeps = keeps
        self._held: dict[str, pa.Table] = {}
        self._found: dict[str, Any] = {}

    def once(self, name: str, find: Callable[[], Found]) -> Found:
        """What several questions share, found at the first of them."""
        if name not in self._found:
            self._found[name] = find()
        found: Found = self._found[name]
        return found

    @cached_property
    def as_of(self) -> datetime:
        """The time at which the question is asked."""
        now = datetime.now(UTC)
        return self._asked or min(self.newest or now, now)

    @property
    def by_the_clock(self) -> bool:
        """Whether the time is that of the clock, for neither question nor evidence tells one."""
        return self._asked is None and self.as_of != self.newest

    @property
    def until_day(self) -> date:
        """The last day that counts, in the site's zone."""
        return self.day_of(self.as_of)

    @property
    def until(self) -> datetime:
        """The end of that day: visits count by whole days of the site's zone."""
        return moment.end_of(self.until_day, self.site.zone)

    def day_of(self, at: datetime) -> date:
        """The day of a time in the site's zone."""
        return at.astimezone(ZoneInfo(self.site.zone)).date()

    @cached_property
    def newest(self) -> datetime | None:
        """When the newest evidence is from."""
        found: datetime | None = self._evidence["newest"]
        return found

    @cached_property
    def log_since(self) -> date | None:
        """The first day of the log up to the view's time, None without a log."""
        since: date | None = self._evidence["log_since"]
        return since if since and since <= self.until_day else None

    @cached_property
    def linked(self) -> bool:
        """Whether links can be told: a link to the site is known, or pages that an archive saw by
        the view's time might have shown one."""
        return self.knows_links or self._archived

    @cached_property
    def knows_links(self) -> bool:
        """Whether a link to the site is known, alive or gone."""
        return "link" in self.standing.column("row_kind").unique().to_pylist()

    @property
    def archived_later(self) -> bool:
        """Whether all that archives tell is later than the view's time."""
        return self.snapshot.rows_in("page_observations") > 0 and not self._archived

    @cached_property
    def _archived(self) -> bool:
        """Whether an archive tells of a page by the view's time."""
        if not self.snapshot.rows_in("page_observations"):
            return False
        (found,) = self.snapshot.rows(Model(ROOM, "archived.sql"), at=self.as_of)
        return bool(found["pages"])

    @property
    def empty(self) -> bool:
        """Whether nothing was ever imported."""
        return not any(
            self.snapshot.partitions(table.name)
            for table in schema.TABLES.values()
            if table.kind == "fact"
        )

    @property
    def stale(self) -> datetime:
        """A live link that nobody has seen since then is unknown."""
        return self.as_of - STALE_AFTER

    @cached_property
    def standing(self) -> pa.Table:
        """Every row of the ledger with its link's facts, as they stood at `as_of`."""
        model = Model(ROOM, "standing.sql")
        found = self.snapshot.table(
            model,
            partitions=self._partitions,
            tables=self._known,
            site=self.site.name,
            stale=self.stale,
            until_day=self.until_day,
        )
        # Of one piece, a few rows are taken without looking at all.
        return found.combine_chunks() if self._keeps else found

    @cached_property
    def priors(self) -> Priors:
        """What the rates of all links come from."""
        links = self.standing.filter((pc.field("row_kind") == "link") & (pc.field("visits") > 0))
        return Priors.of(self.told(links.select(["visits", *COUNTED.values()])))

    @cached_property
    def weeks(self) -> Weeks:
        """The last 52 weeks of every link."""
        return Weeks(self)

    @cached_property
    def remaining(self) -> Remaining:
        """What every link may still expect."""
        return Remaining(self)

    def rows(
        self, file: str, tables: Mapping[str, pa.Table] | None = None, **params: Any
    ) -> list[dict[str, Any]]:
        """The rows of a read model, which may name `standing` and `tables`. Without a goal,
        conversions are not known."""
        return self.told(self.table(file, tables, **params))

    def told(self, table: pa.Table) -> list[dict[str, Any]]:
        """The rows of a read model's answer, without conversions where the site has no goal."""
        found: list[dict[str, Any]] = table.to_pylist()
        return found if self.site.goals else [_without_conversions(row) for row in found]

    def table(
        self, file: str, tables: Mapping[str, pa.Table] | None = None, **params: Any
    ) -> pa.Table:
        """Like `rows`, as Arrow, and with whatever conversions were counted."""
        model = Model(ROOM, file)
        given = {**self._kept(model), **self._known, **(tables or {})}
        if "standing" in model.text and "standing" not in given:
            given["standing"] = self.standing
        if "agreed" in words(model.text):
            given["agreed"] = self.agreed
        if "told_leads" in words(model.text):
            given["told_leads"] = self._told_leads
        return self.snapshot.table(model, partitions=self._partitions, tables=given, **params)

    def row(self, file: str, **params: Any) -> dict[str, Any]:
        """The one row of a read model that has one."""
        return self.rows(file, **params)[0]

    @cached_property
    def agreed(self) -> pa.Table:
        """What was agreed up to the view's time, each placement once."""
        return build.agreed(self.snapshot, self.site.name, self.until_day)

    @cached_property
    def _told_leads(self) -> pa.Table:
        """The leads that the ledger counts, each once."""
        day = self.until_day if self._known else build.FOREVER.date()
        return build.told_leads(self.snapshot, self.site, day)

    @cached_property
    def _known(self) -> dict[str, pa.Table]:
        """The tables that were other at a time before the newest evidence: folded again from what
        had been seen by then."""
        told = [at for at in (self.newest, self._evidence["newest_lead"]) if at]
        if self._asked is None or not told or self._asked >= max(told):
            return {}
        known = as_known(self.snapshot, self._partitions["links"], self.as_of)
        return {**known, "ledger": build.rows(self.snapshot, self.site.name, self.as_of, known)}

    @cached_property
    def _evidence(self) -> dict[str, Any]:
        """From when to when there is evidence of any kind."""
        model = Model(ROOM, "newest.sql")
        (found,) = self.snapshot.rows(
            model,
            partitions=self._partitions,
            tables=self._kept(model),
            site=self.site.name,
        )
        return found

    def _kept(self, model: Model) -> dict[str, pa.Table]:
        """The tables by days that a model names, where they are held."""
        named = words(model.text) & build.BY_TIME if self._keeps else ()
        for name in named:
            if name not in self._held and self._may_hold(name):
                every = f"/* query.every */ select * from {name}"  # noqa: S608
                self._held[name] = self.snapshot.table(every, partitions=self._partitions)
        return {name: self._held[name] for name in named if name in self._held}

    def _may_hold(self, table: str) -> bool:
        partitions = self._partitions[table]
        return bool(partitions) and self.snapshot.rows_in(table, *partitions) <= MOST_HELD

    @cached_property
    def _partitions(self) -> dict[str, list[str]]:
        tables = build.BY_TARGET | build.BY_SITE | build.BY_TIME
        return build.partitions(self.snapshot, self.site, sorted(tables))


def _without_conversions(row: dict[str, Any]) -> dict[str, Any]:
    return row | dict.fromkeys(row.keys() & set(OF_GOALS))
