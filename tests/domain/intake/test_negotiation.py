"""Sales tells the customer what was approved, enters the answer, and the supervisor checks it."""

from typing import Any

import pytest
from pydantic import TypeAdapter, ValidationError

from services.intake import domain
from services.intake.domain import CheckNegotiation, InformCustomer, RecordNegotiation
from shared.contracts import Refused, intake
from tests.domain.intake.forms import (
    ACCEPTED,
    APPROVED,
    CLERK,
    DECLINED,
    FILED,
    INFORMED,
    NEGOTIATION,
    SUPERVISOR,
    closed,
    days,
)
from tests.domain.story import by, money, story

given = story(domain)
BEGUN = (FILED, ACCEPTED, APPROVED, NEGOTIATION)


def inform(**said: Any) -> InformCustomer:
    """Exactly what was approved, by letter, with some of it said otherwise."""
    told = {"channel": "letter", "disposition": "return", "amount": money("8000.00")}
    return InformCustomer(**{"by": CLERK, "wording": "We take 40 pieces back.", **told, **said})


def test_P1_19_what_was_approved_is_conveyed() -> None:
    given(*BEGUN).when(inform()).then(INFORMED)


@pytest.mark.parametrize("channel", ["letter", "telephone"])
def test_P1_19_by_letter_or_telephone(channel: str) -> None:
    given(*BEGUN).when(inform(channel=channel)).then(
        intake.CustomerInformed(channel, "return", money("8000.00"), "We take 40 pieces back.")
    )


def test_P1_19_by_nothing_else() -> None:
    given(*BEGUN).when(inform(channel="e-mail")).refused(
        Refused("unknown-choice", fields=("channel",), value="e-mail", list="conveyances")
    )


@pytest.mark.parametrize(
    ("said", "beyond"),
    [
        ({"disposition": "compensation"}, ("disposition",)),
        ({"amount": money("8000.01")}, ("amount",)),
        ({"amount": money("7999.99")}, ("amount",)),
        ({"amount": money("8000.00", "CNY")}, ("amount",)),
        ({"disposition": "discount", "amount": money("9000.00")}, ("disposition", "amount")),
    ],
)
def test_P1_19_nothing_is_promised_that_was_not_approved(said: dict[str, Any], beyond: tuple[str, ...]) -> None:
    given(*BEGUN).when(inform(**said)).refused(Refused("beyond-what-was-approved", "P1.19", fields=beyond))


def test_P1_19_nothing_is_conveyed_before_it_is_approved() -> None:
    given(FILED, ACCEPTED).when(inform()).refused(Refused("stage-not-open", "P1.19", stages=["negotiation"]))


@pytest.mark.parametrize("enclosed", ["enclosures", "attachments", "form"])
def test_P1_19_the_form_cannot_be_enclosed(enclosed: str) -> None:
    body = {"channel": "letter", "disposition": "return", "amount": {"amount": "1", "currency": "TWD"}, "wording": "x"}
    with pytest.raises(ValidationError, match=enclosed):
        TypeAdapter(InformCustomer).validate_python({**body, enclosed: ["form"]})


def test_P1_14_the_same_said_again_is_nothing_new() -> None:
    given(*BEGUN, INFORMED).when(inform()).then()


def test_P1_14_only_sales_speaks_to_the_customer() -> None:
    given(*BEGUN).when(inform(by=by("quality"))).refused(
        Refused("wrong-department", "P1.19", department="quality", expected=["sales"])
    )


def test_P1_14_the_outcome_is_entered_after_the_customer_was_told() -> None:
    given(*BEGUN, INFORMED).when(RecordNegotiation(by=CLERK, accepted="no", outcome="Wants all 500 replaced.")).then(
        DECLINED
    )


def test_P1_14_and_not_before() -> None:
    given(*BEGUN).when(RecordNegotiation(by=CLERK, accepted="yes", outcome="Fine.")).refused(
        Refused("customer-not-informed", "P1.14")
    )


def test_P1_14_what_was_told_of_an_earlier_approval_does_not_count() -> None:
    given(*BEGUN, INFORMED, APPROVED).when(RecordNegotiation(by=CLERK, accepted="yes", outcome="Fine.")).refused(
        Refused("customer-not-informed", "P1.14")
    )


