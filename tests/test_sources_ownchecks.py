from __future__ import annotations

import io
import json
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from backref.check.fetched import Ask, Fetched, Outcome
from backref.schema import TABLES
from backref.sources import registry
from backref.sources.ownchecks import CHECK, INTENT, OWN_CHECKS
from backref.sources.source import Context, Parsed, Reject
from backref.watch import record
from tests.check_facts import LINKING, PAGE, SILENT, failed, fetched, hop, micros, unchanged

CONTEXT = Context(b"k" * 32, "own checks", None)
JOURNAL = record.new_id()
BEGINNING = record.beginning("Backref/1 (+mailto:me@shop.example)", micros(), JOURNAL)
A_CHECK = {"Content-Type": CHECK, "WARC-Type": "metadata", "WARC-Warcinfo-ID": JOURNAL}


def journal(*looks: Fetched) -> bytes:
    parts = [BEGINNING]
    for look in looks:
        identity = record.new_id()
        parts.append(record.intent(look.ask, look.ask.url, look.asked_at, identity, JOURNAL))
        parts.append(record.look(look, [identity], JOURNAL))
    return b"".join(parts)


def read(data: bytes) -> tuple[dict[str, list[dict[str, Any]]], list[Reject], int]:
    """Rows by table, rejects, and how many records were read."""
    rows: dict[str, list[dict[str, Any]]] = {name: [] for name in TABLES}
    rejects: list[Reject] = []
    count = 0
    for item in OWN_CHECKS.chunks(io.BytesIO(data), CONTEXT):
        if isinstance(item, Reject):
            rejects.append(item)
            continue
        parsed: Parsed = OWN_CHECKS.parse(item, CONTEXT)
        count += parsed.read
        rejects += parsed.rejects
        for each in parsed.rows:
            rows[each.table] += each.batch.to_pylist()
    return rows, rejects, count


def look(fetched: Fetched) -> dict[str, Any]:
    rows, rejects, count = read(journal(fetched))
    assert (rejects, count) == ([], 1)
    return rows["checks"][0]


def test_a_journal_is_known_by_its_beginning_and_no_other_archive_is_one() -> None:
    source, verdict = registry.recognise("x.warc", journal(fetched()))
    assert (source.name, verdict.confidence) == ("own checks", 1.0)
    plain = journal(fetched()).replace(b"backref-checks: 1", b"software: wget  1")
    assert registry.recognise("x.warc", plain)[0].name == "warc"


def test_an_answer_is_a_check_a_page_and_its_links() -> None:
    rows, rejects, _ = read(journal(fetched()))
    [check], [page], [link] = (
        rows[name] for name in ("checks", "page_observations", "link_observations")
    )
    assert not rejects
    assert (check["told"], check["status"], check["page"]) == ("page", 200, "blog.example/post")
    assert (check["http"], check["address"], check["robots"]) == ("HTTP/2", "192.0.2.7", "allowed")
    assert (page["witness"], page["complete"], page["title"]) == ("check", True, "A post")
    assert (link["witness"], link["assertion"], link["rel"]) == ("check", "present", "sponsored")
    assert link["target_page"] == "shop.example/shoes"
    assert page["observed_lo"] == page["observed_hi"] == check["at"] == link["observed_hi"]
    assert page["digest"] == check["digest"] == link["proof"]


@pytest.mark.parametrize(
    ("made", "told"),
    [
        (fetched(body=SILENT), "page"),
        (fetched(status=404), "gone"),
        (fetched(status=410), "gone"),
        *((fetched(status=status), "blocked") for status in (401, 402, 403, 407, 429, 451)),
        *((fetched(status=status), "unreachable") for status in (500, 502, 503, 504, 520)),
        (unchanged(), "unchanged"),
        (fetched(status=304, body=b""), "unreadable"),
        (fetched(status=400), "unreadable"),
        (fetched(headers=((b"Content-Type", b"application/pdf"),)), "unreadable"),
        (fetched(truncated=True), "unreadable"),
        (failed(Outcome.ROBOTS), "robots"),
        (failed(Outcome.UNREACHABLE_ROBOTS), "robots"),
        (failed(Outcome.TOO_LARGE), "unreadable"),
        (failed(Outcome.INTERRUPTED), "interrupted"),
        *(
            (failed(outcome), "unreachable")
            for outcome in (Outcome.DNS, Outcome.CONNECT, Outcome.TLS, Outcome.TIMEOUT,
                            Outcome.REFUSED, Outcome.PROTOCOL, Outcome.TOO_MANY_REDIRECTS)
        ),
    ],
)  # fmt: skip
def test_what_a_look_tells(made: Fetched, told: str) -> None:
    assert look(made)["told"] == told


