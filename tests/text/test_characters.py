"""Which characters a text may have: both sides of each kind's bounds, and the joiners where they shape what is seen."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from shared.text.characters import Misplaced, misplaced, without_misplaced

REFUSED = [
    ("\x00", "control_character", "U+0000"),
    ("\x1f", "control_character", "U+001F"),
    ("\x7f", "control_character", "U+007F"),
    ("\x9f", "control_character", "U+009F"),
    ("\u00ad", "invisible_character", "U+00AD SOFT HYPHEN"),
    ("\u200b", "invisible_character", "U+200B ZERO WIDTH SPACE"),
    ("\u200c", "invisible_character", "U+200C ZERO WIDTH NON-JOINER"),
    ("\u200d", "invisible_character", "U+200D ZERO WIDTH JOINER"),
    ("\u2060", "invisible_character", "U+2060 WORD JOINER"),
    ("\ufeff", "invisible_character", "U+FEFF ZERO WIDTH NO-BREAK SPACE"),
    ("\u3164", "invisible_character", "U+3164 HANGUL FILLER"),
    ("\u2800", "invisible_character", "U+2800 BRAILLE PATTERN BLANK"),
    ("\U000e0041", "invisible_character", "U+E0041 TAG LATIN CAPITAL LETTER A"),
    ("\u200e", "direction_character", "U+200E LEFT-TO-RIGHT MARK"),
    ("\u061c", "direction_character", "U+061C ARABIC LETTER MARK"),
    ("\u202a", "direction_character", "U+202A LEFT-TO-RIGHT EMBEDDING"),
    ("\u202e", "direction_character", "U+202E RIGHT-TO-LEFT OVERRIDE"),
    ("\u2066", "direction_character", "U+2066 LEFT-TO-RIGHT ISOLATE"),
    ("\u2069", "direction_character", "U+2069 POP DIRECTIONAL ISOLATE"),
    ("\ud800", "no_character", "U+D800"),
    ("\udfff", "no_character", "U+DFFF"),
    ("\ufdd0", "no_character", "U+FDD0"),
    ("\ufdef", "no_character", "U+FDEF"),
    ("\ufffe", "no_character", "U+FFFE"),
    ("\uffff", "no_character", "U+FFFF"),
    ("\U0010ffff", "no_character", "U+10FFFF"),
    ("\ufffd", "damaged_character", "U+FFFD REPLACEMENT CHARACTER"),
    ("\ue000", "private_character", "U+E000"),
    ("\uf8ff", "private_character", "U+F8FF"),
    ("\U000f0000", "private_character", "U+F0000"),
    ("\U0010fffd", "private_character", "U+10FFFD"),
]


@pytest.mark.parametrize(("sign", "kind", "called"), REFUSED, ids=[called for _, _, called in REFUSED])
@pytest.mark.parametrize("line", [True, False])
def test_what_no_text_may_have_is_named_with_its_place(sign: str, kind: str, called: str, line: bool) -> None:
    assert misplaced(f"测試{sign}", line=line) == Misplaced(kind, called, 3)


@pytest.mark.parametrize(
    ("sign", "called"),
    [
        ("\t", "U+0009 TAB"),
        ("\n", "U+000A LINE FEED"),
        ("\r", "U+000D CARRIAGE RETURN"),
        ("\u2028", "U+2028 LINE SEPARATOR"),
        ("\u2029", "U+2029 PARAGRAPH SEPARATOR"),
    ],
)
def test_line_ends_and_tabs_stand_in_texts_of_several_lines_only(sign: str, called: str) -> None:
    assert misplaced(f"a{sign}b", line=True) == Misplaced("line_break", called, 2)
    assert misplaced(f"a{sign}b", line=False) is None


SEEN = {
    "letters of many scripts": "Formosa 自行车 臺灣 Škoda Ωμέγα ไทย 한국어 カタカナ",
    "blanks of print": "a\u00a0b\u3000c\u202fd",
    "a combining accent": "Cafe\u0301",
    "a variant of a Chinese character": "葛\U000e0100",
    "Persian with a non-joiner": "می\u200cخواهم",
    "Sinhala with a joiner": "ශ්\u200dරී ලංකා",
    "Malayalam with a joiner at the end of a word": "അവന്\u200d വന്നു",
    "a family": "👨\u200d👩\u200d👧",
    "a burning heart": "❤\ufe0f\u200d🔥",
    "the neighbours of what is refused": "\u00ac\u00ae\ud7ff\u2070\ufdf0\ufffc",
    "a character that a later Unicode may have": "\U000323b0",
}


@pytest.mark.parametrize("text", SEEN.values(), ids=SEEN)
def test_what_is_seen_may_stand_in_a_line(text: str) -> None:
    assert misplaced(text, line=True) is None


@pytest.mark.parametrize("text", ["A\u200d12", "客\u200c户", "👨\u200d", "👨\u200dx", "x\u200d👨", "می\u200c\u200cخ"])
def test_a_joiner_that_shapes_nothing_is_refused(text: str) -> None:
    found = misplaced(text, line=False)
    assert found is not None
    assert found.kind == "invisible_character"


@given(st.text(alphabet=st.characters()))
def test_a_name_without_what_is_misplaced_is_a_line(text: str) -> None:
    assert all(misplaced(sign, line=True) is None for sign in without_misplaced(text) if sign not in "\u200c\u200d")
