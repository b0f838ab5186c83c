"""Fixtures that all tests share."""

from __future__ import annotations

import os
import shutil
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from farm import Farm
from hypothesis import settings

from backref.world import World, make

if TYPE_CHECKING:
    from backref.lake.engine import Engine

# What every push can afford; `make torture` tries as many as the library would.
settings.register_profile("push", settings(), max_examples=40)
settings.load_profile("push")

SHARED_DATA = Path(__file__).resolve().parents[2] / "shared" / "data"


@pytest.fixture(scope="session")
def shared_data() -> Path:
    """The folder of real files made by others, which never enter the repository."""
    if SHARED_DATA.is_dir():
        return SHARED_DATA
    if os.environ.get("CI"):
        pytest.fail(f"continuous integration must have the real files at {SHARED_DATA}")
    pytest.skip(f"real files are not at {SHARED_DATA}")


@pytest.fixture(scope="session")
def tiny_world(tmp_path_factory: pytest.TempPathFactory) -> World:
    """A small simulated web with its truth, made once."""
    return make(tmp_path_factory.mktemp("world"), seed=3, scale="tiny")


@pytest.fixture(scope="session")
def small_store(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A store written by hand (`small_store.py`), to be read only."""
    from small_store import write

    path = tmp_path_factory.mktemp("small") / ".backref"
    write(path).close()
    return path


@pytest.fixture(scope="session")
def engine(tmp_path_factory: pytest.TempPathFactory) -> Engine:
    """What folds run in over facts that a test holds in memory (`links_facts.folded`)."""
    from links_facts import connect

    return connect(tmp_path_factory.mktemp("engine"))


@pytest.fixture
def farm() -> Iterator[Farm]:
    """Web sites on loopback, which the test adds."""
    with Farm() as running:
        yield running


@pytest.fixture(scope="session")
def made_ledger(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A store whose ledger names some domains of `releases_facts`, to be copied."""
    from releases_facts import new_store

    return new_store(tmp_path_factory.mktemp("ledger") / ".backref")


@pytest.fixture
def ledger(made_ledger: Path, tmp_path: Path) -> Path:
    """A store of one's own whose ledger names some domains of `releases_facts`."""
    return Path(shutil.copytree(made_ledger, tmp_path / ".backref"))
