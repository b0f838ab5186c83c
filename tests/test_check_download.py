"""Large files from real servers on loopback that cut, refuse, change and lie."""

from __future__ import annotations

import asyncio
import hashlib
import random
from collections import deque
from typing import Any

import pytest
from farm import Farm, Reply
from farm.files import Mood, Shelf, endless
from farm.turned import TurnedClock
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from backref.check.download import Damaged, Download, Limits, Mark, NoDownload, Unfinished
from backref.check.fetcher import Fetcher
from backref.check.settings import Manners

MANNERS: dict[str, Any] = {"gap": 0.0, "per_address_gap": 0.0, "slowness": 0.0, "failures": 10}
URL = "http://data.test/graph/ranks.txt.gz"
DATA = random.Random(5).randbytes(300_000)


class Kept:
    """What was handed on, and how often it began."""

    def __init__(self, data: bytes = b"") -> None:
        self.data = bytearray(data)
        self.begun = 0
        self.ended = False

    def begin(self) -> None:
        self.begun += 1
        self.data.clear()

    def take(self, piece: bytes) -> None:
        self.data += piece

    def end(self) -> None:
        self.ended = True


def got(
    farm: Farm,
    kept: Kept,
    mark: Mark | None = None,
    *,
    limits: Limits | None = None,
    clock: TurnedClock | None = None,
    **manners: Any,
) -> Mark:
    """Download the file of the farm."""

    async def run() -> Mark:
        places: dict[str, Any] = {"resolver": farm.resolver(), "guard": farm.guard()}
        rules = Manners("https://us.example/", **(MANNERS | {"backoff": 0.0} | manners))
        places["authorities"] = farm.authorities
        async with Fetcher(rules, clock=clock, **places) as fetcher:
            bounds = limits or Limits(1 << 30)
            return await Download(fetcher, mark or Mark(URL), kept, bounds).run()

    return asyncio.run(run())


def shelf(farm: Farm, *moods: Mood, data: bytes = DATA, **rest: Any) -> Shelf:
    held = Shelf(data, deque(moods), **rest)
    farm.site("data.test", {"/graph/ranks.txt.gz": held.answer()})
    return held


def ranges(farm: Farm) -> list[str | None]:
    """The ranges that were asked for, robots.txt left out."""
    return [seen.header("range") for seen in farm.requests() if seen.path != "/robots.txt"]


def test_a_file_comes_whole_and_as_it_is(farm: Farm) -> None:
    held, kept = shelf(farm), Kept()
    mark = got(farm, kept)
    assert (bytes(kept.data), kept.ended, kept.begun) == (DATA, True, 1)
    assert mark == Mark(URL, '"one"', held.modified, len(DATA), len(DATA))
    robots, asked = farm.requests()
    assert robots.path == "/robots.txt"
    assert asked.header("accept-encoding") == "identity"
    assert "+https://us.example/" in (asked.header("user-agent") or "")


