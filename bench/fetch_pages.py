"""Look at all pages of a farm: `python -m bench.fetch_pages PLACES.json SCHEME PAGES [extract]`.

Prints a JSON line: pages answered, bytes, wall and processor seconds, and peak memory.
"""

from __future__ import annotations

import asyncio
import json
import resource
import sys
import time
from pathlib import Path

from backref import url
from backref.check.fetched import Ask, Fetched
from backref.check.fetcher import Fetcher
from backref.check.guard import Guard
from backref.check.resolver import Endpoint
from backref.check.schedule import fetch_all
from backref.check.settings import Manners
from backref.sources import html
from backref.sources.headers import Headers


class Places:
    """Knows where the farm's sites are."""

    def __init__(self, places: dict[str, str]) -> None:
        self._places = places

    async def resolve(self, host: str, port: int) -> tuple[Endpoint, ...]:
        """The site's address, and the port that was asked for."""
        return (Endpoint(self._places[host], port),)


async def main() -> None:
    told = json.loads(Path(sys.argv[1]).read_text())
    scheme, pages = sys.argv[2], int(sys.argv[3])
    extract = sys.argv[4:] == ["extract"]
    port = told["ports"][scheme]
    manners = Manners(
        "https://us.example/",
        gap=0.0,
        per_address_gap=0.0,
        slowness=0.0,
        hosts_at_once=200,
        ports=frozenset({port}),
    )
    fetcher = Fetcher(
        manners,
        resolver=Places(told["places"]),
        guard=Guard(allowed=told["places"].values()),
        authorities=Path(told["authority"]),
    )
    asks = (
        Ask(f"{scheme}://{host}:{port}/{page}") for page in range(pages) for host in told["places"]
    )
    begun, spent = time.perf_counter(), time.process_time()
    answered = size = links = 0
    async with fetcher:
        async for fetched in fetch_all(asks, fetcher):
            answered += fetched.status == 200
            size += len(fetched.body)
            links += _links(fetched) if extract else 0
    report = {
        "answered": answered,
        "bytes": size,
        "links": links,
        "seconds": time.perf_counter() - begun,
        "processor": time.process_time() - spent,
        "peak": resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * 1024,
    }
    print(json.dumps(report))


def _links(fetched: Fetched) -> int:
    """How many links the page has, by the extractor that reads archives."""
    parsed = url.parse(fetched.url)
    assert parsed is not None
    head = b"\n".join(name + b": " + value for name, value in fetched.headers)
    return len(html.read_page(fetched.body, parsed, Headers.parse(head)).links)


if __name__ == "__main__":
    asyncio.run(main())
