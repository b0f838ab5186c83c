"""Scrapy on the farm, by an interpreter that has it: `fetch_scrapy.py PLACES.json SCHEME PAGES`.

One request at a time to a host, robots.txt obeyed, no delays. Prints a JSON line as our run does.
"""

import json
import resource
import sys
import time
from pathlib import Path

import scrapy
from scrapy.crawler import CrawlerProcess
from scrapy.resolver import dnscache

TOLD = json.loads(Path(sys.argv[1]).read_text())
SCHEME, PAGES = sys.argv[2], int(sys.argv[3])
COUNTED = {"answered": 0, "bytes": 0}


class Pages(scrapy.Spider):
    """All pages of all sites, in the order in which we ask for them."""

    name = "pages"

    async def start(self):
        """The requests."""
        port = TOLD["ports"][SCHEME]
        for page in range(PAGES):
            for host in TOLD["places"]:
                yield scrapy.Request(f"{SCHEME}://{host}:{port}/{page}")

    def parse(self, response):
        """Count."""
        COUNTED["answered"] += response.status == 200
        COUNTED["bytes"] += len(response.body)


process = CrawlerProcess(
    {
        "CONCURRENT_REQUESTS": 200,
        "CONCURRENT_REQUESTS_PER_DOMAIN": 1,
        "DOWNLOAD_DELAY": 0,
        "ROBOTSTXT_OBEY": True,
        "COOKIES_ENABLED": False,
        "RETRY_ENABLED": False,
        "TELNETCONSOLE_ENABLED": False,
        "LOG_ENABLED": False,
    }
)
process.crawl(Pages)
for host, address in TOLD["places"].items():
    dnscache[host] = address
begun, spent = time.perf_counter(), time.process_time()
process.start()
report = {
    **COUNTED,
    "seconds": time.perf_counter() - begun,
    "processor": time.process_time() - spent,
    "peak": resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * 1024,
}
print(json.dumps(report))
