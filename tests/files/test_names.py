"""A file's name is only a name, seen as it is and sent as it is."""

import pytest
from hypothesis import given
from hypothesis import strategies as some

from shared.files import clean_name, disposition
from shared.text.characters import misplaced

LRE, RLO, ZWSP, BOM, FILLER, WIDE, NARROW = "\u202a", "\u202e", "\u200b", "\ufeff", "\u3164", "\u3000", "\u202f"


@pytest.mark.parametrize(
    ("given", "shown"),
    [
        (f"holiday{RLO}gpj.exe", "holidaygpj.exe"),
        (f"{BOM}a{ZWSP}b{LRE}.png", "ab.png"),
        (f"a{FILLER}.png", "a.png"),
        (f"裂纹{WIDE}2.png", "裂纹 2.png"),
        (f"Screenshot 9.41{NARROW}AM.png", "Screenshot 9.41 AM.png"),
        ("e\u0301.png", "é.png"),
        ("setup.exe. . ", "setup.exe"),
        ("..", "file"),
        ("\ud800.png", ".png"),
    ],
)
def test_what_nobody_sees_is_not_in_a_name(given: str, shown: str) -> None:
    assert clean_name(given) == shown


@given(some.text())
def test_a_name_is_never_empty_nor_long_nor_a_path_and_stays_as_it_is(given: str) -> None:
    shown = clean_name(given)
    assert 1 <= len(shown) <= 200
    assert misplaced(shown, line=True) is None
    assert not {"/", "\\"} & set(shown)
    assert clean_name(shown) == shown


def test_a_header_bears_the_name_in_full_and_in_ascii() -> None:
    assert disposition("attachment", '裂纹 "1";\\.png') == (
        "attachment; filename*=utf-8''%E8%A3%82%E7%BA%B9%20%221%22%3B%5C.png; filename=\"__ _1_;_.png\""
    )


@given(some.text())
def test_a_header_is_one_line_of_ascii(given: str) -> None:
    header = disposition("inline", clean_name(given))
    assert header.isascii()
    assert header.isprintable()
