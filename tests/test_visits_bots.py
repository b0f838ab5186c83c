"""Bot verdicts: each rule where it holds, and where it must not."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest
from links_facts import connect
from visits_facts import CHROME, DAY, GOOGLEBOT, Logs, hit

from backref.visits.bots import RULES, meanings, scores
from backref.visits.build import Outside, _visitors, bots

if TYPE_CHECKING:
    from collections.abc import Iterator

    from backref.lake.engine import Engine

OLD = "Mozilla/5.0 (Windows NT 6.1) Gecko/20100101 Firefox/52.0"
TEXTS = (CHROME, GOOGLEBOT, OLD, "LumiBot 2.0")
OPERATED: dict[str, Any] = {"operator": "google-common-crawlers", "agent_text": GOOGLEBOT}


@pytest.fixture(scope="module")
def engine(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Engine]:
    made = connect(tmp_path_factory.mktemp("segments"))
    yield made
    made.close()


def reader(who: str = "reader") -> list[dict[str, Any]]:
    """Somebody whose pages come with images."""
    return [
        hit(600, who, "/"),
        hit(600, who, "/logo.png", kind="asset"),
        hit(603, who, "/a"),
    ]


def judged(engine: Engine, *hits: dict[str, Any]) -> dict[str, tuple[str, str | None]]:
    """Verdict and reasons of each visitor, by the page that it asked for first."""
    logs = Logs(engine, hits, TEXTS)
    [partition] = logs.partitions("hits")
    table = bots.verdicts(_visitors(logs, [partition], Outside(("shop.example",))), DAY.date())
    first = {row["visitor"]: row["page"] for row in reversed(hits)}
    return {first[r["visitor"]]: (r["verdict"], r["reasons"]) for r in table.to_pylist()}


def pages(count: int, who: str = "x", gap: float = 1.0, **told: Any) -> list[dict[str, Any]]:
    """So many different pages, asked for one after the other."""
    return [hit(1 + n * gap, who, f"/{n}", **told) for n in range(count)]


def test_a_reader_is_a_person(engine: Engine) -> None:
    assert judged(engine, *reader()) == {"/": ("person", None)}


CASES: list[tuple[str, list[dict[str, Any]], str, str]] = [
    ("crawler", [hit(1, page="/0", agent_text=GOOGLEBOT)], "bot", "known-crawler"),
    ("word", [hit(1, page="/0", agent_text="LumiBot 2.0")], "bot", "bot-word"),
    ("no agent", [hit(1, page="/0", agent_text=None)], "bot", "no-agent"),
    ("range", [hit(1, page="/0", operator="bingbot")], "bot", "operator-range"),
    ("cloud", [hit(1, page="/0", operator="aws")], "suspect", "data-centre"),
    ("old", [hit(1, page="/0", agent_text=OLD)], "suspect", "old-browser"),
    (
        "robots",
        [hit(1, page="/0"), hit(1, page="/robots.txt", kind="robots")],
        "suspect",
        "robots-txt",
    ),
    ("no assets", pages(6), "suspect", "no-assets"),
    ("many without assets", pages(16), "bot", "no-assets no-assets-many"),
    ("hasty", pages(3, gap=0.03), "suspect", "hasty"),
    ("hasty and more", pages(5, gap=0.03), "bot", "hasty no-assets"),
    ("fast", pages(40, gap=0.01), "bot", "fast hasty no-assets no-assets-many"),
    ("broad", pages(205, gap=0.1), "bot", "broad no-assets no-assets-many"),
    ("head", [hit(1, page="/0", method="HEAD", kind="other")], "bot", "head-only"),
    ("errors", pages(6, kind="dead", status=404), "bot", "errors no-assets"),
    (
        "scanner",
        [hit(1, page="/wp-login.php", kind="dead", status=404)],
        "bot",
        "scanner-path",
    ),
    ("spam", [hit(1, page="/0", referrer_host="www.0-0.fr")], "bot", "spam-referrer"),
    (
        "forged",
        [hit(1, page="/0", referrer_host="shop.example")],
        "person",
        "forged-referrer",
    ),
]


@pytest.mark.parametrize(
    ("hits", "verdict", "reasons"), [case[1:] for case in CASES], ids=[case[0] for case in CASES]
)
def test_each_rule_finds_its_kind(
    engine: Engine, hits: list[dict[str, Any]], verdict: str, reasons: str
) -> None:
    found = judged(engine, *hits, *reader())
    assert found[hits[0]["page"]] == (verdict, reasons)
    assert found["/"] == ("person", None)


def test_a_fake_googlebot_comes_from_elsewhere(engine: Engine) -> None:
    found = judged(
        engine,
        hit(1, "true", "/true", **OPERATED),
        hit(1, "fake", "/fake", agent_text=GOOGLEBOT),
        hit(1, "image", "/image", **OPERATED | {"operator": "google-special-crawlers"}),
    )
    assert found["/true"] == ("bot", "known-crawler operator-range")
    assert found["/image"] == ("bot", "known-crawler operator-range")
    assert found["/fake"] == ("bot", "fake-operator known-crawler")


def test_behind_a_proxy_nobody_is_a_fake(engine: Engine) -> None:
    found = judged(engine, hit(1, "x", "/x", agent_text=GOOGLEBOT, operator="cloudflare"))
    assert found["/x"] == ("bot", "known-crawler")


def test_a_log_without_agents_accuses_nobody(engine: Engine) -> None:
    found = judged(engine, hit(1, "x", "/x", agent_text=None), hit(1, "y", "/y", agent_text=None))
    assert set(found.values()) == {("person", None)}


def test_a_log_without_assets_accuses_nobody(engine: Engine) -> None:
    found = judged(engine, *pages(20, "x"), *pages(3, "y"))
    assert set(found.values()) == {("person", None)}


def test_a_login_that_works_is_no_scan(engine: Engine) -> None:
    assert judged(engine, hit(1, "x", "/wp-login.php"))["/wp-login.php"] == ("person", None)


def test_sessions_carry_names_and_purposes(engine: Engine) -> None:
    hits = [
        hit(1, "true", "/true", **OPERATED),
        hit(1, "fake", "/fake", agent_text=GOOGLEBOT),
        hit(1, "scan", "/.env", kind="dead", status=404),
        hit(1, "hidden", "/hidden", operator="gptbot"),
        hit(1, "ann", "/ann"),
    ]
    found = {row["entry_page"]: row for row in Logs(engine, hits, TEXTS).built().all("sessions")}
    named = {page: (row["bot"], row["bot_purpose"]) for page, row in found.items()}
    assert named == {
        "/true": ("Googlebot", "search"),
        "/fake": ("Googlebot", "other"),
        "/.env": (None, "scanner"),
        "/hidden": ("GPTBot", "ai-training"),
        "/ann": (None, None),
    }


def test_every_rule_has_a_score_and_a_meaning() -> None:
    codes = [code for code, _ in RULES]
    assert sorted(scores()) == sorted(meanings()) == sorted(codes)
