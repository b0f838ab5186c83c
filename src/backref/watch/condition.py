"""What rules can watch for: a closed list, each with what its threshold means."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from backref.errors import UsageError

if TYPE_CHECKING:
    from collections.abc import Mapping

    from backref.watch.happening import Happening


class Condition(NamedTuple):
    """A condition: `says` when it is met, `threshold` is what is used unless told otherwise, and
    `measures` what it is compared with; empty where there is nothing to compare."""

    name: str
    says: str
    measures: str
    threshold: float = 0.0


CONDITIONS: Mapping[str, Condition] = {
    condition.name: condition
    for condition in (
        Condition("lost", "a link was lost, by proof or by a vendor's word", "visits a month"),
        Condition(
            "changed",
            "a link that stands became nofollow, changed its anchor or target, or its page left "
            "the index",
            "visits a month",
        ),
        Condition("new domain", "a domain links for the first time", "points of its rating"),
        Condition(
            "surge", "a domain sent far more people in a day than it does", "times the usual", 3
        ),
        Condition(
            "broken target", "people from elsewhere meet a dead page", "people in seven days", 5
        ),
        Condition(
            "unknown", "nobody could see an agreed or visited link for long", "days unseen", 30
        ),
        Condition("weekly", "a week has ended: the weekly mail", ""),
    )
}

SCOPES: Mapping[str, str] = {
    "domain": "the referring domain",
    "page": "the path of the own page, or its beginning with * at the end",
    "acquired": "how the link was acquired, as the placement sheet says",
    "tag": "a tag that somebody gave the link",
}


def condition(name: str) -> Condition:
    """The condition of that name. Raises UsageError."""
    found = CONDITIONS.get(name.strip().lower().replace("-", " ").replace("_", " "))
    if found is None:
        raise UsageError(f"No rule watches for {name!r}: choose one of {', '.join(CONDITIONS)}.")
    return found


def scope(given: Mapping[str, str]) -> dict[str, str]:
    """A scope as rules keep it. Raises UsageError."""
    for name, value in given.items():
        if name not in SCOPES:
            raise UsageError(f"A rule is not narrowed by {name!r}, but by {', '.join(SCOPES)}.")
        if not value.strip() or len(value) > 300:
            raise UsageError(f"Say which {name} in 1 to 300 characters.")
    return {name: value.strip() for name, value in sorted(given.items())}


def within(scope: Mapping[str, str], met: Happening, tags: frozenset[str] = frozenset()) -> bool:
    """Whether a scope holds what was met; `tags` are those of its link."""
    return all(_meets(name, value, met, tags) for name, value in scope.items())


def _meets(name: str, value: str, met: Happening, tags: frozenset[str]) -> bool:
    if name == "tag":
        return value in tags
    if name == "page" and value.endswith("*"):
        return (met.page or "").startswith(value[:-1])
    found: str | None = getattr(met, name)
    return found == value
