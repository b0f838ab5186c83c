"""Where a target leads: redirects and canonicals followed from page to page."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Mapping

HOPS = 10


def resolved(page: str, leads: Mapping[str, str]) -> str:
    """The page at the end of the chain that starts at `page`.

    A chain that loops or is longer than 10 hops leads nowhere: then it is the page itself.
    """
    seen = {page}
    reached = page
    while (following := leads.get(reached)) is not None:
        if following in seen or len(seen) > HOPS:
            return page
        seen.add(following)
        reached = following
    return reached


def landing_path(page: str) -> str:
    """The path of a fold key without host and query, as `hits.page` writes it.

    >>> landing_path("example.com/a/b?id=7"), landing_path("example.com")
    ('/a/b', '/')
    """
    host_and_path = page.partition("?")[0]
    return "/" + host_and_path.partition("/")[2]


def landing_host(page: str) -> str:
    """The host of a fold key without port, as `hits.host` writes it.

    >>> landing_host("example.com:8080/a"), landing_host("example.com?id=7")
    ('example.com', 'example.com')
    """
    host = page.partition("?")[0].partition("/")[0]
    return host.partition("]")[0] + "]" if host.startswith("[") else host.partition(":")[0]
