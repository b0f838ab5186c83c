"""The proof of a link to take away: what our looks were given, word for word, and in words."""

from __future__ import annotations

import hashlib
import io
import json
import shutil
from pathlib import Path
from zipfile import ZipFile

import pytest
from farm import Farm, Reply
from starlette.testclient import TestClient
from typer.testing import CliRunner
from warcio.archiveiterator import ArchiveIterator

from backref.faces.cli import app
from backref.faces.serve.app import create_app
from backref.faces.serve.settings import Settings
from backref.lake.lake import Lake
from backref.watch.run import Wanted, check
from tests.checking_store import SHOP, fetcher, new_store, rows

BLOG = "https://blog0.test/post"
EVIL = f'<p>Buy\x1b[31m <a href="{SHOP}">now\u202e</a> &lt;script&gt;</p>'
HTML = (("Content-Type", "text/html; charset=utf-8"),)


@pytest.fixture(scope="module")
def store(tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = new_store(tmp_path_factory.mktemp("proof") / "store", BLOG, "https://blog1.test/post")
    with Farm(3) as farm:
        for n in range(2):
            farm.site(f"blog{n}.test", {"/post": Reply(EVIL.encode(), headers=HTML)})
        for days in (0, 10):
            with Lake.open(path) as lake:
                check(lake, fetcher(farm, days), Wanted(("shop.test",), targets=False))
    return path


def opened(data: bytes) -> tuple[ZipFile, str]:
    held = ZipFile(io.BytesIO(data))
    assert held.testzip() is None
    return held, held.read("README.txt").decode()


def test_the_proof_holds_the_bodies_and_their_digests(store: Path, tmp_path: Path) -> None:
    out = tmp_path / "proof.zip"
    command = ["evidence", BLOG, "--store", str(store), "--out", str(out)]
    done = CliRunner().invoke(app, command)
    assert done.exit_code == 0, done.output
    held, words = opened(out.read_bytes())
    looks = [row for row in rows(store, "checks") if row["url"] == BLOG]
    records = [
        (record.rec_headers["WARC-Target-URI"], record.rec_headers["WARC-Payload-Digest"])
        for record in ArchiveIterator(io.BytesIO(held.read("looks.warc.gz")))
        if record.rec_type == "response"
    ]
    assert records == [(BLOG, look["digest"]) for look in looks]
    assert len(looks) == 2
    for look in looks:
        assert look["digest"] in words
    for name in held.namelist():
        if name != "README.txt":
            assert f"{hashlib.sha256(held.read(name)).hexdigest()}  {name}" in words
    assert "\\x1b[31m" in words
    assert "\x1b" not in words
    assert "\u202e" not in words
    [link] = [name for name in held.namelist() if name.startswith("link-")]
    assert json.loads(held.read(link))["link"]["source_url"] == BLOG
    again = CliRunner().invoke(app, command)
    assert again.exit_code != 0
    assert "is there already" in str(again.exception)


def test_the_dashboard_gives_the_same_away(store: Path) -> None:
    [row] = [row for row in rows(store, "links") if row["source_page"] == "blog0.test/post"]
    base = f"/links/{row['link_id']:016x}"
    with TestClient(create_app(store, Settings()), base_url="http://127.0.0.1") as client:
        assert f"{base}/evidence.zip" in client.get(base).text
        answer = client.get(f"{base}/evidence.zip")
        missing = client.get(f"/links/{'0' * 16}/evidence.zip")
    assert answer.headers["content-type"] == "application/zip"
    assert answer.headers["content-disposition"].startswith("attachment")
    held, _ = opened(answer.content)
    assert "looks.warc.gz" in held.namelist()
    assert missing.status_code == 404


def test_records_that_are_not_kept_are_said_to_be(store: Path, tmp_path: Path) -> None:
    copy = tmp_path / "store"
    shutil.copytree(store, copy)
    shutil.rmtree(copy / "evidence")
    out = tmp_path / "proof.zip"
    done = CliRunner().invoke(app, ["evidence", BLOG, "--store", str(copy), "--out", str(out)])
    assert done.exit_code == 0, done.output
    held, words = opened(out.read_bytes())
    assert "looks.warc.gz" not in held.namelist()
    assert words.count("its records not kept") == 2


@pytest.mark.parametrize("link", ["https://nobody.test/", "0" * 16, "::"])
def test_what_is_no_link_has_no_proof(store: Path, tmp_path: Path, link: str) -> None:
    out = tmp_path / "proof.zip"
    done = CliRunner().invoke(app, ["evidence", link, "--store", str(store), "--out", str(out)])
    assert done.exit_code != 0
    assert "Traceback" not in done.output
    assert not out.exists()
