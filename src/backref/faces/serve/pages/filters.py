"""How templates say and draw values: one way for a count, a share, a state, on all pages."""

from __future__ import annotations

from pathlib import PurePath
from typing import TYPE_CHECKING, Any

from markupsafe import Markup, escape

from backref.faces.drawing import words
from backref.faces.drawing.strip import strip
from backref.faces.terminal import visible
from backref.url import parse

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence
    from datetime import datetime

    from backref.faces.query import DomainRow, LinkRow, ReferrerRow
    from backref.faces.query.browse import Span

GLYPHS = {
    "live": "●",
    "suspect": "◐",
    "lost": "×",
    "reported lost": "×",
    "unknown": "○",
    "never verified": "·",
}
WHY = {
    "no log": "no access log covers the days it stood",
    "before logs": "gone before the first access log",
    "noreferrer": "the link says noreferrer, so its visitors arrive as direct visits",
    "no referrers": "the access logs of the days it stood tell no referrers",
    "no target": "which page it links to is not known",
}
ALL_OF = {"none": "by no link", "host": "all by host alone"}
LONGEST = 300


def plain(value: Any) -> Any:
    """What a template prints: text of others without characters that command."""
    return value if isinstance(value, Markup) or not isinstance(value, str) else visible(value)


def cut(text: str, most: int = LONGEST) -> str:
    """The text, its end left out when it is longer than anybody would read."""
    return text if len(text) <= most else text[: most - 1] + "…"


def code(sentence: str) -> Markup:
    """The sentence with its `commands` set as code."""
    parts = [escape(visible(part)) for part in sentence.split("`")]
    parts[1::2] = [Markup("<code>{}</code>").format(part) for part in parts[1::2]]
    return Markup("").join(parts)


def href(url: str) -> str:
    """An address from outside if it may be a link: http or https, in its normal form."""
    parsed = parse(url)
    return parsed.href if parsed else ""


def own(page: str, site: str) -> str:
    """A page of the site's main host as its path alone."""
    path = page.removeprefix(site)
    return path if path.startswith("/") else page


def since(row: LinkRow) -> str:
    """What stands behind a link's state, as short as a row of a list needs it."""
    if row.lost_before is not None and row.state in ("lost", "reported lost", "suspect"):
        reason = f"{row.reason}, " if row.reason else ""
        return f"{reason}by {row.lost_before:%Y-%m-%d}"
    seen = "undated" if row.last_seen is None else f"seen {row.last_seen:%Y-%m-%d}"
    return words.hiding(row) + seen


def state(name: str) -> Markup:
    """A state with its glyph, so that colour is not all that tells it."""
    return Markup('<span class="state {}"><span aria-hidden="true">{}</span> {}</span>').format(
        name.replace(" ", "-"), GLYPHS.get(name, "·"), name
    )


def lifeline(row: LinkRow) -> Markup:
    """The strip of a link."""
    return Markup(strip(row.lifeline, row.weekly_visits))  # noqa: S704 - numbers and our own words


def count(value: float | None, unknown: str = words.UNMEASURED) -> Markup:
    """A count; what is not known is said in words, quieter than a figure."""
    if value is None:
        return Markup('<span class="unknown">{}</span>').format(unknown)
    return Markup("{}").format(words.count(value))


def share(value: float | None, unknown: str = "no rating") -> Markup:
    """A share of one as a percentage."""
    if value is None:
        return Markup('<span class="unknown">{}</span>').format(unknown)
    return Markup("{}").format(words.percent(value, unknown))


def authority(row: LinkRow | DomainRow) -> str:
    """The authority of the domain that links, with its interval."""
    return words.authority(row.authority, row.authority_low, row.authority_high)


def change(span: Span | tuple[float | None, float | None]) -> Markup:
    """The difference between a period's figure and that before it, signed."""
    now, before = span
    if now is None or before is None:
        return Markup("")
    difference = now - before
    if abs(difference) < words.CRUMB:
        return Markup('<span class="delta flat">±0</span>')
    tone, sign = ("good", "+") if difference > 0 else ("bad", words.MINUS)
    return Markup('<span class="delta {}">{}{}</span>').format(
        tone, sign, words.count(abs(difference))
    )


