"""A process that fetches ranks from a farm of another process: to be killed at any instant."""

from __future__ import annotations

import json
import sys
from pathlib import Path

from backref.check.fetcher import Fetcher
from backref.check.guard import Guard
from backref.check.settings import Manners
from backref.lake.lake import Lake
from backref.releases import ranks, release
from backref.releases.ranks import Wanted, fetch
from tests.check_child import Told


def main(store: str, places: str, base: str, every: str) -> None:
    told = {host: (address, port) for host, (address, port) in json.loads(places).items()}
    ranks.KEEP_BYTES = 2_000
    guard = Guard(allowed={address for address, _ in told.values()})
    manners = Manners("https://us.example/", gap=0.0, per_address_gap=0.0, slowness=0.0)
    fetcher = Fetcher(manners, resolver=Told(told), guard=guard)
    asked = release.told("2026-06", "domain", base)
    with Lake.open(Path(store)) as lake:
        fetch(lake, fetcher, Wanted(asked, every=int(every)))


if __name__ == "__main__":
    main(*sys.argv[1:])
