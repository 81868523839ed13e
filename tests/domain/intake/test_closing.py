"""A case is closed when nothing is left to do; a new form supersedes one that the customer did not accept."""

from typing import Any
from uuid import UUID

import pytest

from services.intake import domain
from services.intake.domain import CloseCase, SupersedeCase
from services.intake.reactions import REACTIONS
from shared.contracts import Refused, intake
from tests.domain.intake.forms import (
    ACCEPTED,
    ACCEPTING,
    CLERK,
    CLOSING,
    DECLINED,
    FILED,
    REGISTRAR,
    closed,
    filed,
    opened,
)
from tests.domain.story import CASE, rules_of, story

given = story(domain)
NEW = UUID("0d4c1e5a-0000-5000-8000-000000000002")
OTHER = UUID("0d4c1e5a-0000-5000-8000-000000000003")


def test_P1_17_the_GM_office_closes_the_form_and_accounting_records_the_loss() -> None:
    given(FILED, ACCEPTED, CLOSING).when(CloseCase(by=REGISTRAR, remark="Filed.")).then(
        intake.CaseClosed("261101", "Filed."),
        closed("closing", "gm-office"),
        opened("loss", "accounting", rule="P1.30"),
    )


def test_P1_17_nothing_that_must_be_done_is_left_open() -> None:
    given(FILED, ACCEPTED, opened("opinion", "rd"), CLOSING).when(CloseCase(by=REGISTRAR)).refused(
        Refused("stages-open", "P1.17", stages=["opinion"])
    )


def test_P1_10_a_case_is_not_closed_while_its_quantity_is_undetermined() -> None:
    given(filed(defective=None), ACCEPTED, CLOSING).when(CloseCase(by=REGISTRAR)).refused(
        Refused("quantity-undetermined", "P1.10")
    )


def test_P1_17_only_the_GM_office_closes() -> None:
    given(FILED, ACCEPTED, CLOSING).when(CloseCase(by=CLERK)).refused(
        Refused("wrong-department", "P1.17", department="sales", expected=["gm-office"])
    )


def test_P1_17_not_before_the_decision() -> None:
    given(FILED, ACCEPTED, opened("decision", "sales")).when(CloseCase(by=REGISTRAR)).refused(
        Refused("stage-not-open", "P1.17", stages=["closing"])
    )


def test_P1_18_a_new_form_is_linked_to_the_case_that_the_customer_declined() -> None:
    given(FILED, ACCEPTED, DECLINED).when(SupersedeCase(case=CASE, successor=NEW)).then(intake.CaseSuperseded(NEW))


@pytest.mark.parametrize(
    "before",
    [(FILED,), (FILED, ACCEPTING), (FILED, DECLINED, ACCEPTING), (FILED, DECLINED, intake.CaseSuperseded(NEW))],
    ids=["not asked yet", "accepted", "accepted in the end", "linked already"],
)
def test_P1_18_otherwise_there_is_nothing_to_link(before: tuple[Any, ...]) -> None:
    given(*before).when(SupersedeCase(case=CASE, successor=OTHER)).then()


def test_P1_18_a_filed_form_that_names_an_old_case_reaches_that_case(envelope: Any) -> None:
    react = REACTIONS[intake.ComplaintFiled]
    assert react(filed(supersedes=CASE), envelope(NEW), rules_of()) == SupersedeCase(case=CASE, successor=NEW)
    assert react(FILED, envelope(NEW), rules_of()) is None