def titled(title: str) -> bytes:
    return f"<html><title>{title}</title><body><a href='https://x.example/'>x</a></body>".encode()


WALLS = {
    "a header": fetched(headers=((b"content-type", b"text/html"), (b"CF-Mitigated", b"challenge"))),
    "a title": fetched(body=titled("Just a moment...")),
    "a puzzle": fetched(
        body=b"<html><body><script src='https://geo.captcha-delivery.com/c.js'></script></body>"
    ),
    "a shell": fetched(body=b'<html><body><div id="root"></div><script src="/a.js"></script>'),
    "a login": fetched(
        url="https://blog.example/login?next=%2Fpost",
        ask=fetched().ask,
        hops=(hop(PAGE, 302, "https://blog.example/login?next=%2Fpost"),),
    ),
}


@pytest.mark.parametrize("made", WALLS.values(), ids=WALLS)
def test_a_wall_says_nothing_of_the_page_behind_it(made: Fetched) -> None:
    rows, _, _ = read(journal(made))
    [check] = rows["checks"]
    assert check["told"] == "blocked"
    assert check["why"].endswith("in the place of the page")
    assert not rows["link_observations"]
    assert all(
        not page["complete"] and page["redirect_page"] is None for page in rows["page_observations"]
    )


def test_a_page_with_words_is_no_wall_because_it_names_one() -> None:
    words = " ".join(f"word{n}" for n in range(40))
    body = f"<html><body><p>{words} px-captcha</p></body></html>".encode()
    assert look(fetched(body=body))["told"] == "page"


def test_redirects_are_answers_of_their_own() -> None:
    moved = fetched(
        url="https://blog.example/new",
        ask=fetched().ask,
        hops=(hop(PAGE, 301, "https://blog.example/new"),),
    )
    rows, _, _ = read(journal(moved))
    first, last = rows["page_observations"]
    assert (first["page"], first["redirect_page"]) == ("blog.example/post", "blog.example/new")
    assert (last["page"], last["complete"]) == ("blog.example/new", True)
    [check] = rows["checks"]
    assert check["final_page"] == "blog.example/new"
    assert check["hops"] == f"301 {PAGE} -> https://blog.example/new"
    assert [link["source_page"] for link in rows["link_observations"]] == ["blog.example/new"]


@pytest.mark.parametrize(
    "end", [fetched(status=403), fetched(status=503), failed(Outcome.TIMEOUT)], ids=str
)
def test_what_leads_to_a_wall_has_not_moved(end: Fetched) -> None:
    moved = hop(PAGE, 301, "https://blog.example/new")
    told = {"url": "https://blog.example/new", "ask": fetched().ask, "hops": (moved,)}
    rows, _, _ = read(journal(Fetched(**(vars(end) | told))))
    assert all(page["redirect_page"] is None for page in rows["page_observations"])


def test_what_was_read_in_part_shows_links_and_proves_no_absence() -> None:
    rows, _, _ = read(journal(fetched(truncated=True)))
    assert [page["complete"] for page in rows["page_observations"]] == [False]
    assert len(rows["link_observations"]) == 1


def test_links_of_targets_are_nobodys_concern() -> None:
    rows, _, _ = read(journal(fetched("https://shop.example/shoes", purpose="target")))
    assert len(rows["page_observations"]) == 1
    assert not rows["link_observations"]
    rows, _, _ = read(journal(fetched("https://blog.example/sitemap.xml", purpose="sitemap")))
    assert not rows["page_observations"]


def test_an_intent_without_a_check_is_a_look_that_was_interrupted() -> None:
    ask = fetched().ask
    data = BEGINNING + record.intent(ask, ask.url, micros(), record.new_id(), JOURNAL)
    rows, rejects, count = read(data)
    assert ([row["told"] for row in rows["checks"]], rejects, count) == (["interrupted"], [], 1)


@settings(deadline=None, max_examples=40)
@given(st.data())
def test_wherever_a_journal_ends_every_look_is_known(data: st.DataObject) -> None:
    looks = [
        fetched(PAGE, LINKING, day=1),
        failed(Outcome.TIMEOUT, "https://other.example/", day=1),
        fetched("https://third.example/a", SILENT, day=2),
    ]
    whole = journal(*looks)
    cut = data.draw(st.integers(len(BEGINNING), len(whole)))
    rows, rejects, count = read(whole[:cut])
    told = {row["url"]: row["told"] for row in rows["checks"]}
    wholly = {row["url"]: row["told"] for row in read(whole)[0]["checks"]}
    assert all(said in (wholly[url], "interrupted") for url, said in told.items())
    intended = [look.ask.url for look in looks if intent_ends(whole, look.ask.url) <= cut]
    assert set(told) >= set(intended)
    assert len(rejects) <= 1
    assert count == len(rows["checks"])


