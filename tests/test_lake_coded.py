"""Dictionaries change how texts are held, never what they say."""

from __future__ import annotations

import pyarrow as pa
from hypothesis import given, settings
from hypothesis import strategies as st

from backref.lake import coded

texts = st.lists(st.sampled_from(["a", "b", "é", "", None, "unused"]), max_size=12)


def chunks(parts: list[list[str | None]]) -> pa.Table:
    """A table of dictionaries that differ from part to part and hold more than is used."""
    return pa.Table.from_batches(
        [
            pa.RecordBatch.from_pydict(
                {
                    "n": pa.array(range(len(part)), pa.int64()),
                    "text": pa.array([*part, "spare"], pa.string()).dictionary_encode()[
                        : len(part)
                    ],
                }
            )
            for part in parts
        ],
        pa.schema([("n", pa.int64()), ("text", pa.dictionary(pa.int32(), pa.string()))]),
    )


@settings(deadline=None)
@given(st.lists(texts, max_size=4))
def test_pruned_tables_say_the_same_with_what_is_used_alone(parts):
    rows = chunks(parts)
    found = coded.pruned(rows)
    assert found.to_pylist() == rows.to_pylist()
    for chunk in found["text"].chunks:
        if pa.types.is_dictionary(chunk.type):
            used = {text for part in parts for text in part} - {None}
            assert sorted(chunk.dictionary.to_pylist()) == sorted(used)


def test_texts_that_hardly_repeat_are_no_dictionary():
    rows = chunks([["a", "b", "c", "a"]])
    assert coded.pruned(rows)["text"].type == pa.string()
    assert pa.types.is_dictionary(coded.pruned(chunks([["a", "a", "b", "a"]]))["text"].type)


def test_only_dictionaries_of_the_wanted_type_stay():
    wanted = pa.schema([("text", pa.string()), ("n", pa.int64())])
    kept = pa.schema([("text", pa.dictionary(pa.int32(), pa.string())), ("n", pa.int32())])
    assert coded.like(wanted, kept).types == [kept.field("text").type, pa.int64()]
    other = pa.schema([("text", pa.dictionary(pa.int32(), pa.int64())), ("n", pa.int64())])
    assert coded.like(wanted, other) == wanted
