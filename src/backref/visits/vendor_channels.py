"""Channels as other tools name them: what GA4, Matomo and Plausible would say of the same entry.

Each is a function from an entry to that tool's channel; `channels.classify` is Backref's own. What
a tool knows of by other means than the entry (linked accounts, cookies) is not in it.
"""

from __future__ import annotations

from functools import cache, lru_cache
from typing import TYPE_CHECKING, NamedTuple, TypeAlias, TypeVar

from backref import data
from backref.errors import UsageError
from backref.url import registrable_domain
from backref.visits.channels import (
    DISPLAY_MEDIA,
    PAID,
    RULES,
    SHOP,
    SOCIAL_MEDIA,
    UNSET,
    Entry,
    Traffic,
    classify,
    click,
)
from backref.visits.referrers import named_network, network

if TYPE_CHECKING:
    from collections.abc import Callable

Facts = TypeVar("Facts")
Rules: TypeAlias = "tuple[tuple[str, Callable[[Facts], bool]], ...]"
GOOGLE_CLICKS = frozenset({"gclid", "gbraid", "wbraid", "dclid"})
PLAUSIBLE_CLICKS = frozenset({("google", "gclid"), ("bing", "msclkid")})
PLAUSIBLE_MAIL = ("email", "e-mail", "e_mail", "e mail", "newsletter")
PLAUSIBLE_PAID = frozenset({"yt-ads", "facebook_ad", "adwords"})
MATOMO_NAMES = {"ai": "AI Assistants", "search": "Search Engines", "social": "Social Networks"}


def backref(entry: Entry) -> str:
    """Backref's own channel."""
    return classify(entry).channel


@lru_cache(maxsize=65_536)
def ga4(entry: Entry) -> str:
    """GA4's default channel group, with AI Assistant as since May 2026.

    Google knows its own click ids alone; webmail is a referral. Visits before AI Assistant was
    there stand under Referral in GA4's own history.

    >>> ga4(Entry(referrer_host="mail.google.com")), ga4(Entry(referrer_host="claude.ai"))
    ('Referral', 'AI Assistant')
    """
    proof = click(entry.click_id if entry.click_id in GOOGLE_CLICKS else None)
    host = _host(entry)
    source = _lower(entry.source) or proof.source or host
    kind = _category(source, "ga4")
    medium = _lower(entry.medium)
    referred = not entry.source and bool(host)
    by_assistant = medium in UNSET and not proof.medium and _listed("ga4", host) == "ai"
    if medium in UNSET:
        found = "organic" if kind == "search" else "referral"
        medium = proof.medium or (found if referred else medium)
    traffic = Traffic(
        source, medium, _lower(entry.campaign), kind, by_assistant or medium == "ai-assistant"
    )
    return _first(RULES, traffic)


@lru_cache(maxsize=65_536)
def matomo(entry: Entry) -> str:
    """Matomo's channel type: a campaign's tags first, then what its lists call the website.

    >>> matomo(Entry(referrer_host="youtube.com")), matomo(Entry(source="letter"))
    ('Social Networks', 'Campaigns')
    """
    if entry.source or entry.medium or entry.campaign:
        return "Campaigns"
    if not entry.referrer_host:
        return "Direct Entry"
    found = network(entry.referrer_host)
    kind = _listed("matomo", entry.referrer_host) or (found.kind if found else "")
    return MATOMO_NAMES.get(kind, "Websites")


@lru_cache(maxsize=65_536)
def plausible(entry: Entry) -> str:
    """Plausible's channel: GA4's rules and list, with its own order, sources and click ids, and
    Direct only for who comes from nowhere.

    >>> plausible(Entry(source="letter", medium="newsletter")), plausible(Entry(source="x.test"))
    ('Email', 'Referral')
    """
    tag = _lower(entry.source)
    source = tag or _host(entry)
    found = named_network(source) if source else None
    told = Told(
        tag,
        source,
        _lower(entry.medium),
        _lower(entry.campaign),
        _category(source, "plausible"),
        (found.name.lower() if found else "", entry.click_id) in PLAUSIBLE_CLICKS,
    )
    return _first(PLAUSIBLE_RULES, told)


