"""Import files into a new store and print their reports: what benchmarks run and watch.

`python -m bench.import_files STORE SITE FILE...`
"""

from __future__ import annotations

import json
import sys
from dataclasses import asdict
from pathlib import Path


def main(store: str, site: str, *files: str) -> None:
    """Make the store, import the files, print one object a line."""
    # Imported here, as the command line does, for each process of a pool imports this module.
    from backref.ingest import import_inputs
    from backref.lake.lake import Lake
    from backref.lake.records import SiteRecord

    with Lake.create(Path(store)) as lake:
        lake.save_site(SiteRecord(site))
        for report in import_inputs(lake, files):
            print(json.dumps(asdict(report)), flush=True)


if __name__ == "__main__":
    main(*sys.argv[1:])
