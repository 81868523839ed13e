"""The folder is nothing but its events: filed one by one or at once, decided on or read back."""

from datetime import date
from decimal import Decimal

from hypothesis import given as given_any
from hypothesis import strategies as some

from services.investigation import domain
from services.investigation.domain import GiveOpinion, InspectGoods, ProposeCountermeasure, ReportCause
from shared.contracts import Event, Refused, intake
from shared.contracts.commands import Command, File
from tests.domain.investigation.folders import CAUSE, COUNTERMEASURE, FILED, opened
from tests.domain.story import CASE, NOW, by, rules_of

WISHES: tuple[Command, ...] = (
    File(heard=FILED),
    File(heard=CAUSE),
    File(heard=COUNTERMEASURE),
    File(heard=opened("opinion", "rd")),
    File(heard=opened("opinion", "manager-office")),
    File(heard=intake.StageClosed("cause", "quality", 1, "done")),
    File(heard=opened("cause", "quality", 2)),
    InspectGoods(by=by("quality"), inspected=Decimal(20), defective=Decimal(2), result="?"),
    ReportCause(by=by("quality"), cause="other", narrative="?", responsible_department="sales"),
    ProposeCountermeasure(
        by=by("manufacturing"), analysis="?", measure="?", producing_unit="Team 3", produced_on=date(2026, 10, 1)
    ),
    GiveOpinion(by=by("rd"), opinion="?"),
    GiveOpinion(by=by("manager-office"), opinion="?"),
)


def folded(events: list[Event]) -> domain.InvestigationFolder:
    folder = domain.initial(CASE)
    for event in events:
        folder = domain.evolve(folder, event)
    return folder


@given_any(some.lists(some.sampled_from(WISHES), max_size=40))
def test_a_folder_read_back_is_the_folder_that_was_decided_on(wishes: list[Command]) -> None:
    folder, events = domain.initial(CASE), list[Event]()
    for wish in wishes:
        try:
            said = list(domain.decide(folder, wish, rules_of(), NOW))
        except Refused:
            continue
        events += said
        for event in said:
            folder = domain.evolve(folder, event)
        assert folded(events) == folder
