"""The pieces of a text: what has a text as its part has all its pieces."""

from hypothesis import given
from hypothesis import strategies as st

from shared.text.pieces import piece_at, pieces

TEXTS = st.text(alphabet="ab12测试机漏é ")


def named(text: str) -> list[str]:
    return [piece for place in range(len(text)) if (piece := piece_at(text, place))]


def test_a_piece_is_three_signs_and_two_where_one_is_chinese() -> None:
    assert named("so1001") == ["so1", "o10", "100", "001"]
    assert named("测试机a12") == ["测试", "试机", "机a", "a12"]
    assert named("测试") == ["测试"]


def test_what_is_shorter_has_none() -> None:
    assert [pieces(text) for text in ("", "a", "ab", "测")] == [[], [], [], []]


@given(TEXTS, TEXTS, TEXTS)
def test_the_pieces_of_a_part_are_pieces_of_the_whole(before: str, part: str, after: str) -> None:
    assert set(pieces(part)) <= set(pieces(before + part + after))


@given(TEXTS)
def test_pieces_are_whole_numbers_that_a_column_holds_each_once_and_in_order(text: str) -> None:
    found = pieces(text)
    assert found == sorted(set(found))
    assert all(-(2**31) <= each < 2**31 for each in found)
