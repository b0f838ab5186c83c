"""One link with its proof, and what people say of it."""

from __future__ import annotations

from itertools import pairwise
from typing import TYPE_CHECKING, Annotated, NamedTuple

from fastapi import APIRouter, Path, Request
from markupsafe import Markup
from starlette.responses import Response

from backref.faces.drawing.life import drawn
from backref.faces.query.evidence import Evidence, evidence
from backref.faces.serve.asking import Looks, Reads
from backref.faces.serve.pages.forms import Fields, back, begun
from backref.faces.serve.pages.frame import Chosen, page
from backref.ledger.paragraph import Piece, difference

if TYPE_CHECKING:
    from datetime import datetime

router = APIRouter()

MOST_CHANGES = 20


class Change(NamedTuple):
    """The text around a link at two looks, and what changed in it."""

    before: datetime | None
    after: datetime | None
    pieces: tuple[Piece, ...]


LinkId = Annotated[str, Path(pattern="^[0-9a-f]{16}$")]


@router.get("/links/{link_id}")
def link(request: Request, reading: Reads, asked: Chosen, link_id: LinkId) -> Response:
    """A link, who saw it and when, what was agreed, and the people it brought."""
    found = reading.kept(asked, ("link", link_id), lambda: evidence(asked.view, link_id))
    labels = reading.store().labels
    visits = None if found.link.visits is None else found.visits
    picture = drawn(found.link.lifeline, found.weeks, visits)
    title = found.link.title or found.link.source_page
    return page(
        request,
        reading,
        "link",
        title[:80],
        asked,
        found=found,
        row=found.link,
        life=Markup(picture),  # noqa: S704 - numbers and our own words
        files={row.id: row.file for row in reading.store().imports()},
        tags=labels.tags(asked.name).get(link_id, ()),
        known_tags=sorted({tag for tags in labels.tags(asked.name).values() for tag in tags}),
        note=labels.note(asked.name, link_id),
        changes=reading.kept(asked, ("changes", link_id), lambda: _changes(found)),
    )


def _changes(found: Evidence) -> list[Change]:
    """What changed in the text around the link between two looks, the latest change first."""
    told = [one for one in found.observations if one.context and one.assertion == "present"]
    pairs = pairwise(told)
    return [
        Change(before.observed_hi, after.observed_hi, difference(before.context, after.context))
        for after, before in pairs
        if (after.context or "").split() != (before.context or "").split()
    ][:MOST_CHANGES]


@router.post("/links/{link_id}/check")
def check(request: Request, eyes: Looks, asked: Chosen, link_id: LinkId, sent: Fields) -> Response:
    """Look at the link's page now."""
    del sent
    return begun(request, eyes.check(asked.name, [asked.link(link_id)]))


@router.post("/links/{link_id}/tags")
def tag(request: Request, reading: Reads, asked: Chosen, link_id: LinkId, sent: Fields) -> Response:
    """Give a tag, or take one away."""
    asked.link(link_id)
    if "remove" in sent:
        reading.store().labels.untag(asked.name, link_id, sent["remove"])
    else:
        reading.store().labels.tag(asked.name, link_id, sent.get("tag", ""))
    return back(request, f"/links/{link_id}")


@router.post("/links/{link_id}/note")
def note(
    request: Request, reading: Reads, asked: Chosen, link_id: LinkId, sent: Fields
) -> Response:
    """Write a note over the one that was there."""
    asked.link(link_id)
    reading.store().labels.write_note(asked.name, link_id, sent.get("note", ""))
    return back(request, f"/links/{link_id}")
