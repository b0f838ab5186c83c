"""What happened to links, and which of it breaks an agreement, with the proof of both looks."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, fields
from typing import TYPE_CHECKING, Any, overload

import pyarrow as pa
import pyarrow.compute as pc

from backref.faces.query.answer import Answer, total
from backref.faces.query.links import one_of
from backref.faces.query.view import NO_LIMIT
from backref.ledger.paragraph import difference, written
from backref.visits.days import site_days

if TYPE_CHECKING:
    from collections.abc import Iterator
    from datetime import date, datetime

    from backref.faces.query.view import View

AT_ONCE = 1_000
KINDS = (
    "found",
    "suspect",
    "lost",
    "reported lost",
    "returned",
    "nofollowed",
    "followed",
    "rel changed",
    "anchor changed",
    "placement changed",
    "noindexed",
    "indexed",
    "canonicalised",
    "canonical ended",
    "target redirected",
    "target broken",
    "target mended",
)


@dataclass(frozen=True)
class EventRow:
    """Something that happened to a link after `after` and not after `before`, known since
    `known_at`. `certainty` is confirmed (two looks at least 24 h apart, at `confirmed_at`), once or
    reported. `paragraph` is the text around the link with what is [-gone-] and {+new+} marked,
    None where neither look tells; the proofs are digests of what the two looks were given."""

    known_at: datetime
    kind: str
    certainty: str
    after: datetime | None
    before: datetime
    confirmed_at: datetime | None
    link_id: str
    source_page: str
    source_url: str
    source_identity: str
    target_page: str | None
    target_url: str | None
    value_before: str | None
    value_after: str | None
    paragraph: str | None
    proof_before: str | None
    proof_after: str | None
    state: str
    acquired: str | None
    cost: float | None
    currency: str | None
    owner: str | None
    campaign: str | None
    monthly_visits: float | None


@dataclass(frozen=True)
class BreachRow:
    """An event that breaks a `term` of an agreement: live, rel, anchor, target or indexed. Over
    again since `mended_at`, None while it lasts."""

    known_at: datetime
    kind: str
    certainty: str
    after: datetime | None
    before: datetime
    confirmed_at: datetime | None
    mended_at: datetime | None
    term: str
    agreed: str | None
    link_id: str
    live_url: str
    source_page: str
    source_identity: str
    target_page: str | None
    value_before: str | None
    value_after: str | None
    paragraph: str | None
    proof_before: str | None
    proof_after: str | None
    day: date | None
    contact: str | None
    owner: str | None
    campaign: str | None
    cost: float | None
    currency: str | None
    monthly_visits: float | None


class Happened(Sequence[EventRow]):
    """Very many events: a row is made of those alone that are looked at."""

    def __init__(self, found: pa.Table) -> None:
        self._found = found

    def __len__(self) -> int:
        return len(self._found)

    @overload
    def __getitem__(self, at: int) -> EventRow: ...
    @overload
    def __getitem__(self, at: slice) -> list[EventRow]: ...
    def __getitem__(self, at: int | slice) -> EventRow | list[EventRow]:
        if isinstance(at, int):
            at = range(len(self))[at]
            return self._made(self._found.slice(at, 1))[0]
        start, stop, _ = at.indices(len(self))
        return self._made(self._found.slice(start, max(0, stop - start)))

    def __iter__(self) -> Iterator[EventRow]:
        for start in range(0, len(self), AT_ONCE):
            yield from self[start : start + AT_ONCE]

    def chosen(self, words: str, kinds: Sequence[str]) -> Happened:
        """Those of pages whose name holds the words and of any of the kinds, if any is named."""
        kept, wanted = self._found, [kind for kind in kinds if kind]
        if wanted:
            kept = kept.filter(pc.is_in(kept["kind"], pa.array(wanted, pa.string())))
        if words.strip():
            target = pc.fill_null(kept["target_page"], "")
            pages = pc.binary_join_element_wise(kept["source_page"], target, " ")
            kept = kept.filter(pc.match_substring(pages, words.strip(), ignore_case=True))
        return Happened(kept)

    def _made(self, found: pa.Table) -> list[EventRow]:
        return [EventRow(**_row(row, _EVENT)) for row in found.to_pylist()]


_EVENT = frozenset(field.name for field in fields(EventRow))
_BREACH = frozenset(field.name for field in fields(BreachRow))


def events(
    view: View,
    *,
    since: datetime | None = None,
    kinds: Sequence[str] = (),
    limit: int | None = None,
) -> Answer[EventRow]:
    """What happened to the site's links and was known at or after `since`, the latest first."""
    found = view.rows("events.sql", since=since, kinds=_chosen(kinds), limit=limit or NO_LIMIT)
    return Answer((EventRow(**_row(row, _EVENT)) for row in found), total(found))


def happened(view: View) -> Happened:
    """All that happened to the site's links, the latest first."""
    return Happened(view.table("events.sql", since=None, kinds=None, limit=NO_LIMIT))


def breaches(
    view: View,
    *,
    since: datetime | None = None,
    kinds: Sequence[str] = (),
    limit: int | None = None,
) -> Answer[BreachRow]:
    """What broke agreements and was known at or after `since`, the latest first."""
    agreed = view.agreed.column("day").drop_null().to_pylist()
    beside = {
        "fitting": view.table("fitting.sql"),
        "site_days": site_days(agreed, view.site.zone),
    }
    found = view.rows(
        "breaches.sql", beside, since=since, kinds=_chosen(kinds), limit=limit or NO_LIMIT
    )
    for row in found:
        row |= {name: row[f"agreed_{name}"] for name in ("owner", "campaign", "cost", "currency")}
    return Answer((BreachRow(**_row(row, _BREACH)) for row in found), total(found))


def _chosen(kinds: Sequence[str]) -> str | None:
    names = [one_of(kind.strip().replace("-", " "), KINDS, "kind of event") for kind in kinds]
    return f"|{'|'.join(names)}|" if names else None


def _row(values: dict[str, Any], names: frozenset[str]) -> dict[str, Any]:
    """The values that a kind of row has, under its names."""
    told = values | {
        "link_id": f"{values['link_id']:016x}",
        "after": values["at_lo"],
        "before": values["at_hi"],
        "paragraph": _paragraph(values["context_before"], values["context_after"]),
    }
    return {name: told[name] for name in names}


def _paragraph(before: str | None, after: str | None) -> str | None:
    if before is None and after is None:
        return None
    return written(difference(before, after))