def test_P1_14_the_same_outcome_again_is_nothing_new() -> None:
    given(*BEGUN, INFORMED, DECLINED).when(
        RecordNegotiation(by=CLERK, accepted="no", outcome="Wants all 500 replaced.")
    ).then()


def test_P1_14_the_customer_may_think_again_until_it_is_checked() -> None:
    given(*BEGUN, INFORMED, DECLINED).when(RecordNegotiation(by=CLERK, accepted="yes", outcome="Agrees now.")).then(
        intake.NegotiationRecorded("yes", "Agrees now.")
    )


def test_P1_14_the_customer_accepts_or_does_not() -> None:
    given(*BEGUN, INFORMED).when(RecordNegotiation(by=CLERK, accepted="maybe", outcome="?")).refused(
        Refused("unknown-choice", fields=("accepted",), value="maybe", list="outcomes")
    )


def test_P1_14_the_supervisor_checks_and_the_GM_office_has_a_day_for_its_opinion() -> None:
    given(*BEGUN, INFORMED, DECLINED).when(CheckNegotiation(by=SUPERVISOR, remark="Seen.")).then(
        intake.NegotiationChecked("Seen."),
        closed("negotiation", "sales"),
        intake.StageOpened(
            "combined-opinion", "gm-office", 1, "P1.15", "", days("combined-opinion", "gm-office", "1", "P1.15")
        ),
    )


def test_P1_14_a_clerk_does_not_check() -> None:
    given(*BEGUN, INFORMED, DECLINED).when(CheckNegotiation(by=CLERK)).refused(
        Refused("level-too-low", "P1.14", level="clerk", required="supervisor")
    )


def test_P1_14_there_is_something_to_check() -> None:
    given(*BEGUN, INFORMED).when(CheckNegotiation(by=SUPERVISOR)).refused(Refused("negotiation-not-recorded", "P1.14"))


@pytest.mark.parametrize(
    "words",
    [
        "We take 40 pieces back and credit TWD 8,000.00 at 200 each.",
        "8000元，四十件退回。",
        "八千元整",
        "捌仟元",
        "0.8万元",
        "８，０００ NTD",
        "Order SO-1001, part PN-7, case 261101: 40 of 500 pieces.",
        "Until 2026-11-30, 17:00, within 3 days; call 02-2345-6789.",
        "十分抱歉，万分感谢，三天内回复。",
    ],
)
def test_P1_19_free_words_may_name_what_is_known_of_the_case(words: str) -> None:
    given(*BEGUN).when(inform(wording=words)).then(intake.CustomerInformed("letter", "return", money("8000.00"), words))


@pytest.mark.parametrize(
    ("words", "number"),
    [
        ("We pay 12,500.50.", "12,500.50"),
        ("12500 TWD", "12500"),
        ("NT$ 13,000", "13,000"),
        ("NT$13 000", "13 000"),
        ("１３，０００元", "13,000"),
        ("赔偿一万二千元", "一万二千"),
        ("壹萬元整", "壹萬"),
        ("1.3万元", "1.3万"),
        ("13k", "13k"),
        ("13 thousand", "13 thousand"),
        ("We give 20 % discount.", "20"),
        ("40 % off", "40"),
        ("打八折", "八"),
        ("另送三件", "三"),
    ],
)
def test_P1_19_free_words_promise_no_figure_that_was_not_approved(words: str, number: str) -> None:
    told = {"number": number, "approved": money("8000.00")}
    given(*BEGUN).when(inform(wording=words)).refused(
        Refused("unapproved-number", "P1.19", fields=("wording",), **told)
    )
    agreed = RecordNegotiation(by=CLERK, accepted="yes", outcome=words)
    given(*BEGUN, INFORMED).when(agreed).refused(Refused("unapproved-number", "P1.19", fields=("outcome",), **told))


def test_P1_19_a_customer_who_declines_may_have_named_any_figure() -> None:
    wants = "Wants TWD 13,000."
    given(*BEGUN, INFORMED).when(RecordNegotiation(by=CLERK, accepted="no", outcome=wants)).then(
        intake.NegotiationRecorded("no", wants)
    )
