"""Archives open with another library and hold exactly what their truth says."""

from __future__ import annotations

from typing import TYPE_CHECKING

import lxml.html
import pytest
from warcio.archiveiterator import ArchiveIterator
from world_facts import file, truth

if TYPE_CHECKING:
    from backref.world import World

Pages = dict[tuple[str, str], tuple[int, bytes]]


def pages(world: World, part: str) -> Pages:
    """URL and date to status and body, of the file whose name holds `part`, by warcio."""
    found = {}
    with file(world, part).open("rb") as stream:
        for record in ArchiveIterator(stream, check_digests="raise"):
            if record.rec_type == "response":
                head, body = record.rec_headers, record.content_stream().read()
                key = (head.get_header("WARC-Target-URI"), head.get_header("WARC-Date"))
                found[key] = (int(record.http_headers.get_statuscode()), body)
    return found


def newest(world: World, part: str) -> dict[str, tuple[int, bytes]]:
    """Each URL's latest capture in a file."""
    return {url: answer for (url, _), answer in sorted(pages(world, part).items())}


@pytest.mark.parametrize(("part", "crawl"), [("late", "open-crawl-04"), ("watch", "link-watch-04")])
def test_captures_show_the_links_that_lived_and_no_others(
    tiny_world: World, part: str, crawl: str
) -> None:
    links = {row["link"]: row for row in truth(tiny_world, "links")}
    captured = pages(tiny_world, part)
    rows = [row for row in truth(tiny_world, "captures") if row["crawl"] == crawl]
    assert rows
    for row in rows:
        link = links[row["link"]]
        status, body = captured[link["source_url"], row["at"]]
        assert str(status) == row["status"]
        targets = set(lxml.html.fromstring(body).xpath("//a/@href")) if body else set()
        assert (link["target_url"] in targets) == (row["present"] == "1")


def test_every_crawl_is_readable_and_some_pages_are_gone(tiny_world: World) -> None:
    statuses = set()
    for path in tiny_world.files:
        if path.name.endswith(".warc.gz"):
            statuses |= {status for status, _ in pages(tiny_world, path.name).values()}
    assert statuses == {200, 301, 404}


def test_the_site_and_its_former_domain_are_captured_too(tiny_world: World) -> None:
    captured = newest(tiny_world, "late")
    assert captured["https://glowroot.example/"][0] == 301
    assert captured["https://lumen-garden.example/journal/seed-chart/"][0] == 404
    assert captured["https://lumen-garden.example/"][0] == 200


def test_anchors_and_rel_stand_in_the_page_as_in_the_truth(tiny_world: World) -> None:
    captured = newest(tiny_world, "watch")
    checked = 0
    for link in truth(tiny_world, "links"):
        status, body = captured.get(link["source_url"], (0, b""))
        if status != 200 or link["nofollow_from"]:
            continue
        for element in lxml.html.fromstring(body).xpath("//a"):
            if element.get("href") == link["target_url"]:
                text = element.text_content() or element.xpath("string(img/@alt)")
                assert text == link["anchor"]
                assert sorted(element.get("rel", "").split()) == link["rel"].split()
                checked += 1
    assert checked > 20
