"""The documentation is true: generated pages are current, and every shell snippet runs."""

from __future__ import annotations

import os
import re
import subprocess
import sys
import zipfile
from itertools import islice
from pathlib import Path

import pytest

from backref import world
from backref.faces.lifeline import LEGEND
from docs.generate import pages

ROOT = Path(__file__).resolve().parents[1]
RUN = ("README.md", "docs/tutorial/own-files.md")
SETUP = ("<!-- demo -->", "<!-- test -->")
"""Blocks that install: `.ci/run` and a fresh machine run those."""


@pytest.mark.parametrize("name", ["tables.md", "commands.md"])
def test_a_generated_page_is_current(name: str) -> None:
    written = (ROOT / "docs/reference" / name).read_text(encoding="utf-8")
    assert written == pages()[name], "run `python -m docs.generate`"


@pytest.fixture(scope="module")
def files(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A few files of a simulated site, under the names that the documentation uses."""
    made = world.make(tmp_path_factory.mktemp("world"))
    folder = tmp_path_factory.mktemp("files")
    by_name = {path.name: path for path in made.files}
    _head(by_name["access.log"], folder / "access.log", 400)
    for name, given in {
        "open-archive-early.warc.gz": "crawl.warc.gz",
        "lumen-garden-backlinks-ahrefs.csv": "ahrefs.csv",
        "placements.csv": "placements.csv",
        "ga4-links-and-landing-pages.csv": "ga4.csv",
    }.items():
        (folder / given).write_bytes(by_name[name].read_bytes())
    with zipfile.ZipFile(next(p for p in made.files if p.name.endswith("now.zip"))) as archive:
        (folder / "Queries.csv").write_bytes(archive.read("Queries.csv"))
    return folder


def _head(source: Path, target: Path, lines: int) -> None:
    with source.open("rb") as log:
        target.write_bytes(b"".join(islice(log, lines)))


@pytest.mark.slow
@pytest.mark.parametrize("document", RUN)
def test_every_shell_snippet_runs(document: str, files: Path, tmp_path: Path) -> None:
    for path in files.iterdir():
        (tmp_path / path.name).write_bytes(path.read_bytes())
    environment = os.environ | {"PATH": f"{Path(sys.executable).parent}:{os.environ['PATH']}"}
    environment.pop("BACKREF_STORE", None)
    for snippet in snippets(ROOT / document):
        done = subprocess.run(
            ["bash", "-euo", "pipefail", "-c", snippet],
            check=False,
            cwd=tmp_path,
            env=environment,
            capture_output=True,
            text=True,
        )
        assert done.returncode == 0, f"{snippet}\n{done.stdout}\n{done.stderr}"
        assert "Traceback" not in done.stderr


def snippets(document: Path) -> list[str]:
    """The shell blocks of a page, without those that install."""
    text = document.read_text(encoding="utf-8")
    found = re.findall(r"(<!-- \w+ -->)?\n```sh\n(.*?)```", text, re.DOTALL)
    return [block for mark, block in found if mark not in SETUP]


def test_the_readme_has_its_two_commands() -> None:
    text = (ROOT / "README.md").read_text(encoding="utf-8")
    for mark in SETUP:
        assert re.search(re.escape(mark) + r"\n```sh\n[^\n]+\n```", text)


@pytest.mark.parametrize("command", ["links", "domains", "referrers", "broken", "pages"])
def test_the_options_that_the_readme_names_are_there(command: str) -> None:
    text = (ROOT / "README.md").read_text(encoding="utf-8")
    (named,) = re.findall(r"These listings take (.+?), whose", text, re.DOTALL)
    section = pages()["commands.md"].partition(f"## {command}\n")[2].partition("\n## ")[0]
    assert all(option in section for option in re.findall(r"`(--[\w-]+)`", named))


def test_the_tutorial_and_the_program_have_one_legend() -> None:
    page = (ROOT / "docs/tutorial/own-files.md").read_text(encoding="utf-8")
    assert f"```text\n{LEGEND}\n```" in page


def test_links_between_pages_lead_somewhere() -> None:
    for page in [ROOT / "README.md", *(ROOT / "docs").rglob("*.md")]:
        for target in re.findall(r"\]\((?!https?:)([^)#]+)", page.read_text(encoding="utf-8")):
            assert (page.parent / target).exists(), f"{page.name} links to {target}"
