"""Sales files a complaint: complete, or with the fields named; without a loss, as an anomaly slip."""

from dataclasses import replace
from datetime import date
from decimal import Decimal
from typing import Any
from uuid import UUID

import pytest

from services.intake import domain
from services.intake.domain import CorrectForm, EndorseComplaint, FileAnomalySlip, FileComplaint, WithdrawComplaint
from shared.contracts import Refused, intake
from shared.http.body import body_of
from shared.http.problems import Problem
from tests.domain.intake.forms import CLERK, ENDORSEMENT, FILED, REGISTRATION, SUPERVISOR, closed, filed, form
from tests.domain.story import by, money, story

given = story(domain)
OLD = UUID("0d4c1e5a-0000-5000-8000-000000000009")


def test_P1_9_a_filed_form_goes_to_the_supervisor() -> None:
    given().when(form()).then(FILED, ENDORSEMENT)


def test_P1_9_a_supervisors_opinion_on_his_own_form_sends_it_to_the_GM_office() -> None:
    given().when(form(by=SUPERVISOR, opinion="Urgent customer.")).then(
        FILED,
        ENDORSEMENT,
        intake.ComplaintEndorsed("Urgent customer."),
        closed("endorsement", "sales"),
        REGISTRATION,
    )


def test_P1_9_a_clerk_cannot_give_the_supervisors_opinion() -> None:
    given().when(form(opinion="Fine by me.")).refused(
        Refused("level-too-low", "P1.9", level="clerk", required="supervisor")
    )


def test_P1_9_the_supervisor_endorses_and_the_GM_office_has_half_a_day() -> None:
    given(FILED, ENDORSEMENT).when(EndorseComplaint(by=SUPERVISOR, opinion="Looks real.")).then(
        intake.ComplaintEndorsed("Looks real."),
        closed("endorsement", "sales"),
        REGISTRATION,
    )


def test_P1_9_a_clerk_does_not_endorse() -> None:
    given(FILED, ENDORSEMENT).when(EndorseComplaint(by=CLERK, opinion="Looks real.")).refused(
        Refused("level-too-low", "P1.9", level="clerk", required="supervisor")
    )


@pytest.mark.parametrize("name", ["order", "part", "delivered_on", "delivered", "defective", "demand", "value"])
def test_P1_9_every_field_of_the_regulation_is_required(name: str) -> None:
    empty: Any = "" if name in ("order", "part", "demand") else None
    other = {"demand": "rework"} if name == "defective" else {}
    given().when(form(**{**other, name: empty})).refused(Refused("form-incomplete", "P1.9", fields=(name,)))


@pytest.mark.parametrize("name", ["customer", "region", "unit", "reason"])
def test_P1_4_who_wants_what_and_why_is_never_left_out(name: str) -> None:
    given().when(form(**{name: ""})).refused(Refused("form-incomplete", "P1.9", fields=(name,)))


def test_P1_9_an_empty_form_names_every_field_at_once() -> None:
    given().when(FileComplaint(by=CLERK)).refused(
        Refused(
            "form-incomplete",
            "P1.9",
            fields=(
                "order",
                "part",
                "delivered_on",
                "delivered",
                "defective",
                "unit",
                "value",
                "demand",
                "reason",
                "customer",
                "region",
            ),
        )
    )


def test_P1_9_only_sales_files() -> None:
    given().when(form(by=by("quality"))).refused(
        Refused("wrong-department", "P1.9", department="quality", expected=["sales"])
    )


def test_P1_9_only_for_a_site_one_works_for() -> None:
    given(site="KSH").when(form()).refused(Refused("wrong-site", "P1.9", site="KSH"))


def test_P1_9_a_form_is_filed_once() -> None:
    given(FILED, ENDORSEMENT).when(form()).refused(Refused("already-filed", "P1.9"))


def test_P1_9_the_amount_is_in_the_sites_currency() -> None:
    given().when(form(value=money("100.00", "USD"))).refused(
        Refused("wrong-currency", "P1.9", fields=("value",), expected="TWD")
    )


@pytest.mark.parametrize(
    ("field", "offered"),
    [("region", "regions"), ("demand", "demands"), ("unit", "units"), ("channel", "channels")],
)
def test_P1_9_choices_are_the_packs(field: str, offered: str) -> None:
    given().when(form(**{field: "moon"})).refused(
        Refused("unknown-choice", fields=(field,), value="moon", list=offered)
    )


