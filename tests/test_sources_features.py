from __future__ import annotations

import random
import re
from collections import Counter

import pytest
from hypothesis import given
from hypothesis import strategies as st

from backref.sources import features
from backref.sources.features import text_features, words_of

ALPHABET = "abcXYZ019 .,-\n\u00a0\u2019\u2014éßЖ日"
TEXTS = st.lists(st.text(alphabet=ALPHABET, max_size=300), max_size=8)


def split(text: str) -> list[str]:
    """Words one by one, as the module says what a word is."""
    lowered = re.sub(r"[A-Z]", lambda found: found[0].lower(), text)
    return re.findall(r"(?:[a-z0-9]|[^\x00-\x7f\u00a0-\u00bf\u2000-\u207f])+", lowered)


def listed(terms: str) -> dict[str, int]:
    pairs = [term.rpartition(":") for term in terms.split(" ") if term]
    return {term: int(count) for term, _, count in pairs}


@given(TEXTS)
def test_words_and_terms_are_those_of_a_plain_count(texts: list[str]) -> None:
    assert words_of(texts) == [len(split(text)) for text in texts]
    for text, found in zip(texts, text_features(texts), strict=True):
        words = split(text)
        counts = Counter(word for word in words if 3 <= len(word.encode()) <= 40)
        terms = listed(found.terms)
        assert found.words == len(words)
        assert all(counts[term] == count for term, count in terms.items())
        assert list(terms.values()) == sorted(counts.values(), reverse=True)[:64]
        assert len(terms) == min(64, len(counts))
        assert (found.simhash is None) == (len(words) < 3)


@given(TEXTS)
def test_a_text_is_the_same_in_any_company(texts: list[str]) -> None:
    assert text_features(texts) == [text_features([text])[0] for text in texts]


def test_terms_come_by_falling_count() -> None:
    text = "one " * 3 + "two " * 9 + "Two " + "a " * 50 + "x" * 41
    assert text_features([text])[0].terms == "two:10 one:3"


def distance(left: str, right: str) -> int:
    first, second = (found.simhash for found in text_features([left, right]))
    assert first is not None
    assert second is not None
    return (first ^ second).bit_count()


def test_near_duplicates_are_near_and_others_far() -> None:
    chance = random.Random(7)
    vocabulary = [f"word{n}" for n in range(2000)]
    words = chance.choices(vocabulary, k=600)
    changed = [*words[:300], "inserted", *words[300:550], *chance.choices(vocabulary, k=30)]
    others = [" ".join(chance.choices(vocabulary, k=600)) for _ in range(20)]
    text = " ".join(words)
    assert distance(text, text.upper().replace(" ", ",  ")) == 0
    assert distance(text, " ".join(changed)) <= 12
    assert min(distance(text, other) for other in others) > 15


def test_simhash_is_the_majority_of_bits() -> None:
    """Against the definition, one run at a time, on the module's own hashes of the runs."""
    one = text_features(["alpha beta gamma"])[0].simhash
    other = text_features(["delta epsilon zeta"])[0].simhash
    twice = text_features(["alpha beta gamma " * 2])[0].simhash
    assert one is not None
    assert one != other
    runs = ["alpha beta gamma", "beta gamma alpha", "gamma alpha beta", "alpha beta gamma"]
    votes = [text_features([run])[0].simhash or 0 for run in runs]
    majority = sum(1 << bit for bit in range(64) if sum(vote >> bit & 1 for vote in votes) > 2)
    assert twice == majority


def test_a_long_text_is_counted_to_its_end(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(features, "MOST_TEXT_BYTES", 64)
    (found,) = text_features(["early " * 10 + "late " * 100])
    assert found.words == 110
    assert "early:10" in found.terms
    assert "late:100" not in found.terms


@pytest.mark.parametrize("texts", [[], [""], ["", "a", ""], [" . "], ["one two"] * 3])
def test_texts_with_little_in_them(texts: list[str]) -> None:
    assert [found.words for found in text_features(texts)] == words_of(texts)


def test_values_never_change() -> None:
    """Stored hashes are compared with later ones: changing them needs a new extractor version."""
    found = text_features(["The quick brown fox jumps over the internationalisation of a lazy dog"])
    assert found[0].simhash == 10017386768440400142
