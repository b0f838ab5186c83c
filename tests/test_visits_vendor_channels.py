"""Channels as GA4, Matomo and Plausible name them, and how far label sets of others agree."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from backref.errors import UsageError
from backref.visits.channels import Entry
from backref.visits.vendor_channels import VENDORS, chosen
from bench import labels

if TYPE_CHECKING:
    from pathlib import Path


def hosted(host: str) -> Entry:
    return Entry(referrer_host=host)


WEBSITES, SOCIAL, SEARCH = "Websites", "Social Networks", "Search Engines"
BY_VENDOR = [
    # entry, backref, ga4, matomo, plausible
    (Entry(), "Direct", "Direct", "Direct Entry", "Direct"),
    (Entry(internal=True), "Direct", "Direct", "Direct Entry", "Direct"),
    (hosted("google.de"), "Organic Search", "Organic Search", SEARCH, "Organic Search"),
    (hosted("www.facebook.com"), "Organic Social", "Organic Social", SOCIAL, "Organic Social"),
    (hosted("x.com"), "Organic Social", "Organic Social", SOCIAL, "Organic Social"),
    (hosted("youtube.com"), "Organic Video", "Organic Video", SOCIAL, "Organic Video"),
    (hosted("github.com"), "Referral", "Referral", SOCIAL, "Organic Social"),
    (hosted("mail.google.com"), "Email", "Referral", WEBSITES, "Email"),
    (hosted("claude.ai"), "AI Assistant", "AI Assistant", "AI Assistants", "AI Assistants"),
    (hosted("perplexity.ai"), "AI Assistant", "Referral", "AI Assistants", "AI Assistants"),
    (hosted("blog.test"), "Referral", "Referral", WEBSITES, "Referral"),
    (Entry("google", "cpc"), "Paid Search", "Paid Search", "Campaigns", "Paid Search"),
    (Entry("adwords"), "Organic Search", "Unassigned", "Campaigns", "Referral"),
    (Entry("letter", "newsletter"), "Unassigned", "Unassigned", "Campaigns", "Email"),
    (Entry("chatgpt.com"), "AI Assistant", "Unassigned", "Campaigns", "AI Assistants"),
    (Entry("x", "ai-assistant"), "AI Assistant", "AI Assistant", "Campaigns", "Referral"),
    (Entry("partner", "organic"), "Organic Search", "Organic Search", "Campaigns", "Referral"),
    (Entry("partner"), "Unassigned", "Unassigned", "Campaigns", "Referral"),
    (
        Entry(click_id="gclid", referrer_host="google.com"),
        "Paid Search", "Paid Search", SEARCH, "Paid Search",
    ),
    (
        Entry(click_id="msclkid", referrer_host="bing.com"),
        "Paid Search", "Organic Search", SEARCH, "Paid Search",
    ),
    (
        Entry("chatgpt.com", "email", referrer_host="chatgpt.com"),
        "Email", "Email", "Campaigns", "AI Assistants",
    ),
]  # fmt: skip


@pytest.mark.parametrize(("entry", "ours", "ga4", "matomo", "plausible"), BY_VENDOR)
def test_each_tool_names_an_entry_by_its_own_rules(
    entry: Entry, ours: str, ga4: str, matomo: str, plausible: str
) -> None:
    named = {name: judge(entry) for name, judge in VENDORS.items()}
    assert named == {"backref": ours, "ga4": ga4, "matomo": matomo, "plausible": plausible}


def test_an_unknown_tool_is_refused_with_those_there_are() -> None:
    with pytest.raises(UsageError, match="backref, ga4, matomo, plausible"):
        chosen("urchin")


EXCEPTIONS = {
    "Google's sources, our classes": {
        # Webmail counts as e-mail, and video hosts as video, by our definitions.
        "email.seznam.cz: search as mail", "mail.rambler.ru: search as mail",
        "mail.yandex.ru: search as mail", "niconico: social as video",
        "nicovideo.jp: social as video",
    },
    "Google's sources, GA4's channels": set(),
    "Snowplow's test cases, our classes": {"www.pricerunner.co.uk: search as shopping"},
    "Matomo's hosts, Matomo's channels": {
        # Matomo lists these twice or more; the narrower list is taken.
        "digg.com: search as social", "www.facebook.com: search as social",
        "www.perplexity.ai: search as ai",
    },
}  # fmt: skip


def test_label_sets_of_others_agree(shared_data: Path) -> None:
    for name, (listed, judge, known, whole) in labels.sets().items():
        found = labels.judged(listed, judge)
        print(f"{name}: {found.right} of {found.known} known, {found.all} in all; {found.wrong}")
        assert found.right >= known * found.known, name
        assert found.right >= whole * found.all, name
        if name in EXCEPTIONS:
            assert set(found.wrong) == EXCEPTIONS[name]
