"""Who may do what: by the open stage, the department and the level, at his own site."""

import pytest

from shared.contracts import Refused
from shared.contracts.intake import StageClosed, StageOpened
from shared.contracts.values import SYSTEM, Actor
from shared.procedures.course.tasks import Tasks
from tests.procedures.case import (
    BEFORE_ACCEPTANCE,
    CHECKED,
    OPINION,
    PACK,
    REVIEWED,
    RULES,
    UNTIL_CHECK,
    UNTIL_CLOSED,
    UNTIL_SIGNATURE,
    Case,
    accepted,
    approved,
    by,
    drafted,
    slip,
)


def refusal(act: str, actor: Actor, tasks: Tasks) -> Refused | None:
    """Why an actor may not, or None."""
    try:
        RULES.permit(act, actor, tasks)
    except Refused as refused:
        return refused
    return None


NEGOTIATING = Case().hear(*UNTIL_SIGNATURE, approved()).tasks
REGISTERING = Case().hear(*BEFORE_ACCEPTANCE).tasks
GIVING_OPINIONS = Case().hear(*BEFORE_ACCEPTANCE, *UNTIL_CHECK[:3]).tasks
CHECKING = Case().hear(*BEFORE_ACCEPTANCE, *UNTIL_CHECK).tasks


def signing(level: str) -> Tasks:
    """The tasks while a level must sign."""
    return Case().hear(*BEFORE_ACCEPTANCE, *UNTIL_CHECK, CHECKED, drafted(level), REVIEWED).tasks


def test_P1_9_sales_files_a_complaint_and_needs_no_stage_for_it() -> None:
    assert RULES.permit("file-complaint", by("sales"), Tasks()) is None
    assert refusal("file-complaint", by("quality"), Tasks()) == Refused(
        "wrong-department", "P1.9", department="quality", expected=["sales"]
    )


def test_P1_9_a_supervisor_of_sales_endorses() -> None:
    tasks = Case().hear(*BEFORE_ACCEPTANCE[:1]).tasks
    assert RULES.permit("endorse-complaint", by("sales", "supervisor"), tasks) == tasks.find("endorsement")
    assert refusal("endorse-complaint", by("sales"), tasks) == Refused(
        "level-too-low", "P1.9", level="clerk", required="supervisor"
    )
    assert refusal("endorse-complaint", by("quality", "supervisor"), tasks) == Refused(
        "wrong-department", "P1.9", department="quality", expected=["sales"]
    )


def test_an_act_needs_its_stage_to_be_open() -> None:
    assert refusal("draft-disposition", by("sales"), REGISTERING) == Refused(
        "stage-not-open", "P1.13", stages=["draft"]
    )


def test_P1_13_each_department_gives_its_own_opinion() -> None:
    for department in ("rd", "manager-office"):
        task = RULES.permit("give-opinion", by(department), GIVING_OPINIONS)
        assert task == GIVING_OPINIONS.find("opinion", department)
    assert refusal("give-opinion", by("sales"), GIVING_OPINIONS) == Refused(
        "wrong-department", "P1.13", department="sales", expected=["rd", "manager-office"]
    )


def test_P1_5_quality_inspects_even_where_the_gm_office_looks_for_the_cause() -> None:
    tasks = Case().hear(*BEFORE_ACCEPTANCE, accepted("non-quality")).tasks
    assert RULES.permit("inspect-goods", by("quality"), tasks) == tasks.find("cause", "gm-office")
    assert RULES.permit("report-cause", by("gm-office"), tasks) == tasks.find("cause", "gm-office")
    assert not RULES.may("report-cause", by("quality"), tasks)


LEVELS = ("clerk", "supervisor", "sales-manager", "vice-general-manager", "general-manager")


@pytest.mark.parametrize("required", LEVELS[2:])
@pytest.mark.parametrize("level", LEVELS)
def test_P1_24_the_required_level_or_a_higher_one_signs_whatever_its_department(level: str, required: str) -> None:
    tasks = signing(required)
    department = "sales" if level in LEVELS[:3] else "management"
    if LEVELS.index(level) >= LEVELS.index(required):
        assert RULES.permit("sign-disposition", by(department, level), tasks) == tasks.find("signature")
    else:
        assert refusal("sign-disposition", by(department, level), tasks) == Refused(
            "level-too-low", "P1.24", level=level, required=required
        )


def test_P1_15_a_decision_is_reserved_to_the_same_level() -> None:
    tasks = (
        Case()
        .hear(*UNTIL_SIGNATURE[:-2], drafted("general-manager"), REVIEWED, approved())
        .hear(*UNTIL_CLOSED[-4:-3], OPINION)
    )
    assert RULES.may("decide-case", by("management", "general-manager"), tasks.tasks)
    assert not RULES.may("decide-case", by("management", "vice-general-manager"), tasks.tasks)


