"""What holds for the whole tree: sizes, data files, and what a start may load."""

from __future__ import annotations

import re
import subprocess
import sys
from functools import cache
from itertools import takewhile
from pathlib import Path

import pytest

from backref.sources import formats, logline
from backref.sources.registry import SOURCES

ROOT = Path(__file__).resolve().parents[1]
SOURCE = ROOT / "src/backref"
DATA = SOURCE / "data"
FILES_OF_DATA = sorted(path for path in DATA.rglob("*") if path.suffix in (".csv", ".txt", ".toml"))
MOST_LINES = 500
HEAVY = ("duckdb", "pyarrow", "sqlalchemy", "numpy", "rich", "jinja2")
ORIGINS = re.compile(
    "facts:|written from|cc0|apache-2|public domain|knowledge|backref's own|product choice",
    re.IGNORECASE,
)


def test_no_file_is_too_long_to_read() -> None:
    lengths = {
        str(path.relative_to(ROOT)): len(path.read_text(encoding="utf-8").splitlines())
        for path in SOURCE.rglob("*.py")
    }
    assert lengths
    assert {name: lines for name, lines in lengths.items() if lines > MOST_LINES} == {}


@pytest.mark.parametrize("path", FILES_OF_DATA, ids=lambda path: path.name)
def test_data_tells_what_it_is_and_where_it_is_from(path: Path) -> None:
    with path.open(encoding="utf-8") as file:
        lines = takewhile(lambda line: line.startswith("#"), file)
        head = " ".join(line.strip("# \n") for line in lines)
    assert len(head) > 40
    assert ORIGINS.search(head), "the head names neither facts nor a licence"


def test_data_is_in_the_repository() -> None:
    if not (ROOT / ".git").exists():
        pytest.skip("this is no checkout")
    listed = subprocess.run(
        ["git", "ls-files", "-z", "--", "src/backref/data"],
        cwd=ROOT,
        capture_output=True,
        check=True,
        text=True,
    )
    tracked = {ROOT / name for name in listed.stdout.split("\0") if name}
    assert set(FILES_OF_DATA) <= tracked


def test_a_start_loads_nothing_heavy() -> None:
    program = (
        "import sys; from backref.faces.cli import main\n"
        "sys.argv = ['backref', '--help']\n"
        "try: main()\n"
        "except SystemExit: pass\n"
        f"sys.exit(' '.join(name for name in {HEAVY} if name in sys.modules) or 0)"
    )
    run = subprocess.run(
        [sys.executable, "-c", program], capture_output=True, check=False, text=True
    )
    assert run.stderr.strip() == ""
    assert run.returncode == 0
    assert "import" in run.stdout


@cache
def _names_of_formats() -> str:
    exports = {format_.name for format_ in formats.formats()}
    logs = {shape.name for shape in logline.shapes()}
    return " ".join([*exports, *logs, *(source.name for source in SOURCES)]).lower()


PROMISES = {
    "web archives": ["warc"],
    "access logs": ["combined", "common", "vhost"],
    "backlink exports": [
        "ahrefs",
        "semrush",
        "majestic",
        "search console latest links",
        "url list",
    ],
    "search": ["search console queries"],
    "analytics": ["ga4"],
    "your own work": ["placement sheet"],
    "the web": ["common crawl domain ranks"],
}
"""What each row of the README's table promises, as the formats name it."""


def test_the_readme_promises_only_what_is_read() -> None:
    text = (ROOT / "README.md").read_text(encoding="utf-8")
    section = text.split("## What it reads")[1].split("\n## ")[0]
    kinds = re.findall(r"^\| ([^|]+?) \|", section, re.MULTILINE)
    rows = [kind for kind in kinds if kind not in ("kind", "---")]
    assert set(rows) == set(PROMISES)
    missing = [word for kind in rows for word in PROMISES[kind] if word not in _names_of_formats()]
    assert missing == []
