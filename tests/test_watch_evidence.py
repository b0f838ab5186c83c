"""Copies of what our own eyes were given: added to an archive once, whatever was killed on the way,
and found again in the store."""

from __future__ import annotations

import gzip
from pathlib import Path

import pytest

from backref.errors import UsageError
from backref.watch import evidence
from tests.check_facts import fetched, unchanged
from tests.test_sources_ownchecks import journal, read

LOOKS = [fetched(f"https://blog{n}.example/post") for n in range(3)]
OTHER = b"WARC/1.1\r\nWARC-Type: warcinfo\r\nContent-Length: 0\r\n\r\n\r\n\r\n"


def spool_in(folder: Path, data: bytes = b"") -> Path:
    path = folder / "checks-1.warc"
    path.write_bytes(data or journal(*LOOKS))
    return path


@pytest.mark.parametrize("name", ["proof.warc", "proof.warc.gz"])
def test_whenever_adding_was_killed_the_next_one_ends_it(tmp_path: Path, name: str) -> None:
    spool, archive = spool_in(tmp_path), tmp_path / name
    before = gzip.compress(OTHER, mtime=0) if name.endswith("gz") else OTHER
    archive.write_bytes(before)
    evidence.add(spool, archive)
    whole = archive.read_bytes()
    assert whole.startswith(before)
    for cut in range(len(before), len(whole) + 1, 173):
        archive.write_bytes(whole[:cut])
        evidence.add(spool, archive)
        assert archive.read_bytes() == whole
    archive.write_bytes(whole[:-9])
    evidence.resume(spool)
    assert archive.read_bytes() == whole, "also when nobody names the archive any more"
    evidence.forget(spool)
    assert [path.name for path in tmp_path.iterdir()] == [name]


def test_what_somebody_else_added_meanwhile_stays(tmp_path: Path) -> None:
    spool, archive = spool_in(tmp_path), tmp_path / "proof.warc"
    evidence.add(spool, archive)
    whole = archive.read_bytes()
    archive.write_bytes(whole[:500] + OTHER)
    evidence.add(spool, archive)
    assert archive.read_bytes() == whole[:500] + OTHER + whole


def test_an_archive_that_is_gone_stops_nobody(
    tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    (tmp_path / "away").mkdir()
    spool = spool_in(tmp_path)
    archive = tmp_path / "away" / "proof.warc"
    evidence.add(spool, archive)
    archive.unlink()
    archive.parent.rmdir()
    evidence.resume(spool)
    assert "cannot be written" in caplog.text
    with pytest.raises(UsageError, match="cannot be written"):
        evidence.add(spool, archive)


def test_a_look_is_found_again_with_its_answers(tmp_path: Path) -> None:
    looks = [*LOOKS, unchanged(LOOKS[0].ask.url, day=1)]
    spool = spool_in(tmp_path, journal(*looks))
    rows, _, _ = read(spool.read_bytes())
    evidence.file_away(spool, tmp_path / "evidence")
    [filed] = (tmp_path / "evidence").iterdir()
    for row in rows["checks"]:
        taken = b"".join(evidence.records_of(filed, {row["position"]}))
        again, rejects, _ = read(taken)
        assert not rejects
        assert [one["url"] for one in again["checks"]] == [row["url"]]
        assert [one["digest"] for one in again["page_observations"]] == [
            one["digest"]
            for one in rows["page_observations"]
            if one["observed_hi"] == row["at"] and one["url"] == row["url"]
        ]
    everything = {row["position"] for row in rows["checks"]}
    assert len(read(b"".join(evidence.records_of(filed, everything)))[0]["checks"]) == 4
    assert list(evidence.records_of(filed, {1})) == []
    assert list(evidence.records_of(tmp_path / "gone.gz", everything)) == []


def test_a_store_keeps_so_much_and_the_newest(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(evidence, "MOST_BYTES", 5000)
    for number in range(9):
        spool = tmp_path / f"checks-{number}.warc"
        spool.write_bytes(journal(*LOOKS))
        evidence.file_away(spool, tmp_path / "evidence")
    held = sorted(path.name for path in (tmp_path / "evidence").iterdir())
    assert held[-1] == "checks-8.warc.gz"
    assert 1 <= len(held) < 9
    assert sum(path.stat().st_size for path in (tmp_path / "evidence").iterdir()) <= 5000
