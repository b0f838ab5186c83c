"""What a clone and an installed package have: every file that the code reads."""

from __future__ import annotations

import ast
import subprocess
import tomllib
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[1]
PACKAGE = ROOT / "src" / "backref"
DATA = PACKAGE / "data"
READERS = ("lines", "table")


def tracked() -> frozenset[str]:
    """The files that git knows below the package; skips outside of a checkout."""
    if not (ROOT / ".git").exists():
        pytest.skip("this is no git checkout")
    command = ["git", "-C", str(ROOT), "ls-files", "-z", "--", str(PACKAGE)]
    listed = subprocess.run(command, check=True, capture_output=True, text=True).stdout
    return frozenset(name for name in listed.split("\0") if name)


def names_read() -> set[str]:
    """The lists that the sources name in `data.lines("…")` and `data.table("…")`."""
    return {
        call.args[0].value
        for path in PACKAGE.rglob("*.py")
        for call in ast.walk(ast.parse(path.read_text(encoding="utf-8")))
        if isinstance(call, ast.Call)
        and (getattr(call.func, "attr", None) or getattr(call.func, "id", None)) in READERS
        and call.args
        and isinstance(call.args[0], ast.Constant)
        and isinstance(call.args[0].value, str)
        and Path(call.args[0].value).suffix in (".csv", ".txt")
    }


def test_every_list_that_is_read_is_tracked():
    known = tracked()
    names = names_read()
    assert len(names) > 20
    assert {name for name in names if f"src/backref/data/{name}" not in known} == set()


def test_every_data_file_is_tracked():
    known = tracked()
    here = {path.relative_to(ROOT).as_posix() for path in DATA.rglob("*") if path.is_file()}
    assert {name for name in here if "__pycache__" not in name} - known == set()


def test_every_list_is_read():
    here = {path.name for path in DATA.iterdir() if path.suffix in (".csv", ".txt")}
    assert here - names_read() == set()


def test_a_package_takes_every_tracked_file_along():
    """The builder takes the whole folder except for what git is told to ignore."""
    known = tracked()
    settings = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))
    assert settings["tool"]["hatch"]["build"]["targets"]["wheel"] == {"packages": ["src/backref"]}
    command = ["git", "-C", str(ROOT), "check-ignore", "--no-index", "--stdin"]
    ignored = subprocess.run(
        command, check=False, capture_output=True, text=True, input="\n".join(sorted(known))
    )
    assert (ignored.returncode, ignored.stdout) == (1, "")
