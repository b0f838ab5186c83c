"""Importing through the web: sent, looked at, imported, watched, stopped, taken back."""

from __future__ import annotations

import json
import threading
import time
from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta
from itertools import pairwise
from pathlib import Path
from typing import Any

import pytest
from starlette.testclient import TestClient

from backref import pipeline
from backref.errors import NotHeld, StoreBusy
from backref.faces.serve import jobs as jobs_module
from backref.faces.serve import uploads as uploads_module
from backref.faces.serve.app import create_app
from backref.faces.serve.jobs import Job, Jobs
from backref.faces.serve.settings import Settings
from backref.faces.serve.uploads import LONGEST_NAME, MOST, Uploads, plain_name
from backref.ingest import import_inputs
from backref.lake.lake import Lake
from backref.lake.records import SiteRecord

API = "/api/v1/"
LINE = '192.0.2.{} - - [0{}/Nov/2026:10:00:00 +0000] "GET /p HTTP/1.1" 200 5 "{}" "Mozilla/5.0"\n'
LOG = "".join(LINE.format(n, 1 + n % 3, "https://news.example.net/story") for n in range(60))
BAD = "this is no line of a log\n"
KEPT = 5
LINKS = "URL\nhttps://news.example.net/story\nhttps://blog.example.org/post\n"


@pytest.fixture
def store(tmp_path: Path) -> Path:
    with Lake.create(tmp_path / "store") as lake:
        lake.save_site(SiteRecord("example.com"))
    return tmp_path / "store"


@pytest.fixture
def client(store: Path) -> Iterator[TestClient]:
    app = create_app(store, Settings(largest_upload=1 << 20))
    with TestClient(app, base_url="http://127.0.0.1") as client:
        yield client


def sent(client: TestClient, name: str, content: str) -> str:
    response = client.post(API + "uploads", params={"name": name}, content=content.encode())
    assert response.status_code == 201, response.text
    answer = response.json()
    assert answer["size"] == len(content.encode())
    return str(answer["id"])


def ended(client: TestClient, response: Any) -> dict[str, Any]:
    """The job that a request began, when it has ended."""
    assert response.status_code == 202, response.text
    for _ in range(600):
        job: dict[str, Any] = client.get(response.headers["location"]).json()
        if job["state"] in {"done", "failed", "stopped"}:
            return job
        time.sleep(0.05)
    raise AssertionError(job)


def imported(client: TestClient, *uploads: str, **options: Any) -> dict[str, Any]:
    return ended(client, client.post(API + "imports", json={"uploads": uploads, **options}))


def digests(store: Path) -> list[str]:
    with Lake.open(store) as lake:
        assert list(lake.verify()) == []
        return [lake.content_digest(table) for table in ("hits", "sessions", "links", "ledger")]


def test_sent_seen_imported_and_taken_back(client: TestClient, store: Path):
    upload = sent(client, "../logs/access.log", LOG + BAD)
    preview = client.get(f"{API}uploads/{upload}/preview").json()
    (file,) = preview["files"]
    assert preview["upload"] == {"id": upload, "name": "access.log", "size": len(LOG + BAD)}
    assert (file["file"], file["dialect"], file["site"]) == (
        "access.log",
        "combined",
        "example.com",
    )
    assert (file["read"], file["rejected"], len(file["rows"])) == (61, 1, 20)
    assert file["rows"][0]["page"] == "/p"
    assert file["rejects"][0]["line"] == 61
    assert client.get(API + "imports").json()["total"] == 0, "a preview stored something"

    job = imported(client, upload)
    assert job["state"] == "done", job
    (report,) = job["reports"]
    assert (report["file"], report["read"], report["stored"]) == ("access.log", 61, 60)
    assert client.get(API + "referrers").json()["rows"][0]["host"] == "news.example.net"
    (record,) = client.get(API + "imports").json()["rows"]
    assert (record["file"], record["state"], record["rejected"]) == ("access.log", "done", 1)
    (reject,) = client.get(f"{API}imports/{record['id']}/rejects").json()["rows"]
    assert reject["position"] == len(LOG)
    rejects = client.get(f"{API}imports/{record['id']}/rejects.csv").text
    assert rejects.splitlines()[1].startswith(f"{record['id']},")
    assert client.get(f"{API}uploads/{upload}/preview").status_code == 404

    again = imported(client, sent(client, "copy.log", LOG))
    assert (again["reports"][0]["stored"], again["reports"][0]["duplicate"]) == (0, 60)

    undone = ended(client, client.post(f"{API}imports/{record['id']}/undo"))
    assert undone["state"] == "done", undone
    assert undone["reports"] == [{"import_id": record["id"], "rows": 61}]
    assert client.get(f"{API}imports/{record['id']}").json()["state"] == "undone"
    assert client.get(API + "referrers").json()["total"] == 0
    twice = ended(client, client.post(f"{API}imports/{record['id']}/undo"))
    assert twice["state"] == "failed"
    assert "nothing to undo" in twice["error"]


