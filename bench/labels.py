"""Channels beside label sets that others made: how often a listed host is what its list says.

The sets lie beside the repository and never enter it. Of each: how many of its entries have a
channel of the class that the list gives them, among all and among those that are known at all.
"""

from __future__ import annotations

import csv
import json
import re
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple
from urllib.parse import urlsplit

from backref.visits.channels import Entry
from backref.visits.referrers import named_network
from backref.visits.vendor_channels import ga4, matomo
from bench.measure import Measure

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from bench.measure import Size

DATA = Path(__file__).resolve().parents[2] / "shared" / "data"
KINDS = {"email": "mail", "chatbot": "ai"}
GA4 = {
    "search": "Organic Search",
    "social": "Organic Social",
    "video": "Organic Video",
    "shopping": "Organic Shopping",
}
MATOMO = {"search": "Search Engines", "social": "Social Networks", "ai": "AI Assistants"}


class Label(NamedTuple):
    """One entry of a set: a host or short name, and the class that the set gives it."""

    name: str
    kind: str


class Judged(NamedTuple):
    """A set against one judge, a class for each name or None for a name that it does not know."""

    right: int
    wrong: tuple[str, ...]
    unknown: int

    @property
    def known(self) -> int:
        """Entries with a class of ours."""
        return self.right + len(self.wrong)

    @property
    def all(self) -> int:
        """Entries of the set."""
        return self.known + self.unknown


def run(_: Size) -> Iterator[Measure]:
    """Every set against its judge."""
    for name, (labels, judge, bar, least) in sets().items():
        found = judged(labels, judge)
        note = "; ".join(found.wrong[:6])
        yield Measure(f"labels: {name}, of those known", found.right, found.known,
                      found.right / found.known, bar, "share", note=note)  # fmt: skip
        yield Measure(f"labels: {name}, of all", found.right, found.all,
                      found.right / found.all, least, "share")  # fmt: skip


def sets() -> dict[str, tuple[list[Label], Callable[[str], str | None], float, float]]:
    """Each comparison: labels, judge, the bar among those known and that among all."""
    google, ghost = google_sources(), ghost_referrers()
    return {
        "Google's sources, our classes": (google, our_kind, 0.98, 0.5),
        "Google's sources, GA4's channels": (google, ga4_kind, 1.0, 1.0),
        "Ghost's referrers, our classes": (ghost, our_kind, 0.985, 0.55),
        "Snowplow's test cases, our classes": (snowplow_cases(), our_kind, 0.985, 0.9),
        "Matomo's hosts, our classes": (matomo_hosts(), our_kind, 0.96, 0.88),
        "Matomo's hosts, Matomo's channels": (matomo_hosts(), matomo_kind, 0.98, 0.92),
    }


def judged(labels: list[Label], judge: Callable[[str], str | None]) -> Judged:
    """What a judge makes of a set; of the wrong ones name, label and class found."""
    found = [(label, judge(label.name)) for label in labels]
    wrong = [
        f"{one.name}: {one.kind} as {kind}" for one, kind in found if kind not in (None, one.kind)
    ]
    right = sum(kind == one.kind for one, kind in found)
    return Judged(right, tuple(wrong), len(found) - right - len(wrong))


def our_kind(name: str) -> str | None:
    """The class in `referrers.csv`."""
    found = named_network(name)
    return found.kind if found else None


def ga4_kind(name: str) -> str | None:
    """The class behind the channel that GA4's rules give to a visit from there."""
    entry = Entry(referrer_host=name) if "." in name else Entry(source=name, medium="referral")
    channel = ga4(entry)
    return next((kind for kind, named in GA4.items() if named == channel), None)


def matomo_kind(host: str) -> str | None:
    """The class behind Matomo's channel type."""
    channel = matomo(Entry(referrer_host=host))
    return next((kind for kind, named in MATOMO.items() if named == channel), None)


def google_sources(data: Path = DATA) -> list[Label]:
    """Google's sources by their category."""
    with (data / "analytics/ga4_source_categories.csv").open(encoding="utf-8") as file:
        return [
            Label(row["source"], row["source_category"].removeprefix("SOURCE_CATEGORY_").lower())
            for row in csv.DictReader(file)
        ]


def ghost_referrers(data: Path = DATA) -> list[Label]:
    """Hosts by medium, those that say no class left out."""
    listed = json.loads((data / "lists/ghost-referrers.json").read_text("utf-8"))
    named = ((host, told["medium"]) for host, told in listed.items())
    return [
        Label(host, KINDS.get(medium, medium))
        for host, medium in named
        if medium not in ("unknown", "referral")
    ]


def snowplow_cases(data: Path = DATA) -> list[Label]:
    """Hosts of whole referrers by medium."""
    cases = json.loads((data / "lists/snowplow-referer-tests.json").read_text("utf-8"))
    return [
        Label(urlsplit(case["uri"]).hostname or "", KINDS.get(case["medium"], case["medium"]))
        for case in cases
    ]


def matomo_hosts(data: Path = DATA) -> list[Label]:
    """Search engines, networks and assistants; `{}` stands for a country, taken as Germany. A host
    of which only a path is meant is left out, and one that several lists hold is the narrower's."""
    files = {"ai": "AIAssistants", "social": "Socials", "search": "SearchEngines"}
    kinds: dict[str, str] = {}
    for kind, name in files.items():
        for host in _listed((data / f"lists/matomo-{name}.yml").read_text("utf-8")):
            if "/" not in host and "." in host:
                kinds.setdefault(host.replace("{}", "de"), kind)
    return [Label(host, kind) for host, kind in kinds.items()]


def _listed(text: str) -> Iterator[str]:
    """Hosts of a list in YAML: items that stand below a name, or below its `urls`."""
    wanted = True
    for line in text.splitlines():
        if re.match(r"\S", line):
            wanted = True
        elif key := re.match(r"\s+(\w+):", line):
            wanted = key[1] == "urls"
        elif wanted and (item := re.match(r"\s+- +['\"]?([^'\"\s]+)", line)):
            yield item[1]
