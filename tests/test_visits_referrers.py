"""Referring hosts: networks by the most exact entry, and what is outside."""

from __future__ import annotations

import csv
import json
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

import pytest

from backref.visits.referrers import Outside, is_spammer, named_network, network, one_host

if TYPE_CHECKING:
    from pathlib import Path


@pytest.mark.parametrize(
    ("host", "kind"),
    [
        ("google.com", "search"),
        ("www.google.co.uk", "search"),
        ("google.de", "search"),
        ("m.baidu.com", "search"),
        ("de.search.yahoo.com", "search"),
        ("search.brave.com", "search"),
        ("images.google.fr", "search"),
        ("mail.google.com", "mail"),
        ("outlook.live.com", "mail"),
        ("webmail.example.org", "mail"),
        ("gemini.google.com", "ai"),
        ("chatgpt.com", "ai"),
        ("copilot.microsoft.com", "ai"),
        ("docs.google.com", None),
        ("sites.google.com", None),
        ("classroom.google.com", None),
        ("news.google.com", None),
        ("google.evil.test", None),
        ("notgoogle.com", None),
        ("m.facebook.com", "social"),
        ("old.reddit.com", "social"),
        ("someone.tumblr.com", "social"),
        ("news.ycombinator.com", "social"),
        ("ycombinator.com", None),
        ("m.youtube.com", "video"),
        ("smile.amazon.co.jp", "shopping"),
        ("ann.substack.com", "creator"),
        ("blog.example.org", None),
        ("localhost", None),
    ],
)
def test_a_host_belongs_to_the_network_of_its_most_exact_entry(host: str, kind: str | None) -> None:
    found = network(host)
    assert (found.kind if found else None) == kind


@pytest.mark.parametrize(
    ("source", "name"),
    [
        ("Facebook", "Facebook"),
        ("fb", "Facebook"),
        ("ig", "Instagram"),
        ("google", "Google"),
        ("bing", "Bing"),
        ("yahoo", "Yahoo!"),
        ("hackernews", "Hacker News"),
        ("chatgpt.com", "ChatGPT"),
        ("youtube", "YouTube"),
        ("newsletter", None),
        ("mail", None),
        ("web", None),
        ("search", None),
        ("info", None),
    ],
)
def test_a_campaign_source_may_name_a_network(source: str, name: str | None) -> None:
    found = named_network(source)
    assert (found.name if found else None) == name


KINDS = {"SEARCH": "search", "SOCIAL": "social", "VIDEO": "video", "SHOPPING": "shopping"}
OTHER_DEFINITIONS = {
    # Webmail counts as e-mail, and video hosts as video, by our definitions.
    "email.seznam.cz": "mail",
    "mail.rambler.ru": "mail",
    "mail.yandex.ru": "mail",
    "niconico": "video",
    "nicovideo.jp": "video",
}


def test_no_source_is_put_elsewhere_than_google_puts_it(shared_data: Path) -> None:
    with (shared_data / "analytics/ga4_source_categories.csv").open(encoding="utf-8") as file:
        rows = [(r["source"], KINDS[r["source_category"][16:]]) for r in csv.DictReader(file)]
    known = {source: found.kind for source, _ in rows if (found := named_network(source))}
    elsewhere = {s: known[s] for s, kind in rows if s in known and known[s] != kind}
    assert elsewhere == OTHER_DEFINITIONS
    covered = {kind: [s in known for s, k in rows if k == kind] for kind in KINDS.values()}
    shares = {kind: sum(found) / len(found) for kind, found in covered.items()}
    assert shares["search"] > 0.75
    assert shares["video"] > 0.9
    assert shares["shopping"] > 0.8
    assert shares["social"] > 0.4


def test_an_independent_list_of_referrers_agrees(shared_data: Path) -> None:
    kinds = {
        "search": "search",
        "social": "social",
        "email": "mail",
        "chatbot": "ai",
        "paid": "paid",
    }
    cases = json.loads((shared_data / "lists/snowplow-referer-tests.json").read_text("utf-8"))
    found = [(network(urlsplit(case["uri"]).hostname or ""), case) for case in cases]
    agreeing = [case for net, case in found if net and net.kind == kinds[case["medium"]]]
    elsewhere = [case["source"] for net, case in found if net and net.kind != kinds[case["medium"]]]
    assert len(agreeing) >= 0.9 * len(cases)
    assert elsewhere == ["PriceRunner"]


def test_hosts_of_the_brand_and_return_hosts_are_inside() -> None:
    outside = Outside(("shop.example", "shop-example.de"))
    inside = ("shop.example", "www.shop.example", "a.b.shop-example.de", "checkout.stripe.com")
    assert [outside.host(host) for host in inside] == [None] * 4
    assert outside.host("notshop.example") == "notshop.example"
    assert outside.host("stripe.com") == "stripe.com"


@pytest.mark.parametrize(
    ("host", "one"),
    [
        ("www.blog.test", "blog.test"),
        ("m.blog.test", "blog.test"),
        ("www.com", "www.com"),
        ("mobile.twitter.com", "x.com"),
        ("youtu.be", "youtube.com"),
        ("a.blog.test", "a.blog.test"),
    ],
)
def test_hosts_meet_under_one_name(host: str, one: str) -> None:
    assert one_host(host) == one


def test_spammers_are_known_with_all_below_them() -> None:
    assert is_spammer("0-0.fr")
    assert is_spammer("www.0-0.fr")
    assert not is_spammer("example.com")
