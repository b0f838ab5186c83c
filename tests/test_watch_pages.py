"""Which pages the next look should confirm: those that missed a link, or first saw one changed."""

from __future__ import annotations

from typing import TYPE_CHECKING

import events_store
from links_facts import START

from backref.watch import looks

if TYPE_CHECKING:
    from pathlib import Path


def test_a_change_that_one_look_alone_saw_is_looked_at_again(tmp_path: Path) -> None:
    with events_store.write(tmp_path / "store") as lake, lake.snapshot() as snapshot:
        found = {page.url: page for page in looks.pages(snapshot, "shop.example", START)}
    suspect = {url: page.suspect for url, page in found.items() if page.purpose == "page"}
    # The paid link's anchor came back in the last look, the free one is missed, the guest's lost.
    assert suspect == {
        events_store.PAID: True,
        events_store.FREE: True,
        events_store.GUEST: False,
    }
