"""Clean means that it runs: faults that are planted are found, where they stand, in words."""

import pytest

from shared.regulation.language.document import NoPack
from shared.regulation.language.loading import load_pack, pack_of
from shared.regulation.lint import lint
from tests.regulation.packs import PACKS, SMALL, findings, planted, renamed


@pytest.mark.parametrize("name", PACKS)
def test_every_pack_of_the_product_is_sound(name: str) -> None:
    assert [str(each) for each in lint(load_pack(PACKS[name])) if each.is_fault] == []


@pytest.mark.parametrize("name", PACKS)
def test_a_copy_with_every_code_renamed_is_as_sound(name: str) -> None:
    told = [each.code for each in lint(load_pack(PACKS[name]))]
    assert [each.code for each in lint(renamed(PACKS[name].read_text("utf-8")))] == told


def test_the_pack_in_which_faults_are_planted_is_sound() -> None:
    assert findings(SMALL) == []


@pytest.mark.parametrize(
    ("old", "new", "words"),
    [
        ("after: recorded, form: [finding]", "aftr: recorded, form: [finding]", "did you mean 'after'?"),
        ("due: 5 wd", "due: 5 dw", "is no time"),
        ("type: money", "type: mony", "did you mean 'money'?"),
        ("when: grade = major\n    after", "when: grade = (major\n    after", "ends where"),
        ("ends: case", "ends: cases", "is none of 'case'"),
        ("pack: small", "pack: Small Pack", "is no code"),
        ("by: {each: concerns}", "by: {ech: concerns}", "says who as"),
        ("rows: [{upto: 100, is: manager}, {is: director}]", "rows: []", "at least 1"),
    ],
)
def test_what_cannot_be_read_is_told_with_its_place(old: str, new: str, words: str) -> None:
    text = planted(old, new)
    with pytest.raises(NoPack) as fault:
        pack_of(text)
    line = text[: text.index(new)].count("\n") + 1
    assert [each.line for each in fault.value.faults] == [line]
    assert words in fault.value.faults[0].message


@pytest.mark.parametrize(
    ("old", "new", "code", "words"),
    [
        ("form: [finding]", "form: [findings]", "unknown", "did you mean 'finding'?"),
        ("after: recorded", "after: recordd", "unknown", "did you mean 'recorded'?"),
        ("after: priced", "after: {any: [priced.done]}", "unknown", "there is no outcome 'priced.done'"),
        ("when: grade = major, by", "when: grad = major, by", "unknown", "did you mean 'grade'?"),
        ("when: grade = major, by", "when: grade = mayor, by", "no-such-value", "did you mean 'major'?"),
        ("when: grade = major, by", "when: grade > major, by", "no-guard", "neither more nor less"),
        ("when: grade = major, by", "when: what > 5, by", "no-guard", "cannot be compared"),
        ("when: grade = major, by", "when: concerns, by", "no-guard", "neither true nor false"),
        ("when: grade = major, by", "when: finding = finding, by", "one-of-several", "any(finding"),
        ("{level: {table: authority}}", "{level: {table: autority}}", "unknown", "did you mean 'authority'?"),
        ("is: manager", "is: manger", "unknown", "did you mean 'manager'?"),
        ("reopens: priced", "reopens: prized", "unknown", "did you mean 'priced'?"),
        ("numbered: case", "numbered: cases", "unknown", "did you mean 'case'?"),
        ("of: works", "of: work", "unknown", "did you mean 'works'?"),
        ("series: {case: YYMM##}", "series: {case: YYMM##, slip: SYYMM##}", "unused", "the series 'slip'"),
        (
            "{upto: 100, is: manager}, {is: director}",
            "{upto: 100, is: manager}, {over: 200, is: director}",
            "table-gap",
            "100.01",
        ),
        (
            "{upto: 100, is: manager}, {is: director}",
            "{upto: 100, is: manager}, {from: 100, is: director}",
            "table-overlap",
            "= 100",
        ),
        ("结果 | Finding", "结果", "text-missing", "not written in en"),
        ("form: [what, grade, concerns]", "form: [what, grade]", "nobody", "each of concerns"),
        ("type: units, of: works, at_least: 1", "type: units, of: works", "nobody", "each of concerns"),
        ("form: [amount]", "form: []", "nobody", "the level of table authority"),
        (
            "after: [handled, priced, agreed], ends: case",
            "after: agreed.yes-please, ends: case",
            "dead-end",
            "grade = minor",
        ),
        ("after: [handled, priced, agreed]", "after: [handled]", "open-at-the-end", "priced"),
        (", ends: case", "", "dead-end", "'closed'"),
        ("after: recorded, form: [finding]", "form: [finding]", "unreachable", "nothing begins 'handled'"),
        ("due: 5 wd", "due: {within: 5 wd, from: closed}", "no-beginning", "counts from 'closed'"),
        ("due: 5 wd", "due: {within: {of: grade, minor: 5 wd}}", "no-limit", "grade = major"),
        (
            "after: [handled, priced, agreed], ends: case",
            "after: [handled, priced, agreed], reopens: handled",
            "never-ends",
            "to the end",
        ),
        ("due: 5 wd", "due: 5 wd, late: [{at: halfway, warn: true}]", "no-rung", "'halfway' is no time"),
    ],
)
def test_a_planted_fault_is_found(old: str, new: str, code: str, words: str) -> None:
    found = findings(planted(old, new))
    assert code in [each.code for each in found], found
    assert any(words in each.message for each in found if each.code == code), [str(each) for each in found]


def test_P1_24_bounds_as_printed_are_found_wanting() -> None:
    """The source leaves 10,000 to 10,001 open and gives 15,000 to two levels."""
    text = planted(
        "rows: [{upto: 100, is: manager}, {is: director}]",
        "rows: [{upto: 10000, is: manager}, {from: 10001, upto: 15000, is: director}, {from: 15000, is: director}]",
    )
    found = [(each.code, each.message) for each in findings(text)]
    assert [each for each in found if each[0].startswith("table-")] == [
        ("table-gap", "nothing is given for amount = 10000.01"),
        ("table-overlap", "director and director are both given for amount = 15000"),
    ]


def test_a_known_finding_carries_its_reading_and_one_in_vain_is_found() -> None:
    gap = planted("{upto: 100, is: manager}, {is: director}", "{upto: 100, is: manager}, {over: 200, is: director}")
    known = gap + "known: [{finding: table-gap, reading: nobody signs between}]\n"
    assert [each.is_fault for each in findings(known) if each.code == "table-gap"] == [False]
    vain = SMALL + "known: [{finding: table-gap, reading: nobody signs between}]\n"
    assert [each.code for each in findings(vain)] == ["known-but-gone"]
