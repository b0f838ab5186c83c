"""Own hosts: which of a site's hosts a line of a log speaks of.

A log that names hosts speaks of those alone. One that names none, or none of ours, speaks of the
site's main host, and of each other own host on the days on which they cannot be told apart: those
outside of the time, from first to last day, in which another log names that host.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from datetime import date


class OwnHosts:
    """A site's hosts, its main one first, with all below them. `named` is from when to when logs
    name which of them."""

    def __init__(
        self, hosts: Sequence[str], named: Mapping[str, tuple[date, date]] | None = None
    ) -> None:
        self._hosts = frozenset(hosts)
        self._main = hosts[0]
        self._named = {
            host: range(first.toordinal(), last.toordinal() + 1)
            for host, (first, last) in (named or {}).items()
            if host != self._main
        }

    def own(self, host: str | None) -> str | None:
        """The host when it is one of the site's or below one, else None.

        >>> OwnHosts(["example.com"]).own("shop.example.com"), OwnHosts(["example.com"]).own("web1")
        ('shop.example.com', None)
        """
        labels = host.split(".") if host else []
        parents = (".".join(labels[at:]) for at in range(len(labels)))
        return host if any(parent in self._hosts for parent in parents) else None

    def speaks(self, logged: str | None, host: str | None, day: date) -> bool:
        """Whether a line of that day with the own host `logged`, None for none, may be about
        `host`; None is an address of which nobody knows the host."""
        if host is None:
            return True
        if logged:
            return logged == host
        return host == self._main or day.toordinal() not in self._named.get(host, ())

    def told_apart(self, day: date) -> list[tuple[str, int]]:
        """The hosts that lines without one do not speak of, on a UTC day and those beside it."""
        near = [day.toordinal() + offset for offset in (-1, 0, 1)]
        return sorted((host, at) for host, days in self._named.items() for at in near if at in days)
