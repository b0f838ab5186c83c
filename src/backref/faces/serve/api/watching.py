"""What our own eyes see: events, breaches, survival, monitoring, alerts; and looks to start."""

from __future__ import annotations

from dataclasses import asdict
from datetime import UTC, datetime
from functools import partial
from operator import attrgetter
from typing import TYPE_CHECKING, Annotated, Any

from fastapi import APIRouter, Body, Query, Request
from starlette.responses import Response

from backref.errors import UsageError
from backref.faces import listing
from backref.faces.alerting import rows
from backref.faces.query import moment
from backref.faces.query.events import KINDS, BreachRow, EventRow
from backref.faces.query.monitoring import monitoring
from backref.faces.query.ordered import Held
from backref.faces.query.survival import BY, SurvivalRow
from backref.faces.serve.api import models
from backref.faces.serve.api.answering import Wanted, json, listed, marked
from backref.faces.serve.api.imports import begun
from backref.faces.serve.api.params import Part, Since, several
from backref.faces.serve.api.question import Asking
from backref.faces.serve.asking import Asked, Looks, Reads
from backref.lake.rules import Rule
from backref.watch import store as watching
from backref.watch.condition import CONDITIONS, condition
from backref.watch.happening import Span

if TYPE_CHECKING:
    from collections.abc import Sequence

    from backref.faces.query import Site
    from backref.faces.serve.reading import Reading

router = APIRouter(tags=["watching"])

MESSAGES = 1_000
"""Messages of the outbox that are told, the newest."""
_ABOUT_KIND = f"Only these kinds, each one of {', '.join(KINDS)}; by commas or repeated."
Kind = Annotated[list[str] | None, Query(description=_ABOUT_KIND)]
Grouping = Annotated[str, Query(description="What stands together.", examples=list(BY))]
_ABOUT_TRIED = f"Try this rule instead of those kept: {', '.join(CONDITIONS)}."
Tried = Annotated[str | None, Query(max_length=40, description=_ABOUT_TRIED)]
Threshold = Annotated[float | None, Query(description="The threshold of the rule that is tried.")]


@router.get("/events.csv", include_in_schema=False)
@router.get("/events", responses=models.answers(models.of_site(models.EVENT)))
def events(asking: Asking, since: Since = None, kind: Kind = None) -> Response:
    """What happened to links: found, lost, returned, changed; the latest first."""
    found = partial(asking.asked.events, since=since or None, kind=several(kind))
    return asking.rows(found, EventRow, "link_id", "kind", "after", "before", "value_after")


@router.get("/breaches.csv", include_in_schema=False)
@router.get("/breaches", responses=models.answers(models.of_site(models.BREACH)))
def breaches(asking: Asking, since: Since = None, kind: Kind = None) -> Response:
    """What breaks agreed placements, the latest first."""
    found = partial(asking.asked.breaches, since=since or None, kind=several(kind))
    told_apart = ("link_id", "kind", "after", "before", "term", "agreed", "day", "contact")
    return asking.rows(found, BreachRow, *told_apart)


@router.get("/survival.csv", include_in_schema=False)
@router.get("/survival", responses=models.answers(models.of_site(models.SURVIVAL)))
def survival(asking: Asking, by: Grouping = "acquired") -> Response:
    """How long links live, and what a month of a paid one's life has cost."""
    found = partial(asking.asked.survival, by=by)
    return asking.rows(found, SurvivalRow, "group", "links")


@router.get("/monitoring", responses=models.answers(models.MONITORING))
def watched(asked: Asked) -> Response:
    """The watch over a site by the clock, and the domains that were asked in 24 hours."""
    found = asdict(monitoring(asked.view, datetime.now(UTC)))
    days = {day.isoformat(): told for day, told in found["days"].items()}
    return json(found | {"days": days})


@router.get("/alerts.csv", include_in_schema=False)
@router.get("/alerts", responses=models.answers(models.page_of(models.RULE)))
def alerts(request: Request, reading: Reads, asked: Asked, part: Part) -> Response:
    """The rules that watch over a site, and what they told."""
    found = rows.rule_rows(reading.lake, asked.name)
    return _told(request, part, found, rows.RuleRow, "id")


@router.get("/alerts/outbox.csv", include_in_schema=False)
@router.get("/alerts/outbox", responses=models.answers(models.page_of(models.DELIVERY)))
def outbox(request: Request, reading: Reads, asked: Asked, part: Part) -> Response:
    """The newest messages about a site, those that wait or were refused first."""
    latest = rows.delivery_rows(reading.lake.outbox.latest(MESSAGES))
    found = [each for each in latest if each.site == asked.name]
    return _told(request, part, found, rows.DeliveryRow, "id")


@router.get("/alerts/backtest.csv", include_in_schema=False)
@router.get("/alerts/backtest", responses=models.answers(models.page_of(models.MESSAGE)))
def backtest(
    request: Request,
    reading: Reads,
    asked: Asked,
    part: Part,
    since: Since = "90d",
    condition: Tried = None,
    threshold: Threshold = None,
) -> Response:
    """What the rules of a site would have sent up to the newest evidence, or one that is tried."""
    begin = moment.since(since or "90d", asked.as_of, asked.view.site.zone)
    span = Span(begin, asked.as_of)
    tests = [
        watching.replay(reading.lake, asked.view.snapshot, rule, span)
        for rule in _rules(reading, asked, condition, threshold)
    ]
    found = rows.message_rows(tests)
    return _told(request, part, found, rows.MessageRow, "rule", "at")


@router.post("/check", status_code=202, responses=models.answers(models.JOB, 202))
def check(asked: Asked, eyes: Looks, wanted: Annotated[models.ToCheck, Body()]) -> Response:
    """Look at the pages of these links now; a job does it, politely. A page that was looked at
    within the hour is left alone."""
    return begun(eyes.check(asked.name, [asked.link(one) for one in wanted.links]))


@router.post("/find", status_code=202, responses=models.answers(models.JOB, 202))
def find(asked: Asked, eyes: Looks, wanted: Annotated[models.ToFind, Body()]) -> Response:
    """Search a domain that sends people for the page that links here; a job does it, once a day."""
    return begun(eyes.find(asked.name, wanted.domain))


def _rules(
    reading: Reading, asked: Site, name: str | None, threshold: float | None
) -> Sequence[Rule]:
    if not name:
        if threshold is not None:
            raise UsageError("A threshold belongs to a rule that is tried: name its condition.")
        return reading.lake.rules.all(asked.name)
    usual = condition(name).threshold
    tried = Rule(asked.name, name, "", usual if threshold is None else threshold, {}, "", "")
    return [watching.checked(tried)]


def _told(
    request: Request, part: Wanted, found: Sequence[Any], kind: type, *fields: str
) -> Response:
    """Rows that rest on more than the store's facts: marked by what they say."""
    name = attrgetter(*fields)
    held = Held(found, lambda row: str(name(row)))
    said = tuple(map(repr, found))
    return marked(request, said, lambda: listed(request, held, part, listing.names(kind)))
