"""Columns as numbers: distinct values are judged once, and rows carry where theirs stands."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np
import pyarrow as pa

if TYPE_CHECKING:
    Codes = np.ndarray[Any, np.dtype[np.int64]]
    Flags = np.ndarray[Any, np.dtype[np.bool_]]


def coded(column: pa.ChunkedArray | pa.Array) -> tuple[list[Any], Codes]:
    """The distinct values of a column, null among them, and each row's place in them."""
    chunk = column.combine_chunks() if isinstance(column, pa.ChunkedArray) else column
    encoded = chunk.dictionary_encode(null_encoding="encode")
    codes = encoded.indices.to_numpy(zero_copy_only=False).astype(np.int64)
    return encoded.dictionary.to_pylist(), codes


def combined(columns: list[pa.ChunkedArray]) -> tuple[list[tuple[Any, ...]], Codes]:
    """The distinct combinations of values in equally long columns, and each row's place."""
    index = first = np.zeros(len(columns[0]), np.int64)
    for column in columns:
        values, codes = coded(column)
        _, first, index = np.unique(
            index * (len(values) + 1) + codes, return_index=True, return_inverse=True
        )
    rows = pa.array(first)
    return list(zip(*(column.take(rows).to_pylist() for column in columns), strict=True)), index


def joined_words(flags: dict[str, Flags]) -> pa.Array:
    """For each row the words whose flag is set, sorted, by spaces; null for none."""
    words = sorted(flags)
    state = np.zeros(len(next(iter(flags.values()))), np.int64)
    texts: list[tuple[str, ...]] = [()]
    for word in words:
        state, texts = _with_word(state, texts, word, flags[word])
    return pa.array([" ".join(text) or None for text in texts], pa.string()).take(pa.array(state))


def _with_word(
    state: Codes, texts: list[tuple[str, ...]], word: str, flag: Flags
) -> tuple[Codes, list[tuple[str, ...]]]:
    """Put a word to the texts of the rows where its flag is set; few combinations ever occur."""
    held, state = np.unique(2 * state + flag, return_inverse=True)
    return state, [
        (*texts[old >> 1], word) if old & 1 else texts[old >> 1] for old in held.tolist()
    ]
