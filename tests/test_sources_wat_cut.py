"""What kernels cut out of WAT records is what the usual parser finds in them."""

from __future__ import annotations

import io
import json
import os
import random
import subprocess
import sys
from typing import Any

import numpy as np
import orjson
import pytest
from archive_rows import Read, parsed
from hypothesis import given, settings
from hypothesis import strategies as st
from odd_values import with_odd_values

from backref.sources import wat_cut, wat_listed
from backref.sources.destinations import RELATIVE
from backref.sources.source import Context
from backref.sources.wat import WAT
from backref.sources.wat_cut import CutLists
from backref.sources.wat_listed import PlainLists

PAGE = "http://example.com/dir/page"
HREFS = st.text("a/?#:\\ \t\n\r.%@\x01é\U0001f600\"", max_size=6) | st.sampled_from(
    ["//", "http:", "https://a.b/", "http://a.b/x", "x/y", "", "a:b", "http://example.com/own",
     "https://example.com/", "https://example.com.org/", "mailto:a@b.c", "/" + "x" * 9_000,
     "http://b.c/" + "x" * 9_000, "http://example.com/" + "x" * 9_000, "b\0c", "/x\0y"]
)  # fmt: skip
ENTRIES = st.lists(
    st.fixed_dictionaries(
        {"path": st.sampled_from(["A@/href", "AREA@/href", "IMG@/src", "", "A@/hrefs"]),
         "url": HREFS},
        optional={
            "rel": st.sampled_from(["nofollow", " UGC x", "", "sponsored\n"]),
            "text": st.text(max_size=12),
            "title": st.text(max_size=3),
        },
    ),
    max_size=6,
)  # fmt: skip
STYLES: list[dict[str, Any]] = [
    {"separators": (",", ":"), "ensure_ascii": False},
    {"separators": (",", ":")},
    {"indent": 1},
]


def told(links: Any, base: str = "", url: str = PAGE) -> dict[str, Any]:
    head = {"Base": base, "Link": [{"path": "LINK@/href", "url": "/c", "rel": "canonical"}]}
    message = {
        "Headers": {"Content-Type": "text/html"},
        "HTML-Metadata": {"Head": head, "Links": links, "Behind": 1},
    }
    about = {
        "WARC-Type": "response", "WARC-Date": "2026-11-01T10:00:00Z", "WARC-Target-URI": url,
    }  # fmt: skip
    return {
        "Envelope": {
            "WARC-Header-Metadata": about,
            "Payload-Metadata": {"HTTP-Response-Metadata": message},
        }
    }


def archive(blocks: list[bytes]) -> bytes:
    head = b"WARC/1.0\r\nWARC-Type: metadata\r\nContent-Type: application/json\r\n"
    return b"".join(
        head + b"Content-Length: %d\r\n\r\n%b\r\n\r\n" % (len(block), block) for block in blocks
    )


def read(blocks: list[bytes], *, kernels: bool, internal: bool = False) -> Read:
    context = Context(key=b"k" * 32, dialect="wat", site=None, internal=internal)
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(wat_cut.KERNELS, "in_use", kernels)
        return Read(parsed(WAT, io.BytesIO(archive(blocks)), context))


def agree(blocks: list[bytes]) -> Read:
    for internal in (True, False):
        fast = read(blocks, kernels=True, internal=internal)
        slow = read(blocks, kernels=False, internal=internal)
        assert fast.rows == slow.rows
        assert (fast.counts, fast.rejects, fast.read) == (slow.counts, slow.rejects, slow.read)
    return fast


@settings(max_examples=40, deadline=None)
@given(
    st.lists(
        st.tuples(
            ENTRIES,
            st.sampled_from(
                ["", "http://base.org/x/", "//example.com/b/", "http://www.example.com"]
            ),
            st.sampled_from(STYLES),
        ),
        max_size=4,
    )
)
def test_pages_are_read_alike(pages: list[tuple[list[Any], str, dict[str, Any]]]) -> None:
    agree([json.dumps(told(links, base), **style).encode() for links, base, style in pages])


GOOD = [
    {"path": "A@/href", "url": "//other.org/x", "text": "th\u2019ere", "rel": "NOFOLLOW"},
    {"path": "A@/href", "url": "/in"},
    {"path": "AREA@/href", "url": "https://area.org/"},
]


@settings(max_examples=30, deadline=None)
@given(st.integers(0, 1 << 40))
def test_odd_values_are_read_alike(seed: int) -> None:
    odd = with_odd_values(told(GOOD), random.Random(seed))
    agree([json.dumps(odd).encode(), orjson.dumps(odd), orjson.dumps(told(GOOD))])


def changed(raw: bytes, chance: random.Random) -> bytes:
    data = bytearray(raw)
    for _ in range(chance.randint(1, 4)):
        at = chance.randrange(len(data))
        match chance.randrange(3):
            case 0:
                data[at] = chance.choice(b'"\\{}[]:, u0\x01\xc3\xa9\xff')
            case 1:
                del data[at : at + chance.randint(1, 30)]
            case _:
                data[at:at] = data[chance.randrange(len(data)) :][: chance.randint(1, 60)]
    return bytes(data)


