"""Archives open with another library and hold exactly what their truth says."""

from __future__ import annotations

from typing import TYPE_CHECKING

import lxml.html
import pytest
from warcio.archiveiterator import ArchiveIterator

from world_facts import file, truth

if TYPE_CHECKING:
    from backref.world import World

CRAWLS = ("open-crawl-03", "link-watch-06")


def pages(world: World, crawl: str) -> dict[str, tuple[str, int, bytes]]:
    """URL to date, status and body, by warcio."""
    found = {}
    with file(world, crawl).open("rb") as stream:
        for record in ArchiveIterator(stream, check_digests="raise"):
            if record.rec_type == "response":
                head = record.rec_headers
                body = record.content_stream().read()
                status = int(record.http_headers.get_statuscode())
                found[head.get_header("WARC-Target-URI")] = (
                    head.get_header("WARC-Date"), status, body,
                )  # fmt: skip
    return found


@pytest.mark.parametrize("crawl", CRAWLS)
def test_captures_show_the_links_that_lived_and_no_others(tiny_world: World, crawl: str) -> None:
    links = {row["link"]: row for row in truth(tiny_world, "links")}
    captured = pages(tiny_world, crawl)
    rows = [row for row in truth(tiny_world, "captures") if row["crawl"] == crawl]
    assert rows
    for row in rows:
        link = links[row["link"]]
        at, status, body = captured[link["source_url"]]
        assert (at, str(status)) == (row["at"], row["status"])
        targets = set(lxml.html.fromstring(body).xpath("//a/@href")) if body else set()
        assert (link["target_url"] in targets) == (row["present"] == "1")


def test_every_crawl_is_readable_and_some_pages_are_gone(tiny_world: World) -> None:
    statuses = set()
    for path in tiny_world.files:
        if path.name.endswith(".warc.gz"):
            statuses |= {status for _, status, _ in pages(tiny_world, path.name).values()}
    assert statuses == {200, 301, 404}


def test_the_site_and_its_former_domain_are_captured_too(tiny_world: World) -> None:
    captured = pages(tiny_world, "open-crawl-06")
    assert captured["https://glowroot.example/"][1] == 301
    assert captured["https://lumen-garden.example/journal/seed-chart/"][1] == 404
    assert captured["https://lumen-garden.example/"][1] == 200


def test_anchors_and_rel_stand_in_the_page_as_in_the_truth(tiny_world: World) -> None:
    captured = pages(tiny_world, "open-crawl-06")
    checked = 0
    for link in truth(tiny_world, "links"):
        _, status, body = captured.get(link["source_url"], ("", 0, b""))
        if status != 200 or link["nofollow_from"]:
            continue
        for element in lxml.html.fromstring(body).xpath("//a"):
            if element.get("href") == link["target_url"]:
                text = element.text_content() or element.xpath("string(img/@alt)")
                assert text == link["anchor"]
                assert sorted(element.get("rel", "").split()) == link["rel"].split()
                checked += 1
    assert checked > 20
