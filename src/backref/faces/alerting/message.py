"""Messages: the subject, the plain text, and its HTML twin for mail."""

from __future__ import annotations

from functools import cache
from typing import TYPE_CHECKING, Any

from jinja2 import Environment, PackageLoader, StrictUndefined, Template

from backref.faces.alerting import weekly, wording
from backref.faces.terminal import visible

if TYPE_CHECKING:
    from backref.faces.query import Store
    from backref.watch.store import Pack


def composed(store: Store, pack: Pack, address: str = "") -> dict[str, Any]:
    """The message of what a rule met. `address` is where people reach the dashboard."""
    if pack.rule.condition == "weekly":
        return mailed(weekly.week(store.site(pack.rule.site)), address)
    told = pack.told
    lines = wording.lines(told)
    subject = wording.subject(pack.rule.condition, len(told), pack.rule.site)
    return {
        **_twins("alert", subject, address, lines=lines, rule=pack.rule.id, site=pack.rule.site),
        "rule": pack.rule.id,
        "condition": pack.rule.condition,
        "alerts": [
            {name: _harmless(value) for name, value in one.told().items() if name != "borne_out"}
            for one in told[: wording.MOST_LINES]
        ],
    }


def mailed(week: weekly.Week, address: str = "") -> dict[str, Any]:
    """The weekly mail."""
    return _twins("weekly", f"{week.site}: {week.headline}", address, week=week)


def test(site: str, channel: str) -> dict[str, Any]:
    """A message that says that messages arrive."""
    lines = [f"Alerts about {site} reach the channel {channel}."]
    return _twins(
        "alert", f"{site}: a test of Backref's alerts", "", lines=lines, rule=0, site=site
    )


def _twins(name: str, subject: str, address: str, **values: Any) -> dict[str, Any]:
    """A message's subject, text and HTML."""
    given = {"subject": subject, "address": address, **values}
    return {
        "subject": visible(subject),
        "text": _lines(_template(f"{name}.txt.j2", escaped=False).render(given)),
        "html": _lines(_template(f"{name}.html.j2", escaped=True).render(given)),
    }


def _lines(text: str) -> str:
    """The text, in each line every character that commands or hides written out."""
    return "\n".join(visible(line) for line in text.strip().split("\n")) + "\n"


def _harmless(value: object) -> object:
    return visible(value) if isinstance(value, str) else value


@cache
def _template(name: str, *, escaped: bool) -> Template:
    environment = Environment(
        loader=PackageLoader("backref.faces", "alerting"),
        autoescape=escaped,  # noqa: S701 - plain text is not escaped, HTML is
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    return environment.get_template(name)
