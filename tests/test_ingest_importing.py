"""Imports: what is stored is the multiset maximum over sources, and every sum holds."""

from __future__ import annotations

import bz2
import gzip
import io
import shutil
import sys
from collections import Counter
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from pathlib import Path
from tempfile import TemporaryDirectory

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from log_lines import context, line, log_texts

from backref.errors import (
    AmbiguousSite,
    MissingFile,
    NotImported,
    SourceError,
    UnknownFormat,
    UnknownSite,
)
from backref.ingest import import_inputs, novelty, parsing, staging
from backref.lake.lake import Lake
from backref.lake.records import SiteRecord
from backref.sources import accesslog, logchunks

SITE = SiteRecord("example.com", also=("example.de",), was=("oldbrand.com",))
DAY = "17/May/2015:10:05:{:02d} +0000"


@pytest.fixture
def lake(tmp_path):
    with Lake.create(tmp_path / "store") as made:
        made.save_site(SITE)
        yield made


@contextmanager
def fresh():
    with TemporaryDirectory() as folder, Lake.create(Path(folder) / "store") as made:
        made.save_site(SITE)
        yield made, Path(folder)


def imported(lake, *paths, **options):
    reports = list(import_inputs(lake, [str(path) for path in paths], **options))
    for report in reports:
        assert report.read == report.stored + report.duplicate + report.rejected
    return reports


def sums(report):
    return report.read, report.stored, report.duplicate, report.rejected


def rows(lake, text, **options):
    with lake.snapshot() as snapshot:
        return snapshot.rows(f"/* test.rows */ {text}", **options)


def count(lake, table="hits"):
    return rows(lake, f"SELECT count(*) AS n, count(DISTINCT row_id) AS ids FROM {table}")[0]


def digests(lake):
    tables = ("hits", "agents", "link_observations", "page_observations", "ratings")
    return [lake.content_digest(table) for table in tables]


LINES = [line(f"GET /{n} HTTP/1.1", time=DAY.format(n)) for n in range(12)]


class TestIdentity:
    def test_a_file_twice(self, lake, tmp_path):
        log = tmp_path / "a.log"
        log.write_bytes(b"".join(LINES + LINES[:3]))
        assert [sums(report) for report in imported(lake, log, log)] == [
            (15, 15, 0, 0),
            (15, 0, 15, 0),
        ]

    def test_grown_rotated_concatenated_and_recompressed_files_change_nothing(self, lake, tmp_path):
        whole = b"".join(LINES[:9])
        (tmp_path / "a.log").write_bytes(whole)
        imported(lake, tmp_path / "a.log")
        before = digests(lake)
        for name, data in {
            "rotated": b"".join(LINES[3:9]),
            "gz": gzip.compress(whole[:100]) + gzip.compress(whole[100:]),
            "bz2": bz2.compress(whole),
            "crlf": whole.replace(b"\n", b"\r\n"),
            "unended": whole.rstrip(b"\n"),
        }.items():
            (tmp_path / name).write_bytes(data)
            (report,) = imported(lake, tmp_path / name)
            assert report.stored == 0, name
            assert digests(lake) == before
        (tmp_path / "grown").write_bytes(b"".join(LINES))
        (report,) = imported(lake, tmp_path / "grown")
        assert sums(report) == (12, 3, 9, 0)

    @settings(
        max_examples=12, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
    )
    @given(
        st.lists(
            st.tuples(
                st.lists(st.sampled_from(LINES[:4]), max_size=9),
                st.sampled_from([bytes, gzip.compress, bz2.compress]),
            ),
            min_size=1,
            max_size=4,
        ),
        st.integers(80, 400),
    )
    def test_the_store_holds_the_multiset_maximum(self, sources, chunk):
        with fresh() as (lake, folder), pytest.MonkeyPatch.context() as patch:
            patch.setattr(logchunks, "CHUNK_BYTES", chunk)
            patch.setattr(novelty, "HELD_BYTES", 0)
            wanted: Counter[bytes] = Counter()
            for number, (lines, compress) in enumerate(sources):
                if lines:
                    path = folder / str(number)
                    path.write_bytes(compress(b"".join(lines)))
                    (report,) = imported(lake, path, processes=1)
                    grown = wanted | Counter(lines)
                    assert report.stored == (grown - wanted).total()
                    wanted = grown
            assert count(lake) == {"n": wanted.total(), "ids": wanted.total()}

    def test_streams_separate_equal_lines(self, lake, tmp_path):
        (tmp_path / "a.log").write_bytes(LINES[0])
        imported(lake, tmp_path / "a.log")
        assert imported(lake, tmp_path / "a.log", stream="two")[0].stored == 1
        assert imported(lake, tmp_path / "a.log", stream="two")[0].stored == 0


