"""Runs of checks from the command line: what is due, progress, and what came of it."""

from __future__ import annotations

from collections import Counter
from contextlib import contextmanager
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any

from backref.check.fetcher import Fetcher
from backref.check.settings import Manners
from backref.errors import StoreBusy, UnknownSite
from backref.faces import asking, listing, terminal
from backref.faces.listing import Column, Format
from backref.faces.terminal import say, visible
from backref.lake.lake import Lake
from backref.watch import run as runs
from backref.watch.run import Told, Wanted

if TYPE_CHECKING:
    from collections.abc import Collection, Iterator, Sequence
    from pathlib import Path

    from backref.check.fetched import Fetched
    from backref.config import Config
    from backref.watch.due import Due
    from backref.watch.run import Change, Checked

DUE = (
    Column("page", lambda due: due["url"], right=False, flexible=True),
    Column("why", lambda due: due["why"], right=False),
    Column("last checked", lambda due: due["last_checked"], right=False),
    Column("visits/mo", lambda due: due["monthly_visits"], spare=1),
)


def _state(change: Change) -> str:
    return f"{change.state}, {change.reason}" if change.reason else change.state


CHANGES = (
    Column("link on", lambda change: change.source_url, right=False, flexible=True),
    Column("to", lambda change: change.target_url, right=False, flexible=True),
    Column("was", lambda change: change.was or "not known", right=False),
    Column("is", _state, right=False),
)
MOST_WHYS = 3
BLIND = ("blocked", "unreachable", "robots", "unreadable", "interrupted")


def wanted(
    found: Config,
    urls: Sequence[str],
    most: int | None,
    minutes: float | None,
    *,
    targets: bool,
    keep: Path | None,
) -> Wanted:
    """What a command asks for: one site, or all of the store. Raises UnknownSite."""
    with Lake.open(found.store) as lake:
        names = tuple(site.name for site in lake.sites())
    if found.site is not None and found.site not in names:
        raise UnknownSite(
            f"{found.site} is no site of this store; its sites are: {', '.join(names) or 'none'}."
        )
    chosen = names if found.site is None else (found.site,)
    seconds = None if minutes is None else minutes * 60
    return Wanted(chosen, tuple(urls), most, seconds, targets, keep)


def show_due(found: Config, asked: Wanted, *, as_json: bool) -> None:
    """Print what a run would look at now."""
    with Lake.open(found.store) as lake:
        plan = runs.plan(lake, asked, datetime.now(UTC))
    rows = [_due(due) for due in plan.due[: asked.most]]
    listing.emit(rows, DUE, Format.JSON if as_json else Format.TABLE)
    say(f"{len(plan.due):,} pages are due.{_later(plan.later)}")


def run(
    found: Config, asked: Wanted, contact: str, conditions: Collection[str], *, as_json: bool
) -> bool:
    """Look, print what came of it, and return whether one of the conditions is met."""
    fetcher = Fetcher(Manners(contact))
    begun = datetime.now(UTC)
    with Lake.open(found.store) as lake, told() as telling:
        checked = runs.check(lake, fetcher, asked, telling)
    if as_json:
        listing.write(listing.json_lines(_looks(checked)))
    else:
        listing.emit(checked.changes, CHANGES, Format.TABLE)
    say(summary(checked))
    if "breach" in conditions and (broken := breaches(found, asked.sites, begun)):
        say(f"{broken:,} agreements were found broken: backref events --breaches")
        return True
    return lost(checked) and "lost" in conditions


def due(lake: Lake, found: Config, seconds: float) -> str:
    """Look at what is due for at most so many seconds and say what came of it; nothing is asked
    where the settings name no contact."""
    if not found.contact:
        return (
            "No page was looked at: no contact for their owners is set as contact in backref.toml."
        )
    names = tuple(site.name for site in lake.sites() if found.site in (None, site.name))
    try:
        asked = Wanted(names, seconds=seconds)
        return summary(runs.check(lake, Fetcher(Manners(found.contact)), asked))
    except StoreBusy as error:
        return str(error)


def lost(checked: Checked) -> bool:
    """Whether a run proved a link lost."""
    return any(change.state == "lost" for change in checked.changes)


def breaches(found: Config, sites: Sequence[str], since: datetime) -> int:
    """How many breaches of agreements became known since then."""
    with asking.opened(found) as opened:
        return sum(opened.site(name).breaches(since=since, limit=0).total for name in sites)


def summary(checked: Checked) -> str:
    """A run in a sentence or two."""
    if not checked.looks:
        return f"Nothing was due.{_later(checked.later)}"
    seen = Counter(look["told"] for look in checked.looks)
    unseen = ", ".join(f"{seen[name]:,} {name}" for name in BLIND if seen[name])
    parts = [f"{seen['page'] + seen['unchanged']:,} read", f"{seen['gone']:,} gone"]
    parts.append(
        f"{sum(seen[name] for name in BLIND):,} unknown" + (f" ({unseen})" if unseen else "")
    )
    states = Counter(change.state for change in checked.changes)
    changed = ", ".join(f"{count:,} {state}" for state, count in sorted(states.items()))
    pages = "page" if len(checked.looks) == 1 else "pages"
    left = f" {checked.left:,} due pages are left for the next run." if checked.left else ""
    return (
        f"{len(checked.looks):,} {pages} looked at: {', '.join(parts)}.{_whys(checked)} "
        f"Links that changed: {changed or 'none'}.{left or _later(checked.later)}"
    )


def _later(at: datetime | None) -> str:
    return f" The next is due on {at:%Y-%m-%d %H:%M} UTC." if at else ""


def _whys(checked: Checked) -> str:
    """Why pages could not be seen, where there are few reasons."""
    whys = sorted({look["why"] for look in checked.looks if look["told"] in BLIND and look["why"]})
    return f" {' '.join(map(visible, whys))}" if len(whys) <= MOST_WHYS else ""


def _due(due: Due) -> dict[str, Any]:
    page = due.page
    return {
        "url": page.url,
        "purpose": page.purpose,
        "why": due.why,
        "weight": due.weight,
        "last_checked": page.last_at,
        "checks": page.looks,
        "monthly_visits": page.monthly_visits,
        "search_share": page.search_share,
    }


def _looks(checked: Checked) -> Iterator[dict[str, Any]]:
    """A line a look, with the links of its page that changed."""
    changes: dict[str, list[Change]] = {}
    for change in checked.changes:
        changes.setdefault(change.source_page, []).append(change)
    for look in checked.looks:
        own = changes.get(look["page"], ())
        yield look | {"changes": [_change(change) for change in own]}


def _change(change: Change) -> dict[str, Any]:
    return {
        "link_id": f"{change.link_id:016x}",
        "target_url": change.target_url,
        "was": change.was,
        "state": change.state,
        "reason": change.reason,
    }


@contextmanager
def told() -> Iterator[Told]:
    """Progress on a terminal: how many pages of how many, and how long it will take."""
    with terminal.progress(counting=True) as bar:
        if bar is None:
            yield Told()
            return
        task = bar.add_task("pages", total=None)

        def look(fetched: Fetched) -> None:
            bar.update(task, advance=1, description=visible(f"{fetched.outcome}"))

        def stage(name: str, done: int, total: int) -> None:
            bar.update(task, description=name.replace("_", " "), completed=done, total=total)

        yield Told(lambda count: bar.update(task, total=count), look, stage)