def levels(certainty: Mapping[str, float]) -> str:
    """How much of a sum of visits stands on which level of certainty."""
    total = sum(certainty.values())
    if not total:
        return ""
    if len(certainty) == 1:
        return ALL_OF.get(next(iter(certainty)), f"all {next(iter(certainty))}")
    return ", ".join(
        f"{level} {words.percent(part / total, '')}" for level, part in certainty.items()
    )


def bar(certainty: Mapping[str, float]) -> Markup:
    """The same as a bar."""
    total = sum(certainty.values())
    if not total:
        return Markup("")
    parts, at = [], 0.0
    for level, part in certainty.items():
        width = 100 * part / total
        parts.append(
            Markup('<rect class="c-{}" x="{}" width="{}" height="6"/>').format(
                level.replace(" ", "-"), f"{at:.2f}", f"{width:.2f}"
            )
        )
        at += width
    return Markup(
        '<svg class="split" viewBox="0 0 100 6" preserveAspectRatio="none" role="img" '
        'aria-label="{}">{}</svg>'
    ).format(levels(certainty), Markup("").join(parts))


SAW = {
    "present": ("good", "●", "the link"),
    "absent": ("bad", "×", "the page without it"),
    "reported_lost": ("bad", "×", "a vendor says lost"),
    "claimed": ("flat", "·", "agreed, not seen"),
    "page gone": ("bad", "×", "the page gone"),
    "page redirected": ("bad", "×", "the page redirected"),
    "page not readable": ("flat", "○", "nothing that proves"),
}


def saw(assertion: str) -> Markup:
    """What an observation says, with a glyph."""
    tone, glyph, told = SAW.get(assertion, ("flat", "·", assertion))
    return Markup('<span class="{}"><span aria-hidden="true">{}</span> {}</span>').format(
        tone, glyph, told
    )


def time(moment: datetime) -> str:
    """A time as precise as it is known: its day alone when it stands for all of it."""
    if (moment.hour, moment.minute) in ((0, 0), (23, 59)):
        return f"{moment:%Y-%m-%d}"
    return f"{moment:%Y-%m-%d %H:%M}"


def lines(text: str) -> Markup:
    """Text of several lines, each without characters that command."""
    return Markup("\n").join(escape(visible(line)) for line in text.splitlines())


def known(row: ReferrerRow) -> Markup:
    """Whether a link is known on a host that sent people, as a way to it."""
    told = {
        "live": ("good", "yes"),
        "lost": ("bad", "yes, lost"),
        "unknown": ("flat", "unverified"),
    }
    if row.known_link in told:
        return Markup('<span class="{}">{}</span>').format(*told[row.known_link])
    if "host" in row.certainty:
        return Markup('<span class="flat">no</span>')
    return Markup('<span class="flat">none needed</span>')


def rate(row: ReferrerRow) -> str:
    """The share of visits that converted, with its interval."""
    if row.conversions is None:
        return "no goal set"
    return words.rate(row.rate, row.rate_low, row.rate_high)


def money(sums: Mapping[str, float]) -> str:
    """Sums of money, one for each currency."""
    said = (f"{words.count(amount)} {currency}".strip() for currency, amount in sums.items())
    return ", ".join(said) or words.DASH


def duration(seconds: float | None) -> str:
    """A duration in minutes and seconds."""
    if seconds is None:
        return words.UNMEASURED
    minutes, rest = divmod(round(seconds), 60)
    return f"{minutes}:{rest:02}"


def columns(rows: Sequence[Mapping[str, Any]]) -> list[str]:
    """The names that any of the rows has, in the order in which they come."""
    return list(dict.fromkeys(name for row in rows for name in row))


FILTERS: dict[str, Callable[..., Any]] = {
    "authority": authority,
    "bar": bar,
    "change": change,
    "code": code,
    "columns": columns,
    "count": count,
    "cut": cut,
    "day": words.day,
    "duration": duration,
    "href": href,
    "known": known,
    "levels": levels,
    "lines": lines,
    "lifeline": lifeline,
    "money": money,
    "name": lambda file: PurePath(file).name,
    "own": own,
    "rate": rate,
    "saw": saw,
    "share": share,
    "since": since,
    "standing": words.standing,
    "state": state,
    "time": time,
    "why": lambda reason: WHY.get(reason, reason),
}
