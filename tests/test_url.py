"""URLs: the WHATWG and Public Suffix suites, fold keys, and whose page it is."""

from __future__ import annotations

import json
import re
import time
from pathlib import Path

import ada_url
import pytest
from hypothesis import given
from hypothesis import strategies as st
from publicsuffixlist import PublicSuffixList

from backref import url


@pytest.mark.parametrize(
    ("text", "key"),
    [
        ("https://www.example.com/a/index.html?utm_source=x&id=7#top", "example.com/a?id=7"),
        ("http://example.com/a/", "example.com/a"),
        ("http://EXAMPLE.com:80/a", "example.com/a"),
        ("http://example.com:8080/a", "example.com:8080/a"),
        ("example.com", "example.com"),
        ("https://example.com/?gclid=1&fbclid=2", "example.com"),
        ("https://example.com/?b=2&a=1", "example.com?b=2&a=1"),
        ("https://example.com/%7ejo/%e4", "example.com/~jo/%E4"),
        ("https://example.com/Case", "example.com/Case"),
        ("https://www.com/x", "www.com/x"),
        ("http://münchen.de/ä", "xn--mnchen-3ya.de/%C3%A4"),
        ("http://[::1]/x", "[::1]/x"),
        ("//example.com/x", "example.com/x"),
    ],
)
def test_all_spellings_of_a_page_fold_to_one_key(text: str, key: str) -> None:
    parsed = url.parse(text)
    assert parsed is not None
    assert url.fold_key(parsed) == key


@pytest.mark.parametrize(
    "text",
    [
        "mailto:a@example.com",
        "javascript:alert(1)",
        "http://",
        "http://a b/",
        "ftp://x/",
        "",
        "http://example.com:99999/",
        "data:text/html,x",
    ],
)
def test_what_is_not_a_web_address_is_none(text: str) -> None:
    assert url.parse(text) is None or url.parse(text, "https://example.com/") is None


@pytest.mark.parametrize(
    ("text", "identity"),
    [
        ("https://blog.example.co.uk/x", "example.co.uk"),
        ("https://ann.github.io/x", "ann.github.io"),
        ("https://medium.com/@Ann/story", "medium.com/@ann"),
        ("https://medium.com/story", "medium.com"),
        ("https://ann.medium.com/story", "ann.medium.com"),
        ("https://www.ann.substack.com/p/x", "ann.substack.com"),
        ("https://substack.com/home", "substack.com"),
        ("https://www.youtube.com/channel/UC1/videos", "youtube.com/channel/uc1"),
        ("https://www.youtube.com/watch?v=1", "youtube.com"),
        ("https://sites.google.com/view/garden/home", "sites.google.com/view/garden"),
        ("https://docs.google.com/view/garden", "google.com"),
        ("http://192.0.2.7/x", "192.0.2.7"),
    ],
)
def test_a_source_is_who_publishes_it(text: str, identity: str) -> None:
    parsed = url.parse(text)
    assert parsed is not None
    assert url.identity(parsed) == identity


@given(st.text(max_size=60))
def test_parsing_never_raises_and_its_form_is_stable(text: str) -> None:
    parsed = url.parse(text, "https://example.com/base")
    if parsed is not None:
        again = url.parse(parsed.href)
        assert again == parsed
        assert url.fold_key(parsed) == url.fold_key(again)


HOSTS = st.lists(st.text("ab0-", min_size=1, max_size=4), min_size=1, max_size=4).map(".".join)
PATHS = st.lists(st.text("a1._~%2eE!$&'()*+,;=:@|^ {", max_size=5), max_size=4).map("/".join)
TAILS = st.text("a1?#&=/.%[]^\"'|ä", max_size=8)


@given(HOSTS, st.sampled_from(("", ".com", ".org:80", ".net/", ".xn--p1ai")), PATHS, TAILS)
def test_a_url_in_its_normal_form_is_read_as_any_other(
    host: str, end: str, path: str, tail: str
) -> None:
    text = f"https://{host}{end}/{path}{tail}"
    expected = ada_url.normalize_url(text) if ada_url.check_url(text) else None
    parsed = url.parse(text)
    assert (parsed and parsed.href) == (expected and expected.partition("#")[0])


