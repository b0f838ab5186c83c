"""Two overlapping files of each kind of source, cut from real ones."""

from __future__ import annotations

import csv
import io
from collections.abc import Callable, Sequence
from itertools import pairwise
from pathlib import Path

from fastwarc.warc import ArchiveIterator, WarcRecordType

PLACEMENTS = ("Live URL", "Target", "Anchor", "Rel", "Acquired", "Contact", "Date", "Cost",
              "Currency", "Owner", "Campaign", "Code")  # fmt: skip


LARGE_LINES = 3600


def overlapping(pieces: Sequence[bytes], head: bytes = b"") -> tuple[bytes, bytes]:
    """The first and the last two thirds, each behind the head, the second with a repetition.
    Few records: what can break when a process dies does not depend on their number."""
    third = max(1, len(pieces) // 3)
    first, second = pieces[: 2 * third], pieces[third:]
    return head + b"".join(first), head + b"".join([*second, second[-1]])


def access_log(data: Path) -> tuple[bytes, bytes]:
    lines = (data / "logs/advertools-combined_with_errors.log").read_bytes().splitlines()
    return overlapping([line + b"\n" for line in lines[-300:]])


def large_log() -> tuple[bytes, bytes]:
    """Two overlapping logs of three days, large enough for a pool, the last line twice in one.
    Lines are long, so that they are few and all that is built from them is soon built."""
    agent = "Mozilla/5.0 (X11; Linux x86_64) AppleWebKit/537.36 Chrome/140.0.0.0 Safari/537.36"
    lines = [
        f"192.0.{n % 7}.{n % 50} - - "
        f"[{15 + n // 1200}/May/2015:{n // 60 % 20:02}:{n % 60:02}:{n // 7 % 60:02} +0000] "
        f'"GET /page-{n % 40}?q={"x" * 4000} HTTP/1.1" 200 {n} '
        f'"https://news{n % 9}.example.net/" "{agent}"\n'.encode()
        for n in range(LARGE_LINES)
    ]
    return overlapping(lines)


def large_list() -> bytes:
    """Addresses of linking pages, large enough for a pool."""
    return b"".join(b"https://blog%d.example.net/%s\n" % (n, b"x" * 400) for n in range(24_000))


def archive(data: Path) -> tuple[bytes, bytes]:
    path = data / "warc/corpus-shared-00.warc.gz"
    with path.open("rb") as file:
        records = ArchiveIterator(file, record_types=WarcRecordType.any_type, parse_http=False)
        starts = [record.stream_pos for record, _ in zip(records, range(14), strict=False)]
    whole = path.read_bytes()[: starts[-1]]
    edges = pairwise(starts)
    return overlapping([whole[start:end] for start, end in edges])


def table(path: str, head_lines: int = 1) -> Callable[[Path], tuple[bytes, bytes]]:
    def cut(data: Path) -> tuple[bytes, bytes]:
        lines = [line + b"\n" for line in (data / path).read_bytes().splitlines()]
        return overlapping(lines[head_lines:][:40], b"".join(lines[:head_lines]))

    return cut


def placements(data: Path) -> tuple[bytes, bytes]:
    del data
    rows = [
        (f"https://blog{row % 7}.example.net/post-{row}", "https://example.com/", f"offer {row}",
         "sponsored" if row % 2 else "", "paid" if row % 2 else "outreach", f"@author{row}",
         f"2026-0{1 + row % 9}-11", str(row * 10), "EUR", "Ann", f"campaign{row % 3}", f"code{row}")
        for row in range(30)
    ]  # fmt: skip
    return overlapping([_line(row) for row in rows], _line(PLACEMENTS))


def _line(cells: Sequence[str]) -> bytes:
    text = io.StringIO()
    csv.writer(text, lineterminator="\n").writerow(cells)
    return text.getvalue().encode()


KINDS: dict[str, Callable[[Path], tuple[bytes, bytes]]] = {
    "access.log": access_log,
    "archive.warc.gz": archive,
    "semrush.csv": table("seo/semrush/becomearep.net-backlinks.csv"),
    "placements.csv": placements,
    "Queries.csv": table("gsc/chobble-Queries.csv"),
    "ga4.csv": table("analytics/ga4_ui_pages_extract.csv", head_lines=10),
}
