"""The demo: a simulated site's files, imported, joined, and shown."""

from __future__ import annotations

import shlex
import sys
import time
from typing import TYPE_CHECKING

from backref import config
from backref.errors import UsageError
from backref.faces import cards, importing, lifeline, listing, overview, setup, terminal
from backref.faces.query import Store
from backref.faces.report import writing
from backref.faces.terminal import program, say
from backref.lake.lake import Lake
from backref.world import make

if TYPE_CHECKING:
    from pathlib import Path

    from backref.ingest import ImportReport
    from backref.world import World

ROWS = 8


def run(folder: Path, seed: int, scale: str = "small") -> Path:
    """Make the world of `seed` in `folder`, import its files, and show what they say; returns
    the store.

    A folder of the same demo is used again: importing twice changes nothing.
    """
    begun = time.monotonic()
    files = _files(folder, seed)
    say(f"Making a simulated web in {files} ...")
    world = make(files, seed=seed, scale=scale)
    store = folder / config.STORE_FOLDER
    _import(world, folder, store)
    report = folder / "report.html"
    with Store(Lake.open(store)) as opened:
        _show(opened, report)
    there = shlex.quote(str(folder))
    say(f"Done in {time.monotonic() - begun:.0f} s. Try: cd {there} && {program()} links")
    return store


def _files(folder: Path, seed: int) -> Path:
    """Where the world's files go. Raises UsageError when the folder holds anything else."""
    files = folder / f"world-{seed}"
    if folder.exists() and any(folder.iterdir()) and not files.is_dir():
        raise UsageError(
            f"{folder} is not empty and holds no demo of seed {seed}: "
            "name another folder with --folder."
        )
    setup.make_folder(folder)
    return files


def _import(world: World, folder: Path, store: Path) -> None:
    config.write(folder)
    record = setup.site_record(
        world.site, also=world.also, was=world.was, brand=world.brand, goals=world.goals
    )
    setup.save(store, record, zone=True)
    with Lake.open(store) as lake:
        importing.into(lake, [str(path) for path in world.files], _tell)


def _tell(report: ImportReport) -> None:
    say(importing.sentence(report).rstrip())


def _show(opened: Store, report: Path) -> None:
    asked = opened.site()
    found = asked.overview()
    colours, width = terminal.coloured(sys.stdout), terminal.width(sys.stdout)
    listing.write(overview.headline(found, colours=colours) + "\n")
    listing.write(cards.cards(asked.links(limit=ROWS), width, colours=colours))
    listing.write(f"{lifeline.LEGEND}\n\n")
    listing.write(overview.body(found))
    writing.write_standing(asked, opened.imports(), report)
    listing.write(f"\nReport: {report.absolute()}\n")