@settings(max_examples=10, deadline=None)
@given(log_texts, st.binary(max_size=300))
def test_sums_hold_on_damaged_lines(text, junk):
    data = LINES[0] * 40 + text + junk
    with fresh() as (lake, folder):
        (folder / "a.log").write_bytes(data)
        (report,) = imported(lake, folder / "a.log", processes=1)
        lines = (each.strip(b" \t\r") for each in data.split(b"\n"))
        assert report.read == sum(bool(each) and not each.startswith(b"#") for each in lines)
        assert count(lake)["n"] == report.stored
        assert len(list(lake.rejects())) == report.rejected


def test_partitions_are_spilled_and_found_again(lake, tmp_path, monkeypatch):
    monkeypatch.setattr(novelty, "HELD_BYTES", 0)
    monkeypatch.setattr(logchunks, "CHUNK_BYTES", 100)
    days = [line(time=f"{day:02d}/May/2015:10:00:00 +0000") for day in (1, 2, 3, 1, 2, 3, 1)]
    (tmp_path / "a.log").write_bytes(b"".join(days))
    assert [sums(report) for report in imported(lake, *[tmp_path / "a.log"] * 2, processes=1)] == [
        (7, 7, 0, 0),
        (7, 0, 7, 0),
    ]
    assert not list((tmp_path / "store" / "scratch").rglob("ids-*"))


class TestVisitors:
    def test_a_visitor_is_a_client_of_a_day(self, lake, tmp_path):
        texts = [
            line(time="17/May/2015:23:50:00 +0000"),
            line("GET /b HTTP/1.1", time="17/May/2015:23:51:00 +0000"),
            line(time="17/May/2015:23:50:00 +0000", address="192.0.2.8"),
            line(time="18/May/2015:00:10:00 +0000"),
            line(time="18/May/2015:00:40:00 +0000"),
        ]
        (tmp_path / "a.log").write_bytes(b"".join(texts))
        imported(lake, tmp_path / "a.log")
        hits = rows(lake, "SELECT visitor, visitor_before FROM hits ORDER BY position")
        first, second, other, early, late = hits
        assert first["visitor"] == second["visitor"] != other["visitor"]
        assert early["visitor"] == late["visitor"] != first["visitor"]
        assert early["visitor_before"] == first["visitor"]
        assert [hit["visitor_before"] for hit in (first, second, other, late)] == [None] * 4

    def test_duplicates_ask_for_no_salt_and_new_lines_of_an_old_day_warn(self, lake, tmp_path):
        (tmp_path / "a.log").write_bytes(LINES[0])
        (tmp_path / "b.log").write_bytes(LINES[0] + LINES[1])
        imported(lake, tmp_path / "a.log")
        lake.drop_old_salts(datetime.now(UTC) + timedelta(days=3))
        (again,) = imported(lake, tmp_path / "a.log")
        assert not again.warnings
        (more,) = imported(lake, tmp_path / "b.log")
        assert sums(more) == (2, 1, 1, 0)
        assert ["2015-05-17" in warning for warning in more.warnings] == [True]

    def test_no_address_reaches_the_disk(self, lake, tmp_path):
        log = line(address="203.0.113.77") + b"203.0.113.77 nonsense 203.0.113.77\n" + LINES[0] * 9
        (tmp_path / "a.log").write_bytes(log)
        imported(lake, tmp_path / "a.log")
        assert "203.0.113" not in repr(rows(lake, "SELECT * FROM hits"))
        assert "203.0.113" not in repr(list(lake.rejects()))
        for file in (tmp_path / "store").rglob("*"):
            assert not file.is_file() or b"203.0.113" not in file.read_bytes()


