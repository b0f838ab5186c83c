"""Channels: how a visit came, by the default groups of Google Analytics 4, in their order.

What is known of an entry is brought to a source, a medium and a campaign; then the first rule
of `RULES` that holds names the channel. Tags come before click ids, these before the referrer.
The group AI Assistant stands before the organic ones, as Google announced it in May 2026; a
medium of one's own still beats it. Beyond Google's rules, referrals from webmail are Email.
"""

from __future__ import annotations

import re
from functools import cache, lru_cache
from typing import TYPE_CHECKING, NamedTuple

from backref import data
from backref.visits.referrers import Network, named_network, network

if TYPE_CHECKING:
    from collections.abc import Callable

PAID = re.compile(r"^(.*cp.*|ppc|retargeting|paid.*)$")
SHOP = re.compile(r"^(.*(([^a-df-z]|^)shop|shopping).*)$")
PACKAGE = re.compile(r"(?:com|org|net|io|de|fr|jp|cn|ru|app|me|tv|co|eu)\.[a-z]\w*\.?")
DISPLAY_MEDIA = frozenset({"display", "banner", "expandable", "interstitial", "cpm"})
SOCIAL_MEDIA = frozenset(
    {"social", "social-network", "social-media", "sm", "social network", "social media"}
)
MAIL = frozenset({"email", "e-mail", "e_mail", "e mail"})
UNSET = frozenset({"", "(not set)", "(none)"})


UNKNOWN, NOT_LOGGED = "Unknown", "not logged"
"""Channel and origin of visits that neither a referrer nor a tag tells of, for want of a log
that tells referrers: they are not known to be direct."""


class Entry(NamedTuple):
    """What the first request of a visit tells of its origin; `referrer_host` is outside or None.
    `internal` says that the referrer was our own host or one that hands visitors back, `unlogged`
    that the log tells no referrers, so that nobody knows whether there was one."""

    source: str | None = None
    medium: str | None = None
    campaign: str | None = None
    code: str | None = None
    click_id: str | None = None
    referrer_host: str | None = None
    referrer_via: str | None = None
    internal: bool = False
    unlogged: bool = False


class Origin(NamedTuple):
    """The verdict: `channel`, what it rests on, and the name of the referring network."""

    channel: str
    origin: str
    referrer_name: str | None


class Traffic(NamedTuple):
    """An entry in the terms of the rules, all lower-case; `site` is the class of the source."""

    source: str
    medium: str
    campaign: str
    site: str | None
    assistant: bool

    @property
    def paid(self) -> bool:
        """Whether the medium says that the click was paid for."""
        return bool(PAID.match(self.medium))

    @property
    def shop(self) -> bool:
        """Whether the source is a shopping site or the campaign's name says so."""
        return self.site == "shopping" or bool(SHOP.match(self.campaign))


RULES: tuple[tuple[str, Callable[[Traffic], bool]], ...] = (
    ("Direct", lambda t: t.source in ("", "(direct)") and t.medium in UNSET and not t.campaign),
    ("Cross-network", lambda t: "cross-network" in t.campaign),
    ("Paid Shopping", lambda t: t.shop and t.paid),
    ("Paid Search", lambda t: t.site == "search" and t.paid),
    ("Paid Social", lambda t: t.site == "social" and t.paid),
    ("Paid Video", lambda t: t.site == "video" and t.paid),
    ("Display", lambda t: t.medium in DISPLAY_MEDIA),
    ("Paid Other", lambda t: t.paid),
    ("AI Assistant", lambda t: t.assistant),
    ("Organic Shopping", lambda t: t.shop),
    ("Organic Social", lambda t: t.site == "social" or t.medium in SOCIAL_MEDIA),
    ("Organic Video", lambda t: t.site == "video" or "video" in t.medium),
    ("Organic Search", lambda t: t.site == "search" or t.medium == "organic"),
    ("Referral", lambda t: t.medium in ("referral", "app", "link")),
    ("Email", lambda t: t.source in MAIL or t.medium in MAIL),
    ("Affiliates", lambda t: t.medium == "affiliate"),
    ("Audio", lambda t: t.medium == "audio"),
    ("SMS", lambda t: "sms" in (t.source, t.medium)),
    (
        "Mobile Push Notifications",
        lambda t: (
            t.medium.endswith("push")
            or "mobile" in t.medium
            or "notification" in t.medium
            or t.source == "firebase"
        ),
    ),
    ("Unassigned", lambda _: True),
)


@lru_cache(maxsize=65_536)
def classify(entry: Entry) -> Origin:
    """The channel of a visit that began with `entry`, and what that rests on.

    >>> classify(Entry(referrer_host="www.google.de")).channel
    'Organic Search'
    """
    traffic, sender = _traffic(entry)
    channel = next(name for name, holds in RULES if holds(traffic))
    if channel == "Direct" and entry.unlogged:
        channel = UNKNOWN
    return Origin(channel, _rests_on(entry), sender.name if sender else None)


def _rests_on(entry: Entry) -> str:
    if entry.source or entry.medium or entry.campaign or entry.code:
        return "tag"
    if entry.click_id and click(entry.click_id).medium:
        return "click id"
    if entry.referrer_host:
        return "app" if is_app(entry) else "referrer"
    if entry.unlogged:
        return NOT_LOGGED
    return "internal" if entry.internal else "none"


def is_app(entry: Entry) -> bool:
    """Whether an application sent the visitor; one that is not listed stands as its own host."""
    via = entry.referrer_via
    return via is not None and (
        via in _packages() or (via == entry.referrer_host and bool(PACKAGE.match(via)))
    )


def _traffic(entry: Entry) -> tuple[Traffic, Network | None]:
    """Fill what the tags leave open from the click id, then from the referrer; with the network
    that the source is, or else the referrer."""
    proof = click(entry.click_id)
    sender = network(entry.referrer_host) if entry.referrer_host else None
    source = _lower(entry.source) or proof.source
    found = named_network(source) if source else sender
    medium = _lower(entry.medium)
    if not (tagged := medium not in UNSET):
        medium = proof.medium or _referred_medium(entry.referrer_host, sender) or medium
    campaign = _lower(entry.campaign)
    assistant = "ai-assistant" in (medium, campaign.strip("()")) or (
        found is not None and found.kind == "ai" and not tagged and not proof.medium
    )
    source = source or _lower(entry.referrer_host)
    kind = found.kind if found else None
    return Traffic(source, medium, campaign, kind, assistant), found or sender


def _referred_medium(host: str | None, sender: Network | None) -> str:
    """The medium that a referrer stands for; nothing without one."""
    if host is None:
        return ""
    media = {"search": "organic", "mail": "email", "paid": "cpm"}
    return media.get(sender.kind, "referral") if sender else "referral"


class Click(NamedTuple):
    """What a click id proves: the source and medium of `click_networks.csv`, both empty for ids
    that free clicks carry as well."""

    source: str
    medium: str


@cache
def _clicks() -> dict[str, Click]:
    return {
        row["parameter"]: Click(row["source"], row["medium"])
        for row in data.table("click_networks.csv")
    }


def click(name: str | None) -> Click:
    """What a click id of that name proves."""
    return _clicks().get((name or "").lower(), Click("", ""))


@cache
def _packages() -> frozenset[str]:
    return frozenset(row["package"] for row in data.table("apps.csv"))


def _lower(text: str | None) -> str:
    return (text or "").strip().lower()
