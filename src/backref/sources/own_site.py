"""Which of the store's sites a host belongs to."""

from __future__ import annotations

from typing import TYPE_CHECKING

from backref.url import bare_host

if TYPE_CHECKING:
    from collections.abc import Iterable

    from backref.sources.source import Site


def site_of(host: str, sites: Iterable[Site]) -> str | None:
    """The name of the site whose hosts hold `host` or a parent of it, the nearest parent first."""
    labels = bare_host(host).split(".")
    parents = [".".join(labels[at:]) for at in range(len(labels))]
    named = {name: site.name for site in sites for name in site.hosts}
    return next((named[parent] for parent in parents if parent in named), None)