class TestRefusals:
    def test_nothing_is_stored_when_any_input_is_refused(self, lake, tmp_path):
        (tmp_path / "a.log").write_bytes(LINES[0])
        (tmp_path / "b.bin").write_bytes(b"strange bytes\n" * 9)
        with pytest.raises(UnknownFormat):
            imported(lake, tmp_path / "b.bin")
        with pytest.raises(MissingFile):
            imported(lake, tmp_path / "c.log")
        refused, paths = [], [tmp_path / name for name in ("a.log", "b.bin", "c.log")]
        with pytest.raises(NotImported, match=r"^2 of 3 .* 1 recognised") as refusal:
            imported(lake, *paths, refused=refused.append)
        assert [Path(each.path).name for each in refused] == ["b.bin", "c.log"]
        assert refusal.value.details == tuple(str(each.error) for each in refused)
        assert not list(lake.imports())

    def test_what_cannot_be_imported_may_be_skipped(self, lake, tmp_path):
        (tmp_path / "a.log").write_bytes(LINES[0])
        (one,) = imported(lake, tmp_path / "c.log", tmp_path / "a.log", skip_unknown=True)
        assert one.stored == 1
        with pytest.raises(MissingFile):
            imported(lake, tmp_path / "c.log", skip_unknown=True)

    def test_sites(self, tmp_path):
        (tmp_path / "a.log").write_bytes(LINES[0])
        (tmp_path / "v.log").write_bytes(b"www.oldbrand.com:80 " + LINES[0])
        with Lake.create(tmp_path / "none") as lake:
            with pytest.raises(UnknownSite, match="backref init"):
                imported(lake, tmp_path / "a.log")
            lake.save_site(SITE)
            lake.save_site(SiteRecord("other.org"))
            with pytest.raises(AmbiguousSite, match=r"--site with one of example.com, other.org"):
                imported(lake, tmp_path / "a.log")
            with pytest.raises(UnknownSite, match="no site of this store"):
                imported(lake, tmp_path / "a.log", site="none.org")
            imported(lake, tmp_path / "a.log", site="other.org")
            imported(lake, tmp_path / "v.log")
            sites = rows(lake, "SELECT site, host FROM hits ORDER BY site")
        assert sites == [
            {"site": "example.com", "host": "oldbrand.com"},
            {"site": "other.org", "host": None},
        ]

    def test_a_failed_import_leaves_nothing_and_says_so(self, lake, tmp_path, monkeypatch):
        def broken(*_):
            raise SourceError("It broke; mend it.")

        monkeypatch.setattr(staging.Staging, "publish", broken)
        (tmp_path / "a.log").write_bytes(LINES[0])
        with pytest.raises(SourceError):
            imported(lake, tmp_path / "a.log")
        (record,) = lake.imports()
        assert (record.state, record.reason) == ("failed", "It broke; mend it.")
        assert not list((tmp_path / "store" / "segments").rglob("*.parquet"))
        assert count(lake)["n"] == 0


