"""What later judgement needs of a page's text without the page: a count, a hash, the terms.

Words are runs of letters and digits (beyond ASCII everything but common punctuation), in lower
case as far as ASCII goes. A word's hash mixes its first eight bytes, its last eight and its length,
so that the words of many pages are hashed by a handful of array operations, not one by one.
SimHash (Charikar 2002; Manku, Jain and Das Sarma 2007) sums the bits of the hashes of all runs
of three words: near-duplicates differ in few of the 64 bits.
"""

from __future__ import annotations

from itertools import pairwise
from typing import TYPE_CHECKING, NamedTuple

import numpy as np

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from numpy.typing import NDArray

    Hashes = NDArray[np.uint64]
    Places = NDArray[np.intp]

MOST_TEXT_BYTES = 1 << 15
"""Words of a page beyond these are counted, and neither hashed nor listed among the terms."""
MOST_TERMS = 64
SHORTEST_TERM = 3
LONGEST_TERM = 40

_PAD = b" " * 8
_FOLD = bytes(
    (byte + 32 if 65 <= byte <= 90 else byte) if byte >= 128 or chr(byte).isalnum() else 32
    for byte in range(256)
)
_MIX = np.uint64(0xD6E8FEB86659FD93)
_FIRST = np.uint64(0x9E3779B97F4A7C15)
_SECOND = np.uint64(0xC2B2AE3D27D4EB4F)
_HALF = np.uint64(32)
_SHIFTS = np.arange(8, dtype=np.uint64)[:, None]
_LOW_BITS = np.uint64(0x0101010101010101)
_LANE = 255
"""So many ones fit into a byte."""
_COUNTS = [b":%d" % count for count in range(256)]
_KEPT_BITS = np.array([(1 << (8 * size)) - 1 for size in range(9)], np.uint64)

_BATCH_BYTES = 1 << 19
"""Texts are taken together up to here; more would no longer fit into a processor's cache."""
_PAGE_SHIFT, _HASH_SHIFT = np.uint64(52), np.uint64(20)
_PLACE = np.uint64((1 << 20) - 1)
_MOST_PAGES = 1 << 12


class TextFeatures(NamedTuple):
    """Words of a text, the SimHash of its word triples (None below three words), and the most
    frequent terms as `term:count` by falling count."""

    words: int
    simhash: int | None
    terms: str


def text_features(texts: Sequence[str]) -> list[TextFeatures]:
    """Count, hash and list the words of each text."""
    folded = [fold_words(text) for text in texts]
    return [found for batch in _batches(folded) for found in _read(batch)]


def words_of(texts: Sequence[str]) -> list[int]:
    """How many words each text has."""
    if not texts:
        return []
    folded = [fold_words(text) for text in texts]
    begins, _ = _words(_PAD + _PAD.join(folded) + _PAD)
    counts: list[int] = np.diff(np.searchsorted(begins, _borders(folded))).tolist()
    return counts


def fold_words(text: str) -> bytes:
    """The text in lower case, with blanks for ASCII that is neither letter nor digit."""
    return text.encode("utf-8", "replace").translate(_FOLD)


def _borders(texts: list[bytes]) -> Places:
    """Where each text begins among padded ones, and where the last one's padding ends."""
    return np.cumsum([len(_PAD)] + [len(text) + len(_PAD) for text in texts])


def _batches(folded: list[bytes]) -> Iterator[list[bytes]]:
    batch: list[bytes] = []
    size = 0
    for text in folded:
        length = min(len(text), MOST_TEXT_BYTES)
        if batch and (size + length > _BATCH_BYTES or len(batch) >= _MOST_PAGES):
            yield batch
            batch, size = [], 0
        batch.append(text)
        size += length
    if batch:
        yield batch


def _read(batch: list[bytes]) -> Iterator[TextFeatures]:
    """The features of a batch. Its texts stand in one array with gaps between them; a page's
    words are the slice between two of `firsts`."""
    heads = [text[:MOST_TEXT_BYTES] for text in batch]
    data = _PAD + _PAD.join(heads) + _PAD
    begins, ends = _words(data)
    firsts = np.searchsorted(begins, _borders(heads))
    hashes = _hashes(data, begins, ends)
    simhashes = _simhashes(hashes, firsts)
    terms = _terms(data, begins, ends, hashes, firsts)
    for text, words, simhash, listed in zip(
        batch, np.diff(firsts).tolist(), simhashes, terms, strict=True
    ):
        beyond = (
            len(_words(_PAD + text[MOST_TEXT_BYTES:] + _PAD)[0]) if text[MOST_TEXT_BYTES:] else 0
        )
        yield TextFeatures(words + beyond, simhash, listed)


def _words(data: bytes) -> tuple[Places, Places]:
    """Where words begin and where they end in padded bytes.

    The blanks, quotation marks and dashes of Latin-1 and of General Punctuation part words too.
    """
    letters = np.frombuffer(data, np.uint8)
    gaps = letters == 32
    latin = np.flatnonzero(letters == 0xC2)
    gaps[latin] = gaps[latin + 1] = True
    general = np.flatnonzero(letters == 0xE2)
    general = general[letters[general + 1] & 0xFE == 0x80]
    gaps[general] = gaps[general + 1] = gaps[general + 2] = True
    edges = np.flatnonzero(gaps[1:] != gaps[:-1]) + 1
    return edges[::2].copy(), edges[1::2].copy()


