"""Who is behind a mention: a platform and a handle."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from small_store import link, visits, write

from backref.faces.query import open_store
from backref.faces.query.creators import creator

if TYPE_CHECKING:
    from pathlib import Path


@pytest.mark.parametrize(
    ("identity", "contact", "said"),
    [
        ("youtube.com/@ann", None, "youtube.com/@ann"),
        ("youtube.com/@ann", "@bob", "youtube.com/@ann"),
        ("youtube.com", "@Bob", "youtube.com/@bob"),
        ("youtube.com", "bob@example.org", "unknown creator on youtube.com"),
        ("youtube.com", "@bob and friends", "unknown creator on youtube.com"),
        ("m.youtube.com", None, "unknown creator on youtube.com"),
        ("instagram.com/ann", None, "instagram.com/ann"),
        ("ann.substack.com", None, "substack.com/ann"),
        ("substack.com", None, "unknown creator on substack.com"),
        ("blog.example.org", "@bob", None),
        ("github.com/ann", None, None),
    ],
)
def test_a_creator_is_a_platform_and_a_handle(identity: str, contact: str | None, said: str | None):
    found = creator(identity, contact)
    assert (str(found) if found else None) == said


def test_the_ledger_by_creator_adds_up_and_tells_a_platform_alone(tmp_path: Path):
    ann = link("https://www.youtube.com/@ann/videos")
    seen = visits()
    seen.add(2, "youtube.com", [("page", ann, 1.0)], 3)
    seen.add(2, "youtube.com", [("host", None, 1.0)], 2)
    write(tmp_path / "store", [ann], seen).close()
    with open_store(tmp_path / "store") as opened:
        site = opened.site()
        by_creator = {row.group: row.visits for row in site.groups("creator")}
        by_domain = site.groups("domain")
    assert by_creator["youtube.com/@ann"] == 3
    assert by_creator["unknown creator on youtube.com"] == 2
    assert sum(filter(None, by_creator.values())) == pytest.approx(
        sum(row.visits or 0 for row in by_domain)
    )
