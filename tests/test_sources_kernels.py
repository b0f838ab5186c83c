"""Kernels are loaded where they pay."""

from __future__ import annotations

import pytest

from backref.sources import kernels


@pytest.mark.parametrize(
    ("kept", "sizes", "used"),
    [
        (True, [5], [False]),
        (True, [6, 1], [True, True]),
        (False, [6, 50, 7, 63], [False, False, True, True]),
        (False, [5] * 20, [False] * 20),
    ],
)
def test_kernels_are_loaded_when_they_pay(
    monkeypatch: pytest.MonkeyPatch, kept: bool, sizes: list[int], used: list[bool]
) -> None:
    monkeypatch.setattr(kernels, "COMPILED_FROM", 6)
    monkeypatch.setattr(kernels, "COMPILING_FROM", 60)
    deciding = kernels.Kernels(lambda: kept)
    found = []
    for size in sizes:
        deciding.look_at(size)
        found.append(deciding.in_use)
    assert found == used
