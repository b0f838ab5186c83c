"""The kernels never read or write beside their arrays, whatever the bytes."""

from __future__ import annotations

import os
import subprocess
import sys

import pytest

FUZZ = """
import random
from backref.sources import linescan, logline
linescan.are_compiled = lambda: True
chance = random.Random(5)
line = logline.shape("vhost_combined").example.encode() + b"\\n"
for _ in range(300):
    text = bytearray(line * chance.randint(1, 4))
    for _ in range(chance.randint(0, 6)):
        text[chance.randrange(len(text))] = chance.choice(b'"\\\\[] -\\n0a\\xff')
    text = bytes(text[: chance.randint(0, len(text))]) + b"\\n"
    for shape in logline.shapes():
        table, misfits = linescan.cut(text, shape)
        assert table.height + len(misfits) <= text.count(b"\\n")
"""


@pytest.mark.slow
def test_with_every_index_checked(tmp_path):
    checked = {"NUMBA_BOUNDSCHECK": "1", "NUMBA_CACHE_DIR": str(tmp_path)}
    subprocess.run([sys.executable, "-c", FUZZ], env=os.environ | checked, check=True)
