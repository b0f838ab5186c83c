from __future__ import annotations

from pathlib import Path

import pytest

from backref import config
from backref.errors import NoStore, UsageError


def folder(tmp_path: Path, text: str = 'store = "s"\nsite = "file.com"\n') -> Path:
    (tmp_path / config.FILE).write_text(text, encoding="utf-8")
    below = tmp_path / "a" / "b"
    below.mkdir(parents=True)
    return below


def test_a_flag_beats_the_environment_beats_the_file(tmp_path: Path) -> None:
    below = folder(tmp_path)
    environment = {"BACKREF_STORE": str(tmp_path / "env"), "BACKREF_SITE": "env.com"}
    assert config.load(folder=below, environment={}) == config.Config(tmp_path / "s", "file.com")
    assert config.load(folder=below, environment=environment) == config.Config(
        tmp_path / "env", "env.com"
    )
    assert config.load(tmp_path / "flag", "flag.com", below, environment) == config.Config(
        tmp_path / "flag", "flag.com"
    )


def test_no_store_anywhere(tmp_path: Path) -> None:
    with pytest.raises(NoStore, match="backref init DOMAIN"):
        config.load(folder=tmp_path, environment={})


def test_a_folder_that_init_made_is_as_good_as_its_store(tmp_path: Path) -> None:
    (tmp_path / config.STORE_FOLDER).mkdir()
    assert config.load(tmp_path, environment={}).store == tmp_path / config.STORE_FOLDER
    config.write(tmp_path)
    assert config.find_store(tmp_path) == tmp_path / config.STORE_FOLDER


@pytest.mark.parametrize(
    "text", ["store = ", "stor = 'x'", "store = 3", "store = ''", "\x00", "[store]\na = 1"]
)
def test_a_damaged_file_is_named(tmp_path: Path, text: str) -> None:
    with pytest.raises(UsageError, match=r"backref\.toml"):
        config.load(folder=folder(tmp_path, text), environment={})


def test_writing_keeps_what_is_there_and_any_path_survives(tmp_path: Path) -> None:
    odd = 'a "quoted" \\ path'
    file = config.write(tmp_path, odd)
    assert config.read(file) == {"store": odd}
    config.write(tmp_path, "other")
    assert config.read(file) == {"store": odd}
