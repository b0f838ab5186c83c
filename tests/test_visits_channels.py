"""Channels: GA4's default groups in their order, from tags, click ids and referrers."""

from __future__ import annotations

import pytest

from backref.visits.channels import RULES, Entry, classify

BY_TAGS = [
    # source, medium, campaign, channel
    ("(direct)", "(none)", None, "Direct"),
    ("(direct)", "(not set)", None, "Direct"),
    ("google", "cpc", "x cross-network y", "Cross-network"),
    ("amazon", "cpc", None, "Paid Shopping"),
    ("partner", "ppc", "Summer Shopping", "Paid Shopping"),
    ("google", "cpc", None, "Paid Search"),
    ("Bing", "CPC", None, "Paid Search"),
    ("google", "paid", None, "Paid Search"),
    ("facebook", "paid_social", None, "Paid Social"),
    ("fb", "cpc", None, "Paid Social"),
    ("youtube", "cpv-cpc", None, "Paid Video"),
    ("partner", "display", None, "Display"),
    ("partner", "banner", None, "Display"),
    ("partner", "interstitial", None, "Display"),
    ("partner", "cpm", None, "Display"),
    ("facebook", "cpm", None, "Paid Social"),
    ("partner", "retargeting", None, "Paid Other"),
    ("partner", "cpa", None, "Paid Other"),
    ("chatgpt.com", None, None, "AI Assistant"),
    ("chatgpt.com", "email", None, "Email"),
    ("chatgpt.com", "referral", None, "Referral"),
    ("anything", "ai-assistant", None, "AI Assistant"),
    ("anything", None, "(ai-assistant)", "AI Assistant"),
    ("etsy", "referral", None, "Organic Shopping"),
    ("partner", "link", "winter shop", "Organic Shopping"),
    ("partner", "link", "my eshop", "Organic Shopping"),
    ("partner", "link", "workshop", "Referral"),
    ("linkedin", "post", None, "Organic Social"),
    ("partner", "social-media", None, "Organic Social"),
    ("partner", "sm", None, "Organic Social"),
    ("vimeo", "embed", None, "Organic Video"),
    ("partner", "videos", None, "Organic Video"),
    ("duckduckgo", "organic", None, "Organic Search"),
    ("partner", "organic", None, "Organic Search"),
    ("partner", "referral", None, "Referral"),
    ("partner", "app", None, "Referral"),
    ("partner", "link", None, "Referral"),
    ("email", "news", None, "Email"),
    ("letter", "E-Mail", None, "Email"),
    ("letter", "e mail", None, "Email"),
    ("partner", "affiliate", None, "Affiliates"),
    ("cast", "audio", None, "Audio"),
    ("sms", "text", None, "SMS"),
    ("partner", "sms", None, "SMS"),
    ("app", "webpush", None, "Mobile Push Notifications"),
    ("app", "mobile", None, "Mobile Push Notifications"),
    ("app", "notification", None, "Mobile Push Notifications"),
    ("firebase", "x", None, "Mobile Push Notifications"),
    ("partner", None, None, "Unassigned"),
    ("letter", "print", "autumn", "Unassigned"),
]


@pytest.mark.parametrize(("source", "medium", "campaign", "channel"), BY_TAGS)
def test_tags_decide_by_the_first_rule_that_holds(
    source: str, medium: str | None, campaign: str | None, channel: str
) -> None:
    found = classify(Entry(source=source, medium=medium, campaign=campaign))
    assert (found.channel, found.origin) == (channel, "tag")


def test_every_channel_is_reached() -> None:
    assert {channel for *_, channel in BY_TAGS} == {channel for channel, _ in RULES}


@pytest.mark.parametrize(
    ("host", "channel", "name"),
    [
        (None, "Direct", None),
        ("google.de", "Organic Search", "Google"),
        ("facebook.com", "Organic Social", "Facebook"),
        ("youtube.com", "Organic Video", "YouTube"),
        ("etsy.com", "Organic Shopping", "Etsy"),
        ("perplexity.ai", "AI Assistant", "Perplexity"),
        ("mail.google.com", "Email", "Gmail"),
        ("ann.substack.com", "Referral", "Substack"),
        ("app.slack.com", "Referral", "Slack"),
        ("docs.google.com", "Referral", None),
        ("blog.test", "Referral", None),
    ],
)
def test_without_tags_the_referrer_decides(
    host: str | None, channel: str, name: str | None
) -> None:
    found = classify(Entry(referrer_host=host))
    assert (found.channel, found.referrer_name) == (channel, name)
    assert found.origin == ("referrer" if host else "none")


@pytest.mark.parametrize(
    ("entry", "channel", "origin"),
    [
        (Entry(click_id="gclid"), "Paid Search", "click id"),
        (Entry(click_id="gclid", referrer_host="google.com"), "Paid Search", "click id"),
        (Entry(click_id="dclid"), "Display", "click id"),
        (Entry(click_id="li_fat_id"), "Paid Social", "click id"),
        (Entry(click_id="mc_cid"), "Email", "click id"),
        (Entry(click_id="awc", referrer_host="blog.test"), "Affiliates", "click id"),
        (Entry(click_id="fbclid", referrer_host="facebook.com"), "Organic Social", "referrer"),
        (Entry(click_id="fbclid"), "Direct", "none"),
        (Entry(click_id="srsltid", referrer_host="google.com"), "Organic Search", "referrer"),
        (Entry(click_id="gclid", source="letter", medium="email"), "Email", "tag"),
        (Entry(campaign="spring", referrer_host="facebook.com"), "Organic Social", "tag"),
        (Entry(source="partner", referrer_host="blog.test"), "Referral", "tag"),
        (Entry(code="p-17", referrer_host="blog.test"), "Referral", "tag"),
        (Entry(code="p-17"), "Direct", "tag"),
        (Entry(internal=True), "Direct", "internal"),
        (Entry(unlogged=True), "Unknown", "not logged"),
        (Entry(unlogged=True, click_id="fbclid"), "Unknown", "not logged"),
        (Entry(unlogged=True, click_id="gclid"), "Paid Search", "click id"),
        (Entry(unlogged=True, code="p-17"), "Unknown", "tag"),
        (Entry(unlogged=True, source="letter", medium="email"), "Email", "tag"),
        (
            Entry(referrer_host="mail.google.com", referrer_via="com.google.android.gm"),
            "Email",
            "app",
        ),
        (
            Entry(referrer_host="com.unknown.reader", referrer_via="com.unknown.reader"),
            "Referral",
            "app",
        ),
        (
            Entry(referrer_host="google.com", referrer_via="google.com"),
            "Organic Search",
            "referrer",
        ),
        (Entry(referrer_host="x.com", referrer_via="t.co"), "Organic Social", "referrer"),
    ],
)
def test_tags_come_before_click_ids_and_these_before_the_referrer(
    entry: Entry, channel: str, origin: str
) -> None:
    found = classify(entry)
    assert (found.channel, found.origin) == (channel, origin)
