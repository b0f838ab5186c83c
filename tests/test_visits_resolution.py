"""Certainty: which link a visit came through, case by case, and sums that stay whole."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

import pyarrow as pa
import pytest
from hypothesis import given
from hypothesis import strategies as st

from backref.identity import link_id, page_hash
from backref.visits.known_links import KnownLinks, Placements
from backref.visits.own_hosts import OwnHosts
from backref.visits.resolution import NOT_LINKS, Part, Visit, resolve

KEY = b"k" * 32
DAY_US = 24 * 60 * 60 * 1_000_000
NOW = int(datetime(2026, 11, 10, tzinfo=UTC).timestamp()) * 1_000_000
TODAY = datetime.fromtimestamp(NOW / 1_000_000, UTC).date()
OWN = OwnHosts(["shop.example", "shop-example.de"])
COLUMNS = pa.schema(
    [
        ("link_id", pa.uint64()),
        ("source_hash", pa.uint64()),
        ("source_host", pa.string()),
        ("landing_path", pa.string()),
        ("landing_host", pa.string()),
        ("first_seen_lo", pa.timestamp("us", tz="UTC")),
        ("lost", pa.timestamp("us", tz="UTC")),
        ("placement", pa.string()),
        ("noreferrer", pa.bool_()),
        ("claimed", pa.bool_()),
    ]
)


def days(count: float | None) -> int | None:
    """A time so many days after the visit."""
    return None if count is None else NOW + int(count * DAY_US)


def link(
    source: str,
    landing: str | None = "/a",
    first: float | None = None,
    lost: float | None = None,
    **told: Any,
) -> dict[str, Any]:
    return {
        "link_id": link_id(source, f"shop.example{landing}"),
        "source_hash": page_hash(KEY, source),
        "source_host": source.partition("/")[0],
        "landing_path": landing,
        "landing_host": landing and "shop.example",
        "first_seen_lo": days(first),
        "lost": days(lost),
        "placement": "content",
        "noreferrer": False,
        "claimed": False,
    } | told


def placement(source: str, target: str | None, **told: Any) -> dict[str, Any]:
    return {
        "row_id": link_id(source, str(told)).to_bytes(16),
        "source_page": source,
        "source_host": source.partition("/")[0],
        "target_page": target,
        "campaign": None,
        "code": None,
    } | told


def known(*links: dict[str, Any], own: OwnHosts = OWN) -> KnownLinks:
    return KnownLinks.of(pa.Table.from_pylist(list(links), COLUMNS), own)


def sheet(links: KnownLinks, *rows: dict[str, Any]) -> Placements:
    return Placements(pa.Table.from_pylist(list(rows)), links, KEY)


def visit(host: str | None = "blog.test", entry: str = "/a", **told: Any) -> Visit:
    """A referral, unless told otherwise. `page` is the referring page's fold key."""
    page = told.pop("page", None)
    blank = Visit(
        NOW,
        entry,
        None,
        "Referral" if host else "Direct",
        "referrer" if host else "none",
        host,
        page_hash(KEY, page) if page else None,
        None,
        None,
        TODAY,
    )
    return blank._replace(**told)


def of(source: str, landing: str = "/a") -> int:
    return link_id(source, f"shop.example{landing}")


def parts(
    found: Visit, *links: dict[str, Any], placements: tuple[dict[str, Any], ...] = ()
) -> list[tuple[str, int | None, float]]:
    """Level, link and rounded share of each part."""
    laid = known(*links)
    return [
        (part.certainty, part.link, round(part.share, 6))
        for part in resolve(found, laid, sheet(laid, *placements))
    ]


ONE, TWO = "blog.test/one", "blog.test/two"


