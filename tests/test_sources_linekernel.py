"""The kernels never read or write beside their arrays, whatever the bytes."""

from __future__ import annotations

import os
import subprocess
import sys

import numpy as np
import pytest

from backref.sources import linekernel

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


def test_values_that_meet_cost_no_more_and_stay_what_they_are():
    # Two pieces that a hash by multiplication cannot tell apart: top bits that cancel.
    one = np.array([0, 0], "<u8").tobytes()
    other = np.array([1 << 63, 1 << 63 | 1 << 32], "<u8").tobytes()
    values = [b"".join((one, other)[bit >> n & 1] for n in range(9)) for bit in range(512)]
    values += values[:100]
    text = b"".join(values) + bytes(8)
    begins = np.cumsum([0, *map(len, values)])[:-1].astype(np.int32)
    ends = begins + np.array([*map(len, values)], np.int32)
    words = np.ndarray((len(text) - 7,), "<u8", buffer=text, strides=(1,))
    numbers, first = linekernel.numbered(words, begins, ends, np.uint64(0x9E3779B97F4A7C15))
    assert [values[first[number]] for number in numbers] == values
    plain = [b"%d" % number for number in range(512)] * 2
    text = b"".join(plain) + bytes(8)
    begins = np.cumsum([0, *map(len, plain)])[:-1].astype(np.int32)
    ends = begins + np.array([*map(len, plain)], np.int32)
    words = np.ndarray((len(text) - 7,), "<u8", buffer=text, strides=(1,))
    numbers, first = linekernel.numbered(words, begins, ends, np.uint64(0x9E3779B97F4A7C15))
    assert len(first) == 512
    assert numbers.tolist() == [*range(512)] * 2


@pytest.mark.slow
def test_with_every_index_checked(tmp_path):
    checked = {"NUMBA_BOUNDSCHECK": "1", "NUMBA_CACHE_DIR": str(tmp_path)}
    subprocess.run([sys.executable, "-c", FUZZ], env=os.environ | checked, check=True)
