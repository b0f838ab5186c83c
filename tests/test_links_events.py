"""What happened to links: named cases, and an oracle in plain Python for how a term turns."""

from __future__ import annotations

from datetime import timedelta
from itertools import groupby, pairwise
from typing import TYPE_CHECKING, Any

import pyarrow as pa
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from links_facts import START, UNDATED, Memory, capture, day, derived, folded, hours
from links_facts import observation as observed

from backref.links.build import TURNS

if TYPE_CHECKING:
    from backref.lake.engine import Engine

PAGE = "https://blog.example/post"
GOAL = "https://shop.example/sale"
NEW = "https://shop.example/new"
DAY = timedelta(days=1)


def seen(at: float, witness: str = "check", **told: Any) -> list[dict[str, Any]]:
    """A look that shows the link; `canonical` is the page's."""
    canonical = told.pop("canonical", None)
    terms = {"anchor": "sale", "anchor_kind": "text", "nofollow": False, "rel": ""}
    link = observed(PAGE, GOAL, hours(at), witness, **terms | told)
    return [link, capture(PAGE, hours(at), witness=witness, canonical=canonical)]


def missed(at: float, status: int = 200, witness: str = "check") -> list[dict[str, Any]]:
    return [capture(PAGE, hours(at), status, status == 200, witness, digest=f"sha1:{at}")]


def target(at: float, status: int = 200, to: str | None = None) -> list[dict[str, Any]]:
    return [capture(GOAL, hours(at), status, status == 200, "check", redirect_to=to)]


def reported(at: int) -> list[dict[str, Any]]:
    return [observed(PAGE, GOAL, day(at), "ahrefs", "reported_lost", reason="notfound")]


NOFOLLOW = {"nofollow": True, "rel": "nofollow"}
CASES: dict[str, tuple[list[list[dict[str, Any]]], list[tuple[Any, ...]]]] = {
    "nothing happened": ([seen(0), seen(99), seen(300, "archive")], []),
    "missed once": (
        [seen(0), missed(50)],
        [("suspect", "once", 0, 50, None, "live", "removed")],
    ),
    "missed twice within a day": (
        [seen(0), missed(50), missed(60)],
        [("suspect", "once", 0, 50, None, "live", "removed")],
    ),
    "missed, then a day later": (
        [seen(0), missed(50, 404), missed(60, 404), missed(80, 404), missed(200, 404)],
        [
            ("lost", "confirmed", 0, 50, 80, "live", "page-gone"),
            ("suspect", "once", 0, 50, None, "live", "page-gone"),
        ],
    ),
    "walls prove nothing": ([seen(0), missed(50, 403), missed(90, 503), missed(120, 429)], []),
    "missed, then back": (
        [seen(0), missed(50), seen(60)],
        [
            ("suspect", "once", 0, 50, None, "live", "removed"),
            ("returned", "once", 50, 60, None, "suspect", "live"),
        ],
    ),
    "lost, then back": (
        [seen(0), missed(50), missed(80), seen(100)],
        [
            ("lost", "confirmed", 0, 50, 80, "live", "removed"),
            ("suspect", "once", 0, 50, None, "live", "removed"),
            ("returned", "once", 80, 100, None, "lost", "live"),
        ],
    ),
    "nofollowed": (
        [seen(0), seen(50), seen(90, **NOFOLLOW), seen(120, **NOFOLLOW)],
        [("nofollowed", "confirmed", 50, 90, 120, "followed", "nofollow")],
    ),
    "nofollowed by its page, seen once": (
        [seen(0), seen(90, page_nofollow=True)],
        [("nofollowed", "once", 0, 90, None, "followed", "nofollow")],
    ),
    "nofollow that one look alone showed": (
        [seen(0), seen(90, **NOFOLLOW), seen(120)],
        [],
    ),
    "nofollow that lasted a while": (
        [seen(0), seen(90, **NOFOLLOW), seen(120, **NOFOLLOW), seen(200)],
        [
            ("nofollowed", "confirmed", 0, 90, 120, "followed", "nofollow"),
            ("followed", "once", 120, 200, None, "nofollow", "followed"),
        ],
    ),
    "sponsored dropped, noopener no matter": (
        [seen(0, rel="noopener sponsored", sponsored=True), seen(90, rel="noopener")],
        [("rel changed", "once", 0, 90, None, "sponsored", "")],
    ),
    "another anchor": (
        [seen(0), seen(90, anchor="click here"), seen(130, anchor="click here")],
        [("anchor changed", "confirmed", 0, 90, 130, "sale", "click here")],
    ),
    "what a vendor calls the anchor": (
        [seen(0), [observed(PAGE, GOAL, day(9), "ahrefs", anchor="", anchor_kind="image")]],
        [],
    ),
    "an anchor of no kind": ([seen(0), seen(90, anchor="", anchor_kind=None)], []),
    "an anchor that an observer cut": (
        [seen(0, anchor="long " * 40), seen(90, anchor="long " * 25)],
        [],
    ),
    "moved to the footer": (
        [seen(0, placement="content"), seen(90, placement="footer")],
        [("placement changed", "once", 0, 90, None, "content", "footer")],
    ),
    "another one in the footer": (
        [seen(0, placement="content"), seen(90, placement="content"),
         [observed(PAGE, GOAL, hours(90), "check", placement="footer", nofollow=True)]],
        [],
    ),
    "noindexed, then indexed": (
        [seen(0, page_noindex=False), seen(90, page_noindex=True), seen(120, page_noindex=True),
         seen(200, page_noindex=False), seen(300, page_noindex=False)],
        [
            ("noindexed", "confirmed", 0, 90, 120, "index", "noindex"),
            ("indexed", "confirmed", 120, 200, 300, "noindex", "index"),
        ],
    ),
    "canonicalised": (
        [seen(0, canonical=PAGE), seen(90, canonical="https://blog.example/all")],
        [("canonicalised", "once", 0, 90, None, "", "blog.example/all")],
    ),
    "a target that moves": (
        [seen(0), target(0), target(90, 301, NEW), target(130, 301, NEW)],
        [("target redirected", "confirmed", 0, 90, 130, "", "shop.example/new")],
    ),
    "a target that breaks and is mended": (
        [seen(0), target(0), target(90, 404), target(130, 410), target(140, 503), target(150)],
        [
            ("target broken", "confirmed", 0, 90, 130, "", "broken"),
            ("target mended", "once", 130, 150, None, "broken", ""),
        ],
    ),
    "a target that broke before the link was seen": (
        [target(0), target(50, 404), target(90, 404), seen(100)],
        [],
    ),
    "a target that breaks after the link was lost": (
        [seen(0), target(0), missed(50), missed(80), target(90, 404)],
        [
            ("lost", "confirmed", 0, 50, 80, "live", "removed"),
            ("suspect", "once", 0, 50, None, "live", "removed"),
        ],
    ),
    "a vendor's word": (
        [seen(0), reported(9)],
        [("reported lost", "reported", 0, 10 * 24 - 1e-6 / 3600, None, "live",
          "ahrefs: notfound")],
    ),
    "after a list without dates only own looks confirm": (
        [[observed(PAGE, GOAL, UNDATED, "list")], missed(50, 404, "archive"), missed(80, 404),
         missed(90, 404), missed(120, 404)],
        [
            ("suspect", "once", None, 50, None, "live", "page-gone"),
            ("lost", "confirmed", None, 80, 120, "live", "page-gone"),
        ],
    ),
}  # fmt: skip


