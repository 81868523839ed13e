"""Packs and companies are read whole or not at all, and every fault is told with its line."""

from pathlib import Path

import pytest

from shared.procedures.language.company import SAMPLE, Company, load_company
from shared.procedures.language.lines import Unreadable, parse_document
from shared.procedures.language.loader import load_pack, pack_files
from shared.procedures.language.pack import Pack
from tests.procedures.planting import planted


def faults_of(text: str, model: type[Pack] | type[Company] = Pack) -> tuple[tuple[int, str], ...]:
    with pytest.raises(Unreadable) as unreadable:
        parse_document(text, "planted.yaml").into(model)
    return unreadable.value.faults


@pytest.mark.parametrize(
    ("written", "instead", "told"),
    [
        ("owner: manufacturing\n", "owner: manufacturing\n    colour: red\n", "colour: Extra inputs"),
        ("limit: {time: 1 d, rule: P1.15}", "limit: {time: one day, rule: P1.15}", "'one day' is no limit"),
        ("case: YYMM##", "case: YYMM", "'YYMM' needs exactly one run of #"),
        ("warnings: [50, 75]", "warnings: [50, 100]", "less than 100"),
        ("ends: intake.form-corrected", "ends: FormCorrected", "match pattern"),
        ("{level: sales-manager, upto: 10000}", "{level: sales-manager, upto: much}", "valid decimal"),
        ("  - {number: 5, recipient: gm-office}", "  - {number: 5}", "recipient: Field required"),
        (
            "domestic: {en: Domestic, zh-CN: 国内, zh-TW: 國內}",
            "domestic: {en: Domestic, zh-CN: 国内}",
            "zh-TW: Field required",
        ),
    ],
)
def test_a_word_that_the_pack_language_does_not_know_is_told_with_its_line(
    written: str, instead: str, told: str
) -> None:
    text, line = planted(written, instead)
    faults = faults_of(text)
    assert {fault for fault, _ in faults} <= {line, line + 1}
    assert any(told in message for _, message in faults)


def test_all_faults_are_told_at_once() -> None:
    text, first = planted("version: 1", "version: 0")
    text, second = planted("  case: YYMM##", "  case: none", text)
    assert [line for line, _ in faults_of(text)] == [first, second]


@pytest.mark.parametrize(
    ("text", "faults"),
    [
        ("a: 1\nb: 2\na: 3\n", ((3, "'a' stands here twice"),)),
        ("a: 1\n[b]: 2\n", ((2, "found unhashable key"),)),
        ("a: &a [*a]\n", ((1, "a part contains itself"),)),
        ("a: 1\nb: [1\n", ((3, "expected ',' or ']', but got '<stream end>'"),)),
        (
            "a: \x00",
            (
                (
                    1,
                    "unacceptable character #x0000: special characters are not allowed\n"
                    '  in "<unicode string>", position 3',
                ),
            ),
        ),
    ],
)
def test_what_is_no_yaml_is_told_with_its_line(text: str, faults: tuple[tuple[int, str], ...]) -> None:
    assert faults_of(text) == faults


def test_a_character_that_nobody_sees_is_told_with_its_line() -> None:
    with pytest.raises(Unreadable) as refused:
        parse_document("site:\n  name: Tai\u200bpei\n  x\u202ey: [ok]\n", "a.yaml")
    assert refused.value.faults == (
        (2, "U+200B ZERO WIDTH SPACE may not stand in a text (character 4)"),
        (3, "U+202E RIGHT-TO-LEFT OVERRIDE may not stand in a text (character 2)"),
    )


def test_an_empty_document_is_no_pack() -> None:
    assert faults_of("")[0][0] == 1


def test_a_pack_is_found_by_its_id_and_version_and_read_once() -> None:
    assert load_pack("glzd194") is load_pack("glzd194", 1) is load_pack(pack_files()[0])
    assert (load_pack("glzd194").id, load_pack("glzd194").version) == ("glzd194", 1)


@pytest.mark.parametrize(("pack", "version"), [("glzd194", 2), ("nonsense", None), ("nonsense", 1)])
def test_a_pack_that_there_is_none_of_is_not_readable(pack: str, version: int | None) -> None:
    with pytest.raises(Unreadable, match=pack):
        load_pack(pack, version)


def test_an_older_version_stays_readable(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    text, _ = planted("version: 1", "version: 2")
    (tmp_path / "kept.yaml").write_text(text, "utf-8")
    (tmp_path / "kept@1.yaml").write_text(planted("version: 1", "version: 1")[0], "utf-8")
    monkeypatch.setattr("shared.procedures.language.loader.PACKS", tmp_path)
    assert [load_pack("kept", version).version for version in (None, 1, 2)] == [2, 1, 2]


def test_the_sample_company_has_two_sites_with_their_own_clocks_and_money() -> None:
    company = load_company()
    assert {
        code: (site.code, site.pack, str(site.timezone), site.currency) for code, site in company.sites.items()
    } == {
        "TPE": ("TPE", "glzd194", "Asia/Taipei", "TWD"),
        "KSH": ("KSH", "glzd194", "Asia/Shanghai", "CNY"),
    }


def test_a_person_is_found_by_his_code_and_acts_for_his_department() -> None:
    person = load_company().find("lin-yating")
    assert person is not None
    assert (person.actor.department, person.actor.level, person.actor.sites) == ("sales", "clerk", ("TPE",))
    assert load_company().find("nobody") is None


def test_the_environment_names_the_company(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    file = tmp_path / "company.yaml"
    file.write_text(SAMPLE.read_text("utf-8").replace("Taipei plant", "Tainan plant"), "utf-8")
    monkeypatch.setenv("REDRESS_COMPANY", str(file))
    assert load_company().sites["TPE"].name.en == "Tainan plant"


def test_overrides_are_named_as_seen_from_the_companys_file(tmp_path: Path) -> None:
    file = tmp_path / "company.yaml"
    text = SAMPLE.read_text("utf-8").replace(
        "moves_working_days: true", "moves_working_days: true\n      overrides: 2027.csv"
    )
    file.write_text(text, "utf-8")
    (tmp_path / "2027.csv").write_text("date,windows,name\n2027-02-14,08:00-12:00,调休\n", "utf-8")
    assert load_company(file).sites["KSH"].calendar.unpublished(range(2026, 2029)) == (2028,)
    (tmp_path / "2027.csv").unlink()
    with pytest.raises(Unreadable, match=r"company\.yaml:11: sites\.KSH: .*2027\.csv"):
        load_company(file)


@pytest.mark.parametrize(
    ("written", "instead", "told"),
    [
        ("timezone: Asia/Taipei", "timezone: Asia/Atlantis", "'Asia/Atlantis' is no time zone"),
        ("timezone: Asia/Taipei", "timezone: ../etc/passwd", "is no time zone"),
        ("country: TW", "country: XX", "the holidays of 'XX' are not known"),
        ('"08:30-12:00 13:00-17:30"', '"08:30-12:00 11:00-17:30"', "windows overlap"),
        ("currency: TWD", "currency: twd", "match pattern"),
        ("person: operator,", "person: lin-yating,", "two people have the same code"),
        ("department: operations,", "department: opera,", "opera, which is no department"),
        ("sites: [KSH]}", "sites: [SHA]}", "which are no sites"),
    ],
)
def test_a_company_that_does_not_hold_together_is_refused(written: str, instead: str, told: str) -> None:
    text = SAMPLE.read_text("utf-8")
    assert text.count(written) == 1
    assert any(told in message for _, message in faults_of(text.replace(written, instead), Company))
