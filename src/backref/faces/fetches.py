"""Fetching from the command line: progress while it runs, and what came of it."""

from __future__ import annotations

from contextlib import contextmanager
from typing import TYPE_CHECKING

from backref.check.fetcher import Fetcher
from backref.check.settings import Manners
from backref.faces import listing, terminal
from backref.faces.terminal import say, visible
from backref.lake.lake import Lake
from backref.releases import files as whole
from backref.releases import ranks as releases
from backref.releases import release as named
from backref.releases.ranks import Fetched, Told, Wanted
from backref.releases.resume import FOLDER

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence
    from pathlib import Path

    from backref.check.download import Mark
    from backref.config import Config
    from backref.releases.files import Plan

GAP_SECONDS = 2.0
FAILURES = 8
"""So often in a row the server may fail before it is left alone until tomorrow."""


def asked(
    release: str,
    level: str,
    base: str,
    domains: Sequence[str],
    *,
    every: int,
    minutes: float | None,
) -> Wanted:
    """What a command asks for. Raises UsageError."""
    seconds = None if minutes is None else minutes * 60
    return Wanted(named.told(release, level, base or named.BASE), tuple(domains), every, seconds)


def manners(contact: str) -> Manners:
    """How files are asked for: few requests, whose bodies take as long as they take."""
    return Manners(contact, gap=GAP_SECONDS, slowness=0.0, failures=FAILURES)


def ranks(found: Config, wanted: Wanted, contact: str, *, as_json: bool) -> bool:
    """Fetch ranks and say what came of it. Returns whether all that was kept could be stored."""
    fetcher = Fetcher(manners(contact))
    with Lake.open(found.store) as lake, told() as telling:
        fetched = releases.fetch(lake, fetcher, wanted, telling)
    if as_json:
        listing.write(listing.json_lines([releases.summary(fetched)]))
    say(sentence(fetched))
    return not (fetched.report and fetched.report.rejected)


def files(found: Config, wanted: Wanted, into: Path | None, contact: str, *, as_json: bool) -> None:
    """Bring the files of a whole graph to disk, and say what to do with them."""
    fetcher = Fetcher(manners(contact))
    folder = into or found.store / FOLDER / wanted.release.name
    with told() as telling:
        paths = whole.fetch(
            fetcher,
            wanted.release,
            folder,
            wanted.seconds,
            planned=_say_plan,
            told=telling.mark,
        )
    if as_json:
        sizes = [{"file": str(path), "bytes": path.stat().st_size} for path in paths]
        listing.write(listing.json_lines(sizes))
    say(visible(f"Next: backref graph add {' '.join(map(str, paths))}"))


def _say_plan(plan: Plan) -> None:
    say(
        visible(
            f"{plan.bytes:,} bytes in all, {plan.bytes - plan.there:,} of them still to come into "
            f"{plan.folder}, which has {plan.free:,} bytes free."
        )
    )


def sentence(fetched: Fetched) -> str:
    """What a fetch came to, in a few sentences."""
    name, level = fetched.release.name, fetched.release.level
    report = fetched.report
    if report is None:
        return f"Nothing is missing: how {name} ranks the ledger's {level}s is known already."
    odd = f" ({fetched.odd:,} of another shape)" if fetched.odd else ""
    rows = (
        f"{fetched.rows:,} {level}s ranked by {name} = {fetched.kept:,} kept + "
        f"{fetched.passed:,} passed over{odd}."
    )
    found = f"Of {fetched.wanted:,} that the ledger names it ranks {fetched.ranked:,}."
    stored = (
        f"Import {report.import_id}: {report.read:,} read = {report.stored:,} stored + "
        f"{report.duplicate:,} duplicate + {report.rejected:,} rejected."
    )
    parts = [rows, found, stored]
    if fetched.later:
        parts.append(
            f"{fetched.later:,} {level}s came into the ledger after this fetch had begun: "
            "run it again for them."
        )
    return " ".join(parts)


@contextmanager
def told() -> Iterator[Told]:
    """Progress on a terminal: bytes of how many, their rate, and how long it will take."""
    with terminal.progress() as bar:
        if bar is None:
            yield Told()
            return
        file = bar.add_task("file", total=None)
        stages = None

        def mark(at: Mark) -> None:
            bar.update(file, completed=at.offset, total=at.length)

        def stage(name: str, done: int, total: int) -> None:
            nonlocal stages
            if stages is None:
                stages = bar.add_task("", total=total)
            text = visible(f"{name.replace('_', ' ')} {done}/{total}")
            bar.update(stages, description=text, completed=done, total=total)

        yield Told(mark, stage)