def test_it_stores_what_the_command_line_stores(client: TestClient, store: Path, tmp_path: Path):
    log, links = tmp_path / "access.log", tmp_path / "links.txt"
    log.write_text(LOG)
    links.write_text(LINKS)
    with Lake.create(tmp_path / "other") as lake:
        lake.save_site(SiteRecord("example.com"))
    uploads = [sent(client, "access.log", LOG), sent(client, "links.txt", LINKS)]
    assert imported(client, *uploads)["state"] == "done"
    found = {
        name: client.get(API + name).json()["rows"] for name in ("links", "referrers", "pages")
    }
    with Lake.open(tmp_path / "other") as lake:
        for _ in import_inputs(lake, [str(log), str(links)], processes=1):
            pass
        pipeline.run(lake)
    app = create_app(tmp_path / "other", Settings())
    with TestClient(app, base_url="http://127.0.0.1") as other:
        for name, rows in found.items():
            wanted = other.get(API + name).json()["rows"]
            assert [_told(row) for row in rows] == [_told(row) for row in wanted]


def _told(row: dict[str, Any]) -> dict[str, Any]:
    """A row without what each installation keys by itself."""
    return {name: value for name, value in row.items() if name != "link_id"}


def test_progress_is_told_as_it_happens(client: TestClient):
    begun = client.post(API + "imports", json={"uploads": [sent(client, "a.log", LOG)]})
    with client.stream("GET", begun.headers["location"] + "/events") as stream:
        assert stream.headers["content-type"].startswith("text/event-stream")
        told = [json.loads(line[6:]) for line in stream.iter_lines() if line.startswith("data: ")]
    assert told[-1]["state"] == "done"
    assert all(before != after for before, after in pairwise(told))
    assert client.get(API + "jobs").json()["rows"][0] == told[-1]


def test_what_cannot_be_imported_says_so_without_telling_where_it_lay(client: TestClient):
    upload = sent(client, "noise.bin", "\0\1\2" * 100)
    preview = client.get(f"{API}uploads/{upload}/preview")
    assert preview.status_code == 422
    job = imported(client, upload)
    assert job["state"] == "failed"
    for said in (preview.json()["detail"], job["error"]):
        assert said.startswith("noise.bin ")
        assert "upload-" not in said


def test_a_wrong_site_is_refused(client: TestClient):
    upload = sent(client, "a.log", LOG)
    wrong = client.get(f"{API}uploads/{upload}/preview", params={"site": "other.example"})
    assert wrong.status_code == 404
    assert "other.example" in imported(client, upload, site="other.example")["error"]


def test_a_body_that_is_no_request_is_refused(client: TestClient):
    for body in ({}, {"uploads": []}, {"uploads": "x"}, {"uploads": ["x"] * 33}, [1]):
        response = client.post(API + "imports", json=body)
        assert response.status_code == 422
        assert response.headers["content-type"] == "application/problem+json"
    assert client.post(API + "imports", json={"uploads": ["gone"]}).status_code == 404
    assert client.post(API + "imports", content=b"{").status_code == 422
    assert client.post(API + "uploads", content=b"x").status_code == 422


def test_a_file_may_be_taken_away_unimported(client: TestClient, store: Path):
    upload = sent(client, "a.log", LOG)
    assert list(store.glob("scratch/*/upload-*"))
    assert client.delete(f"{API}uploads/{upload}").status_code == 204
    assert client.delete(f"{API}uploads/{upload}").status_code == 404
    assert not list(store.glob("scratch/*/upload-*"))


def test_a_file_that_is_too_large_leaves_nothing(client: TestClient, store: Path):
    def body() -> Iterator[bytes]:
        for _ in range(40):
            yield b"x" * (1 << 16)

    response = client.post(API + "uploads", params={"name": "a.log"}, content=body())
    assert response.status_code == 413
    assert not list(store.glob("scratch/*/upload-*"))


