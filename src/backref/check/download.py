"""A large file from a server, over as many requests as it takes.

The file's bytes are handed on as they come, in their order, each once. Where a connection breaks,
a range from the first missing byte is asked for, on the condition that the file is the same
(RFC 9110, sections 13.1.5 and 14); a file that changed meanwhile begins anew. There is one request
at a time, and each passes all that guards and paces any other: this is no second fetcher.
"""

from __future__ import annotations

import asyncio
import hashlib
import re
from dataclasses import asdict, dataclass, replace
from typing import TYPE_CHECKING, Any, Protocol

from backref.check.fetched import Ask, Outcome, sendable
from backref.check.look import Look
from backref.errors import SourceError

if TYPE_CHECKING:
    from collections.abc import Callable

    from backref.check.clock import Clock
    from backref.check.exchange import Answer
    from backref.check.fetched import Fetched
    from backref.check.fetcher import Fetcher

HEAD_SECONDS = 60.0
"""So long an answer may take to begin."""
FRUITLESS = 6
"""So many requests in a row that bring no new byte end a download."""
FRESH_STARTS = 3
"""So often a file may change under our hands."""
PARTIAL, UNSATISFIABLE = 206, 416
_RANGE = re.compile(r"bytes (\d{1,18})-(\d{1,18})/(\d{1,18}|\*)", re.IGNORECASE)
_REFUSALS = {
    401: "it is not for everybody",
    403: "there is no such file, or the server wants to be left alone for a while",
    404: "there is no such file",
    410: "there is no such file any more",
    451: "it may not be given away where you are",
}


class NoDownload(SourceError):
    """A file cannot be had; the message is a plain sentence."""


class Damaged(NoDownload):
    """What came is not the file that was meant: nothing of it is of use."""


class Unfinished(NoDownload):
    """The rest of a file is left for another time: the same command goes on."""


@dataclass(frozen=True)
class Mark:
    """How far a download is, and of which state of the file: all that is needed to go on.

    `etag` and `modified` are as the server told them, `length` is None while not known, `offset`
    is the first byte that is missing. `digest` is the MD5 that the server told, in hexadecimal.
    """

    url: str
    etag: str = ""
    modified: str = ""
    length: int | None = None
    offset: int = 0
    digest: str = ""

    @property
    def validator(self) -> str:
        """What proves that the file is still the same; empty when nothing does."""
        strong = self.etag if not self.etag.startswith("W/") else ""
        return next((told for told in (strong, self.modified) if sendable(told)), "")

    def as_json(self) -> dict[str, Any]:
        """The mark as it can be written down."""
        return asdict(self)


class Taker(Protocol):
    """Whoever wants the bytes. What it raises ends the download, and reaches the caller."""

    def begin(self) -> None:
        """The file begins, for the first time or anew: forget what was taken."""

    def take(self, piece: bytes) -> None:
        """The next bytes of the file."""

    def end(self) -> None:
        """The file is whole."""


@dataclass(frozen=True)
class Limits:
    """At most `most` bytes, and at most so many `seconds`."""

    most: int
    seconds: float | None = None


