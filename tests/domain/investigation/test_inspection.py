"""Quality inspects the goods and reports the cause and who is responsible."""

from dataclasses import replace
from decimal import Decimal
from typing import Any

import pytest

from services.investigation import domain
from services.investigation.domain import InspectGoods, ReportCause
from shared.contracts import Refused, intake, investigation
from shared.contracts.values import OutsideShare, Share
from tests.domain.investigation.folders import CAUSE, FILED, opened
from tests.domain.story import by, story

given = story(domain)
INSPECTOR = by("quality")


def inspect(**found: Any) -> InspectGoods:
    """An inspection of 20 pieces, 2 of them defective, with some of it found otherwise."""
    usual = {"inspected": Decimal(20), "defective": Decimal(2), "confirmed": True, "result": "Cracks at the gate."}
    return InspectGoods(**{"by": INSPECTOR, **usual, **found})


def report(*responsible: Share, **found: Any) -> ReportCause:
    """The cause with whoever is responsible, with some of it found otherwise."""
    usual = {"cause": "marking", "narrative": "Wrong die.", "responsible_department": "manufacturing"}
    return ReportCause(**{"by": INSPECTOR, **usual, "responsible": responsible, **found})


def share(person: str, weight: str, department: str = "manufacturing") -> Share:
    return Share(department, person, Decimal(weight))


def test_P1_5_quality_inspects_and_confirms() -> None:
    given(FILED, CAUSE).when(inspect()).then(
        investigation.GoodsInspected(Decimal(20), Decimal(2), True, "Cracks at the gate.")
    )


def test_P1_5_or_does_not_confirm() -> None:
    given(FILED, CAUSE).when(inspect(defective=Decimal(0), confirmed=False, result="Sound.")).then(
        investigation.GoodsInspected(Decimal(20), Decimal(0), False, "Sound.")
    )


def test_P1_5_half_a_piece_is_not_inspected() -> None:
    given(FILED, CAUSE).when(inspect(inspected=Decimal("20.5"), defective=Decimal("0.5"))).refused(
        Refused("not-whole", "P1.5", fields=("inspected", "defective"), unit=FILED.unit)
    )
    kilograms = replace(FILED, unit="kilogram")
    given(kilograms, CAUSE).when(inspect(inspected=Decimal("20.5"))).then(
        investigation.GoodsInspected(Decimal("20.5"), Decimal(2), True, "Cracks at the gate.")
    )


def test_P1_5_all_that_was_delivered_may_be_inspected_and_found_defective() -> None:
    given(FILED, CAUSE).when(inspect(inspected=Decimal(500), defective=Decimal(500))).then(
        investigation.GoodsInspected(Decimal(500), Decimal(500), True, "Cracks at the gate.")
    )


def test_P1_5_no_more_than_was_delivered() -> None:
    given(FILED, CAUSE).when(inspect(inspected=Decimal(501))).refused(
        Refused("more-inspected-than-delivered", "P1.5", fields=("inspected",), delivered="500")
    )


def test_P1_5_no_more_is_defective_than_was_inspected() -> None:
    given(FILED, CAUSE).when(inspect(defective=Decimal(21))).refused(
        Refused("more-defective-than-inspected", "P1.5", fields=("defective",), inspected="20")
    )


def test_P1_5_the_same_finding_again_is_nothing_new() -> None:
    found = investigation.GoodsInspected(Decimal(20), Decimal(2), True, "Cracks at the gate.")
    given(FILED, CAUSE, found).when(inspect()).then()


def test_P1_5_only_quality_inspects_even_where_another_department_investigates() -> None:
    given(FILED, opened("cause", "gm-office")).when(inspect(by=by("gm-office"))).refused(
        Refused("wrong-department", "P1.5", department="gm-office", expected=["quality"])
    )


def test_P1_5_only_while_the_cause_is_looked_for() -> None:
    given(FILED).when(inspect()).refused(Refused("stage-not-open", "P1.5", stages=["cause"]))


def test_P1_5_quality_reports_the_cause_and_the_responsible_department() -> None:
    given(FILED, CAUSE).when(report()).then(investigation.CauseReported("marking", "Wrong die.", "manufacturing"))


def test_P1_5_persons_share_the_responsibility_by_weight() -> None:
    shares = (share("Ho", "33.3"), share("Lin", "33.3"), share("", "33.4", "quality"))
    given(FILED, CAUSE).when(report(*shares)).then(
        investigation.CauseReported("marking", "Wrong die.", "manufacturing", shares)
    )


@pytest.mark.parametrize(("weight", "total"), [("39.9", "99.9"), ("40.1", "100.1")])
def test_P1_5_weights_come_to_a_whole(weight: str, total: str) -> None:
    given(FILED, CAUSE).when(report(share("Ho", "60"), share("Lin", weight))).refused(
        Refused("weights-not-whole", "P1.5", fields=("responsible",), total=total)
    )


def test_P1_5_nobody_is_named_twice() -> None:
    given(FILED, CAUSE).when(report(share("Ho", "50"), share("Ho", "50"))).refused(
        Refused("named-twice", "P1.5", fields=("responsible",), twice=["manufacturing Ho"])
    )


SUPPLIER = OutsideShare("supplier", "永丰钢铁", Decimal(60))
CARRIER = OutsideShare("carrier", "Evergreen", Decimal(40))


