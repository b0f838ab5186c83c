"""Runs of checks that are killed at any instant: no look lost, no page asked twice."""

from __future__ import annotations

import gzip
import json
import random
import subprocess
import sys
import time
from collections import Counter
from pathlib import Path

import pytest
from farm import Farm, page
from warcio.archiveiterator import ArchiveIterator

from backref.lake.lake import Lake
from tests.checking_store import SHOP, new_store, rows, states
from tests.test_sources_ownchecks import read

ROOT = Path(__file__).resolve().parents[1]
HOSTS, PAGES = 12, 6


@pytest.mark.slow
@pytest.mark.parametrize("seed", [1])
def test_a_run_that_is_killed_loses_nothing_and_asks_nothing_twice(
    tmp_path: Path, seed: int
) -> None:
    killed_again_and_again(tmp_path, seed, kills=2)


@pytest.mark.torture
@pytest.mark.parametrize("seed", range(10, 20))
def test_many_kills(tmp_path: Path, seed: int) -> None:
    killed_again_and_again(tmp_path, seed, kills=8)


def killed_again_and_again(folder: Path, seed: int, kills: int) -> None:
    chance = random.Random(seed)
    with Farm(HOSTS) as farm:
        urls = []
        for n in range(HOSTS):
            farm.site(f"blog{n}.test", {f"/{m}": page(SHOP) for m in range(PAGES)})
            urls += [f"http://blog{n}.test/{m}" for m in range(PAGES)]
        store = new_store(folder / "store", *urls)
        for _ in range(kills):
            run(farm, store, until=len(looks(farm)) + chance.randrange(0, 25), chance=chance)
        run(farm, store)
        asked = Counter(looks(farm))
    assert set(asked.values()) <= {1}, "a page was asked twice"
    checks = {row["url"]: row["told"] for row in rows(store, "checks") if row["purpose"] == "page"}
    assert set(checks) == set(urls)
    assert set(asked) <= set(checks)
    seen = {row["url"] for row in rows(store, "page_observations") if row["witness"] == "check"}
    assert seen == {url for url, told in checks.items() if told == "page"}
    assert all(told in ("page", "interrupted") for told in checks.values())
    assert {state for state, _ in states(store).values()} == {"live"}
    assert {path.name for path in (store / "checks").iterdir()} == {"lock", "robots.jsonl"}
    assert proved(store / "kept.warc.gz") == sorted(
        (url, told) for url, told in checks.items() if told == "page"
    )
    with Lake.open(store) as lake:
        assert list(lake.verify()) == []


def proved(archive: Path) -> list[tuple[str, str]]:
    """The whole looks that an archive holds, by a reader of others."""
    with archive.open("rb") as stream:
        identities = [record.rec_headers["WARC-Record-ID"] for record in ArchiveIterator(stream)]
    assert len(set(identities)) == len(identities), "a record was added twice"
    rows, rejects, _ = read(gzip.decompress(archive.read_bytes()))
    assert rejects == []
    return sorted((row["url"], row["told"]) for row in rows["checks"] if row["told"] == "page")


def looks(farm: Farm) -> list[str]:
    """The pages that arrived at the servers."""
    return [
        f"http://{seen.host}{seen.path}" for seen in farm.requests() if "robots" not in seen.path
    ]


def endpoint(farm: Farm, host: str) -> tuple[str, int]:
    """Where a site of the farm listens."""
    found = farm.endpoint(host, 80)
    return found.address, found.port


def run(
    farm: Farm, store: Path, until: int | None = None, chance: random.Random | None = None
) -> None:
    """Run to the end, or be killed a moment after so many pages were asked in all."""
    places = {host: endpoint(farm, host) for host in farm.sites}
    command = [sys.executable, "-m", "tests.check_child", str(store), json.dumps(places), "20000"]
    command.append(str(store / "kept.warc.gz"))
    with subprocess.Popen(command, cwd=ROOT) as process:
        while process.poll() is None and (until is None or len(looks(farm)) < until):
            time.sleep(0.005)
        if until is not None and chance is not None:
            time.sleep(chance.random() * 0.4)
            process.kill()
            return
        assert process.wait() == 0