@pytest.mark.parametrize(
    ("found", "links", "expected"),
    [
        (visit(), [link(ONE)], [("only candidate", of(ONE), 1)]),
        (visit("www.blog.test"), [link(ONE)], [("only candidate", of(ONE), 1)]),
        (visit(), [link(ONE, first=-1)], [("only candidate", of(ONE), 1)]),
        (visit(), [link(ONE, lost=1)], [("only candidate", of(ONE), 1)]),
        (visit(), [link(ONE, lost=-1)], [("host", None, 1)]),
        (visit(), [link(ONE), link(TWO, lost=-1)], [("only candidate", of(ONE), 1)]),
        (visit(), [link(ONE), link(TWO, first=1)], [("only candidate", of(ONE), 1)]),
        (visit(), [link(ONE), link(TWO, noreferrer=True)], [("only candidate", of(ONE), 1)]),
        (visit(), [link(ONE), link("other.test/x")], [("only candidate", of(ONE), 1)]),
        (visit(), [link(ONE, "/b")], [("host", None, 1)]),
        (visit(), [link(ONE, None)], [("host", None, 1)]),
        (visit(), [link("a.blog.test/one")], [("host", None, 1)]),
        (visit(), [link(ONE, noreferrer=True)], [("host", None, 1)]),
        (visit(), [], [("host", None, 1)]),
        (visit("x.com", channel="Organic Social"), [], [("host", None, 1)]),
        (
            visit("twitter.com", channel="Organic Social"),
            [link("x.com/ann/status/1")],
            [("only candidate", of("x.com/ann/status/1"), 1)],
        ),
        (visit(page=ONE), [link(ONE), link(TWO)], [("page", of(ONE), 1)]),
        (visit(page=ONE), [link(ONE, lost=-9)], [("page", of(ONE), 1)]),
        (visit(page=ONE), [link(ONE, noreferrer=True)], [("page", of(ONE), 1)]),
        (visit(page=ONE), [link(ONE), link(ONE, "/b")], [("page", of(ONE), 1)]),
        (visit(page=ONE, entry="/c"), [link(ONE, "/b")], [("page", of(ONE, "/b"), 1)]),
        (visit(page=ONE), [link(TWO)], [("host", None, 1)]),
        (
            visit("google.com", page=ONE, channel="Organic Search"),
            [link(ONE)],
            [("page", of(ONE), 1)],
        ),
        (visit("bing.com", channel="Organic Search"), [link("bing.com/x")], [("none", None, 1)]),
        (visit(None), [link(ONE)], [("none", None, 1)]),
        (visit(None, origin="internal"), [link(ONE)], [("none", None, 1)]),
    ],
)  # fmt: skip
def test_a_visit_has_the_level_that_its_evidence_carries(
    found: Visit, links: list[dict[str, Any]], expected: list[Any]
) -> None:
    assert parts(found, *links) == expected


@pytest.mark.parametrize("channel", sorted(NOT_LINKS))
def test_what_is_no_link_has_none(channel: str) -> None:
    assert parts(visit(channel=channel), link(ONE)) == [("none", None, 1)]


def test_shares_follow_placement_and_recency() -> None:
    content, footer = link(ONE, first=-90), link(TWO, first=-90, placement="footer")
    weight = 0.25 + 0.75 / 2
    whole = 1.1 * weight + 0.05
    assert parts(visit(), content, footer) == [
        ("inferred", of(ONE), round(weight / whole, 6)),
        ("inferred", of(TWO), round(0.1 * weight / whole, 6)),
        ("host", None, round(0.05 / whole, 6)),
    ]
    fresh, undated = link(ONE, first=0), link(TWO)
    assert [share for *_, share in parts(visit(), fresh, undated)] == [
        round(1 / 1.3, 6),
        round(0.25 / 1.3, 6),
        round(0.05 / 1.3, 6),
    ]


def test_many_equal_candidates_leave_the_visit_to_the_host() -> None:
    links = [link(f"blog.test/{n}") for n in range(9)]
    laid = known(*links)
    assert resolve(visit(), laid, sheet(laid)) == (Part("host", None, None, 1.0, 9),)


def test_a_link_first_seen_later_counts_but_never_as_certain() -> None:
    assert parts(visit(), link(ONE, first=3)) == [
        ("inferred", of(ONE), round(0.5 / 0.55, 6)),
        ("host", None, round(0.05 / 0.55, 6)),
    ]


def test_a_page_with_several_links_elsewhere_is_inferred() -> None:
    found = parts(visit(page=ONE, entry="/c"), link(ONE, "/a"), link(ONE, "/b"))
    assert [level for level, *_ in found] == ["inferred", "inferred", "host"]


def test_a_code_or_campaign_tags_a_placement() -> None:
    target = "shop.example/a"
    by_code = placement(ONE, target, code="P-17")
    by_campaign = placement(TWO, target, campaign="Spring")
    rows = (by_code, by_campaign)
    cases = [
        (visit(None, code="p-17"), ("tagged", of(ONE), 1)),
        (visit(None, campaign="spring"), ("tagged", of(TWO), 1)),
        (visit(None, code="p-17", campaign="spring"), ("tagged", of(ONE), 1)),
        (visit(None, code="other"), ("none", None, 1)),
    ]
    for found, expected in cases:
        assert parts(found, placements=rows) == [expected]


def test_a_campaign_of_several_placements_is_told_apart_by_its_referrer() -> None:
    rows = (
        placement(ONE, "shop.example/a", campaign="spring"),
        placement("news.test/x", "shop.example/a", campaign="spring"),
    )
    by_host = visit("news.test", campaign="spring")
    by_page = visit(page=ONE, campaign="spring")
    assert parts(by_host, placements=rows) == [("tagged", of("news.test/x"), 1)]
    assert parts(by_page, placements=rows) == [("tagged", of(ONE), 1)]
    undecided = parts(visit(None, campaign="spring"), placements=rows)
    assert sorted(undecided, key=str) == sorted(
        [("inferred", of(ONE), 0.5), ("inferred", of("news.test/x"), 0.5)], key=str
    )


