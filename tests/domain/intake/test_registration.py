"""The GM Office numbers a form, or sends it back; Sales completes what was missing."""

from datetime import UTC, datetime
from decimal import Decimal

import pytest

from services.intake import domain
from services.intake.domain import AcceptCase, CorrectForm, DetermineQuantity, ReturnForm
from shared.contracts import Refused, intake
from tests.domain.intake.forms import (
    ACCEPTED,
    CLERK,
    FILED,
    FORM,
    REGISTRAR,
    REGISTRATION,
    closed,
    days,
    filed,
    opened,
    shared,
)
from tests.domain.story import by, story

given = story(domain)
CAUSE = shared("cause", "quality", "5 d", "1.6667 d", hours=40)
CORRECTION = opened("correction", "sales", rule="P1.9")


def test_P1_13_an_accepted_case_is_numbered_and_goes_to_quality() -> None:
    given(FILED, REGISTRATION).when(AcceptCase(by=REGISTRAR, serial=1, complaint_class="quality-anomaly")).then(
        ACCEPTED, closed("registration", "gm-office"), CAUSE
    )


def test_P1_2_P1_6_what_is_no_matter_of_quality_is_looked_into_by_the_GM_office() -> None:
    given(FILED, REGISTRATION).when(AcceptCase(by=REGISTRAR, serial=1, complaint_class="non-quality")).then(
        intake.CaseAccepted("261101", "non-quality", days("overall", "gm-office", "13")),
        closed("registration", "gm-office"),
        shared("cause", "gm-office", "5 d", "2.5 d", hours=60),
    )


def test_P1_2_there_are_two_classes() -> None:
    given(FILED, REGISTRATION).when(AcceptCase(by=REGISTRAR, serial=1, complaint_class="weather")).refused(
        Refused("unknown-choice", fields=("complaint_class",), value="weather", list="classes")
    )


def test_P1_23_an_overseas_case_has_sixteen_days() -> None:
    given(filed(region="overseas"), REGISTRATION).when(
        AcceptCase(by=REGISTRAR, serial=1, complaint_class="quality-anomaly")
    ).then(
        intake.CaseAccepted("261101", "quality-anomaly", days("overall", "gm-office", "16")),
        closed("registration", "gm-office"),
        shared("cause", "quality", "8 d", "2.6667 d", hours=64),
    )


@pytest.mark.parametrize(
    ("at", "serial", "number"),
    [
        (datetime(2026, 11, 30, 15, 59, tzinfo=UTC), 9, "261109"),
        (datetime(2026, 11, 30, 15, 59, tzinfo=UTC), 99, "261199"),
        (datetime(2026, 11, 30, 15, 59, tzinfo=UTC), 100, "2611100"),
        (datetime(2026, 11, 30, 16, 0, tzinfo=UTC), 1, "261201"),
    ],
)
def test_P1_8_year_month_and_serial_of_the_sites_month(at: datetime, serial: int, number: str) -> None:
    told = given(FILED, REGISTRATION).when(
        AcceptCase(by=REGISTRAR, serial=serial, complaint_class="quality-anomaly"), at=at
    )
    assert [event.number for event in told.events if isinstance(event, intake.CaseAccepted)] == [number]


def test_P1_13_only_the_GM_office_accepts() -> None:
    given(FILED, REGISTRATION).when(AcceptCase(by=CLERK, serial=1, complaint_class="quality-anomaly")).refused(
        Refused("wrong-department", "P1.8", department="sales", expected=["gm-office"])
    )


def test_P1_13_a_case_is_accepted_once() -> None:
    given(FILED, REGISTRATION, ACCEPTED, closed("registration", "gm-office"), CAUSE).when(
        AcceptCase(by=REGISTRAR, serial=2, complaint_class="quality-anomaly")
    ).refused(Refused("stage-not-open", "P1.8", stages=["registration"]))


def test_P1_9_an_unclear_form_goes_back_with_the_fields_named() -> None:
    given(FILED, REGISTRATION).when(
        ReturnForm(by=REGISTRAR, fields=("order", "samples"), remark="Which order? Send the label.")
    ).then(
        intake.FormReturned(("order", "samples"), "Which order? Send the label."),
        closed("registration", "gm-office", "sent-back"),
        CORRECTION,
    )


