"""The shapes of answers, for the description of the API: made from the rows themselves."""

from __future__ import annotations

from dataclasses import fields
from datetime import date, datetime
from typing import Any, get_type_hints

from pydantic import BaseModel, Field, create_model

from backref.faces.query import rows
from backref.lake import records


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


_NAMES: dict[str, Any] = {"date": date, "datetime": datetime, "Mapping": dict}


def of_row(kind: type, **instead: Any) -> type[BaseModel]:
    """The model of a row, a dataclass of `faces.query`; `instead` are types of fields that the API
    writes otherwise."""
    hints = get_type_hints(kind, localns=_NAMES)
    shape: dict[str, Any] = {
        each.name: (instead.get(each.name, hints[each.name]), ...) for each in fields(kind)
    }
    made: type[BaseModel] = create_model(kind.__name__, __doc__=kind.__doc__, **shape)
    _NAMES[kind.__name__] = made
    return made


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
GROUP = of_row(rows.GroupRow)
REFERRER = of_row(rows.ReferrerRow)
BROKEN = of_row(rows.BrokenRow)
PAGE = of_row(rows.PageRow)
REJECT = of_row(rows.RejectRow)
IMPORT = of_row(records.ImportRecord)
SITE = of_row(records.SiteRecord)
_NAMES["LinkRow"] = rows.LinkRow
for _part in (rows.Number, rows.Unknown, rows.Comparison):
    of_row(_part)
_NAMES["LinkRow"] = LINK
OVERVIEW = of_row(rows.Overview)
