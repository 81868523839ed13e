"""The form in which texts are compared: one for all spellings, stable, and of a part of a word a part."""

import random
from hashlib import sha256
from unicodedata import normalize

import pytest
from hypothesis import given
from hypothesis import strategies as st
from opencc import OpenCC

from shared.text.normal import normal, simplified, words

ORDER = (
    "PO-2026-001",
    "po-2026-001",
    "PO 2026 001",
    "PO2026001",
    "ＰＯ－２０２６－００１",
    "ＰＯ　２０２６　００１",
    "PO–2026—001",
    "PO‑2026−001",
    "POー2026ー001",
    "PO/2026/001",
    "PO_2026_001",
    "PO.2026.001",
    "#PO-2026-001.",
    "(PO-2026-001)",
    "P O 2026\u00a0001",
    "Po·2026•001",
)
CUSTOMER = (
    "臺北機械股份有限公司",
    "台北機械股份有限公司",
    "台北机械股份有限公司",
    "臺北機械 股份有限公司",
    "臺北機械（股份）有限公司",
    "「臺北機械」股份有限公司",
    "臺北機械\u3000股份有限公司 ",
)
SAME = {
    "an order": ORDER,
    "a customer": CUSTOMER,
    "a company's suffix": (
        "Trade Winds Co., Ltd.",
        "TRADE WINDS CO LTD",
        "Tradewinds Co.,Ltd",
        "ＴＲＡＤＥ ＷＩＮＤＳ ＣＯ．，ＬＴＤ．",
    ),
    "umlauts": ("Müller Straße", "MU\u0308LLER STRASSE", "muller strasse"),
    "kana of half width": ("サーバー", "ｻｰﾊﾞｰ"),
    "digits of another script": ("12", "١٢", "१२", "１２"),
    "variants of Taiwan and Hong Kong": ("衛星裡線麵着", "衞星裏綫麪著", "卫星里线面着"),
    "Roman numerals": ("Ⅳ型", "IV 型"),
}
DIFFERENT = {
    "leading zeros": ("000042", "42"),
    "a letter more": ("SO-1001", "SO-1001A"),
    "another digit": ("PN-7", "PN-1"),
    "letter and digit": ("O-1", "0-1"),
    "another plant": ("台北廠", "台中廠"),
    "a long vowel": ("ビール", "ビル"),
    "a vowel of Hindi": ("कि", "की"),
}
PLAIN = "abcxyz019测试台北机械发动后里面干"
SEPARATORS = "-–—‐‑−－_/\\., :#()（）·・　\u00a0 "

SCRIPTS = [OpenCC(way) for way in ("s2t", "s2tw", "s2hk", "t2s")]


@pytest.mark.parametrize("spellings", SAME.values(), ids=SAME)
def test_what_is_written_differently_has_one_form(spellings: tuple[str, ...]) -> None:
    assert {normal(each) for each in spellings} == {normal(spellings[0])}


@pytest.mark.parametrize(("one", "other"), DIFFERENT.values(), ids=DIFFERENT)
def test_what_is_another_thing_has_another_form(one: str, other: str) -> None:
    assert normal(one) != normal(other)


def test_separators_between_digits_do_not_count_either() -> None:
    assert normal("A-1-2") == normal("A-12") == "a12"


def test_only_a_text_of_blanks_has_an_empty_form() -> None:
    assert [normal(each) for each in ("", " \u3000\n", "---", "- -", "☆")] == ["", "", "---", "--", "☆"]


def test_words_are_told_once_and_in_their_form() -> None:
    assert words("  測試 A-12 - 测试 a12") == ("测试", "a12")
    assert words(" % _ ") == ("%", "_")
    assert words("\u3000") == ()


@given(st.text())
def test_the_form_of_a_form_is_itself(text: str) -> None:
    assert normal(normal(text)) == normal(text)


def respelled(text: str, chance: random.Random) -> str:
    """A text as somebody else would write it."""
    converted = chance.choice(SCRIPTS).convert(text)
    widths = {ord(sign): ord(sign) + 0xFEE0 for sign in map(chr, range(0x21, 0x7F))}
    wide = converted.translate(widths) if chance.random() < 0.5 else normalize(chance.choice(("NFC", "NFD")), converted)
    cased = "".join(chance.choice((sign.upper(), sign)) for sign in wide)
    separated = "".join(sign + chance.choice(("", "", chance.choice(SEPARATORS))) for sign in cased)
    return chance.choice(SEPARATORS) + separated


@given(st.text(alphabet=PLAIN, min_size=1), st.randoms(use_true_random=False))
def test_width_case_separators_and_script_make_no_difference(text: str, chance: random.Random) -> None:
    assert normal(respelled(text, chance)) == normal(text)


@given(st.text(alphabet=PLAIN + SEPARATORS), st.text(alphabet=PLAIN, min_size=1), st.text(alphabet=PLAIN + SEPARATORS))
def test_the_form_of_a_part_is_in_the_form_of_the_whole(before: str, part: str, after: str) -> None:
    assert normal(part) in normal(before + part + after)


def test_the_table_of_characters_is_the_one_that_the_read_models_were_written_with() -> None:
    """With another one, the read models that keep forms need another version, and are made anew."""
    table = "\n".join(f"{sign:x} {other}" for sign, other in sorted(simplified().items()))
    assert sha256(table.encode()).hexdigest()[:16] == "fda15f9c861d3494"
