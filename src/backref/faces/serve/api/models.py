"""The shapes of answers, for the description of the API: made from the rows themselves."""

from __future__ import annotations

from dataclasses import fields, is_dataclass
from datetime import date, datetime
from typing import Any, get_type_hints

from pydantic import BaseModel, Field, create_model

from backref.faces.alerting import rows as alerting
from backref.faces.query import (
    authority,
    events,
    evidence,
    explain,
    gap,
    monitoring,
    plan,
    rows,
    survival,
    what_if,
)
from backref.faces.serve import jobs
from backref.faces.serve.eyes import MOST
from backref.ingest.preview import Preview
from backref.lake import records
from backref.sources.source import Reject


class Fault(BaseModel):
    """One thing that is wrong with a request, and where."""

    where: str
    message: str


class Problem(BaseModel):
    """An error, as RFC 9457 writes it; `detail` is one sentence with the mend."""

    type: str = Field(examples=["about:blank"])
    title: str = Field(examples=["Bad Request"])
    status: int = Field(examples=[400])
    detail: str
    errors: list[Fault] | None = None


INNER = frozenset(("begun", "place"))
"""Fields that are not told."""
_NAMES: dict[str, Any] = {"date": date, "datetime": datetime, "Mapping": dict}


def of_row(kind: type, **instead: Any) -> type[BaseModel]:
    """The model of a row, a dataclass of `faces.query`; `instead` are types of fields that the API
    writes otherwise."""
    hints = get_type_hints(kind, localns=_NAMES)
    shape: dict[str, Any] = {name: (instead.get(name, hints[name]), ...) for name in _names(kind)}
    made: type[BaseModel] = create_model(kind.__name__, __doc__=kind.__doc__, **shape)
    _NAMES[kind.__name__] = made
    return made


def _names(kind: type) -> list[str]:
    if is_dataclass(kind):
        return [each.name for each in fields(kind) if each.name not in INNER]
    names: list[str] = list(kind._fields)  # type: ignore[attr-defined]
    return names


def page_of(row: type[BaseModel], **about: Any) -> type[BaseModel]:
    """The model of a page of rows, with what is told beside them."""
    shape: dict[str, Any] = {name: (kind, ...) for name, kind in about.items()}
    return create_model(
        f"{row.__name__}s",
        **shape,
        total=(int, Field(description="Rows in all, of every page.")),
        rows=(list[row], ...),  # type: ignore[valid-type]
        next=(
            str | None,
            Field(description="The cursor of the next page; null on the last one."),
        ),
    )


def of_site(row: type[BaseModel]) -> type[BaseModel]:
    """The model of a page of a site's rows."""
    return page_of(row, site=str, as_of=datetime)


def answers(model: type[BaseModel], status: int = 200) -> dict[int | str, dict[str, Any]]:
    """What an endpoint answers with: the model, or a problem."""
    said = {"model": model, "description": model.__doc__ or "The answer."}
    return {status: said, "4XX": {"model": Problem, "description": "What is wrong."}}


LINK = of_row(rows.LinkRow, lifeline=str)
DOMAIN = of_row(rows.DomainRow)
BACKLINK = of_row(rows.BacklinkRow)
BACKLINKS = create_model("Backlinks", __base__=(of_row(rows.LinkedDomain), page_of(BACKLINK)))
GROUP = of_row(rows.GroupRow)
REFERRER = of_row(rows.ReferrerRow)
BROKEN = of_row(rows.BrokenRow)
ENGAGEMENT = of_row(rows.EngagementRow)
LEAD = of_row(rows.LeadRow)
PLACEMENT = of_row(plan.PlanRow, lifeline=str)
DISAVOW = of_row(rows.DisavowRow)
PAGE = of_row(rows.PageRow)
REJECT = of_row(rows.RejectRow)
IMPORT = of_row(records.ImportRecord)
SITE = of_row(records.SiteRecord)
EVENT = of_row(events.EventRow)
BREACH = of_row(events.BreachRow)
SURVIVAL = of_row(survival.SurvivalRow)
of_row(monitoring.HostRow)
MONITORING = of_row(monitoring.Monitoring)
AUTHORITY = of_row(authority.AuthorityRow)
STANDING = create_model("Standing", total=(int, ...), rows=(list[AUTHORITY], ...))  # type: ignore[valid-type]
of_row(explain.ContributionRow)
of_row(explain.OriginRow)
of_row(explain.LinkContribution)
EXPLANATION = of_row(explain.Explanation)
of_row(what_if.ChangeRow)
WHAT_IF = of_row(what_if.WhatIf)
REFERRING = of_row(authority.ReferringRow)
REFERRINGS = page_of(REFERRING, domain=str)
GAP = of_row(gap.GapRow)
RULE = of_row(alerting.RuleRow)
MESSAGE = of_row(alerting.MessageRow)
DELIVERY = of_row(alerting.DeliveryRow)
_NAMES["LinkRow"] = rows.LinkRow
for _part in (rows.Number, rows.Unknown, rows.Comparison):
    of_row(_part)
_NAMES["LinkRow"] = LINK
OVERVIEW = of_row(rows.Overview)


class Upload(BaseModel):
    """A file that waits to be imported."""

    id: str
    name: str
    size: int = Field(description="Bytes.")


class ToImport(BaseModel):
    """Files to import: what uploads answered with, for which site (when the files do not say),
    the name of the server that logs are from, and whether internal links are kept too."""

    uploads: list[str] = Field(min_length=1, max_length=32)
    site: str | None = Field(None, max_length=253)
    stream: str = Field("", max_length=200)
    internal: bool = False


class ToCheck(BaseModel):
    """Links whose pages are to be looked at, by their identities."""

    links: list[str] = Field(min_length=1, max_length=MOST)


class ToFind(BaseModel):
    """A domain that sends people, whose link is to be found."""

    domain: str = Field(min_length=1, max_length=253)


UPLOAD = Upload
REJECTED = of_row(Reject)
PREVIEW = of_row(Preview)
PREVIEWS = create_model("Previews", upload=(Upload, ...), files=(list[PREVIEW], ...))  # type: ignore[valid-type]
PROGRESS = of_row(jobs.Progress)
JOB = of_row(jobs.Job)
JOBS = create_model("Jobs", rows=(list[JOB], ...))  # type: ignore[valid-type]
TERM = of_row(evidence.Term)
AGREEMENT = of_row(evidence.Agreement)
OBSERVATION = of_row(evidence.Observation)
AGREED = create_model("Agreed", agreement=(AGREEMENT, ...), terms=(list[TERM], ...))  # type: ignore[valid-type]
EVIDENCE = create_model(
    "Evidence",
    link=(LINK, ...),
    observations=(list[OBSERVATION], ...),  # type: ignore[valid-type]
    agreements=(list[AGREED], ...),  # type: ignore[valid-type]
    weeks=(list[date], ...),
    visits=(dict[str, list[float]], ...),
)