@pytest.mark.parametrize("channel", sorted(NOT_LINKS))
def test_a_campaigns_name_credits_no_link_with_mail_or_advertisements(channel: str) -> None:
    row = placement(ONE, "shop.example/a", campaign="spring", code="p")
    sent = visit(None, channel=channel, origin="tag", campaign="spring")
    assert parts(sent, placements=(row,)) == [("none", None, 1)]
    assert parts(sent._replace(code="p"), placements=(row,)) == [("tagged", of(ONE), 1)]


def test_a_campaign_does_not_outdo_another_hosts_referrer() -> None:
    row = placement(ONE, "shop.example/a", campaign="spring", code="p")
    other = "news.test/x"
    sent = visit("news.test", campaign="spring")
    assert parts(sent, link(other), placements=(row,)) == [("only candidate", of(other), 1)]
    assert parts(sent, placements=(row,)) == [("host", None, 1)]
    assert parts(sent._replace(code="p"), placements=(row,)) == [("tagged", of(ONE), 1)]


def test_a_link_that_nobody_has_seen_is_inferred_at_most() -> None:
    claimed = link(ONE, claimed=True)
    assert [level for level, *_ in parts(visit(), claimed)] == ["inferred", "host"]
    assert parts(visit(page=ONE), claimed) == [("inferred", of(ONE), 1)]


def test_three_thirds_are_one() -> None:
    rows = [placement(f"blog.test/{n}", "shop.example/a", code="p") for n in range(3)]
    laid = known()
    shares = [part.share for part in resolve(visit(None, code="p"), laid, sheet(laid, *rows))]
    assert sum(round(share * 1_000_000_000) for share in shares) == 1_000_000_000
    assert max(shares) - min(shares) < 2e-9


def test_a_placement_without_target_takes_its_pages_only_link() -> None:
    row = placement(ONE, None, code="p")
    assert parts(visit(None, code="p"), link(ONE), placements=(row,)) == [("tagged", of(ONE), 1)]
    assert parts(visit(None, code="p"), placements=(row,)) == [("tagged", None, 1)]


def test_dark_needs_a_deep_page_and_one_new_link_that_hides_referrers() -> None:
    new = link(ONE, "/a", first=-2, noreferrer=True)
    assert parts(visit(None), new) == [("dark", None, 1)]
    root = link(ONE, "/", first=-2, noreferrer=True)
    assert parts(visit(None, "/"), root) == [("none", None, 1)]
    for other in (
        link(ONE, first=-2),
        link(ONE, first=-30, noreferrer=True),
        link(ONE, first=2, noreferrer=True),
        link(ONE, noreferrer=True),
        link(ONE, "/b", first=-2, noreferrer=True),
    ):
        assert parts(visit(None), other) == [("none", None, 1)]
    assert parts(visit(None), new, link(TWO, first=-2, noreferrer=True)) == [("none", None, 1)]


links = st.builds(
    link,
    st.sampled_from((ONE, TWO, "blog.test/three", "news.test/x")),
    st.sampled_from(("/", "/a", "/b", None)),
    st.sampled_from((None, -200.0, -3.0, 3.0)),
    st.sampled_from((None, -1.0, 1.0)),
    placement=st.sampled_from((None, "content", "footer", "comment")),
    noreferrer=st.booleans(),
    claimed=st.booleans(),
)
visits = st.builds(
    visit,
    st.sampled_from((None, "blog.test", "news.test", "google.com")),
    st.sampled_from(("/", "/a", "/b")),
    page=st.sampled_from((None, ONE, "blog.test/unknown")),
    campaign=st.sampled_from((None, "spring")),
    code=st.sampled_from((None, "p")),
    channel=st.sampled_from(("Referral", "Organic Search", "Organic Social")),
)
placements = st.builds(
    placement,
    st.sampled_from((ONE, TWO)),
    st.sampled_from((None, "shop.example/a")),
    campaign=st.sampled_from((None, "Spring")),
    code=st.sampled_from((None, "p", "q")),
)


@given(visits, st.lists(links, max_size=12), st.lists(placements, max_size=3))
def test_a_visit_is_never_more_nor_less_than_one(
    found: Visit, given_links: list[dict[str, Any]], rows: list[dict[str, Any]]
) -> None:
    laid = known(*given_links)
    resolved = resolve(found, laid, sheet(laid, *rows))
    assert sum(round(part.share * 1_000_000_000) for part in resolved) == 1_000_000_000
    assert all(part.share > 0 for part in resolved)
    for part in resolved:
        if part.certainty in ("host", "dark", "none"):
            assert part.link is None
        elif part.certainty in ("page", "only candidate"):
            assert part.link is not None