class Download:
    """One file on its way. `mark` says how far it is, and is where it begins."""

    def __init__(
        self,
        fetcher: Fetcher,
        mark: Mark,
        taker: Taker,
        limits: Limits,
        told: Callable[[Mark], None] = lambda _: None,
    ) -> None:
        self.mark = mark
        self.requests = 0
        self._fetcher = fetcher
        self._taker = taker
        self._limits = limits
        self._told = told
        self._starts = 0
        self._fruitless = 0
        self._md5 = None if mark.offset else _md5()

    async def run(self) -> Mark:
        """Bring the file to its end. Raises NoDownload, Unfinished, and what the taker raises."""
        try:
            async with asyncio.timeout(self._limits.seconds):
                await self._run()
        except TimeoutError:
            raise Unfinished(f"The time is over; {self._so_far()}.") from None
        if self._md5 and self.mark.digest not in ("", self._md5.hexdigest()):
            raise Damaged(
                f"What came of {self.mark.url} has another checksum than the server told."
            )
        self._taker.end()
        return self.mark

    async def _run(self) -> None:
        if not self.mark.offset:
            self._taker.begin()
        whole = self.mark.offset == self.mark.length
        while not whole:
            part = _Part(self)
            self.requests += 1
            fetched = await self._fetcher.look(part)
            if part.error is not None:
                raise part.error
            whole = part.is_whole(fetched)
            if not whole:
                self._judge(fetched, part)
                self._count(fetched, part)

    def _count(self, fetched: Fetched, part: _Part) -> None:
        """Give up after too many requests in vain."""
        self._fruitless = 0 if part.fruitful else self._fruitless + 1
        hopeless = fetched.outcome in _HOPELESS and self.requests == 1
        if hopeless or fetched.outcome is Outcome.UNREACHABLE_ROBOTS:
            raise Unfinished(f"{fetched.why} {self._so_far().capitalize()}.")
        if self._fruitless >= FRUITLESS:
            why = fetched.why or f"the last answer was {fetched.status}"
            raise Unfinished(
                f"{FRUITLESS} requests in a row brought nothing new ({why.rstrip('.')}); "
                f"{self._so_far()}."
            )

    def _judge(self, fetched: Fetched, part: _Part) -> None:
        """Raise where asking again does not help."""
        if part.refusal:
            raise NoDownload(f"{self.mark.url} cannot be had: {part.refusal}.")
        if fetched.outcome in _FINAL:
            raise NoDownload(f"{self.mark.url} cannot be had: {fetched.why}")
        if fetched.outcome is Outcome.POSTPONED:
            raise Unfinished(f"{fetched.why} Until then {self._so_far()}.")
        if fetched.status in _REFUSALS:
            raise NoDownload(
                f"{fetched.url} cannot be had: the server answered {fetched.status}, "
                f"{_REFUSALS[fetched.status]}."
            )
        if fetched.status == UNSATISFIABLE:
            self.anew()
        elif fetched.status and 200 < fetched.status < 500 and fetched.status not in _AGAIN:
            raise NoDownload(f"{fetched.url} cannot be had: the server answered {fetched.status}.")

    def anew(self) -> None:
        """The file is another one by now: forget what there is of it. Raises NoDownload."""
        self._starts += 1
        if self._starts > FRESH_STARTS:
            raise NoDownload(f"{self.mark.url} changes while it is read: try again later.")
        self.mark = Mark(self.mark.url)
        self._md5 = _md5()
        self._taker.begin()

    def advance(self, piece: bytes) -> None:
        """Hand a piece on. Raises NoDownload."""
        mark = self.mark
        offset = mark.offset + len(piece)
        if offset > self._limits.most:
            raise NoDownload(
                f"{mark.url} is larger than the {self._limits.most:,} bytes that are taken."
            )
        if mark.length is not None and offset > mark.length:
            raise NoDownload(f"{mark.url} is longer than the server said it is.")
        if self._md5:
            self._md5.update(piece)
        self.mark = replace(mark, offset=offset)
        self._taker.take(piece)
        self._told(self.mark)

    def found(self, mark: Mark) -> None:
        """What the server tells of the file. Raises NoDownload where it is too large."""
        if mark.length is not None and mark.length > self._limits.most:
            raise NoDownload(
                f"{mark.url} has {mark.length:,} bytes; at most {self._limits.most:,} are taken."
            )
        self.mark = mark
        self._told(mark)

    @property
    def clock(self) -> Clock:
        """The fetcher's clock."""
        return self._fetcher.clock

    @property
    def most(self) -> int:
        """The most bytes that are still wanted."""
        return self._limits.most - self.mark.offset

    def _so_far(self) -> str:
        of = f" of {self.mark.length:,}" if self.mark.length is not None else ""
        return f"{self.mark.offset:,}{of} bytes came so far, and the same command goes on"


class _Part(Look):
    """One request for the file, or for what is missing of it."""

    def __init__(self, download: Download) -> None:
        ask = Ask(download.mark.url, purpose="file")
        super().__init__(ask, HEAD_SECONDS, download.clock, None)
        self.refusal = ""
        self.fruitful = False
        self.error: Exception | None = None
        self._download = download
        self._from = download.mark.offset
        self._skipped = 0
        self._passed = False
        self._length: int | None = None

    def headers(self) -> list[tuple[str, str]]:
        """Ask for the bytes as they are, and for those alone that are missing."""
        said = [("Accept-Encoding", "identity")]
        if self._from:
            said.append(("Range", f"bytes={self._from}-"))
            if validator := self._download.mark.validator:
                said.append(("If-Range", validator))
        return said

    def passes_on(self, answer: Answer) -> bool:
        """Whether this is the file, or the range of it that was asked for."""
        if answer.status not in (200, PARTIAL):
            return False
        if answer.tls:
            self.refusal = f"the server's certificate cannot be trusted ({answer.tls})"
            return False
        judge = self._ranged if answer.status == PARTIAL else self._entire
        try:
            self._passed = judge(answer)
        except Exception as error:  # raised where the download is awaited
            self.error = error
        return self._passed

    def _entire(self, answer: Answer) -> bool:
        """The file from its first byte, for the first time, anew, or because ranges are ignored."""
        told = _told(self._download.mark.url, answer)
        mark = self._download.mark
        if self._from and not _same(mark, told):
            self._download.anew()
            self._from = 0
        if not self._from:
            self._download.found(told)
        self._skipped = self._from
        self._length = told.length
        return True

    def _ranged(self, answer: Answer) -> bool:
        """The missing range, if it is that."""
        found = _RANGE.fullmatch((answer.header(b"content-range") or "").strip())
        mark = self._download.mark
        if not self._from or found is None or int(found[1]) != self._from:
            return False
        total = None if found[3] == "*" else int(found[3])
        told = _told(mark.url, answer, total)
        if not _same(mark, told) or int(found[2]) < self._from:
            self._download.anew()
            return False
        self._length = mark.length if total is None else total
        return True

    @property
    def most_passed(self) -> int:
        """What is missing, with room for what encryption and framing add."""
        length = self._download.most if self._length is None else self._length
        return length + length // 8

    def take(self, piece: bytes) -> bool:
        """Hand a piece on, but for what is there already."""
        again = min(self._skipped, len(piece))
        self._skipped -= again
        try:
            if fresh := piece[again:]:
                self.fruitful = True
                self._download.advance(fresh)
        except Exception as error:  # raised where the download is awaited
            self.error = error
            return False
        return True

    def is_whole(self, fetched: Fetched) -> bool:
        """Whether the file is whole now. Where nobody told its length, the answer's own end is the
        file's."""
        mark = self._download.mark
        if fetched.status == UNSATISFIABLE:
            return fetched.header("content-range") == f"bytes */{mark.offset}"
        if mark.length is not None:
            return self._passed and mark.offset == mark.length
        return self._passed and not fetched.truncated


