"""A farm of test sites in a process of its own: `python -m bench.fetch_farm HOSTS PAGES`.

Prints one JSON line with the ports, the certificates' authority and the addresses of the sites,
and ends when its standard input does.
"""

from __future__ import annotations

import gzip
import json
import random
import sys

from tests.farm import Farm, Reply

WORDS = ("link", "page", "story", "people", "world", "market", "garden", "travel", "music", "house")
PARAGRAPHS = 120
ROBOTS = Reply(b"User-agent: *\nDisallow: /private/\n", headers=(("Content-Type", "text/plain"),))


def main() -> None:
    hosts, pages = int(sys.argv[1]), int(sys.argv[2])
    farm = Farm()
    farm.keep_seen = False
    bodies = [_page(random.Random(number)) for number in range(20)]
    for number in range(hosts):
        answers = {f"/{at}": bodies[(number + at) % len(bodies)] for at in range(pages)}
        farm.site(name(number), {"/robots.txt": ROBOTS, **answers})
    with farm:
        places = {site.host: site.address for site in farm.sites.values()}
        told = {"ports": farm.ports, "authority": str(farm.authorities), "places": places}
        print(json.dumps(told), flush=True)
        sys.stdin.read()
        print(farm.answered, flush=True)


def name(number: int) -> str:
    return f"site{number:04}.test"


def _page(chance: random.Random) -> Reply:
    """A page of some 30 kB with about 240 links, as gzip."""
    parts = ["<!doctype html><html><head><title>A page</title></head><body><main>"]
    for number in range(PARAGRAPHS):
        words = " ".join(chance.choices(WORDS, k=25))
        links = f'<a href="/{number}">{words[:20]}</a> <a href="https://x{number}.test/">there</a>'
        parts.append(f"<p>{words} {links}</p>")
    html = "".join([*parts, "</main></body></html>"]).encode()
    headers = (("Content-Type", "text/html; charset=utf-8"), ("Content-Encoding", "gzip"))
    return Reply(gzip.compress(html), headers=headers)


if __name__ == "__main__":
    main()