def since_start(at: Any) -> float | None:
    return None if at is None else (at - START).total_seconds() / 3600


@pytest.mark.parametrize(("looks", "expected"), CASES.values(), ids=CASES)
def test_events(engine: Engine, looks: list[Any], expected: list[tuple[Any, ...]]) -> None:
    rows = [row for look in reversed(looks) for row in look]
    found = [
        (row["kind"], row["certainty"], *map(since_start, (row["at_lo"], row["at_hi"])),
         since_start(row["confirmed_at"]), row["value_before"], row["value_after"])
        for row in derived(folded(engine, rows), "link_events")
    ]  # fmt: skip
    assert found == [(*told[:3], pytest.approx(told[3]), *told[4:]) for told in expected]


def test_an_event_bears_its_proof(engine: Engine) -> None:
    rows = [
        *seen(0, context="Our sale is on.", proof="sha1:a"),
        *seen(90, anchor="offer", context="An offer is on.", proof="sha1:b"),
        *missed(200),
    ]
    changed, suspect = derived(folded(engine, rows), "link_events")
    names = ("context_before", "context_after", "proof_before", "proof_after")
    assert [changed[name] for name in names] == [
        "Our sale is on.", "An offer is on.", "sha1:a", "sha1:b"
    ]  # fmt: skip
    assert [suspect[name] for name in names] == ["An offer is on.", None, "sha1:b", "sha1:200"]


def turns(looks: list[tuple[int, str]]) -> list[tuple[int, int, int | None, str, str]]:
    """Changes (last look before, first look after, confirming look, before, after) of a term by
    looks (hour, value) in order, by the rules as they are written, run after run."""
    runs = [list(run) for _, run in groupby(looks, key=lambda look: look[1])]

    def confirmed(run: list[tuple[int, str]]) -> int | None:
        return next((at for at, _ in run if at >= run[0][0] + 24), None)

    kept = [
        run
        for number, run in enumerate(runs)
        if confirmed(run) is not None
        or not 0 < number < len(runs) - 1
        or runs[number - 1][0][1] != runs[number + 1][0][1]
    ]
    return [
        (before[-1][0], after[0][0], confirmed(after), before[0][1], after[0][1])
        for before, after in pairwise(kept)
        if before[0][1] != after[0][1]
    ]


@given(
    st.dictionaries(st.integers(0, 400), st.sampled_from("aabc"), max_size=12),
    st.randoms(use_true_random=False),
)
@settings(
    max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
def test_a_term_turns_as_the_oracle_says(engine: Engine, looks: dict[int, str], dice: Any) -> None:
    rows = [
        {"link_id": 7, "page": None, "term": "anchor", "lo": hours(at)[0], "hi": hours(at)[0],
         "value": value, "context": value, "proof": f"{at}"}
        for at, value in looks.items()
    ]  # fmt: skip
    dice.shuffle(rows)
    time, text = pa.timestamp("us", tz="UTC"), pa.string()
    told = pa.Table.from_pylist(
        rows,
        pa.schema([("link_id", pa.uint64()), ("page", text), ("term", text), ("lo", time),
                   ("hi", time), ("value", text), ("context", text), ("proof", text)]),
    )  # fmt: skip
    found = Memory(engine).rows(TURNS, tables={"told": told})  # type: ignore[arg-type]
    assert sorted(
        (
            since_start(row["at_lo"]), since_start(row["at_hi"]), since_start(row["confirmed_at"]),
            row["value_before"], row["value_after"],
        )
        for row in found
    ) == turns(sorted(looks.items()))  # fmt: skip