def _hashes(data: bytes, begins: Places, ends: Places) -> Hashes:
    eights: Hashes = np.ndarray((len(data) - 7,), "<u8", data, 0, (1,))
    sizes = ends - begins
    found: Hashes = eights[begins] & _KEPT_BITS[np.minimum(sizes, 8)]
    last = eights[ends - 8]
    last[sizes <= 8] = 0
    both = np.bitwise_xor(found * _FIRST, last * _SECOND)
    return _mixed(np.bitwise_xor(both, sizes.astype(np.uint64)))


def _mixed(values: Hashes) -> Hashes:
    values ^= values >> _HALF
    values *= _MIX
    values ^= values >> _HALF
    return values


def _simhashes(hashes: Hashes, firsts: Places) -> list[int | None]:
    """One SimHash for each slice of the hashes.

    Bits are summed eight lanes at a time: a byte holds the sum of up to 255 ones, so each
    slice is cut into lanes of that length, which start at `starts`.
    """
    if len(hashes) < 3:
        return [None] * (len(firsts) - 1)
    mixed: Hashes = hashes[2:] + hashes[1:-1] * _FIRST + hashes[:-2] * _SECOND
    runs = _mixed(mixed)
    triples = np.maximum(np.diff(firsts) - 2, 0)
    counted = np.flatnonzero(triples)
    if not len(counted):
        return [None] * len(triples)
    lanes_of = -(-triples[counted] // _LANE)
    lane_firsts = np.cumsum(lanes_of) - lanes_of
    # Each slice's lanes, and after them a start for the two runs that straddle two slices.
    within = np.arange(lanes_of.sum()) - np.repeat(lane_firsts, lanes_of)
    starts = np.repeat(firsts[counted], lanes_of) + within * _LANE
    stops = np.minimum(starts + _LANE, np.repeat(firsts[counted] + triples[counted], lanes_of))
    bounds = np.column_stack((starts, stops)).ravel()
    bounds = bounds[:-1] if bounds[-1] >= len(runs) else bounds
    sums = np.add.reduceat((runs >> _SHIFTS) & _LOW_BITS, bounds, axis=1)[:, ::2]
    ones = np.ascontiguousarray(sums).view(np.uint8).reshape(8, -1, 8)
    totals = np.add.reduceat(ones, lane_firsts, axis=1, dtype=np.int64)
    bits = totals * 2 > triples[counted][None, :, None]
    packed = np.packbits(bits.transpose(1, 2, 0).reshape(-1, 64), axis=1, bitorder="little")
    found: list[int | None] = [None] * len(triples)
    for place, value in zip(counted.tolist(), packed.view("<u8").ravel().tolist(), strict=True):
        found[place] = value
    return found


def _terms(
    data: bytes, begins: Places, ends: Places, hashes: Hashes, firsts: Places
) -> Iterator[str]:
    """Each slice's most frequent words of a sensible length.

    A word's slice, the upper bits of its hash and its place make one number, so that a plain
    sort both groups equal words and remembers where one of them stands.
    """
    sizes = ends - begins
    chosen = np.flatnonzero((sizes >= SHORTEST_TERM) & (sizes <= LONGEST_TERM)).astype(np.uint64)
    pages = np.repeat(np.arange(len(firsts) - 1, dtype=np.uint64), np.diff(firsts))[chosen]
    keys = (pages << _PAGE_SHIFT) | ((hashes[chosen] >> np.uint64(32)) << _HASH_SHIFT) | chosen
    keys.sort()
    words = keys >> _HASH_SHIFT
    new = np.ones(len(keys), bool)
    np.not_equal(words[1:], words[:-1], out=new[1:])
    groups = np.flatnonzero(new)
    counts = np.diff(groups, append=len(keys)).astype(np.uint64)
    heads = keys[groups]
    # Slice, then falling count, then the place of first standing: again one number, one sort.
    ranked = (heads >> _PAGE_SHIFT << _PAGE_SHIFT) | ((~counts & _PLACE) << _HASH_SHIFT)
    ranked |= heads & _PLACE
    ranked.sort()
    limits = np.searchsorted(
        ranked, np.arange(len(firsts), dtype=np.uint64) << _PAGE_SHIFT
    ).tolist()
    for first, limit in pairwise(limits):
        yield _listed(data, begins, ends, ranked[first : min(limit, first + MOST_TERMS)])


def _listed(data: bytes, begins: Places, ends: Places, ranked: Hashes) -> str:
    places = (ranked & _PLACE).astype(np.intp)
    counts = _PLACE - ((ranked >> _HASH_SHIFT) & _PLACE)
    terms = zip(begins[places].tolist(), ends[places].tolist(), counts.tolist(), strict=True)
    return b" ".join(
        [data[i:j] + (_COUNTS[n] if n < len(_COUNTS) else b":%d" % n) for i, j, n in terms]
    ).decode("utf-8", "replace")
