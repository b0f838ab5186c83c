"""What every listing is asked with, and the one way in which all are answered."""

from __future__ import annotations

from dataclasses import dataclass
from operator import attrgetter, itemgetter
from typing import TYPE_CHECKING, Annotated, Any

from fastapi import Depends, Request

from backref.faces import listing
from backref.faces.query import Site, sums
from backref.faces.query.ordered import Held
from backref.faces.query.sums import names as names_of_sums
from backref.faces.serve.api.answering import Wanted, listed, marked
from backref.faces.serve.api.params import Part
from backref.faces.serve.asking import Asked, Reads
from backref.faces.serve.reading import Reading

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from starlette.responses import Response

    from backref.faces.query.ordered import Ordered

PARTS = frozenset(("cursor", "limit", "site", "as_of"))
"""Parameters that do not decide which rows there are, or do so by the site that is asked."""


@dataclass(frozen=True)
class Question:
    """A request for a part of a listing of a site."""

    request: Request
    reading: Reading
    asked: Site
    part: Wanted

    def answer(self, ordered: Callable[[], Ordered], names: Sequence[str]) -> Response:
        """The part, of an order that is kept as long as the store holds the same rows; `names`
        are those of a row's values."""

        def answer() -> Response:
            rows = self.reading.kept(self.asked, self._chosen, ordered)
            about = {"site": self.asked.name, "as_of": self.asked.as_of}
            return listed(self.request, rows, self.part, names, **about)

        return marked(self.request, self.asked, answer)

    def rows(self, rows: Callable[[], Sequence[Any]], kind: type, *fields: str) -> Response:
        """Of rows of a kind that are told apart by these fields."""
        name = attrgetter(*fields)
        return self.answer(lambda: Held(rows(), lambda row: str(name(row))), listing.names(kind))

    def sums(
        self, name: str, rows: Callable[[], Sequence[Any]], by: str | None, sort: str = ""
    ) -> Response | None:
        """Of the rows of the listing called `name`, added up by one of their values; None where
        that is not asked for."""
        if not by:
            return None

        def ordered() -> Ordered:
            return Held(sums(name, rows(), by, sort=sort), itemgetter("group"))

        return self.answer(ordered, names_of_sums(name))

    @property
    def _chosen(self) -> tuple[str, ...]:
        """What of the request decides which rows there are, in which order."""
        given = self.request.query_params.multi_items()
        chosen = sorted(f"{name}={value}" for name, value in given if name not in PARTS)
        return (self.request.url.path.removesuffix(".csv"), *chosen)


def question(request: Request, reading: Reads, asked: Asked, part: Part) -> Question:
    """The question that a request's parameters make."""
    return Question(request, reading, asked, part)


Asking = Annotated[Question, Depends(question)]
