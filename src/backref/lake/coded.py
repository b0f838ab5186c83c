"""Tables whose texts are dictionaries: most columns of hits have few values and many rows.

Such columns are sorted and written by their numbers alone. Segments look the same either way.
"""

from __future__ import annotations

import numpy as np
import pyarrow as pa

MOST_DISTINCT = 0.5
"""Columns with more distinct values a row are written as they are."""


def like(wanted: pa.Schema, given: pa.Schema) -> pa.Schema:
    """The schema `wanted`, with dictionaries of its types where `given` has dictionaries."""
    return pa.schema(
        field.with_type(given.field(field.name).type)
        if is_coded(given.field(field.name).type, field.type)
        else field
        for field in wanted
    )


def is_coded(given: pa.DataType, wanted: pa.DataType) -> bool:
    """Whether a type is a dictionary of another one."""
    return bool(pa.types.is_dictionary(given) and given.value_type == wanted)


def pruned(rows: pa.Table) -> pa.Table:
    """The rows with dictionaries that hold what is used and nothing else, one for each column."""
    if not any(map(pa.types.is_dictionary, rows.schema.types)):
        return rows
    rows = rows.unify_dictionaries().combine_chunks()
    columns = [
        _pruned(column.chunk(0))
        if column.num_chunks and pa.types.is_dictionary(column.type)
        else column
        for column in rows.columns
    ]
    fields = [
        field.with_type(column.type) for field, column in zip(rows.schema, columns, strict=True)
    ]
    return pa.table(columns, pa.schema(fields))


def _pruned(column: pa.DictionaryArray) -> pa.Array:
    numbers = column.indices.fill_null(-1).to_numpy()
    used = np.zeros(len(column.dictionary) + 1, bool)
    used[numbers] = True
    kept = np.flatnonzero(used[:-1])
    if len(kept) > MOST_DISTINCT * len(column):
        return column.dictionary_decode()
    if len(kept) == len(column.dictionary):
        return column
    place = np.full(len(used), -1, np.int32)
    place[kept] = np.arange(len(kept))
    there = place[numbers]
    indices = pa.array(there, mask=there < 0) if (there < 0).any() else pa.array(there)
    return pa.DictionaryArray.from_arrays(indices, column.dictionary.take(pa.array(kept)))