@pytest.mark.parametrize("demand", ["return", "exchange"])
def test_P1_10_the_quantity_of_a_return_or_exchange_may_be_undetermined(demand: str) -> None:
    given().when(form(demand=demand, defective=None)).then(filed(demand=demand, defective=None), ENDORSEMENT)


@pytest.mark.parametrize("demand", ["replenish", "rework", "discount", "compensation", "improvement"])
def test_P1_10_no_other_demand_waits_for_its_quantity(demand: str) -> None:
    given().when(form(demand=demand, defective=None)).refused(Refused("form-incomplete", "P1.9", fields=("defective",)))


def test_P1_4_all_that_was_delivered_may_be_defective() -> None:
    given().when(form(defective=Decimal(500))).then(filed(defective=Decimal(500)), ENDORSEMENT)


def test_P1_4_no_more_is_defective_than_was_delivered() -> None:
    given().when(form(defective=Decimal("500.001"))).refused(
        Refused("more-defective-than-delivered", "P1.4", fields=("defective",), delivered="500")
    )


@pytest.mark.parametrize("name", ["delivered", "defective"])
def test_P1_4_half_a_piece_is_refused_and_half_a_kilogram_is_not(name: str) -> None:
    given().when(form(**{"defective": Decimal(0), name: Decimal("0.5")})).refused(
        Refused("not-whole", "P1.4", fields=(name,), unit="piece")
    )
    kilograms = {"unit": "kilogram", "delivered": Decimal(500), "defective": Decimal(0), name: Decimal("0.5")}
    given().when(form(**kilograms)).then(filed(**kilograms), ENDORSEMENT)


@pytest.mark.parametrize(("delivered", "code"), [("0", "greater_than"), ("-1", "greater_than"), ("0.001", "")])
def test_P1_4_more_than_nothing_was_delivered(delivered: str, code: str) -> None:
    raw = f'{{"delivered": "{delivered}"}}'.encode()
    if not code:
        assert body_of(CorrectForm).read_json(raw) == {"delivered": Decimal(delivered)}
        return
    with pytest.raises(Problem) as refused:
        body_of(CorrectForm).read_json(raw)
    assert [(each.field, each.key) for each in refused.value.fields] == [("delivered", f"problem.{code}")]


def test_P1_4_goods_delivered_today_can_be_complained_of() -> None:
    given().when(form(delivered_on=date(2026, 11, 3))).then(filed(delivered_on=date(2026, 11, 3)), ENDORSEMENT)


def test_P1_4_goods_not_delivered_yet_cannot_be_complained_of() -> None:
    given().when(form(delivered_on=date(2026, 11, 4))).refused(
        Refused("not-delivered-yet", "P1.4", fields=("delivered_on",))
    )


def test_P1_4_a_delivery_of_fifty_years_ago_can_be_complained_of() -> None:
    given().when(form(delivered_on=date(1976, 11, 1))).then(filed(delivered_on=date(1976, 11, 1)), ENDORSEMENT)


@pytest.mark.parametrize("day", [date(1976, 10, 31), date(1900, 1, 1), date(26, 11, 1)])
def test_P1_4_a_delivery_before_that_is_a_slip_of_the_pen(day: date) -> None:
    given().when(form(delivered_on=day)).refused(
        Refused("delivered-too-long-ago", "P1.4", fields=("delivered_on",), oldest=date(1976, 11, 1))
    )


HANDLED = "Went there with Quality; the burr was filed off, nothing to replace."
SLIP = intake.AnomalySlipFiled(
    number="A261107",
    customer="Acme Tools",
    region="domestic",
    order="SO-1001",
    part="PN-7",
    reason="Cracked housings",
    handling=HANDLED,
)


def slip(**filled: Any) -> FileAnomalySlip:
    """A slip as somebody who went there fills it in, with some fields filled otherwise."""
    told = {name: getattr(SLIP, name) for name in ("customer", "region", "order", "part", "reason", "handling")}
    return FileAnomalySlip(**{"by": CLERK, "serial": 7, **told, **filled})


UNITS_CONCERNED = ("sales", "quality", "manufacturing", "rd", "gm-office", "warehouse")


@pytest.mark.parametrize("department", UNITS_CONCERNED)
def test_P1_1_sales_or_the_unit_concerned_tells_on_a_slip_how_an_anomaly_was_handled(department: str) -> None:
    given().when(slip(by=by(department))).then(SLIP)


