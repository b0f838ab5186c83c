"""Authority explained, what would change it, and who links to rivals and not to us."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Annotated, Any

from fastapi import APIRouter, Depends, Query, Request
from markupsafe import Markup
from starlette.responses import Response

from backref.errors import UsageError
from backref.faces import authority as told
from backref.faces.drawing.waterfall import Part, drawn
from backref.faces.query.explain import ContributionRow, Explanation
from backref.faces.query.gap import HOSTED, MOST_RIVALS, Gap, GapRow
from backref.faces.serve.asking import Reads
from backref.faces.serve.pages import export
from backref.faces.serve.pages.frame import Chosen, Edge, page
from backref.faces.serve.pages.rows import part

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from backref.faces.query import Site, Store
    from backref.faces.query.authority import AuthorityRow
    from backref.faces.query.what_if import WhatIf
    from backref.faces.serve.reading import Reading

router = APIRouter()

ROWS, LINKS, LONGEST = 100, 20, 10_000
EXPORTED = 1_000
Text = Annotated[str, Query(max_length=2_000)]
_PARTED = re.compile(r"[\s,;]+")


@dataclass
class Shown:
    """What the page of authority shows; `wrong` are sentences about what cannot be answered."""

    standing: Sequence[AuthorityRow] = ()
    found: Explanation | None = None
    outcome: WhatIf | None = None
    wrong: list[str] = field(default_factory=list)

    @property
    def waterfall(self) -> Markup:
        """The chart of where the authority comes from."""
        if self.found is None:
            return Markup("")
        found = self.found
        parts = [Part(row.domain, row.share) for row in found.rows]
        if found.rest_domains:
            parts.append(Part(f"{found.rest_domains:,} more domains", found.rest, "rest"))
        parts.append(Part("what every domain has", found.own, "own"))
        about = f"Where the authority of {found.about.domain} comes from"
        return Markup(drawn(parts, about))  # noqa: S704 - it escapes what it draws


def shown(
    reading: Reads,
    asked: Chosen,
    domain: Text = "",
    graph: Text = "",
    compare: Text = "",
    without: Text = "",
    add: Text = "",
    nofollow: Text = "",
) -> Shown:
    """What an address asks about authority."""
    store, name = reading.store(), domain.strip() or asked.name
    page_of = Shown()
    if not store.graphs:
        return page_of
    ask = _telling(page_of.wrong)
    names = [name, *_names(compare)]
    page_of.standing = ask(lambda: store.authority(names, graph or None)) or ()
    page_of.found = ask(lambda: _explained(reading, store, asked, name, graph))
    changes = {"without": _names(without), "with_": _names(add), "nofollow": _names(nofollow)}
    if page_of.found and any(changes.values()):
        page_of.outcome = ask(lambda: store.what_if(name, graph or None, **changes))
    return page_of


Page = Annotated[Shown, Depends(shown)]


@router.get("/authority")
def authority(request: Request, reading: Reads, asked: Chosen, here: Page) -> Response:
    """Where authority comes from, domain by domain and link by link."""
    return page(
        request, reading, "authority", "Authority", asked, shown=here, told=told,
        graphs=[graph.name for graph in reading.store().graphs], links=LINKS,
    )  # fmt: skip


@router.get("/authority.{how}")
def export_authority(
    reading: Reads, asked: Chosen, how: export.Format, domain: Text = "", graph: Text = ""
) -> Response:
    """The domains that hand authority on, the first thousand, as a file."""
    found = reading.store().explain(domain.strip() or asked.name, graph or None, EXPORTED)
    return export.rows(found.rows, ContributionRow, how, "authority")


def chosen_gap(
    reading: Reads,
    asked: Chosen,
    rival: Text = "",
    graph: Text = "",
    hosted: Text = "split",
    least: Annotated[int, Query(ge=1, le=MOST_RIVALS)] = 1,
) -> Gap | None:
    """The gap that an address asks for, None where it names no rival or there is no graph."""
    rivals = _names(rival)
    if not rivals or not reading.store().graphs:
        return None
    how: dict[str, Any] = {"hosted": hosted, "least": least, "limit": LONGEST}
    question = ("gap", rivals, graph, hosted, least)
    return reading.kept(asked, question, lambda: asked.gap(rivals, graph or None, **how))


@router.get("/gap")
def gap(
    request: Request,
    reading: Reads,
    asked: Chosen,
    rival: Text = "",
    graph: Text = "",
    hosted: Text = "split",
    least: Annotated[int, Query(ge=1, le=MOST_RIVALS)] = 1,
    after: Edge = None,
    before: Edge = None,
) -> Response:
    """Who links to rivals and not to the site."""
    wrong: list[str] = []
    ask = _telling(wrong)
    found = ask(lambda: chosen_gap(reading, asked, rival, graph, hosted, least))
    window = None
    if found is not None:
        window = part(found, lambda row: row.domain, after=after, before=before, limit=ROWS)
    return page(
        request, reading, "gap", "Gap", asked, found=found, window=window, wrong=wrong, told=told,
        graphs=[each.name for each in reading.store().graphs], ways=HOSTED, most=MOST_RIVALS,
    )  # fmt: skip


@router.get("/gap.{how}")
def export_gap(found: Annotated[Gap | None, Depends(chosen_gap)], how: export.Format) -> Response:
    """The same gap as a file."""
    return export.rows(found or (), GapRow, how, "gap")


def _explained(reading: Reading, store: Store, asked: Site, name: str, graph: str) -> Explanation:
    return reading.kept(
        asked, ("authority", name, graph), lambda: store.explain(name, graph or None)
    )


def _names(text: str) -> tuple[str, ...]:
    """The domains that a field names, parted by spaces or commas."""
    return tuple(name for name in _PARTED.split(text) if name)


def _telling(wrong: list[str]) -> Callable[[Callable[[], Any]], Any]:
    """Asks a question; what cannot be answered becomes a sentence on the page, told once."""

    def ask(question: Callable[[], Any]) -> Any:
        try:
            return question()
        except UsageError as error:
            if str(error) not in wrong:
                wrong.append(str(error))
            return None

    return ask
