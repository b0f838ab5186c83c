"""What a file tells beside its rows: its figures, and what its owner should be warned of."""

from __future__ import annotations

from collections import Counter, defaultdict
from typing import TYPE_CHECKING

import pyarrow.compute as pc

from backref.ingest.distinct import Distinct
from backref.ingest.span import Span
from backref.sources.own_site import site_of
from backref.sources.source import DISAGREEING, NO_ORIGIN, PASSED_OVER, UNENDED
from backref.url import registrable_domain

if TYPE_CHECKING:
    from collections.abc import Iterator

    import pyarrow as pa

    from backref.ingest.recognising import Recognised
    from backref.sources.source import Parsed

LINKS = "link_observations"
AGREED = "placements"
ENOUGH_TO_REPEAT = 1_000
REPEATED_SHARE = 0.1
MOST_TARGETS = 10_000
"""Links to so many different hosts are told apart while none leads to a site of the store."""


class Tally:
    """The sums of one import, and how many different names were met."""

    def __init__(self, found: Recognised) -> None:
        self._sites = found.context.sites
        table = found.source.unit_table(found.context)
        self._is_links = table in (LINKS, AGREED)
        self._is_agreed = table == AGREED
        self._things = "lines" if found.source.name == "access log" else "records"
        self._sums: Counter[str] = Counter()
        self._named: dict[str, Distinct] = defaultdict(Distinct)
        self._records = 0
        self._leads_home = False
        self._targets: Counter[str] = Counter()
        self.span = Span()

    def take(self, parsed: Parsed) -> None:
        """Add up what was parsed."""
        self._records += parsed.read - len(parsed.rejects)
        self._sums.update(parsed.counts)
        for name, values in parsed.named.items():
            self._named[name].add(values)
        if parsed.clients:
            addresses = {client.partition(b"\0")[0] for client, _ in parsed.clients}
            self._named["clients"].add(addresses)
        for rows in parsed.rows:
            self.span.take(rows.batch)
            if rows.table == LINKS and not self._leads_home:
                self._look_for_home(rows.batch["target_host"])

    def _look_for_home(self, targets: pa.Array) -> None:
        counted = {each["values"]: each["counts"] for each in pc.value_counts(targets).to_pylist()}
        self._leads_home = any(host and site_of(host, self._sites) for host in counted)
        if self._is_links and not self._leads_home:
            for host, links in counted.items():
                if host and (host in self._targets or len(self._targets) < MOST_TARGETS):
                    self._targets[host] += links

    def counts(self) -> dict[str, int]:
        """Sums and counts of different names by their names; one that is not known is not
        there."""
        counted = {name: each.count() for name, each in self._named.items()}
        return dict(self._sums) | {n: count for n, count in counted.items() if count is not None}

    def elsewhere(self) -> str:
        """The registrable domain that more than half of a table's links lead to, when none leads
        to a site of the store; empty when there is none."""
        if self._leads_home:
            return ""
        domains: Counter[str] = Counter()
        for host, links in self._targets.items():
            domains[registrable_domain(host)] += links
        domain, links = max(domains.items(), key=lambda told: told[1], default=("", 0))
        return domain if 2 * links > self._targets.total() else ""

    def warnings(self, repeated: int) -> Iterator[str]:
        """What looks wrong, when so many records repeat earlier ones of the same file."""
        links = self._records if self._is_links else self._sums["external_links"]
        if links and not self._leads_home and (self._targets or not self._is_agreed):
            domain = self.elsewhere()
            mend = f" Most lead to {domain}: did you mean `backref init {domain}`?"
            yield f"0 of {links:,} links lead to a site of this store.{mend if domain else ''}"
        if self._records > ENOUGH_TO_REPEAT and repeated >= REPEATED_SHARE * self._records:
            yield (
                f"{repeated:,} of {self._records:,} {self._things} repeat earlier {self._things} "
                "of this file: were overlapping files joined?"
            )
        if rows := self._sums[NO_ORIGIN]:
            yield (
                f"{rows:,} of {self._records:,} rows cannot be joined to links, for their table "
                "has no source, referrer or landing page: export session source, or page referrer "
                "with landing page."
            )
        if self._sums[UNENDED]:
            yield "The last line has no line end: if the file was cut there, its address is wrong."
        if told := self._sums[DISAGREEING]:
            yield (
                f"{told:,} placement{'s' * (told > 1)} stand{'s' * (told == 1)} in several rows of "
                "one day that differ: the row that says more counts, the higher cost first."
            )
        if passed := _passed_over(self._sums):
            yield passed


def _passed_over(sums: Counter[str]) -> str:
    """What an archive without a capture holds instead."""
    passed = {
        name.removeprefix(PASSED_OVER): count
        for name, count in sums.items()
        if name.startswith(PASSED_OVER)
    }
    if not passed:
        return ""
    held = ", ".join(
        f"{count:,} {kind} record{'s' * (count > 1)}" for kind, count in sorted(passed.items())
    )
    return f"No response or resource record; it holds {held}."
