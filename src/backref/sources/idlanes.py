"""BLAKE2b's compression (RFC 7693, 3.2) of four blocks side by side.

Processors add and turn four words with one instruction; numba has no word for that, so this one
function is written in the language of its compiler. Behind every lane is a message of its own.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, cast

from llvmlite import ir
from numba import types
from numba.extending import intrinsic

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    import numpy as np

LANES = 4
COUNTS, LASTS, STATES = 8, 9, 10
"""Words of a lane's state behind those that RFC 7693 names h, and how many there are."""
START = (
    0x6A09E667F3BCC908,
    0xBB67AE8584CAA73B,
    0x3C6EF372FE94F82B,
    0xA54FF53A5F1D36F1,
    0x510E527FADE682D1,
    0x9B05688C2B3E6C1F,
    0x1F83D9ABFB41BD6B,
    0x5BE0CD19137E2179,
)
ORDER = (
    "0123456789abcdef",
    "ea489fd61c02b753",
    "b8c052fdae367194",
    "7931dcbe265a40f8",
    "905724afe1bc683d",
    "2c6a0b834d75fe19",
    "c51fed4a0763928b",
    "db7ec13950f4862a",
    "6fe9b308c2d714a5",
    "a2847615fb9e3cd0",
    "0123456789abcdef",
    "ea489fd61c02b753",
)
"""Which words of a block each round mixes in: RFC 7693, 2.7; the first two rows return."""
COLUMNS = tuple((at, 4 + at, 8 + at, 12 + at) for at in range(4))
DIAGONALS = tuple((at, 4 + (at + 1) % 4, 8 + (at + 2) % 4, 12 + (at + 3) % 4) for at in range(4))
WORD_BYTES = 8
_WORD = ir.IntType(64)
_VECTOR = ir.VectorType(_WORD, LANES)
_PLACES = ir.VectorType(ir.IntType(32), LANES)


@intrinsic
def _compress(
    typing: Any,  # noqa: ARG001 - as numba calls it
    state: types.Array,
    messages: types.Array,
    begin: types.Integer,  # noqa: ARG001 - whichever integer it is, it becomes a machine word
) -> tuple[Any, Any]:
    """Work the 16 words from `begin` on of each lane's message into its state.

    Both are arrays of 64-bit words: `messages` (lane, word), and `state` (word, lane), whose first
    8 words are changed. Its word `COUNTS` says how many bytes are hashed with the block, all bits
    of `LASTS` are set where it is its message's last, else none.
    """

    def written(context: Any, builder: ir.IRBuilder, signature: Any, told: Any) -> Any:
        states, texts = (
            context.make_array(kind)(context, builder, value)
            for kind, value in zip(signature.args[:2], told[:2], strict=True)
        )
        room = builder.extract_value(texts.shape, 1)
        places = [builder.mul(room, ir.Constant(_WORD, lane)) for lane in range(LANES)]
        rows = [builder.gep(texts.data, [builder.add(place, told[2])]) for place in places]
        _write(builder, states.data, _across(builder, rows))
        return context.get_dummy_value()

    return types.void(state, messages, types.intp), written


compress = cast("Callable[[np.ndarray, np.ndarray, int], None]", _compress)


def _write(builder: ir.IRBuilder, state: ir.Value, words: Sequence[ir.Value]) -> None:
    """The function F: RFC 7693, 3.2."""
    before = [_loaded(builder, state, at) for at in range(8)]
    v = [*before, *map(_same, START)]
    v[12] = builder.xor(v[12], _loaded(builder, state, COUNTS))
    v[14] = builder.xor(v[14], _loaded(builder, state, LASTS))
    for row in ORDER:
        mixed_in = iter([words[int(digit, 16)] for digit in row])
        for places in (*COLUMNS, *DIAGONALS):
            _mix(builder, v, places, (next(mixed_in), next(mixed_in)))
    for at in range(8):
        after = builder.xor(before[at], builder.xor(v[at], v[at + 8]))
        builder.store(after, _place(builder, state, at)).align = WORD_BYTES


def _across(builder: ir.IRBuilder, rows: Sequence[ir.Value]) -> list[ir.Value]:
    """The words of a block, those of all lanes side by side, from where each lane's begin."""

    def shuffled(one: ir.Value, other: ir.Value, places: Sequence[int]) -> ir.Value:
        return builder.shuffle_vector(one, other, ir.Constant(_PLACES, places))

    words: list[ir.Value] = []
    for at in range(16 // LANES):
        a, b, c, d = (_loaded(builder, row, at) for row in rows)
        even, further_even = shuffled(a, b, (0, 4, 2, 6)), shuffled(c, d, (0, 4, 2, 6))
        odd, further_odd = shuffled(a, b, (1, 5, 3, 7)), shuffled(c, d, (1, 5, 3, 7))
        for places in ((0, 1, 4, 5), (2, 3, 6, 7)):
            words.append(shuffled(even, further_even, places))
            words.append(shuffled(odd, further_odd, places))
    return words


def _mix(
    builder: ir.IRBuilder, v: list[ir.Value], places: Sequence[int], mixed_in: Sequence[ir.Value]
) -> None:
    """The function G: RFC 7693, 3.1."""
    a, b, c, d = places
    for word, (first, second) in zip(mixed_in, ((32, 24), (16, 63)), strict=True):
        v[a] = builder.add(builder.add(v[a], v[b]), word)
        v[d] = _turned(builder, builder.xor(v[d], v[a]), first)
        v[c] = builder.add(v[c], v[d])
        v[b] = _turned(builder, builder.xor(v[b], v[c]), second)


def _turned(builder: ir.IRBuilder, word: ir.Value, bits: int) -> ir.Value:
    return builder.or_(builder.lshr(word, _same(bits)), builder.shl(word, _same(64 - bits)))


def _same(number: int) -> ir.Constant:
    return ir.Constant(_VECTOR, [number] * LANES)


def _place(builder: ir.IRBuilder, words: ir.Value, at: int) -> ir.Value:
    """Where the four words from the one numbered 4 times `at` on stand."""
    return builder.gep(builder.bitcast(words, _VECTOR.as_pointer()), [ir.Constant(_WORD, at)])


def _loaded(builder: ir.IRBuilder, words: ir.Value, at: int) -> ir.Value:
    loaded = builder.load(_place(builder, words, at))
    loaded.align = WORD_BYTES
    return loaded