@pytest.mark.parametrize("named", [(), ("colour",), ("order", "customer")])
def test_P1_9_what_goes_back_names_fields_of_the_form(named: tuple[str, ...]) -> None:
    given(FILED, REGISTRATION).when(ReturnForm(by=REGISTRAR, fields=named, remark="?")).refused(
        Refused("fields-not-named", "P1.9", fields=("fields",), known=domain.FORM)
    )


def test_P1_9_the_completed_form_takes_the_place_of_the_returned_one() -> None:
    corrected = {**FORM, "order": "SO-1002", "delivered": Decimal(480)}
    given(FILED, closed("registration", "gm-office", "sent-back"), CORRECTION).when(
        CorrectForm(by=CLERK, **corrected)
    ).then(
        intake.FormCorrected(**corrected),
        closed("correction", "sales"),
        REGISTRATION,
    )


def test_P1_9_a_completed_form_may_not_lack_anything_either() -> None:
    given(FILED, CORRECTION).when(CorrectForm(by=CLERK, **{**FORM, "part": " "})).refused(
        Refused("form-incomplete", "P1.9", fields=("part",))
    )


def test_P1_10_the_quantity_is_filled_in_when_known() -> None:
    given(filed(defective=None), REGISTRATION).when(DetermineQuantity(by=CLERK, defective=Decimal(500))).then(
        intake.QuantityDetermined(Decimal(500))
    )


def test_P1_10_no_more_than_was_delivered() -> None:
    given(filed(defective=None), REGISTRATION).when(DetermineQuantity(by=CLERK, defective=Decimal(501))).refused(
        Refused("more-defective-than-delivered", "P1.4", fields=("defective",), delivered="500")
    )


def test_P1_10_half_a_piece_is_no_quantity_and_half_a_kilogram_is_one() -> None:
    half = DetermineQuantity(by=CLERK, defective=Decimal("0.5"))
    given(filed(defective=None), REGISTRATION).when(half).refused(
        Refused("not-whole", "P1.10", fields=("defective",), unit="piece")
    )
    given(filed(defective=None, unit="kilogram"), REGISTRATION).when(half).then(
        intake.QuantityDetermined(Decimal("0.5"))
    )


def test_P1_10_a_known_quantity_said_again_is_nothing_new() -> None:
    given(FILED, REGISTRATION).when(DetermineQuantity(by=CLERK, defective=Decimal(40))).then()


def test_P1_10_a_known_quantity_is_not_changed() -> None:
    given(FILED, REGISTRATION).when(DetermineQuantity(by=CLERK, defective=Decimal(41))).refused(
        Refused("quantity-not-awaited", "P1.10")
    )


def test_P1_10_only_while_the_case_is_open() -> None:
    given(filed(defective=None)).when(DetermineQuantity(by=CLERK, defective=Decimal(1))).refused(
        Refused("case-not-open", "P1.10")
    )


def test_P1_10_only_sales_knows() -> None:
    given(filed(defective=None), REGISTRATION).when(DetermineQuantity(by=by("quality"), defective=Decimal(1))).refused(
        Refused("wrong-department", "P1.10", department="quality", expected=["sales"])
    )


RETURNED = (FILED, closed("registration", "gm-office", "sent-back"), CORRECTION)


@pytest.mark.parametrize("department", ["quality", "gm-office", "accounting", "management"])
def test_P1_9_another_department_does_not_complete_the_form(department: str) -> None:
    given(*RETURNED).when(CorrectForm(by=by(department, "general-manager"), **FORM)).refused(
        Refused("wrong-department", "P1.9", department=department, expected=["sales"])
    )


def test_P1_9_nor_does_sales_of_another_site() -> None:
    given(*RETURNED).when(CorrectForm(by=by("sales", "clerk", "KSH"), **FORM)).refused(
        Refused("wrong-site", "P1.9", site="TPE")
    )


def test_P1_9_a_form_that_was_not_sent_back_is_not_changed() -> None:
    for before in ((FILED, REGISTRATION), (*RETURNED, closed("correction", "sales"), REGISTRATION)):
        given(*before).when(CorrectForm(by=CLERK, **FORM)).refused(
            Refused("stage-not-open", "P1.9", stages=["correction"])
        )