def intent_ends(whole: bytes, url: str) -> int:
    """Where the block of the intent to ask for a URL ends."""
    head = whole.index(INTENT.encode(), whole.index(f"WARC-Target-URI: {url}\r\n".encode()) - 200)
    return whole.index(b"}", head) + 1


HOSTILE = [
    b"", b"[]", b"null", b"{", b'"x"', b"{}", b'{"url": 5, "at": 1}', b'{"url": "x y z", "at": 1}',
    b'{"url": "https://a.example/", "at": "now"}', b'{"url": "https://a.example/", "at": 1e300}',
    b'{"url": "https://a.example/", "at": true}', b'{"url": "ftp://a.example/", "at": 1}',
    b'{"url": "https://a.example/", "at": 72057594037927936000}', b"\xff\xfe",
]  # fmt: skip


@pytest.mark.parametrize("block", HOSTILE)
def test_a_check_without_url_and_time_is_rejected(block: bytes) -> None:
    made = BEGINNING + record._record(A_CHECK, 0, block)
    rows, rejects, count = read(made)
    assert not rows["checks"]
    assert len(rejects) == count == 1


@settings(deadline=None)
@given(
    st.dictionaries(
        st.sampled_from(
            ["status", "hops", "final_url", "seconds", "next_allowed", "bytes", "outcome", "why"]
        ),
        st.one_of(st.none(), st.booleans(), st.integers(-(2**62), 2**62), st.floats(), st.text()),
    )
)
def test_whatever_a_check_tells_it_is_read_or_rejected(said: dict[str, Any]) -> None:
    told = {"url": PAGE, "at": micros()} | {
        name: value for name, value in said.items() if value == value
    }
    block = json.dumps(told).encode()
    made = BEGINNING + record._record(A_CHECK, 0, block)
    rows, rejects, count = read(made)
    assert count == len(rows["checks"]) + len(rejects) == 1


def test_lines_in_headers_do_not_forge_records() -> None:
    forged = (
        (b"X", b"a\r\n\r\nWARC/1.1\r\nWARC-Type: response"),
        (b"Content-Encoding", b"br"),
        (b"Transfer-Encoding", b"chunked"),
    )
    made = fetched(headers=(*fetched().headers, *forged), url=f"{PAGE}\r\nWARC-Type: x")
    rows, rejects, _ = read(journal(made))
    assert ([row["told"] for row in rows["checks"]], rejects) == (["page"], [])


def test_equal_journals_tell_the_same_looks() -> None:
    made = (fetched(day=1), failed(Outcome.DNS, day=2))
    one, two = read(journal(*made))[0], read(journal(*made))[0]
    for table in ("checks", "page_observations", "link_observations"):
        assert [row["row_id"] for row in one[table]] == [row["row_id"] for row in two[table]]


FORGED = Fetched(Ask("https://victim.example/post"), micros(), 0.1, Outcome.ANSWERED, status=404)


def holding(archive: bytes) -> Fetched:
    """A look at a page whose body is a text of ours within a longer one."""
    return fetched(body=b"<html>\r\n\r\n" + archive + b"\r\n\r\n" + b"tail" * 1000)


@pytest.mark.parametrize("beginning", [b"", record.beginning("x", micros(), "<urn:uuid:1>")])
def test_a_body_that_holds_a_journal_tells_nothing_wherever_the_record_is_torn(
    beginning: bytes,
) -> None:
    journal_of = "<urn:uuid:1>" if beginning else ""
    forged = beginning + record.look(FORGED, (), journal_of)
    whole = journal(holding(forged))
    begins = whole.index(forged)
    own = journal(fetched("https://late.example/"))[len(BEGINNING) :]
    for cut in (begins + len(forged), begins + len(forged) + 300, len(whole) - 900, len(whole)):
        for behind in (b"", own):
            rows, rejects, _ = read(whole[:cut] + behind)
            urls = {row["url"] for row in rows["checks"]}
            assert urls <= {PAGE, "https://late.example/"}
            assert len(rejects) == (cut < len(whole))


def test_a_record_that_does_not_name_its_journal_is_rejected() -> None:
    strange = record.look(FORGED, (), record.new_id())
    rows, rejects, _ = read(journal(fetched()) + strange)
    assert [row["url"] for row in rows["checks"]] == [PAGE]
    assert {reject.reason for reject in rejects} == {"a record that does not name its journal"}


def test_journals_one_after_the_other_are_read_each_by_its_own_identity() -> None:
    other = record.new_id()
    second = record.beginning("x", micros(), other) + record.look(
        fetched("https://b.example/"), "", other
    )
    rows, rejects, _ = read(journal(fetched()) + second)
    assert ([row["url"] for row in rows["checks"]], rejects) == ([PAGE, "https://b.example/"], [])