def test_P1_14_the_outcome_is_recorded_by_sales_and_checked_by_its_supervisor() -> None:
    negotiation = NEGOTIATING.find("negotiation")
    assert RULES.permit("record-negotiation", by("sales"), NEGOTIATING) == negotiation
    assert RULES.permit("inform-customer", by("sales"), NEGOTIATING) == negotiation
    assert RULES.permit("check-negotiation", by("sales", "supervisor"), NEGOTIATING) == negotiation
    assert refusal("check-negotiation", by("sales"), NEGOTIATING) == Refused(
        "level-too-low", "P1.14", level="clerk", required="supervisor"
    )


def test_P1_10_the_quantity_is_determined_in_any_stage_of_an_open_case() -> None:
    closed = Case().hear(*UNTIL_CLOSED, slip("sales")).tasks
    assert all(RULES.may("determine-quantity", by("sales"), tasks) for tasks in (REGISTERING, CHECKING, NEGOTIATING))
    assert refusal("determine-quantity", by("sales"), closed) == Refused("case-not-open", "P1.10")
    assert refusal("determine-quantity", by("sales"), Tasks()) == Refused("case-not-open", "P1.10")
    assert not RULES.may("determine-quantity", by("quality"), CHECKING)


def test_P1_13_whoever_checks_reviews_signs_or_decides_sends_back() -> None:
    assert RULES.permit("send-back", by("gm-office"), CHECKING) == CHECKING.find("check")
    assert RULES.permit("send-back", by("management", "general-manager"), signing("sales-manager")) is not None
    assert not RULES.may("send-back", by("sales"), signing("sales-manager"))
    assert not RULES.may("send-back", by("sales"), NEGOTIATING)


def test_P1_26_only_the_department_that_is_asked_answers() -> None:
    tasks = Case().hear(*UNTIL_CLOSED, slip("quality")).tasks
    assert RULES.permit("answer-inquiry", by("quality"), tasks) == tasks.find("inquiry")
    assert not RULES.may("answer-inquiry", by("manufacturing"), tasks)


@pytest.mark.parametrize("act", sorted(act for act, row in PACK.acts.items() if row.by == "people"))
def test_nobody_acts_for_a_site_that_is_not_his(act: str) -> None:
    assert refusal(act, by("sales", "general-manager", "TPE"), NEGOTIATING) == Refused(
        "wrong-site", PACK.acts[act].rule, site="KSH"
    )


def test_P1_18_what_follows_by_itself_is_nobodys_act() -> None:
    assert RULES.permit("supersede-case", SYSTEM, Tasks()) is None
    assert refusal("supersede-case", by("sales", "general-manager"), Tasks()) == Refused(
        "system-only", "P1.18", act="supersede-case"
    )
    assert not RULES.may("file-complaint", SYSTEM, Tasks())


def test_an_act_that_the_pack_does_not_know_is_a_mistake() -> None:
    with pytest.raises(KeyError):
        RULES.may("bribe-customer", by("sales"), Tasks())


def people() -> list[Actor]:
    """Somebody of every department at every level."""
    return [by(department, level) for department in PACK.departments for level in PACK.levels]


IN_A_STAGE = [(act, stage) for act, row in PACK.acts.items() for stage in row.stages]


@pytest.mark.parametrize(("act", "stage"), IN_A_STAGE)
def test_in_a_stage_those_of_its_department_and_level_act_and_nobody_else(act: str, stage: str) -> None:
    row, owner = PACK.acts[act], "quality" if PACK.stage(stage).authority is None else "management"
    level = "vice-general-manager" if PACK.stage(stage).authority else PACK.stage(stage).level or ""
    open_task = Tasks().evolve(StageOpened(stage, owner, 1, "P1.13", level))
    for actor in people():
        inside = bool(PACK.stage(stage).authority) or actor.department in (row.departments or (owner,))
        high = all(RULES.outranks(actor.level, least) for least in (level, row.level) if least)
        no = refusal(act, actor, open_task)
        assert (no.code if no else "") == ("wrong-department" if not inside else "" if high else "level-too-low")


@pytest.mark.parametrize("act", [act for act, row in PACK.acts.items() if row.departments and not row.stages])
def test_without_a_stage_those_of_its_departments_act_and_nobody_else(act: str) -> None:
    for actor in people():
        no = refusal(act, actor, Tasks() if PACK.acts[act].case == "untouched" else NEGOTIATING)
        assert (no.code if no else "") == ("" if actor.department in PACK.acts[act].departments else "wrong-department")


def test_P1_9_an_act_on_an_untouched_case_asks_that_no_stage_is_done() -> None:
    endorsing = Tasks().evolve(StageOpened("endorsement", "sales", 1, "P1.9", "supervisor"))
    endorsed = endorsing.evolve(StageClosed("endorsement", "sales", 1, "done"))
    assert [refusal("withdraw-complaint", by("sales"), tasks) for tasks in (Tasks(), endorsing, endorsed)] == [
        None,
        None,
        Refused("case-touched", "P1.9"),
    ]