class TestInputs:
    def test_a_cut_off_archive_keeps_its_lines_and_has_one_reject(self, lake, tmp_path):
        data = gzip.compress(b"".join(LINES * 50))
        (tmp_path / "a.gz").write_bytes(data[: len(data) - 20])
        (report,) = imported(lake, tmp_path / "a.gz")
        assert report.rejected == 1
        assert report.stored > 100
        (reject,) = lake.rejects()
        assert reject.reason == "gzip data ends too early"

    def test_each_damage_of_an_archive_is_one_reject(self, lake, tmp_path):
        def record(name: str, wrong: int = 0) -> bytes:
            block = f"HTTP/1.1 200 OK\r\nContent-Type: text/html\r\n\r\n<p>{name * 99}".encode()
            head = (
                f"WARC/1.0\r\nWARC-Type: response\r\nWARC-Target-URI: https://a.example/{name}\r\n"
                f"WARC-Date: 2026-01-01T00:00:00Z\r\nContent-Length: {len(block) - wrong}\r\n\r\n"
            )
            return head.encode() + block + b"\r\n\r\n"

        broken = bytearray(gzip.compress(record("b")))
        broken[14:60] = bytes(46)
        members = [record("a"), record("c"), record("d", wrong=50), record("e")]
        packed = [gzip.compress(each) for each in members]
        (tmp_path / "a.warc.gz").write_bytes(b"".join([packed[0], broken, *packed[1:]]))
        (report,) = imported(lake, tmp_path / "a.warc.gz")
        reasons = [reject.reason for reject in lake.rejects()]
        assert sorted(reason.split()[0] for reason in reasons) == ["Content-Length", "gzip"]
        assert (report.read, report.rejected) == (report.stored + 2, 2)

    def test_a_line_that_may_still_be_being_written_is_not_taken(self, lake, tmp_path):
        begun = [b" ".join(each.split(b" ")[:-2]) for each in LINES[:3]]
        (tmp_path / "a.log").write_bytes(b"\n".join(begun)[:-1])
        (tmp_path / "grown.log").write_bytes(b"\n".join(begun) + b"\n")
        assert sums(imported(lake, tmp_path / "a.log")[0]) == (3, 2, 0, 1)
        assert [reject.reason for reject in lake.rejects()] == [logchunks.UNENDED]
        assert sums(imported(lake, tmp_path / "grown.log")[0]) == (3, 1, 2, 0)

    def test_standard_input(self, lake, monkeypatch):
        monkeypatch.setattr(sys, "stdin", io.TextIOWrapper(io.BytesIO(b"".join(LINES))))
        (report,) = imported(lake, "-")
        assert (report.file, report.stored) == ("-", 12)

    def test_files_of_unknown_format_in_a_zip_are_passed_over(self, lake, tmp_path):
        import zipfile

        with zipfile.ZipFile(tmp_path / "a.zip", "w") as archive:
            archive.writestr("access.log", b"".join(LINES))
            archive.writestr("readme.bin", b"strange\n" * 9)
        (report,) = imported(lake, tmp_path / "a.zip")
        assert report.file.endswith("a.zip!access.log")

    def test_rejects_beyond_the_limit_are_counted(self, lake, tmp_path, monkeypatch):
        monkeypatch.setattr("backref.ingest.importing.MOST_REJECTS", 2)
        (tmp_path / "a.log").write_bytes(LINES[0] * 9 + b"nonsense\n" * 5)
        (report,) = imported(lake, tmp_path / "a.log")
        assert report.rejected == 5
        assert len(list(lake.rejects())) == 2
        assert report.warnings

    def test_progress_is_told(self, lake, tmp_path, monkeypatch):
        monkeypatch.setattr(logchunks, "CHUNK_BYTES", 200)
        (tmp_path / "a.log").write_bytes(b"".join(LINES))
        told = []
        imported(lake, tmp_path / "a.log", progress=told.append)
        assert told[-1] == (str(tmp_path / "a.log"), *[len(b"".join(LINES))] * 2, 12)
        assert [each.records for each in told] == sorted(each.records for each in told)