def test_reading_a_hostile_url_takes_linear_time() -> None:
    bodies = ("a-", "aa.", "a.aa/", "/", "/.", "?a=", "#", "%2e")
    small, large = ([f"http://a.aa{body * n}^" for body in bodies] for n in (4_000, 16_000))
    assert _seconds(large) < 16 * _seconds(small) + 0.05


def _seconds(texts: list[str]) -> float:
    begun = time.process_time()
    for text in texts:
        url.parse(text)
    return time.process_time() - begun


@given(st.from_regex(r"[a-z]{1,8}(/[a-z]{1,5}){0,3}", fullmatch=True))
def test_a_folded_key_folds_to_itself(rest: str) -> None:
    parsed = url.parse(f"https://www.{rest}.org/{rest}/?utm_source=a")
    if parsed is not None:
        key = url.fold_key(parsed)
        folded = url.parse("https://" + key)
        assert folded is not None
        assert url.fold_key(folded) == key


def test_whatwg_suite(shared_data: Path) -> None:
    cases = json.loads((shared_data / "url/wpt-urltestdata.json").read_text())
    wrong = [case["input"] for case in cases if isinstance(case, dict) and not _agrees(case)]
    assert wrong == []


def _agrees(case: dict[str, object]) -> bool:
    """Whether parsing gives the suite's address, or None where it fails or is not http(s)."""
    base = case.get("base")
    if not isinstance(base, str) and not ada_url.check_url(str(case["input"])):
        return True  # without a base, a text without scheme is read as a host: our own rule
    parsed = url.parse(str(case["input"]), base if isinstance(base, str) else None)
    if case.get("failure") or case["protocol"] not in ("http:", "https:"):
        return parsed is None or not isinstance(base, str)
    wanted = str(case["href"]).partition("#")[0]
    wanted = re.sub(r"//[^/@]*@", "//", wanted, count=1)
    return parsed is not None and re.sub(r"//[^/@]*@", "//", parsed.href, count=1) == wanted


def test_public_suffix_suite(shared_data: Path) -> None:
    text = (shared_data / "url/test_psl.txt").read_text()
    cases = re.findall(r"^checkPublicSuffix\('([^']+)', (?:'([^']+)'|null)\);", text, re.MULTILINE)
    for host, wanted in cases:
        if host.startswith("."):
            continue
        parsed = url.parse("http://" + host)
        assert parsed is not None
        found = url.registrable_domain(parsed.host)
        expected = url.parse("http://" + wanted).host if wanted else parsed.host
        assert found == expected, host


def test_wildcards_and_exceptions_are_read_as_the_slow_way_does() -> None:
    oracle = PublicSuffixList()
    rules = [rule for rule in url._rules() if rule[:2] in ("*.", "!c")]
    bases = [rule.removeprefix("*.").removeprefix("!") for rule in rules]
    hosts = [before + base for base in bases for before in ("", "x.", "y.x.", "z.y.x.")]
    assert len(hosts) > 100
    for host in hosts:
        assert url.registrable_domain(host) == (oracle.privatesuffix(host) or host)


def test_reversed_hosts_and_buckets() -> None:
    assert url.reversed_host("www.example.com") == "com.example.www"
    assert {url.bucket(f"site{n}.example") for n in range(5000)} == {
        f"{n:02x}" for n in range(url.BUCKETS)
    }


@pytest.mark.parametrize(
    ("host", "domain"),
    [
        ("www.esat.kuleuven.be", "kuleuven.be"),
        ("x.ezproxy.kuleuven.be", "x.ezproxy.kuleuven.be"),
        ("docs.amazonaws.com", "amazonaws.com"),
        ("bucket.s3.amazonaws.com", "bucket.s3.amazonaws.com"),
        ("www.cloud.muni.cz", "muni.cz"),
    ],
)
def test_a_part_of_a_longer_suffix_is_none(host: str, domain: str) -> None:
    assert url.registrable_domain(host) == domain
