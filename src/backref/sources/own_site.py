"""Which of the store's sites a host, or a row that names none, belongs to."""

from __future__ import annotations

from typing import TYPE_CHECKING

from backref.url import bare_host

if TYPE_CHECKING:
    from collections.abc import Iterable

    from backref.sources.source import Context, Site


def site_of(host: str, sites: Iterable[Site]) -> str | None:
    """The name of the site whose hosts hold `host` or a parent of it, the nearest parent first."""
    labels = bare_host(host).split(".")
    parents = [".".join(labels[at:]) for at in range(len(labels))]
    named = {name: site.name for site in sites for name in site.hosts}
    return next((named[parent] for parent in parents if parent in named), None)


def fallback(context: Context) -> str | None:
    """The site of rows that tell none: the chosen one, else the only one of the store."""
    if context.site is not None:
        return context.site.name
    return context.sites[0].name if len(context.sites) == 1 else None
