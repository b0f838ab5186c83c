"""Evidence to take away: a zip file with all that is known of the links on one page, and with what
our own eyes were given there, word for word."""

from __future__ import annotations

from datetime import UTC, datetime
from hashlib import sha256
from importlib.metadata import version
from pathlib import PurePath
from tempfile import SpooledTemporaryFile
from typing import TYPE_CHECKING, Any, NamedTuple
from zipfile import ZIP_DEFLATED, ZIP_STORED, ZipFile

import orjson
import pyarrow.compute as pc
from isal import igzip

from backref import url as urls
from backref.errors import NotHeld
from backref.faces.query.evidence import evidence
from backref.faces.query.links import LINK_ID
from backref.faces.query.monitoring import looks_at
from backref.faces.terminal import visible
from backref.watch.evidence import FOLDER, records_of

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence
    from typing import BinaryIO

    from backref.faces.query import Site
    from backref.faces.query.evidence import Evidence
    from backref.lake.lake import Lake

ARCHIVE = "looks.warc.gz"
MOST_BYTES = 64 << 20
"""Of many large bodies the latest are given away, until they are so many bytes."""
IN_MEMORY = 4 << 20

Looks = list[dict[str, Any]]


class File(NamedTuple):
    """One file of the zip, with the digest of its bytes."""

    name: str
    sha256: str


def meant(asked: Site, text: str) -> list[Evidence]:
    """The links that a text means: the one of that identity, or those on the page of that URL.
    Raises NotHeld."""
    parsed = None if LINK_ID.fullmatch(text) else urls.parse(text)
    if parsed is None:
        return [evidence(asked.view, text)]
    standing = asked.view.standing
    here = standing.filter(pc.equal(standing.column("source_page"), urls.fold_key(parsed)))
    numbers = here.column("link_id").drop_null().unique().to_pylist()
    if not numbers:
        raise NotHeld(f"No link on {text} is known; `backref links` tells which are.")
    return [evidence(asked.view, f"{number:016x}") for number in sorted(numbers)]


def told(asked: Site, found: Evidence) -> bytes:
    """All that is known of a link, with the digests that prove it, as JSON."""
    body = {
        "site": asked.name,
        "as_of": asked.as_of,
        "made": datetime.now(UTC),
        "link": found.link,
        "observations": found.observations,
        "checks": looks_at(asked.view, found.link),
        "events": [one for one in asked.events() if one.link_id == found.link.link_id],
    }
    return orjson.dumps(body, default=str, option=orjson.OPT_INDENT_2)


def write(asked: Site, lake: Lake, found: Sequence[Evidence], out: BinaryIO) -> None:
    """Write the zip file of links that stand on one page."""
    looks = looks_at(asked.view, found[0].link)
    with ZipFile(out, "w", ZIP_DEFLATED) as zipped:
        files = [_put(zipped, f"link-{one.link.link_id}.json", told(asked, one)) for one in found]
        with SpooledTemporaryFile(IN_MEMORY) as records:
            held = _records(lake, looks, records)
            if held:
                files.append(_put_records(zipped, records))
        words = "\n".join(_words(asked, found, looks, held, files)) + "\n"
        zipped.writestr("README.txt", words)


def _put(zipped: ZipFile, name: str, data: bytes) -> File:
    zipped.writestr(name, data)
    return File(name, sha256(data).hexdigest())


def _put_records(zipped: ZipFile, records: Any) -> File:
    digest = sha256()
    records.seek(0)
    zipped.compression = ZIP_STORED
    with zipped.open(ARCHIVE, "w") as into:
        while piece := records.read(1 << 20):
            digest.update(piece)
            into.write(piece)
    zipped.compression = ZIP_DEFLATED
    return File(ARCHIVE, digest.hexdigest())


def _records(lake: Lake, looks: Looks, out: Any) -> set[tuple[int, int]]:
    """Write the records of the looks that the store still holds, the latest spools first; which
    looks these are, each by its import and position."""
    files = {record.id: PurePath(record.file).name for record in lake.imports()}
    held: set[tuple[int, int]] = set()
    for number in dict.fromkeys(look["import_id"] for look in looks):
        if number not in files or out.tell() > MOST_BYTES:
            continue
        positions = {look["position"] for look in looks if look["import_id"] == number}
        filed = lake.path / FOLDER / f"{files[number]}.gz"
        for record in records_of(filed, positions):
            out.write(igzip.compress(record))
            held |= {(number, position) for position in positions}
    return held


def _words(
    asked: Site,
    found: Sequence[Evidence],
    looks: Looks,
    held: set[tuple[int, int]],
    files: Sequence[File],
) -> Iterator[str]:
    """What the files are, and the looks in words: nothing that strangers wrote can pose as ours."""
    page = found[0].link
    yield f"Links on {visible(page.source_url)} to {asked.name}"
    yield f"Written by Backref {version('backref')} at {_time(datetime.now(UTC))}."
    yield ""
    yield "Files, with the SHA-256 of each:"
    yield from (f"  {file.sha256}  {file.name}" for file in files)
    yield f"{ARCHIVE} holds what the server sent, as WARC records (ISO 28500), bodies decoded;"
    yield "its payload digests are those named here. An answer 304 has none of its own: its server"
    yield "said that the body named here still holds."
    yield ""
    yield "Looks of our own at the page, the latest first (UTC):"
    for look in looks:
        proof = look["digest"] or look["confirms"] or "no body"
        kept = "" if (look["import_id"], look["position"]) in held else ", its records not kept"
        status = f" {look['status']}" if look["status"] else ""
        yield f"  {_time(look['at'])}  {look['told']}{status}  {proof}{kept}"
        if look["why"]:
            yield f"    {visible(look['why'])}"
    for one in found:
        yield ""
        yield from _link_in_words(one)


def _link_in_words(found: Evidence) -> Iterator[str]:
    link = found.link
    yield f"Link {link.link_id}, {link.state}, to {visible(link.target_url or '?')}:"
    for seen in found.observations:
        when = _time(seen.observed_hi) if seen.observed_hi else "undated"
        terms = (("anchor", seen.anchor), ("rel", seen.rel))
        said = ", ".join(f"{name} {visible(term)!r}" for name, term in terms if term is not None)
        yield f"  {when}  {seen.witness}: {seen.assertion}{f' ({said})' if said else ''}"
        if seen.context:
            yield f"    … {visible(seen.context)} …"


def _time(at: datetime) -> str:
    return f"{at.astimezone(UTC):%Y-%m-%d %H:%M:%S}"