def test_P1_21_a_supplier_and_a_carrier_share_the_responsibility_with_the_department() -> None:
    shares = (share("Ho", "25"),)
    outside = (SUPPLIER, replace(CARRIER, weight=Decimal(15)))
    given(FILED, CAUSE).when(report(*shares, outside=outside)).then(
        investigation.CauseReported("marking", "Wrong die.", "manufacturing", shares, outside)
    )


def test_P1_21_others_alone_may_be_at_fault() -> None:
    outside = (SUPPLIER, CARRIER)
    given(FILED, CAUSE).when(report(responsible_department="", outside=outside)).then(
        investigation.CauseReported("marking", "Wrong die.", "", (), outside)
    )


@pytest.mark.parametrize(
    ("found", "refused"),
    [
        (
            {"responsible": (share("Ho", "60"),), "outside": (CARRIER, SUPPLIER)},
            Refused("weights-not-whole", "P1.5", fields=("responsible", "outside"), total="160"),
        ),
        ({"outside": (SUPPLIER,)}, Refused("weights-not-whole", "P1.5", fields=("outside",), total="60")),
        (
            {"outside": (replace(SUPPLIER, weight=Decimal(60)), replace(SUPPLIER, weight=Decimal(40)))},
            Refused("named-twice", "P1.5", fields=("outside",), twice=["supplier 永丰钢铁"]),
        ),
        (
            {"outside": (OutsideShare("moon", "Luna", Decimal(100)),)},
            Refused("unknown-choice", fields=("outside",), value="moon", list="parties"),
        ),
        (
            {"responsible_department": "", "cause": ""},
            Refused("form-incomplete", "P1.5", fields=("cause", "responsible_department")),
        ),
        (
            {"responsible_department": "", "responsible": (share("Ho", "100"),)},
            Refused("form-incomplete", "P1.5", fields=("responsible_department",)),
        ),
    ],
)
def test_P1_21_who_answers_for_it_is_named_in_full(found: dict[str, Any], refused: Refused) -> None:
    given(FILED, CAUSE).when(report(**{"responsible": (), **found})).refused(refused)


NOT_ESTABLISHED: dict[str, Any] = {"established": "no", "cause": "", "responsible_department": ""}


def test_P1_22_a_complaint_that_is_not_established_has_nobody_at_fault() -> None:
    given(FILED, CAUSE).when(report(**NOT_ESTABLISHED)).then(
        investigation.CauseReported("", "Wrong die.", "", established="no")
    )


@pytest.mark.parametrize(
    "blaming",
    [
        {"cause": "marking"},
        {"responsible_department": "manufacturing"},
        {"responsible": (share("Ho", "100"),)},
        {"outside": (replace(SUPPLIER, weight=Decimal(100)),)},
    ],
    ids=lambda blaming: next(iter(blaming)),
)
def test_P1_22_nor_is_anybody_blamed_all_the_same(blaming: dict[str, Any]) -> None:
    given(FILED, CAUSE).when(report(**{"responsible": (), **NOT_ESTABLISHED, **blaming})).refused(
        Refused("nobody-at-fault", "P1.22", fields=tuple(blaming))
    )


def test_P1_22_established_or_not_and_nothing_between() -> None:
    given(FILED, CAUSE).when(report(established="perhaps")).refused(
        Refused("unknown-choice", fields=("established",), value="perhaps", list="establishment")
    )


@pytest.mark.parametrize(
    ("found", "refused"),
    [
        ({"cause": "moon"}, Refused("unknown-choice", fields=("cause",), value="moon", list="causes")),
        (
            {"responsible_department": "moon"},
            Refused("unknown-choice", fields=("responsible_department",), value="moon", list="departments"),
        ),
        (
            {"responsible": (share("Ho", "100", "moon"),)},
            Refused("unknown-choice", fields=("responsible",), value="moon", list="departments"),
        ),
    ],
)
def test_P1_5_causes_and_departments_are_the_packs(found: dict[str, Any], refused: Refused) -> None:
    given(FILED, CAUSE).when(report(**found)).refused(refused)


def test_P1_6_the_GM_office_reports_where_it_has_the_case() -> None:
    given(FILED, opened("cause", "gm-office")).when(report(by=by("gm-office"))).then(
        investigation.CauseReported("marking", "Wrong die.", "manufacturing")
    )


def test_P1_5_another_department_does_not_report() -> None:
    given(FILED, CAUSE).when(report(by=by("manufacturing"))).refused(
        Refused("wrong-department", "P1.5", department="manufacturing", expected=["quality"])
    )


def test_P1_5_a_cause_is_reported_once_a_round() -> None:
    reported = investigation.CauseReported("marking", "Wrong die.", "manufacturing")
    given(FILED, CAUSE, reported).when(report()).refused(Refused("stage-not-open", "P1.5", stages=["cause"]))
    done = intake.StageClosed("cause", "quality", 1, "done")
    given(FILED, CAUSE, reported, done, opened("cause", "quality", 2)).when(report()).then(reported)


def test_P1_5_the_registers_late_word_for_one_round_does_not_end_the_next() -> None:
    reported = investigation.CauseReported("marking", "Wrong die.", "manufacturing")
    folder = given(
        FILED, CAUSE, reported, opened("cause", "quality", 2), intake.StageClosed("cause", "quality", 1, "done")
    ).folder
    assert [(task.stage, task.round) for task in folder.tasks.open] == [("cause", 2)]
