"""Manufacturing proposes a countermeasure; the departments that are asked give their opinions."""

from dataclasses import replace
from datetime import date
from typing import Any

import pytest

from services.investigation import domain
from services.investigation.domain import GiveOpinion, ProposeCountermeasure
from services.investigation.reactions import REACTIONS
from shared.contracts import Refused, intake, investigation
from shared.contracts.commands import File, file
from tests.domain.hearing import stages_filed
from tests.domain.investigation.folders import COUNTERMEASURE, FILED, opened
from tests.domain.story import by, rules_of, story

given = story(domain)
OPINIONS = (opened("opinion", "rd"), opened("opinion", "manager-office"))
PROPOSED = investigation.CountermeasureProposed(
    "Dies were mixed up.", "Colour code.", "Team 3", ("Ho", "Lin"), date(2026, 10, 1)
)


def propose(**found: Any) -> ProposeCountermeasure:
    """Manufacturing's proposal, with some of it found otherwise."""
    usual = {
        "analysis": "Dies were mixed up.",
        "measure": "Colour code.",
        "producing_unit": "Team 3",
        "persons": ("Ho", "Lin"),
        "produced_on": date(2026, 10, 1),
    }
    return ProposeCountermeasure(**{"by": by("manufacturing"), **usual, **found})


def test_P1_7_manufacturing_reports_unit_persons_and_production_date_with_its_measure() -> None:
    given(FILED, COUNTERMEASURE).when(propose()).then(PROPOSED)


def test_P1_7_goods_may_be_delivered_on_the_day_they_are_made() -> None:
    given(FILED, COUNTERMEASURE).when(propose(produced_on=date(2026, 10, 20))).then(
        replace(PROPOSED, produced_on=date(2026, 10, 20))
    )


def test_P1_7_but_not_before() -> None:
    given(FILED, COUNTERMEASURE).when(propose(produced_on=date(2026, 10, 21))).refused(
        Refused("produced-after-delivery", "P1.7", fields=("produced_on",), delivered="2026-10-20")
    )


def test_P1_9_what_was_corrected_on_the_form_counts() -> None:
    corrected = intake.FormCorrected(
        order="SO-1001",
        part="PN-7",
        delivered_on=date(2026, 10, 22),
        delivered=FILED.delivered,
        defective=FILED.defective,
        unit="piece",
        value=FILED.value,
        demand="return",
        reason="Cracked housings",
    )
    given(FILED, corrected, COUNTERMEASURE).when(propose(produced_on=date(2026, 10, 22))).then(
        replace(PROPOSED, produced_on=date(2026, 10, 22))
    )


@pytest.mark.parametrize("department", ["quality", "sales", "management"])
def test_P1_7_only_manufacturing_proposes(department: str) -> None:
    given(FILED, COUNTERMEASURE).when(propose(by=by(department))).refused(
        Refused("wrong-department", "P1.7", department=department, expected=["manufacturing"])
    )


def test_P1_7_a_measure_is_proposed_once_a_round() -> None:
    given(FILED, COUNTERMEASURE, PROPOSED).when(propose()).refused(
        Refused("stage-not-open", "P1.7", stages=["countermeasure"])
    )


@pytest.mark.parametrize("department", ["rd", "manager-office"])
def test_P1_13_an_opinion_is_the_departments_own(department: str) -> None:
    given(*OPINIONS).when(GiveOpinion(by=by(department), opinion="Agreed.")).then(
        investigation.OpinionGiven(department, "Agreed.")
    )


def test_P1_13_one_opinion_does_not_stand_for_the_other() -> None:
    given(*OPINIONS, investigation.OpinionGiven("rd", "Agreed.")).when(
        GiveOpinion(by=by("manager-office"), opinion="Doubtful.")
    ).then(investigation.OpinionGiven("manager-office", "Doubtful."))


def test_P1_13_a_department_gives_its_opinion_once() -> None:
    given(*OPINIONS, investigation.OpinionGiven("rd", "Agreed.")).when(
        GiveOpinion(by=by("rd"), opinion="After all, no.")
    ).refused(Refused("wrong-department", "P1.13", department="rd", expected=["manager-office"]))


def test_P1_13_nobody_else_is_asked() -> None:
    given(*OPINIONS).when(GiveOpinion(by=by("quality"), opinion="Agreed.")).refused(
        Refused("wrong-department", "P1.13", department="quality", expected=["rd", "manager-office"])
    )


def test_P1_13_investigation_files_the_form_and_the_stages_as_they_were_said() -> None:
    assert {heard: REACTIONS[heard] for heard in (intake.ComplaintFiled, intake.FormCorrected)} == {
        intake.ComplaintFiled: file,
        intake.FormCorrected: file,
    }
    given().when(File(heard=FILED)).then(FILED)


def test_P1_13_investigation_files_the_stages_that_wait_for_it_and_no_others() -> None:
    assert stages_filed(REACTIONS, rules_of()) == {"cause", "countermeasure", "opinion"}
