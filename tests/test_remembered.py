import pytest

from backref.remembered import LONGEST, remembered


@pytest.mark.parametrize(("length", "times"), [(1, 1), (LONGEST, 1), (LONGEST + 1, 3)])
def test_only_questions_of_an_ordinary_length_are_remembered(length, times):
    asked = []
    answer = remembered(8)(lambda text, more=None: asked.append(text) or (len(text), more))
    assert [answer("x" * length, "y") for _ in range(3)] == [(length, "y")] * 3
    assert len(asked) == times


def test_the_latest_questions_stay():
    asked = []
    answer = remembered(2)(lambda text: asked.append(text) or text)
    assert [answer(text) for text in "abcabc"] == list("abcabc")
    assert len(asked) == 6
    assert answer("c") == "c"
    assert len(asked) == 6