class Told(NamedTuple):
    """An entry in the terms of Plausible's rules: `tag` is the source tagged, `source` that or the
    referrer, `kind` its class; `clicked` an advertisement of that source."""

    tag: str
    source: str
    medium: str
    campaign: str
    kind: str | None
    clicked: bool

    @property
    def paid(self) -> bool:
        """Whether the medium says that the click was paid for."""
        return bool(PAID.match(self.medium))

    @property
    def bought(self) -> bool:
        """Whether the medium or the source says so."""
        return self.paid or self.tag in PLAUSIBLE_PAID

    @property
    def shop(self) -> bool:
        """Whether source or campaign speak of a shop."""
        return self.kind == "shopping" or bool(SHOP.match(self.campaign))

    @property
    def mail(self) -> bool:
        """Whether source or medium speak of mail."""
        words = (word in text for word in PLAUSIBLE_MAIL for text in (self.tag, self.medium))
        return self.kind == "mail" or any(words)


PLAUSIBLE_RULES: Rules[Told] = (
    ("Cross-network", lambda t: "cross-network" in t.campaign),
    ("Paid Shopping", lambda t: t.shop and t.paid),
    ("Paid Search", lambda t: (t.kind == "search" and t.bought) or t.clicked),
    ("Paid Social", lambda t: t.kind == "social" and t.bought),
    ("Paid Video", lambda t: t.kind == "video" and t.bought),
    ("Display", lambda t: t.medium in DISPLAY_MEDIA),
    ("Paid Other", lambda t: t.paid),
    ("Organic Shopping", lambda t: t.shop),
    ("Organic Social", lambda t: t.kind == "social" or t.medium in SOCIAL_MEDIA),
    ("Organic Video", lambda t: t.kind == "video" or "video" in t.medium),
    ("AI Assistants", lambda t: t.kind == "ai"),
    ("Organic Search", lambda t: t.kind == "search"),
    ("Email", lambda t: t.mail),
    ("Affiliates", lambda t: t.medium == "affiliate"),
    ("Audio", lambda t: t.medium == "audio"),
    ("SMS", lambda t: "sms" in (t.tag, t.medium)),
    (
        "Mobile Push Notifications",
        lambda t: (
            t.medium.endswith("push")
            or "mobile" in t.medium
            or "notification" in t.medium
            or t.source == "firebase"
        ),
    ),
    ("Referral", lambda t: bool(t.source) or t.medium in ("referral", "app", "link")),
    ("Direct", lambda _: True),
)

VENDORS: dict[str, Callable[[Entry], str]] = {
    "backref": backref,
    "ga4": ga4,
    "matomo": matomo,
    "plausible": plausible,
}


def chosen(name: str) -> Callable[[Entry], str]:
    """The function of the tool of that name. Raises UsageError."""
    if name not in VENDORS:
        raise UsageError(f"No channels {name!r}; choose {', '.join(VENDORS)}.")
    return VENDORS[name]


def _first(rules: Rules[Facts], told: Facts) -> str:
    return next(name for name, holds in rules if holds(told))


def _host(entry: Entry) -> str:
    """The referrer's host without www. and the like."""
    host = entry.referrer_host or ""
    return next(
        (host[len(head) :] for head in ("www.", "m.", "mobile.") if host.startswith(head)), host
    )


@lru_cache(maxsize=65_536)
def _category(source: str, vendor: str) -> str | None:
    """The class of a source by the vendor's own hosts, else by Google's list: as it stands there,
    or for a search engine in any country, by the engine's name."""
    own = _listed(vendor, source)
    if own:
        return own
    if source in _sources():
        return _sources()[source]
    found = network(source) if "." in source else None
    if found and found.kind == "search":
        label = registrable_domain(source).partition(".")[0]
        return next(
            (kind for name in (label, found.name.lower()) if (kind := _sources().get(name))), None
        )
    return None


def _listed(vendor: str, host: str) -> str | None:
    """What `vendor_hosts.csv` calls a host or the nearest one above it."""
    listed = _hosts()
    while "." in host:
        if (vendor, host) in listed:
            return listed[vendor, host]
        host = host.partition(".")[2]
    return None


@cache
def _hosts() -> dict[tuple[str, str], str]:
    return {(row["vendor"], row["host"]): row["class"] for row in data.table("vendor_hosts.csv")}


@cache
def _sources() -> dict[str, str]:
    return {row["source"]: row["class"] for row in data.table("ga4_sources.csv")}


def _lower(text: str | None) -> str:
    return (text or "").strip().lower()
