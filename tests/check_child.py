"""A process that checks links on a farm of another process: to be killed at any instant."""

from __future__ import annotations

import json
import sys
from pathlib import Path

from backref.check.fetcher import Fetcher
from backref.check.guard import Guard
from backref.check.resolver import Endpoint
from backref.check.settings import Manners
from backref.lake.lake import Lake
from backref.watch import journal
from backref.watch.run import Wanted, check


class Told:
    """A resolver that knows what it was told: host to address and port."""

    def __init__(self, places: dict[str, tuple[str, int]]) -> None:
        self._places = places

    async def resolve(self, host: str, port: int) -> tuple[Endpoint, ...]:
        return (Endpoint(*self._places[host]),)


def main(store: str, places: str, spool_bytes: str, kept: str) -> None:
    told = {host: (address, port) for host, (address, port) in json.loads(places).items()}
    journal.SPOOL_BYTES = int(spool_bytes)
    guard = Guard(allowed={address for address, _ in told.values()})
    manners = Manners("https://us.example/", gap=0.02, per_address_gap=0.0, slowness=0.0)
    fetcher = Fetcher(manners, resolver=Told(told), guard=guard)
    with Lake.open(Path(store)) as lake:
        check(lake, fetcher, Wanted(("shop.test",), targets=False, keep=Path(kept)))


if __name__ == "__main__":
    main(*sys.argv[1:])