@settings(
    max_examples=12, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
@given(cuts=st.lists(st.integers(0, 200_000), max_size=5), whole=st.booleans())
def test_connections_that_are_cut_anywhere_leave_the_same_bytes(
    farm: Farm, cuts: list[int], whole: bool
) -> None:
    kept = Kept()
    shelf(farm, *(Mood(cut=cut, whole=whole) for cut in cuts))
    got(farm, kept)
    assert bytes(kept.data) == DATA


def test_only_what_is_missing_is_asked_for_and_on_condition(farm: Farm) -> None:
    held, kept = shelf(farm, Mood(cut=100_000), Mood(cut=50_000)), Kept()
    got(farm, kept)
    assert ranges(farm) == [None, "bytes=100000-", "bytes=150000-"]
    assert [seen.header("if-range") for seen in farm.requests()[2:]] == ['"one"'] * 2
    assert held.served == len(DATA)


@pytest.mark.parametrize("etag", ['"one"', 'W/"one"', ""])
def test_a_file_that_changes_between_two_ranges_begins_anew(farm: Farm, etag: str) -> None:
    other = DATA[::-1] + b"more"
    shelf(farm, Mood(cut=100_000), Mood(changed=other), etag=etag, modified="")
    kept = Kept()
    mark = got(farm, kept)
    assert bytes(kept.data) == other
    assert (kept.begun, mark.length) == (2, len(other))


def test_a_file_that_never_stays_the_same_is_left(farm: Farm) -> None:
    changing = [Mood(cut=9_000, changed=DATA + bytes(at)) for at in range(9)]
    shelf(farm, *changing)
    with pytest.raises(NoDownload, match="changes while it is read"):
        got(farm, Kept())


def test_a_wrong_range_is_never_taken(farm: Farm) -> None:
    shelf(farm, Mood(cut=1_000), Mood(shift=7), Mood(shift=500))
    kept = Kept()
    got(farm, kept)
    assert bytes(kept.data) == DATA
    held = shelf(farm, Mood(cut=1_000))
    held.after = Mood(shift=7)
    with pytest.raises(Unfinished, match=r"6 requests in a row .* 1,000 of 300,000 bytes"):
        got(farm, Kept())


@pytest.mark.parametrize(
    ("status", "why"),
    [
        (403, "no such file, or the server wants to be left alone"),
        (404, "answered 404, there is no such file"),
        (418, "answered 418"),
    ],
)
def test_a_refusal_is_told_at_once(farm: Farm, status: int, why: str) -> None:
    shelf(farm, Mood(status=status))
    with pytest.raises(NoDownload, match=why) as told:
        got(farm, Kept())
    assert not isinstance(told.value, Unfinished)
    assert len(ranges(farm)) == 1


@pytest.mark.parametrize("status", [429, 503])
def test_a_server_that_asks_to_wait_is_waited_for(farm: Farm, status: int) -> None:
    wait = Mood(status=status, headers=(("Retry-After", "90"),))
    shelf(farm, Mood(cut=10_000), wait, wait)
    clock, kept = TurnedClock(), Kept()
    got(farm, kept, clock=clock)
    assert bytes(kept.data) == DATA
    assert sum(clock.slept) >= 180


def test_a_wait_that_is_too_long_is_left_for_another_time(farm: Farm) -> None:
    shelf(farm, Mood(cut=10_000), Mood(status=503, headers=(("Retry-After", "7200"),)))
    with pytest.raises(Unfinished, match=r"not to be asked for another .* 10,000 of 300,000"):
        got(farm, Kept())


def test_errors_of_the_server_are_met_with_longer_and_longer_waits(farm: Farm) -> None:
    shelf(farm, *[Mood(status=500)] * 4)
    clock, kept = TurnedClock(), Kept()
    got(farm, kept, clock=clock, backoff=5.0)
    assert bytes(kept.data) == DATA
    assert clock.slept == sorted(clock.slept)
    assert sum(clock.slept) >= 5 + 10 + 20 + 40


def test_a_run_goes_on_where_another_stopped(farm: Farm) -> None:
    first, kept = shelf(farm), Kept(DATA[:120_000])
    mark = Mark(URL, '"one"', first.modified, len(DATA), 120_000)
    assert got(farm, kept, mark).offset == len(DATA)
    assert (bytes(kept.data), kept.begun, ranges(farm)) == (DATA, 0, ["bytes=120000-"])
    got(farm, kept, Mark(URL, '"one"', "", len(DATA), len(DATA)))
    assert len(ranges(farm)) == 1


def test_a_run_that_goes_on_sees_that_the_file_is_another(farm: Farm) -> None:
    shelf(farm)
    kept = Kept(b"x" * 120_000)
    got(farm, kept, Mark(URL, '"old"', "", 500_000, 120_000))
    assert (bytes(kept.data), kept.begun) == (DATA, 1)


def test_what_is_longer_or_larger_than_told_is_left(farm: Farm) -> None:
    shelf(farm)
    with pytest.raises(NoDownload, match="300,000 bytes; at most 100,000"):
        got(farm, Kept(), limits=Limits(100_000))
    farm.site("data.test", {"/graph/ranks.txt.gz": endless(b"x" * 65_536, 10_000)})
    kept = Kept()
    with pytest.raises(NoDownload, match="larger than the 1,000,000 bytes"):
        got(farm, kept, limits=Limits(1_000_000))
    assert len(kept.data) <= 1_000_000


def test_a_file_of_no_told_length_ends_where_its_answer_ends(farm: Farm) -> None:
    shelf(farm, Mood(untold=True))
    kept = Kept()
    got(farm, kept)
    assert bytes(kept.data) == DATA
    shelf(farm, Mood(untold=True, cut=70_000), Mood(untold=True, cut=30_000))
    got(farm, kept)
    assert (bytes(kept.data), ranges(farm)[-2:]) == (DATA, ["bytes=70000-", "bytes=100000-"])


def test_the_time_that_is_given_ends_it(farm: Farm) -> None:
    shelf(farm, Mood(slow=0.02, piece=1_000))
    kept = Kept()
    with pytest.raises(Unfinished, match=r"The time is over; [0-9,]+( of 300,000)? bytes came"):
        got(farm, kept, limits=Limits(1 << 30, 0.3))
    assert not kept.ended


def test_a_trickle_is_cut_and_gone_on_with(farm: Farm, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("backref.check.exchange.STEP_SECONDS", 0.2)
    shelf(farm, Mood(slow=5.0, piece=1_000))
    kept = Kept()
    got(farm, kept)
    assert (bytes(kept.data), ranges(farm)[1]) == (DATA, "bytes=1000-")


def test_s3_tells_the_checksum_of_what_came_in_one_part(farm: Farm) -> None:
    digest = hashlib.md5(DATA, usedforsecurity=False).hexdigest()
    shelf(farm, Mood(cut=1_000), etag=f'"{digest}"')
    assert got(farm, Kept()).digest == digest
    shelf(farm, etag=f'"{digest[::-1]}"')
    kept = Kept()
    with pytest.raises(Damaged, match="another checksum"):
        got(farm, kept)
    assert not kept.ended
    shelf(farm, etag=f'"{digest[::-1]}"', server="somebody")
    assert got(farm, kept).digest == ""
    shelf(farm, etag=f'"{digest}-7"')
    assert got(farm, kept).digest == ""


def test_what_the_taker_raises_reaches_the_caller(farm: Farm) -> None:
    class Full(Kept):
        def take(self, piece: bytes) -> None:
            raise OSError("no room")

    shelf(farm)
    with pytest.raises(OSError, match="no room"):
        got(farm, Full())
    assert len(ranges(farm)) == 1


def test_redirects_are_guarded_and_ranges_follow_them(farm: Farm) -> None:
    held = Shelf(DATA, deque([Mood(cut=5_000)]))
    farm.site("mirror.test", {"/x": held.answer()})
    moved = Reply(status=302, headers=(("Location", "http://mirror.test/x"),))
    farm.site("data.test", {"/graph/ranks.txt.gz": moved})
    kept = Kept()
    got(farm, kept)
    assert bytes(kept.data) == DATA
    assert "bytes=5000-" in [seen.header("range") for seen in farm.requests("mirror.test")]
    inside = Reply(status=302, headers=(("Location", "http://127.0.99.9/x"),))
    farm.site("data.test", {"/graph/ranks.txt.gz": inside})
    with pytest.raises(NoDownload, match="is not asked"):
        got(farm, Kept())


def test_robots_txt_and_a_wrong_certificate_forbid_it(farm: Farm) -> None:
    held = Shelf(DATA)
    farm.site("data.test", {"/graph/ranks.txt.gz": held.answer()}, tls="stranger")
    with pytest.raises(NoDownload, match="certificate cannot be trusted"):
        got(farm, Kept(), Mark(URL.replace("http:", "https:")))
    held = Shelf(DATA)
    rules = Reply(b"User-agent: *\nDisallow: /graph")
    farm.site("data.test", {"/graph/ranks.txt.gz": held.answer(), "/robots.txt": rules})
    with pytest.raises(NoDownload, match=r"robots\.txt of data\.test does not allow it"):
        got(farm, Kept())
    assert held.served == 0


def test_a_name_that_leads_nowhere_is_told_at_once(farm: Farm) -> None:
    with pytest.raises(Unfinished, match=r"nowhere\.test leads to no address"):
        got(farm, Kept(), Mark("https://nowhere.test/x.gz"))


def test_a_file_comes_over_http_2() -> None:
    farm = Farm()
    farm.site("data.test", {"/graph/ranks.txt.gz": Reply(DATA)}, http2=True)
    kept = Kept()
    with farm:
        got(farm, kept, Mark(URL.replace("http:", "https:")))
    assert bytes(kept.data) == DATA
