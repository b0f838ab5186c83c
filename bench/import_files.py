"""Import files into a new store and print their reports: what benchmarks run and watch. After a
log its visits are cut, and the report says in how many seconds.

`python -m bench.import_files STORE SITE FILE...`
"""

from __future__ import annotations

import json
import sys
from dataclasses import asdict
from pathlib import Path

from bench.measure import stopwatch


def main(store: str, site: str, *files: str) -> None:
    """Make the store, import the files, print one object a line."""
    # Imported here, as the command line does, for each process of a pool imports this module.
    from backref.ingest import import_inputs
    from backref.lake.lake import Lake
    from backref.lake.records import SiteRecord
    from backref.pipeline import run
    from backref.visits.build import SESSIONS

    with Lake.create(Path(store)) as lake:
        lake.save_site(SiteRecord(site))
        for report in import_inputs(lake, files):
            told = asdict(report)
            if report.format == "access log":
                with stopwatch() as watch:
                    run(lake, stages=(SESSIONS,))
                told["sessions_seconds"] = watch.seconds
            print(json.dumps(told), flush=True)


if __name__ == "__main__":
    main(*sys.argv[1:])