class _Probe(Look):
    """A request for the first byte alone, whose answer tells how many there are."""

    def headers(self) -> list[tuple[str, str]]:
        """Ask for one byte."""
        return [("Accept-Encoding", "identity"), ("Range", "bytes=0-0")]

    def passes_on(self, answer: Answer) -> bool:
        """A whole file is not taken."""
        return answer.status == 200

    @property
    def most_passed(self) -> int:
        """Nothing of it."""
        return 0

    def take(self, piece: bytes) -> bool:  # noqa: ARG002 - it is not wanted
        """Hang up."""
        return False


async def length_of(fetcher: Fetcher, url: str) -> int:
    """How many bytes a file has. Raises NoDownload where the server does not tell."""
    fetched = await fetcher.look(
        _Probe(Ask(url, purpose="file"), HEAD_SECONDS, fetcher.clock, None)
    )
    found = _RANGE.fullmatch((fetched.header("content-range") or "").strip())
    length = fetched.header("content-length") or ""
    if fetched.status == PARTIAL and found and found[3] != "*":
        return int(found[3])
    if fetched.status == 200 and length.isdecimal():
        return int(length[:18])
    why = fetched.why or f"the server answered {fetched.status}"
    raise NoDownload(f"{url} cannot be had: {why.rstrip('.')}.")


_FINAL = frozenset(
    {Outcome.REFUSED, Outcome.REDIRECT_REFUSED, Outcome.ROBOTS, Outcome.TOO_MANY_REDIRECTS}
)
_HOPELESS = frozenset({Outcome.DNS, Outcome.CONNECT, Outcome.TLS})
_AGAIN = frozenset({PARTIAL, 408, 425, 429})


def _md5() -> hashlib._Hash:
    return hashlib.md5(usedforsecurity=False)


def _same(mark: Mark, told: Mark) -> bool:
    """Whether an answer is of the state of the file that is half there: by its ETag, and where
    there is none by its date and length."""
    if mark.etag or told.etag:
        return mark.etag == told.etag and _agree(mark.length, told.length)
    return mark.modified == told.modified and mark.length == told.length is not None


def _agree(one: int | None, other: int | None) -> bool:
    return one is None or other is None or one == other


def _told(url: str, answer: Answer, total: int | None = None) -> Mark:
    """What an answer tells of the file."""
    length = answer.header(b"content-length") or ""
    if total is None and answer.status != PARTIAL and length.isdecimal():
        total = int(length[:18])
    etag = answer.header(b"etag") or ""
    return Mark(url, etag, answer.header(b"last-modified") or "", total, 0, _digest(answer, etag))


def _digest(answer: Answer, etag: str) -> str:
    """The MD5 that S3 tells as the ETag of what was uploaded in one part, unless it is encrypted
    with a key of its owner; empty else.

    https://docs.aws.amazon.com/AmazonS3/latest/API/API_Object.html
    """
    kept_by_s3 = answer.header(b"x-amz-request-id") or answer.header(b"server") == "AmazonS3"
    encrypted = answer.header(b"x-amz-server-side-encryption") or "AES256"
    plain = re.fullmatch(r'"([0-9a-f]{32})"', etag)
    return plain[1] if plain and kept_by_s3 and encrypted == "AES256" else ""
