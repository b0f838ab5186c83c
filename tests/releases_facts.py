"""A table of ranks as a release has it, a store that names some of its domains, and a fetcher."""

from __future__ import annotations

import gzip
import random
from pathlib import Path
from typing import Any

from farm import Farm

from backref.check.fetcher import Fetcher
from backref.check.settings import Manners
from backref.lake.lake import Lake
from backref.lake.records import SiteRecord
from backref.releases import release
from backref.releases.release import Release
from tests import checking_store

BASE = "http://data.test/graph"
NAME = "cc-main-2026-apr-may-jun"
PATH = f"/graph/{NAME}/domain/{NAME}-domain-ranks.txt.gz"
URL = f"http://data.test{PATH}"
HEADER = "#harmonicc_pos\t#harmonicc_val\t#pr_pos\t#pr_val\t#host_rev\t#n_hosts"
RELEASE: Release = release.told("2026-06", "domain", BASE)
LINKING = (5, 40, 777)
"""Places of the domains that link to the site of the store; so does one that is not ranked."""


def line(place: int) -> str:
    """The row of a place."""
    chance = random.Random(place)
    value, rank = 3e7 / place**0.1, chance.random() / place
    return f"{place}\t{value:.1f}\t{place % 977 + 1}\t{rank!r}\t{reversed_name(place)}\t{place % 9}"


def name(place: int) -> str:
    """The domain at a place."""
    return f"d{place * 7919 % 100_003}.{('com', 'org', 'co.uk')[place % 3]}"


def reversed_name(place: int) -> str:
    return ".".join(reversed(name(place).split(".")))


def table(rows: int = 3_000) -> bytes:
    """Ranks, as text."""
    return "\n".join([HEADER, *map(line, range(1, rows + 1)), ""]).encode()


def packed(text: bytes) -> bytes:
    return gzip.compress(text, mtime=0)


def new_store(path: Path, *places: int) -> Path:
    """A store of shop.test, which domains at some places and one that is not ranked link to."""
    hosts = [name(place) for place in places or LINKING] + ["nowhere.example"]
    checking_store.new_store(path, *(f"https://{host}/post" for host in hosts))
    with Lake.open(path) as lake:
        lake.save_site(SiteRecord("shop.test", ("brand.test",)))
    return path


def fetcher(farm: Farm, **manners: Any) -> Fetcher:
    """A fetcher without waits that knows the farm alone."""
    quick: dict[str, Any] = {
        "gap": 0.0, "per_address_gap": 0.0, "slowness": 0.0, "backoff": 0.0, "failures": 99,
    }  # fmt: skip
    return Fetcher(
        Manners("https://us.example/", **(quick | manners)),
        resolver=farm.resolver(),
        guard=farm.guard(),
        authorities=farm.authorities,
    )


def ranks(path: Path) -> list[dict[str, Any]]:
    """The ranks of a store, by place and name."""
    with Lake.open(path) as lake, lake.snapshot() as snapshot:
        return snapshot.rows(
            "/* tests.ranks */ select harmonic_pos, harmonic, pagerank_pos, pagerank, domain, "
            "level, release, hosts, ranked from domain_ranks order by harmonic_pos, domain"
        )


def digest(path: Path) -> str:
    with Lake.open(path) as lake:
        return lake.content_digest("domain_ranks")