class TestTwoAtOnce:
    """Another process publishes while an import is under way."""

    @staticmethod
    def beside(lake, path, others):
        """Import `path`, and `others` through a second lake before it publishes."""
        done = []

        def meanwhile(_):
            if not done:
                done.append(True)
                with Lake.open(lake.path) as second:
                    imported(second, *others, processes=1)

        (report,) = imported(lake, path, progress=meanwhile, processes=1)
        return report

    def test_equal_lines_are_stored_once(self, lake, tmp_path):
        (tmp_path / "a.log").write_bytes(b"".join(LINES[:8]))
        (tmp_path / "b.log").write_bytes(b"".join(LINES[4:]))
        report = self.beside(lake, tmp_path / "a.log", [tmp_path / "b.log"])
        assert sums(report) == (8, 4, 4, 0)
        assert count(lake) == {"n": 12, "ids": 12}
        assert count(lake, "agents") == {"n": 1, "ids": 1}

    def test_all_of_it(self, lake, tmp_path):
        (tmp_path / "a.log").write_bytes(b"".join(LINES + LINES))
        report = self.beside(lake, tmp_path / "a.log", [tmp_path / "a.log"])
        assert sums(report) == (24, 0, 24, 0)
        assert count(lake) == {"n": 24, "ids": 24}

    def test_other_lines_of_the_same_day(self, lake, tmp_path):
        (tmp_path / "a.log").write_bytes(b"".join(LINES[:8]))
        (tmp_path / "b.log").write_bytes(b"".join(LINES[8:]))
        report = self.beside(lake, tmp_path / "a.log", [tmp_path / "b.log"])
        assert sums(report) == (8, 8, 0, 0)
        assert count(lake) == {"n": 12, "ids": 12}

    @pytest.mark.parametrize(
        "name", ["seo/semrush/createhighland.com-backlinks.csv", "warc-samples/whirlwind.warc.gz"]
    )
    def test_rows_beside_a_record_go_with_it(self, lake, tmp_path, shared_data, name):
        alone = tmp_path / "alone"
        shutil.copytree(lake.path, alone)
        with Lake.open(alone) as single:
            (first,) = imported(single, shared_data / name)
            wanted = digests(single)
        report = self.beside(lake, shared_data / name, [shared_data / name])
        assert (report.stored, report.duplicate) == (0, first.stored)
        assert digests(lake) == wanted
        links = count(lake, "link_observations")
        assert links["n"] == links["ids"] > 0


@pytest.mark.parametrize("in_threads", [True, False])
def test_a_pool_stores_what_the_caller_alone_stores(tmp_path, monkeypatch, in_threads):
    monkeypatch.setattr(accesslog.AccessLog, "in_threads", in_threads)
    monkeypatch.setattr(parsing, "SMALL_BYTES", 0)
    monkeypatch.setattr(logchunks, "CHUNK_BYTES", 4_000)
    log = tmp_path / "a.log"
    log.write_bytes(b"".join(LINES[n % 12] for n in range(700)) + b"nonsense\n" * 3)
    seen = []
    template = tmp_path / "template"
    with Lake.create(template) as made:
        made.save_site(SITE)
    for processes in (1, 2):
        path = tmp_path / str(processes)
        shutil.copytree(template, path)
        with Lake.open(path) as lake:
            (report,) = imported(lake, log, processes=processes)
            ids = rows(lake, "SELECT row_id, position FROM hits ORDER BY row_id")
            seen.append((sums(report), ids, [reject[2:] for reject in lake.rejects()]))
    assert seen[0] == seen[1]
    assert seen[0][0] == (703, 700, 0, 3)


class Dying:
    """A source whose parser kills its process."""

    name = "dying"
    in_threads = False

    def chunks(self, stream, context):
        return accesslog.ACCESS_LOG.chunks(stream, context)

    def parse(self, chunk, context):
        import os

        os._exit(1)


def test_a_process_that_dies_is_a_sentence(monkeypatch):
    from backref.sources.decompress import Stream

    monkeypatch.setattr(parsing, "SMALL_BYTES", 0)
    with parsing.Parsing(2) as pool, pytest.raises(SourceError, match="ended from outside"):
        list(pool.parsed(Dying(), Stream(io.BytesIO(LINES[0])), context()))
