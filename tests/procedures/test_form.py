"""What the form must say and what may wait (P1.9, P1.10); choices, lead departments, copies (P1.2, P1.3, P1.17)."""

from typing import Any

import pytest

from shared.contracts import Refused
from shared.procedures.language.company import load_company
from tests.procedures.case import PACK, RULES

FORM: dict[str, Any] = {
    "customer": "Acme",
    "region": "domestic",
    "order": "O-1",
    "part": "P-1",
    "delivered_on": "2026-10-01",
    "delivered": 100,
    "defective": 7,
    "unit": "piece",
    "value": 1000,
    "demand": "discount",
    "reason": "scratched",
}


def test_P1_9_a_whole_form_lacks_nothing() -> None:
    assert RULES.missing(FORM) == ()


@pytest.mark.parametrize("field", ["order", "part", "delivered_on", "delivered", "defective", "demand", "value"])
@pytest.mark.parametrize("empty", [None, "", "  ", ()])
def test_P1_9_each_field_that_the_regulation_names_is_required(field: str, empty: object) -> None:
    assert RULES.missing(FORM | {field: empty}) == (field,)


@pytest.mark.parametrize("field", ["customer", "region", "unit", "reason"])
def test_P1_4_a_form_says_whose_goods_and_why(field: str) -> None:
    assert RULES.missing({name: value for name, value in FORM.items() if name != field}) == (field,)


def test_P1_9_a_quantity_of_zero_is_not_empty() -> None:
    assert RULES.missing(FORM | {"defective": 0}) == ()


def test_P1_9_all_that_is_missing_is_named_at_once_in_the_forms_order() -> None:
    assert RULES.missing({}) == tuple(FORM)


@pytest.mark.parametrize(
    ("demand", "missing"),
    [("return", ()), ("exchange", ()), ("discount", ("defective",)), ("replenish", ("defective",))],
)
def test_P1_10_the_quantity_of_a_return_or_exchange_may_be_undetermined(demand: str, missing: tuple[str, ...]) -> None:
    assert RULES.missing(FORM | {"demand": demand, "defective": None}) == missing


def test_P1_10_nothing_else_of_a_return_may_be_undetermined() -> None:
    assert RULES.missing(FORM | {"demand": "return", "defective": None, "delivered": None}) == ("delivered",)
    assert RULES.undetermined_demands == ("return", "exchange")


def test_P1_2_there_are_two_classes_of_complaint() -> None:
    assert RULES.choices("classes") == ("quality-anomaly", "non-quality")


def test_P1_19_a_decision_is_conveyed_by_letter_or_telephone() -> None:
    assert RULES.choices("conveyances") == ("letter", "telephone")


def test_P1_39_the_causes_offered_are_the_fifteen_grounds() -> None:
    assert len(RULES.choices("causes")) == 15


def test_a_value_off_the_list_is_refused_with_its_field() -> None:
    RULES.require_choice("regions", "overseas", "region")
    with pytest.raises(Refused) as refused:
        RULES.require_choice("regions", "lunar", "region")
    assert refused.value == Refused("unknown-choice", fields=("region",), value="lunar", list="regions")


LEADS = {
    "reporting": "sales",
    "investigation": "quality",
    "responsibility": "gm-office",
    "deadlines": "gm-office",
    "inspection": "quality",
    "receiving": "warehouse",
    "improvement-form": "gm-office",
    "improvement-draft": "manufacturing",
    "improvement-confirmation": "gm-office",
    "improvement-execution": None,
    "improvement-supervision": "gm-office",
}


def test_P1_3_each_item_has_its_lead_department() -> None:
    assert {item: RULES.lead(item) for item in PACK.leads} == LEADS


def test_P1_3_an_improvement_is_carried_out_by_the_department_concerned() -> None:
    assert RULES.lead("improvement-execution", {"responsible_department": "rd"}) == "rd"


def test_P1_17_five_copies_of_the_closed_form_go_out() -> None:
    assert RULES.copies == (
        (1, "quality"),
        (2, "manufacturing"),
        (3, "sales"),
        (4, "accounting"),
        (5, "gm-office"),
    )


@pytest.mark.parametrize(
    ("key", "lang", "wording"),
    [
        ("stage.cause", "en", "Cause and responsibility"),
        ("stage.cause", "zh-CN", "追查原因及判定责任"),
        ("stage.cause", "zh-TW", "追查原因及判定責任"),
        ("stage.cause", "fr", "Cause and responsibility"),
        ("department.rd", "zh-CN", "研究开发部"),
        ("level.general-manager", "zh-TW", "總經理"),
        ("choice.demands.return", "zh-CN", "退货"),
        ("choice.dispositions.rework", "en", "Rework"),
        ("input.freight", "en", "Freight"),
        ("rule.P1.24", "zh-CN", "投诉金额核决权限"),
        ("pack", "zh-CN", "客户投诉管理制度"),
    ],
)
def test_everything_a_person_reads_is_worded_in_his_language(key: str, lang: str, wording: str) -> None:
    assert RULES.wording(key, lang) == wording


def test_a_wording_that_there_is_none_of_is_no_wording() -> None:
    with pytest.raises(KeyError):
        RULES.wording("stage.nonsense", "en")


def test_every_person_of_the_sample_company_has_a_level_that_the_pack_knows() -> None:
    company = load_company()
    assert {person.level for person in company.people} == set(PACK.levels)
    assert set(PACK.departments) <= {person.department for person in company.people}