@settings(max_examples=40, deadline=None)
@given(st.integers(0, 1 << 40))
def test_damage_is_read_alike(seed: int) -> None:
    chance = random.Random(seed)
    agree([changed(orjson.dumps(told(GOOD)), chance), orjson.dumps(told(GOOD))])


@pytest.mark.parametrize(
    "listed",
    [
        b'[{"path":"A@/href","url":"//a.org/","url":"//b.org/"}]',
        b'[{"path":"A@\\/href","url":"//a.org/"}]',
        b'[{"p\\u0061th":"A@/href","\\u0075rl":"//a.org/"}]',
        b'[{"path":"A@/href","url":"//\\u0061.org/","text":"\\ud83d\\ude00"}]',
        b'[{"path":"A@/href","url":"//a.org/","text":"\\ud83d"}]',
        b'[{"path":"A@/href","url":"//a.org/","text":"\xff"}]',
        b'[{"path":"A@/href","url":"//a.org/","text":"\xed\xa0\x80"}]',
        b'[{"path":"A@/href","url":"//a.org/","rel":7}]',
        b'[{"path":"A@/href","url":"//a.org/"},]',
        b'[{"path":"A@/href","url":"//a.org/"}],"Links":[]',
        b'[{"path":"A@/href","url":"//a.org/"}],"Links" : []',
        b'[],"X":{"Links":[{"path":"A@/href","url":"//a.org/"}]}',
        b'{"path":"A@/href","url":"//a.org/"}',
        b'[{},{"path":"A@/href"},{"url":"//a.org/"}]',
        b'"[{}]"',
        b'[{"path":"A@/href","url":"//a.org/","text":"\\"Links\\":["}]',
    ],
)
def test_what_is_odd_is_read_as_it_is(listed: bytes) -> None:
    block = orjson.dumps(told(["x"])).replace(b'["x"]', listed)
    agree([block, orjson.dumps(told(GOOD))])


def test_lists_elsewhere_are_not_those_of_the_page() -> None:
    other = told(GOOD)
    other["Envelope"]["Payload-Metadata"]["HTTP-Response-Metadata"]["Headers"] = {
        "Links": [{"path": "A@/href", "url": "//else.org/"}]
    }
    found = agree([orjson.dumps(other)])
    assert [one["target_domain"] for one in found.links] == ["other.org", "area.org"]


@settings(max_examples=100, deadline=None)
@given(st.lists(HREFS, max_size=8))
def test_what_stays_is_what_the_expression_says(hrefs: list[str]) -> None:
    links = [{"path": "A@/href", "url": href} for href in hrefs]
    lists = CutLists([orjson.dumps(told(links))], internal=False)
    assert lists.told(0) is not None
    said = lists.said([0], [None])
    plain = PlainLists([orjson.dumps(told(links))])
    plain.told(0)
    assert told_by(said) == told_by(plain.said([0], [None]))
    spans = wat_cut._Spans([orjson.dumps(told(links))], internal=False)
    escaped = [href for href in hrefs if len(orjson.dumps(href)) > len(href.encode()) + 2]
    near = [href for href in hrefs if RELATIVE.match(href) and href not in escaped]
    assert spans.near.tolist() == [len(near)]


def told_by(links: wat_listed.Links) -> list[tuple[Any, ...]]:
    every = np.arange(len(links.units))
    columns = (links.hrefs(), links.rels(every), links.texts(every))
    texts = [
        [None if number < 0 else one.distinct[number] for number in one.numbers] for one in columns
    ]
    return list(zip(links.units.tolist(), links.areas(every).tolist(), *texts, strict=True))


FUZZ = """
import random, sys
sys.path.insert(0, "tests")
import orjson
from test_sources_wat_cut import GOOD, changed, told
from backref.sources.wat_cut import CutLists
chance = random.Random(7)
for _ in range(1500):
    blocks = [changed(orjson.dumps(told(GOOD)), chance) for _ in range(chance.randint(1, 3))]
    blocks = [block[: chance.randint(0, len(block))] for block in blocks]
    lists = CutLists(blocks, internal=chance.random() < 0.2)
    read = []
    for place in range(len(blocks)):
        try:
            read += [place] * (lists.told(place) is not None)
        except orjson.JSONDecodeError:
            pass
    lists.said(read, [None] * len(read)).hrefs()
"""


@pytest.mark.slow
def test_with_every_index_checked(tmp_path: Any) -> None:
    checked = {"NUMBA_BOUNDSCHECK": "1", "NUMBA_CACHE_DIR": str(tmp_path)}
    subprocess.run([sys.executable, "-c", FUZZ], env=os.environ | checked, check=True)
