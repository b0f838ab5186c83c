"""Looks of our own that somebody starts: at the pages of links now, or for the link of a host.

They are jobs as imports are. What a page answers goes into the store alone; told is what came of
the look. Each page rests between two looks, and each domain is asked as politely as ever.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, NamedTuple

from backref import url as urls
from backref.check.settings import Manners
from backref.errors import StoreBusy, UsageError
from backref.faces import checks, finds
from backref.faces.serve.jobs import Progress, Stopped
from backref.watch import finding, looks, resting, run
from backref.watch.run import Told, Wanted

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence
    from datetime import datetime

    from backref.check.fetched import Fetched
    from backref.check.fetcher import Fetcher
    from backref.faces.query import LinkRow
    from backref.faces.serve.jobs import Job, Jobs
    from backref.lake.lake import Lake
    from backref.watch.run import Change, Checked

MOST = 50
"""Links whose pages are looked at by one job."""
SECONDS = 180.0
"""After so long a job asks for no further page, for others wait behind it."""


class Page(NamedTuple):
    """A page to be looked at, under its name in the store, and a link that is known on it."""

    url: str
    page: str
    link_id: str


class Eyes:
    """Starts looks in the name of `contact`; `fetching` makes what looks."""

    def __init__(
        self, lake: Lake, jobs: Jobs, contact: str, fetching: Callable[[Manners], Fetcher]
    ) -> None:
        self._lake = lake
        self._jobs = jobs
        self._contact = contact
        self._fetching = fetching

    def check(self, site: str, links: Sequence[LinkRow]) -> Job:
        """Look at the pages of these links of a site. Raises UsageError, and StoreBusy."""
        if not 0 < len(links) <= MOST:
            raise UsageError(f"Name 1 to {MOST} links whose pages are to be looked at.")
        fetcher = self._fetcher()
        pages = _pages(links)

        def work(job: Job) -> None:
            now = looks.time_of(fetcher.clock.now())
            with self._lake.snapshot() as snapshot:
                rests = resting.resting(snapshot, [page.url for page in pages], now)
            ready = [page for page in pages if page.url not in rests]
            told = _Told(job, self._jobs)
            if ready:
                named = tuple(page.url for page in ready)
                wanted = Wanted((site,), named, seconds=SECONDS, targets=False)
                checked = run.check(self._lake, fetcher, wanted, told.told())
                job.reports += told.pages(checked, ready)
                job.reports.append({"said": checks.summary(checked)})
            job.reports += [_rests(page, rests[page.url]) for page in pages if page.url in rests]
            told.end()

        return self._once("check", tuple(link.source_page for link in links), work)

    def find(self, site: str, domain: str) -> Job:
        """Search a domain that sends people for its link. Raises UsageError, and StoreBusy."""
        fetcher = self._fetcher()

        def work(job: Job) -> None:
            now = looks.time_of(fetcher.clock.now())
            self._refuse_again(site, domain, now)
            told = _Told(job, self._jobs)
            wanted = finding.Search(site, domain, seconds=SECONDS)
            found = finding.search(self._lake, fetcher, wanted, told.told())
            for one in found.searched:
                said = "Linked from here." if one.found else one.why
                pages = one.found or (one.domain,)
                job.reports += [{"page": page, "link_id": None, "said": said} for page in pages]
            job.reports.append({"said": finds.sentence(found)})
            told.end()

        return self._once("find", (domain,), work)

    def _fetcher(self) -> Fetcher:
        if not self._contact:
            raise UsageError(
                "Pages are asked for only with a contact for their owners: set contact in "
                "backref.toml to a URL or mail address, and start backref serve again."
            )
        return self._fetching(Manners(self._contact))

    def _once(self, kind: str, about: tuple[str, ...], work: Callable[[Job], None]) -> Job:
        """A new job, or the one that does the same and has not ended."""
        same = (
            job
            for job in self._jobs.all()
            if not job.ended and (job.kind, job.about) == (kind, about)
        )
        return next(same, None) or self._jobs.add(kind, about, work)

    def _refuse_again(self, site: str, domain: str, now: datetime) -> None:
        with self._lake.snapshot() as snapshot:
            rows = looks.senders(snapshot, site, now)
        times = [row["searched_at"] for row in rows if row["domain"] == domain]
        last = max((at for at in times if at is not None), default=None)
        if last is not None and last + resting.SEARCHES_REST > now:
            again = last + resting.SEARCHES_REST
            raise StoreBusy(
                f"{domain} was searched on {last:%Y-%m-%d %H:%M} UTC: "
                f"search it again from {again:%Y-%m-%d %H:%M} UTC on."
            )


class _Told:
    """What a run tells a job, and what the job then tells of each page."""

    def __init__(self, job: Job, jobs: Jobs) -> None:
        self._job = job
        self._jobs = jobs
        self._heard: dict[str, str] = {}
        self._total = 0

    def told(self) -> Told:
        """Whom the run tells. It ends early when the job is stopped."""
        return Told(self._planned, self._look, self._stage, lambda: self._jobs.stopping(self._job))

    def end(self) -> None:
        """Raise Stopped when the job was stopped."""
        if self._jobs.stopping(self._job):
            raise Stopped("It was stopped; what was seen by then is kept.")

    def pages(self, checked: Checked, asked: Sequence[Page]) -> list[dict[str, Any]]:
        """What came of each page: what the look told, and each link that stands otherwise."""
        seen = {look["url"]: _look_said(look) for look in checked.looks}
        late = "Not asked: the time was over."
        return [
            _report(each, (seen.get(each.url) or self._heard.get(each.url) or late) + changed)
            for each in asked
            for changed in ["".join(map(_change_said, _changes(checked, each)))]
        ]

    def _planned(self, total: int) -> None:
        self._total = total
        self._job.progress = Progress(total=total)

    def _look(self, fetched: Fetched) -> None:
        self._heard[fetched.ask.url] = fetched.why
        done = self._job.progress.done + 1
        self._job.progress = Progress(done=done, total=max(self._total, done))

    def _stage(self, stage: str, done: int, total: int) -> None:
        self._jobs.stay_open()
        self._job.progress = Progress(stage=stage.replace("_", " "), done=done, total=total)


def _look_said(look: dict[str, Any]) -> str:
    status = f" (status {look['status']})" if look["status"] else ""
    why = f": {look['why']}" if look["why"] else "."
    return f"Told: {look['told']}{status}{why}"


def _change_said(change: Change) -> str:
    why = f", {change.reason}" if change.reason else ""
    return f" The link to {change.target_url or 'the site'} is now {change.state}{why}."


def _changes(checked: Checked, page: Page) -> list[Change]:
    return [change for change in checked.changes if change.source_page == page.page]


def _rests(page: Page, until: datetime) -> dict[str, Any]:
    said = f"Not asked, for it was looked at not long ago: again from {until:%Y-%m-%d %H:%M} UTC."
    return _report(page, said)


def _report(page: Page, said: str) -> dict[str, Any]:
    return {"page": page.url, "link_id": page.link_id, "said": said}


def _pages(links: Sequence[LinkRow]) -> list[Page]:
    """The pages that links stand on, each once. Raises UsageError where none can be asked."""
    found: dict[str, Page] = {}
    for link in links:
        if parsed := urls.parse(link.source_url):
            page = Page(parsed.href, urls.fold_key(parsed), link.link_id)
            found.setdefault(page.url, page)
    if not found:
        raise UsageError("The page of this link has no URL that can be asked.")
    return list(found.values())