@pytest.mark.parametrize("department", ["accounting", "manager-office", "management"])
def test_P1_1_who_has_nothing_to_do_with_the_goods_files_no_slip(department: str) -> None:
    refused = Refused("wrong-department", "P1.1", department=department, expected=list(UNITS_CONCERNED))
    given().when(slip(by=by(department))).refused(refused)
    given().when(form(by=by(department), loss=False, handling=HANDLED)).refused(refused)


def test_P1_1_without_a_loss_the_complaint_form_makes_the_same_slip() -> None:
    told = form(
        loss=False,
        handling=HANDLED,
        serial=7,
        delivered_on=None,
        delivered=None,
        defective=None,
        value=None,
        unit="",
        demand="",
    )
    given().when(told).then(SLIP)


def test_P1_1_a_slip_tells_how_it_was_handled() -> None:
    given().when(form(loss=False, serial=7)).refused(Refused("form-incomplete", "P1.1", fields=("handling",)))
    given().when(slip(handling="")).refused(Refused("form-incomplete", "P1.1", fields=("handling",)))


def test_P1_1_a_slip_that_another_system_kept_may_not_tell_it() -> None:
    given().when(form(loss=False, serial=7, channel="import")).then(replace(SLIP, handling=""))


def test_P1_1_the_slip_names_what_it_lacks() -> None:
    given().when(FileComplaint(by=CLERK, loss=False, customer="Acme Tools", region="domestic")).refused(
        Refused("form-incomplete", "P1.1", fields=("order", "part", "reason", "handling"))
    )


def test_P1_1_how_it_was_handled_is_not_lost_on_a_form_that_has_no_place_for_it() -> None:
    given().when(form(handling=HANDLED)).refused(Refused("handling-on-a-complaint", "P1.1", fields=("handling",)))


def test_P1_1_a_slip_is_filed_once_and_only_at_ones_own_site() -> None:
    given(SLIP).when(slip()).refused(Refused("already-filed", "P1.1"))
    given(site="KSH").when(slip()).refused(Refused("wrong-site", "P1.1", site="KSH"))


def test_P1_1_a_slips_region_is_one_of_the_packs() -> None:
    given().when(slip(region="moon")).refused(
        Refused("unknown-choice", fields=("region",), value="moon", list="regions")
    )


def test_P1_18_a_new_form_names_the_case_it_supersedes() -> None:
    given().when(form(supersedes=OLD)).then(filed(supersedes=OLD), ENDORSEMENT)


WITHDRAW = WithdrawComplaint(by=CLERK, reason="Read in the wrong encoding")
WITHDRAWN = intake.ComplaintWithdrawn("Read in the wrong encoding")


def test_P1_9_what_nobody_has_worked_on_can_be_withdrawn() -> None:
    given(FILED, ENDORSEMENT).when(WITHDRAW).then(WITHDRAWN, closed("endorsement", "sales", "withdrawn"))


def test_P1_1_a_slip_can_be_withdrawn_and_keeps_its_number() -> None:
    given(SLIP).when(WITHDRAW).then(WITHDRAWN)


def test_P1_9_what_is_withdrawn_is_so_already() -> None:
    given(FILED, ENDORSEMENT, WITHDRAWN, closed("endorsement", "sales", "withdrawn")).when(WITHDRAW).then()
    given(SLIP, WITHDRAWN).when(WITHDRAW).then()


def test_P1_9_what_somebody_has_worked_on_stays() -> None:
    endorsed = (intake.ComplaintEndorsed("Clear"), closed("endorsement", "sales"), REGISTRATION)
    given(FILED, ENDORSEMENT, *endorsed).when(WITHDRAW).refused(Refused("case-touched", "P1.9"))


def test_P1_9_only_sales_withdraws() -> None:
    given(FILED, ENDORSEMENT).when(replace(WITHDRAW, by=by("gm-office"))).refused(
        Refused("wrong-department", "P1.9", department="gm-office", expected=["sales"])
    )


def test_P1_18_a_form_that_supersedes_another_case_stays() -> None:
    old = UUID("0d4c1e5a-0000-5000-8000-0000000000ff")
    given(filed(supersedes=old), ENDORSEMENT).when(WITHDRAW).refused(Refused("supersedes-another", "P1.18"))


def test_P1_9_nobody_works_on_what_is_withdrawn() -> None:
    gone = (FILED, ENDORSEMENT, WITHDRAWN, closed("endorsement", "sales", "withdrawn"))
    given(*gone).when(EndorseComplaint(by=SUPERVISOR, opinion="Clear")).refused(
        Refused("stage-not-open", "P1.9", stages=["endorsement"])
    )
    given(*gone).when(form()).refused(Refused("already-filed", "P1.9"))
