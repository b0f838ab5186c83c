"""A process that parses for another."""

from __future__ import annotations

import subprocess
import sys
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from pathlib import Path

SPARED = """
import sys
from backref.sources import worker
worker.spare_pandas()
import pyarrow as pa
assert pa.array(["a", None]).to_pylist() == ["a", None]
assert "pandas" not in sys.modules
import pandas
assert pandas.FOUND
"""


def test_arrow_makes_arrays_without_pandas_which_others_may_still_import(tmp_path: Path) -> None:
    (tmp_path / "pandas.py").write_text("FOUND = True\n")
    code = f"import sys; sys.path.insert(0, {str(tmp_path)!r})\n{SPARED}"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
