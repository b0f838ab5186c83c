"""What a source is: it recognises bytes, cuts them into chunks, and parses a chunk.

`chunks` runs once per file, in order, in the importing process, and does as little as it can:
find record boundaries. `parse` is a pure function of one chunk, may run in any process, and
does the work. Neither knows of the store.
"""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, BinaryIO, NamedTuple, Protocol

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence
    from datetime import date

    import pyarrow as pa

HEAD_BYTES = 65_536
NO_ORIGIN = "rows of no origin"
"""In `Parsed.counts`: rows of traffic that tell neither who sent it nor where it landed."""
UNENDED = "last lines without an end"
"""In `Parsed.counts`: addresses that end a list and may be cut short."""
DISAGREEING = "placements told differently"
"""In `Parsed.counts`: placements of which rows of one day say different things."""
PASSED_OVER = "passed over "
"""In `Parsed.counts`, before a kind: records of an archive that holds no capture."""


class Verdict(NamedTuple):
    """Whether the bytes are this source's: `confidence` in [0, 1] and the reason in words.
    `dialect` names the shape within the family, as `ahrefs backlinks` or `combined`. `known`:
    the source can say what the bytes are, and that they are not read."""

    confidence: float
    why: str
    dialect: str = ""
    known: bool = False


@dataclass(frozen=True)
class Site:
    """One site of the store as a parser needs it: its name and all hosts and domains of its
    brand, without `www.`, former ones included."""

    name: str
    hosts: frozenset[str]


@dataclass(frozen=True)
class Context:
    """All that a parser may know beside the bytes. Picklable.

    `site` is the site that rows without a site of their own belong to, None when none is
    chosen (then a row that needs one is rejected or the file refused by `needs_site`). `period`
    is the first and last day that the archive tells of the file, for rows that tell none. `name`
    is the file's, for what only a name tells, and `release` what was said in its place.
    `log_format` is how the user says that lines of access logs are written. `scratch` is a folder
    for what must be copied before it can be read, the system's own where it is empty.
    """

    key: bytes
    dialect: str
    site: Site | None
    sites: tuple[Site, ...] = ()
    stream: str = ""
    internal: bool = False
    head: bytes = b""
    period: tuple[date, date] | None = None
    name: str = ""
    release: str = ""
    log_format: str = ""
    scratch: str = ""

    @property
    def site_name(self) -> str:
        """The site's name, or nothing."""
        return self.site.name if self.site else ""


class Reject(NamedTuple):
    """A record that could not be stored. `sample` holds at most 200 characters of it. `line` is
    the line of its file that it begins in, the first is 1; None where a source has no lines."""

    position: int
    reason: str
    sample: str = ""
    line: int | None = None


class Chunk(NamedTuple):
    """Whole records of one source. `position` is that of the first; `payload` is picklable
    and means something to its own source alone.

    So that rejects can tell their lines, `lines` holds that in which each record begins, or where
    the payload is text and positions are its bytes, only that of its first.
    """

    position: int
    payload: object
    lines: Sequence[int] = ()


@dataclass
class Rows:
    """Rows for one table.

    `batch` has the columns of the table's schema, except `import_id` (added on storing) and
    what only the store can know (for hits `visitor` and `visitor_before`, in whose place stands
    `client`, an int32 index into `Parsed.clients`). `partition` names each row's partition.

    Units, the counted records, are the rows of `Source.unit_table` whose `unit` is their own
    number (0 … n-1 within the Parsed, in order), with a `row_id` from `identity.record_id`. Any
    other row of a unit, in that table or another, carries the unit's number in `unit` and a
    `row_id` from `identity.child_id`: it is stored exactly when its unit is. Where `unit` is
    None the rows are a dictionary's entries: they count as nothing and are kept once.
    """

    table: str
    batch: pa.RecordBatch
    partition: pa.Array
    unit: pa.Array | None


@dataclass
class Parsed:
    """What one chunk holds: `read` records, each a unit or one of `rejects`.

    `clients` are (address and agent as bytes, agent hash); they never leave memory. Nor does
    `named`: names of which only the number of different ones in a file is told.
    """

    read: int
    rows: list[Rows] = field(default_factory=list)
    rejects: list[Reject] = field(default_factory=list)
    counts: Counter[str] = field(default_factory=Counter)
    clients: list[tuple[bytes, int]] = field(default_factory=list)
    named: dict[str, set[str]] = field(default_factory=dict)


class Source(Protocol):
    """One format family. `in_threads` says that `parse` spends most of its time in code that
    lets other threads run, so that it needs no processes of its own."""

    name: str
    in_threads: bool

    def sniff(self, head: bytes) -> Verdict:
        """Judge a file by its first `HEAD_BYTES` decompressed bytes."""
        ...

    def unit_table(self, context: Context) -> str:
        """The table whose rows are the counted records of this dialect."""
        ...

    def needs_site(self, context: Context) -> bool:
        """Whether this dialect's rows need `Context.site`."""
        ...

    def chunks(self, stream: BinaryIO, context: Context) -> Iterator[Chunk | Reject]:
        """Cut a decompressed stream; damage to the stream itself comes as a Reject."""
        ...

    def parse(self, chunk: Chunk, context: Context) -> Parsed:
        """Read one chunk. Never raises for what the bytes hold."""
        ...
