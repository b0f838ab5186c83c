"""Reads a world's truth and its observers' files with readers that are not the product's."""

from __future__ import annotations

import csv
import gzip
import re
from datetime import UTC, datetime
from typing import TYPE_CHECKING, NamedTuple

if TYPE_CHECKING:
    from pathlib import Path

    from backref.world import World

_LINE = re.compile(
    r'(\S+) - - \[([^\]]+)\] "(\S+) (\S+) HTTP/1\.1" (\d{3}) (\d+) "([^"]*)" "([^"]*)"\n\Z'
)


class Line(NamedTuple):
    """One line of an access log."""

    address: str
    at: datetime
    method: str
    path: str
    status: int
    size: int
    referrer: str
    agent: str


def truth(world: World, name: str) -> list[dict[str, str]]:
    """The rows of a truth file."""
    with (world.truth / f"{name}.csv").open(encoding="utf-8", newline="") as stream:
        return list(csv.DictReader(stream))


def file(world: World, part: str) -> Path:
    """The one file to import whose name holds `part`."""
    (found,) = (path for path in world.files if part in path.name)
    return found


def log_lines(path: Path) -> list[Line]:
    """An access log, strictly parsed: a line that does not fit fails."""
    data = path.read_bytes()
    text = (gzip.decompress(data) if path.suffix == ".gz" else data).decode()
    return [_line(line) for line in text.splitlines(keepends=True)]


def _line(line: str) -> Line:
    found = _LINE.match(line)
    assert found, line
    address, at, method, path, status, size, referrer, agent = found.groups()
    moment = datetime.strptime(at, "%d/%b/%Y:%H:%M:%S %z")
    return Line(address, moment, method, path, int(status), int(size), referrer, agent)


def moment(text: str) -> datetime:
    """A truth file's time."""
    return datetime.strptime(text, "%Y-%m-%dT%H:%M:%SZ").replace(tzinfo=UTC)