def test_nothing_is_left_when_the_server_ends(store: Path):
    with TestClient(create_app(store, Settings()), base_url="http://127.0.0.1") as client:
        sent(client, "a.log", LOG)
    assert list((store / "scratch").iterdir()) == []
    assert list((store / "owners").iterdir()) == []


@pytest.fixture
def lake(store: Path) -> Iterator[Lake]:
    with Lake.open(store) as lake:
        yield lake


def held(lake: Lake, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> threading.Event:
    """Have every import wait, in its midst, for the event."""
    go = threading.Event()

    def slowly(*args: Any, progress: Callable[[Any], None], **options: Any) -> Iterator[Any]:
        def waiting(at: Any) -> None:
            assert go.wait(20)
            progress(at)

        return import_inputs(*args, progress=waiting, **options)

    monkeypatch.setattr(jobs_module, "import_inputs", slowly)
    return go


def upload_of(uploads: Uploads) -> Any:
    with uploads.receiving("a.log") as received:
        received.write(LOG.encode())
    return uploads.keep(received)


def until(job: Job, *states: str) -> None:
    for _ in range(2000):
        if job.state in states:
            return
        time.sleep(0.01)
    raise AssertionError(job)


def test_a_stopped_import_stores_nothing_and_the_next_goes_on(
    lake: Lake, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
):
    go = held(lake, tmp_path, monkeypatch)
    uploads = Uploads(lake.scratch, 1 << 20)
    with Jobs(lake, uploads) as jobs:
        first = jobs.start_import([upload_of(uploads)])
        second = jobs.start_import([upload_of(uploads)])
        until(first, "running")
        assert second.state == "waiting", "two imports ran at once"
        jobs.stop(first.id)
        go.set()
        until(second, "done", "failed")
    assert (first.state, second.state) == ("stopped", "done")
    assert [record.state for record in lake.imports()] == ["failed", "done"]
    assert lake.snapshot().rows_in("hits") == 60


def test_files_of_a_job_that_was_stopped_before_it_began_wait_again(
    lake: Lake, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
):
    go = held(lake, tmp_path, monkeypatch)
    uploads = Uploads(lake.scratch, 1 << 20)
    with Jobs(lake, uploads) as jobs:
        jobs.start_import([upload_of(uploads)])
        upload = upload_of(uploads)
        second = jobs.start_import([upload])
        jobs.stop(second.id)
        go.set()
        until(second, "stopped")
    assert uploads.get(upload.id) == upload


def test_ending_the_server_ends_the_import_and_stores_nothing_of_it(
    lake: Lake, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
):
    go = held(lake, tmp_path, monkeypatch)
    uploads = Uploads(lake.scratch, 1 << 20)
    with Jobs(lake, uploads) as jobs:
        first = jobs.start_import([upload_of(uploads)])
        second = jobs.start_import([upload_of(uploads)])
        until(first, "running")
        threading.Timer(0.2, go.set).start()
    assert (first.state, second.state) == ("stopped", "stopped")
    assert lake.snapshot().rows_in("hits") == 0


def test_a_job_that_fails_unforeseen_says_nothing_of_the_inside_and_ends_no_thread(
    lake: Lake, monkeypatch: pytest.MonkeyPatch
):
    def fail(*args: Any, **options: Any) -> Iterator[Any]:
        raise RuntimeError("the inside")

    monkeypatch.setattr(jobs_module, "import_inputs", fail)
    uploads = Uploads(lake.scratch, 1 << 20)
    with Jobs(lake, uploads) as jobs:
        failed = jobs.start_import([upload_of(uploads)])
        until(failed, "failed")
        assert "inside" not in (failed.error or "")
        undone = jobs.start_undo(99)
        until(undone, "failed")
        assert "no import 99" in (undone.error or "")


def test_only_so_many_jobs_wait(lake: Lake, tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    go = held(lake, tmp_path, monkeypatch)
    uploads = Uploads(lake.scratch, 1 << 20)
    with Jobs(lake, uploads) as jobs:
        jobs.start_import([upload_of(uploads)])
        for _ in range(jobs_module.MOST_WAITING - 1):
            jobs.start_undo(1)
        with pytest.raises(StoreBusy, match="Too much waits"):
            jobs.start_undo(1)
        go.set()


def test_only_so_many_jobs_are_remembered(lake: Lake, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr(jobs_module, "KEPT", KEPT)
    uploads = Uploads(lake.scratch, 1 << 20)
    with Jobs(lake, uploads) as jobs:
        for _ in range(KEPT + 3):
            until(jobs.start_undo(1), "failed")
        assert len(jobs.all()) == KEPT
        assert jobs.all()[0].id == KEPT + 3
        with pytest.raises(NotHeld):
            jobs.get(1)


@pytest.mark.parametrize("idle", [True, False])
def test_what_is_old_goes_while_the_server_runs(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, idle: bool
):
    now = [datetime.now(UTC)]
    with Lake.create(tmp_path / "old", clock=lambda: now[0]) as lake:
        lake.save_site(SiteRecord("example.com"))
        (tmp_path / "access.log").write_text(LOG)
        for _ in import_inputs(lake, [str(tmp_path / "access.log")], processes=1):
            pass
        pipeline.run(lake)
        salt = lake.salt("example.com", now[0].date())
        lake.undo(1)
        files = set((lake.path / "segments").rglob("*.parquet"))
        now[0] += timedelta(hours=49)
        monkeypatch.setattr(jobs_module, "TENDED_EVERY", 0.02 if idle else 60.0)
        with Jobs(lake, Uploads(lake.scratch, 1 << 20)) as jobs:
            if not idle:
                jobs.start_undo(9)
            for _ in range(2000):
                if salt not in (lake.path / "salts.db").read_bytes():
                    break
                time.sleep(0.01)
        assert salt not in (lake.path / "salts.db").read_bytes()
        assert files - set((lake.path / "segments").rglob("*.parquet"))


def test_only_so_many_files_wait(lake: Lake, monkeypatch: pytest.MonkeyPatch):
    uploads = Uploads(lake.scratch, 1 << 20)
    kept = [upload_of(uploads) for _ in range(MOST)]
    with pytest.raises(StoreBusy, match="files wait already"):
        uploads.receiving("a.log")
    assert all(uploads.get(each.id).path.read_text() == LOG for each in kept)
    monkeypatch.setattr(uploads_module, "PATIENCE", 0.0)
    upload_of(uploads)
    with pytest.raises(NotHeld):
        uploads.get(kept[0].id)
    assert not kept[0].path.exists()
    assert uploads.get(kept[1].id)


def test_what_a_job_will_import_is_not_lost_to_those_sent_later(
    lake: Lake, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
):
    go = held(lake, tmp_path, monkeypatch)
    uploads = Uploads(lake.scratch, 1 << 20)
    with Jobs(lake, uploads) as jobs:
        owned = upload_of(uploads)
        job = jobs.start_import([owned])
        with pytest.raises(NotHeld):
            jobs.start_import([owned])
        for _ in range(MOST):
            upload_of(uploads)
        assert owned.path.exists()
        go.set()
        until(job, "done", "failed")
    assert job.state == "done"
    assert not owned.path.exists()


def test_a_bad_file_of_several_keeps_no_other_from_being_imported(client: TestClient):
    first, bad, last = (
        sent(client, "a.log", LOG),
        sent(client, "noise.bin", "\0\1\2" * 100),
        sent(client, "links.txt", LINKS),
    )
    job = imported(client, first, bad, last)
    assert job["state"] == "failed"
    assert job["error"].startswith("noise.bin ")
    assert [report["file"] for report in job["reports"]] == ["a.log", "links.txt"]
    assert client.get(f"{API}uploads/{first}/preview").status_code == 404
    assert client.get(f"{API}uploads/{bad}/preview").status_code == 422
    assert client.delete(f"{API}uploads/{bad}").status_code == 204


@pytest.mark.parametrize(
    ("name", "plain"),
    [
        ("access.log", "access.log"),
        ("../../etc/passwd", "passwd"),
        ("C:\\logs\\u_ex.log", "u_ex.log"),
        ("/", "file"),
        ("..", "file"),
        ("", "file"),
        ("a\0b\nc.log", "a_b_c.log"),
        ("archive.zip!Queries.csv", "archive.zip_Queries.csv"),
        ("x" * 500 + ".warc.gz", "x" * (LONGEST_NAME - 8) + ".warc.gz"),
        ("日" * 100 + ".csv", "日" * ((LONGEST_NAME - 4) // 3) + ".csv"),
        ("\ud800.log", "?.log"),
    ],
)
def test_names_of_files_are_names_of_files(name: str, plain: str):
    assert plain_name(name) == plain
