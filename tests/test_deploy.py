"""The image and the unit keep what the documentation promises of them."""

from __future__ import annotations

import configparser
import json
import re
import shutil
import subprocess
from pathlib import Path

import pytest
import typer.main

from backref.faces.cli import app

ROOT = Path(__file__).resolve().parents[1]
UNIT = ROOT / "deploy/backref.service"


def instructions() -> list[tuple[str, str]]:
    """The Dockerfile's instructions, continued lines joined, comments left out."""
    text = (ROOT / "Dockerfile").read_text(encoding="utf-8").replace("\\\n", " ")
    lines = [line for line in text.splitlines() if line.strip() and not line.startswith("#")]
    return [(line.split()[0], line.partition(" ")[2].strip()) for line in lines]


def one(name: str) -> str:
    """The last value of an instruction."""
    return [value for word, value in instructions() if word == name][-1]


def test_the_image_runs_as_nobody_special() -> None:
    assert re.fullmatch(r"[1-9]\d{3,}:[1-9]\d{3,}", one("USER"))
    after = [word for word, _ in instructions()][-8:]
    assert "RUN" not in after[after.index("USER") :]


def test_the_image_writes_to_its_one_volume_alone() -> None:
    assert [value for word, value in instructions() if word == "VOLUME"] == ["/store"]
    variables = dict(pair.split("=", 1) for pair in one("ENV").split())
    for name in ("BACKREF_STORE", "NUMBA_CACHE_DIR", "TMPDIR"):
        assert variables[name].startswith("/store")
    assert variables["PYTHONDONTWRITEBYTECODE"] == "1"


def test_the_image_is_plain_and_has_all_that_it_copies() -> None:
    bases = [value.split()[0] for word, value in instructions() if word == "FROM"]
    assert set(bases) == {"python:3.13-slim"}
    for word, value in instructions():
        if word == "COPY" and not value.startswith("--from"):
            *sources, _ = value.split()
            assert all((ROOT / source).exists() for source in sources)
            ignored = (ROOT / ".dockerignore").read_text(encoding="utf-8").splitlines()
            assert {f"!{source}" for source in sources} <= set(ignored)


def test_the_image_runs_commands_that_there_are() -> None:
    run = [*json.loads(one("ENTRYPOINT")), *json.loads(one("CMD"))]
    health = json.loads(one("HEALTHCHECK").partition("CMD")[2])
    for program, command, *options in (run, health):
        assert program == "backref"
        known = typer.main.get_command(app).commands[command]  # type: ignore[attr-defined]
        names = {name for parameter in known.params for name in parameter.opts}
        assert {option for option in options if option.startswith("--")} <= names


def service() -> dict[str, list[str]]:
    """The settings of the unit's service."""
    parser = configparser.RawConfigParser(strict=False, interpolation=None)
    parser.optionxform = str  # type: ignore[assignment,method-assign]
    parser.read(UNIT, encoding="utf-8")
    text = UNIT.read_text(encoding="utf-8")
    return {name: re.findall(rf"^{name}=(.*)$", text, re.MULTILINE) for name in parser["Service"]}


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("User", "backref"),
        ("ProtectSystem", "strict"),
        ("ProtectHome", "yes"),
        ("NoNewPrivileges", "yes"),
        ("PrivateTmp", "yes"),
        ("StateDirectory", "backref"),
        ("StateDirectoryMode", "0700"),
        ("CapabilityBoundingSet", ""),
        ("UMask", "0077"),
        ("Restart", "on-failure"),
    ],
)
def test_the_unit_is_shut_in(name: str, value: str) -> None:
    assert service()[name] == [value]


def test_the_unit_writes_where_systemd_lets_it() -> None:
    variables = dict(line.split("=", 1) for line in service()["Environment"])
    assert variables["BACKREF_STORE"].startswith("/var/lib/backref/")
    assert variables["NUMBA_CACHE_DIR"] == f"/var/cache/{service()['CacheDirectory'][0]}"


@pytest.mark.skipif(shutil.which("systemd-analyze") is None, reason="systemd is not here")
def test_systemd_understands_the_unit(tmp_path: Path) -> None:
    unit = tmp_path / "backref.service"
    text = UNIT.read_text(encoding="utf-8").replace("/opt/backref/bin/backref", "/bin/true")
    unit.write_text(text.replace("User=backref", "User=daemon").replace("Group=backref\n", ""))
    run = subprocess.run(
        ["systemd-analyze", "verify", str(unit)], capture_output=True, text=True, check=False
    )
    assert [line for line in run.stderr.splitlines() if "backref.service" in line] == []
