"""Where the store is and which site is meant: flags over environment over `backref.toml`.

`backref.toml` stands in the folder where `backref init` ran; commands look for it there and
above. It holds `store`, a folder relative to the file, and may hold `site`, the site that is
meant when a command names none, `log_format`, how the lines of its logs are written, `contact`, the
URL or mail address under which owners of other sites reach whoever checks links, `address`, where
people reach the dashboard, for links in mails, and `private_channels`, hosts by commas that alerts
are sent to although they are on this machine or in a private network.
"""

from __future__ import annotations

import os
import tomllib
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from backref.errors import NoStore, UsageError

if TYPE_CHECKING:
    from collections.abc import Mapping

FILE = "backref.toml"
STORE_FOLDER = ".backref"
KNOWN = ("store", "site", "log_format", "contact", "address", "private_channels")


@dataclass(frozen=True)
class Config:
    """What a command needs to know before it opens anything."""

    store: Path
    site: str | None = None
    log_format: str = ""
    contact: str = ""
    address: str = ""
    private_channels: frozenset[str] = frozenset()


def load(
    store: Path | None = None,
    site: str | None = None,
    folder: Path | None = None,
    environment: Mapping[str, str] = os.environ,
) -> Config:
    """The configuration for a command that runs in `folder`.

    Raises NoStore when nothing says where the store is, UsageError for a damaged file.
    """
    named = store or _path(environment.get("BACKREF_STORE"))
    file = find(folder or Path.cwd())
    settings = read(file) if file else {}
    place = named or (file.parent / settings.get("store", STORE_FOLDER) if file else None)
    if place is None:
        raise NoStore(
            "There is no store here or above: make one with `backref init DOMAIN`, "
            "or name one with --store or BACKREF_STORE."
        )
    chosen = site or environment.get("BACKREF_SITE") or settings.get("site")
    private = settings.get("private_channels", "").split(",")
    return Config(
        _store_in(place),
        chosen,
        settings.get("log_format", ""),
        environment.get("BACKREF_CONTACT") or settings.get("contact", ""),
        settings.get("address", "").rstrip("/"),
        frozenset(host for name in private if (host := name.strip().lower())),
    )


def find(folder: Path) -> Path | None:
    """The `backref.toml` in a folder or the nearest one above it."""
    folder = folder.absolute()
    return next((at / FILE for at in (folder, *folder.parents) if (at / FILE).is_file()), None)


def find_store(path: Path) -> Path:
    """The store at `path`, or the one that a `backref.toml` in or above it names."""
    if (path / "catalogue.db").exists():
        return path
    return load(folder=path, environment={}).store


def read(file: Path) -> dict[str, str]:
    """The settings of a `backref.toml`, all texts. Raises UsageError naming what is wrong."""
    try:
        settings = tomllib.loads(file.read_text(encoding="utf-8"))
    except (OSError, UnicodeDecodeError, tomllib.TOMLDecodeError) as error:
        raise UsageError(f"{file} cannot be read as TOML: {error}.") from error
    for name, value in settings.items():
        if name not in KNOWN:
            raise UsageError(f"{file} sets {name!r}, but there are only {', '.join(KNOWN)}.")
        if not isinstance(value, str) or not value:
            raise UsageError(f"{file} must set {name!r} to a text.")
    return settings


def write(folder: Path, store: str = STORE_FOLDER) -> Path:
    """Put a `backref.toml` into a folder unless there is one; returns its path.

    Raises UsageError when it cannot be written.
    """
    file = folder / FILE
    if not file.exists():
        escaped = store.replace("\\", "\\\\").replace('"', '\\"')
        try:
            file.write_text(
                "# Where Backref keeps this folder's store, relative to this file.\n"
                f'store = "{escaped}"\n',
                encoding="utf-8",
            )
        except OSError as error:
            raise UsageError(f"{file} cannot be written: {error.strerror}.") from error
    return file


def _path(text: str | None) -> Path | None:
    return Path(text) if text else None


def _store_in(place: Path) -> Path:
    """A store, or the folder that `backref init` made it in."""
    inside = place / STORE_FOLDER
    return inside if not (place / "catalogue.db").exists() and inside.is_dir() else place
