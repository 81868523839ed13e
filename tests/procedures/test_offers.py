"""What somebody is offered: what the facts allow, what is meant next first, what sends the work back last."""

from collections.abc import Iterator
from decimal import Decimal
from typing import Any
from uuid import uuid4

import pytest

from shared.contracts import Event, Refused, intake
from shared.http.body import body_of
from shared.procedures.course.offers import UNFILLED, AskedForMore, Offer, effect, offers, refusal, said_since
from shared.procedures.course.rules import Rules
from shared.procedures.language.company import load_company
from shared.web.fields import asked
from shared.web.filled import given, nested
from tests.http.conftest import NOW
from tests.web.offices import BODIES, CIRCUMSTANCES, PACK, Deed, deeds

RULES = Rules(PACK, load_company().sites["TPE"])
DEEDS = {deed.act: deed for deed in deeds()}


def order(*acts: tuple[str, str | None], said: tuple[str, ...] = ()) -> list[tuple[str, bool]]:
    """Acts in the order in which they are offered, and which of them leads."""
    return [(offer.act, offer.leads) for offer in offers(PACK, [(act, stage, said) for act, stage in acts])]


@pytest.mark.parametrize("stage", [stage for stage in PACK.stages if stage.sends_back])
def test_P1_13_what_goes_on_is_first_and_sending_back_is_last(stage: Any) -> None:
    acts = [act for act, row in PACK.acts.items() if stage.stage in row.stages]
    (first, leads), *_, (last, _) = order(*((act, stage.stage) for act in reversed(acts)))
    assert (effect(PACK, first, stage.stage), leads, last) == ("done", True, "send-back")


def test_P1_9_returning_the_form_comes_after_accepting_it() -> None:
    acts = [("return-form", "registration"), ("determine-quantity", None), ("accept-case", "registration")]
    assert order(*acts) == [("accept-case", True), ("determine-quantity", False), ("return-form", False)]


def test_P1_14_in_a_negotiation_what_was_done_already_comes_after_what_is_to_do() -> None:
    clerk = (("inform-customer", "negotiation"), ("record-negotiation", "negotiation"))
    assert order(*clerk[:1]) == [("inform-customer", True)]
    assert order(*clerk, said=("intake.customer-informed",)) == [
        ("record-negotiation", True),
        ("inform-customer", False),
    ]
    recorded = ("intake.customer-informed", "intake.negotiation-recorded")
    assert order(*clerk, said=recorded) == [("inform-customer", False), ("record-negotiation", False)]
    checks = (*clerk, ("check-negotiation", "negotiation"))
    assert order(*checks, said=recorded)[0] == ("check-negotiation", True)


def test_sending_back_alone_does_not_lead() -> None:
    assert offers(PACK, [("send-back", "check", ())]) == (Offer("send-back", "sent-back", leads=False),)


def test_what_was_said_in_a_stage_counts_from_its_last_beginning() -> None:
    opened = intake.StageOpened("negotiation", "sales", 1, "P1.14")
    recorded = intake.NegotiationRecorded("no", "?")
    assert said_since([opened, recorded], "negotiation") == {"intake.stage-opened", "intake.negotiation-recorded"}
    assert said_since([opened, recorded, opened], "negotiation") == {"intake.stage-opened"}


def folder(deed: Deed, events: tuple[Event, ...]) -> Any:
    """A department's folder after these events."""
    department = deed.rooms.department
    found = department.initial(uuid4())
    for event in events:
        found = department.evolve(found, event)
    return found


def refused(deed: Deed, events: tuple[Event, ...]) -> Refused | None:
    """Why the act is not offered."""
    department = deed.rooms.department
    return refusal(department.decide, folder(deed, events), deed.door.command, deed.doer, RULES, NOW)


@pytest.mark.parametrize("act", DEEDS)
def test_an_act_is_offered_where_it_can_be_done(act: str) -> None:
    assert refused(DEEDS[act], DEEDS[act].before) is None


def filled(deed: Deed) -> Any:
    """The act's command as somebody fills it in."""
    known = {each.name: each for each in asked(deed.door.command)}
    values = {name: given(known[name], value) for name, value in nested(BODIES[deed.act].items()).items()}
    return deed.door.command(**body_of(deed.door.command, False).read_form(values), by=deed.doer, serial=1)


def shortened(deed: Deed) -> Iterator[tuple[Event, ...]]:
    """The folder of an act without one of the events in it, and with what concerns nobody."""
    for place in range(len(deed.before)):
        yield (*deed.before[:place], *CIRCUMSTANCES, *deed.before[place + 1 :])


@pytest.mark.parametrize("act", DEEDS)
def test_what_is_not_offered_would_be_refused_and_what_is_offered_would_not_be_for_the_facts(act: str) -> None:
    deed = DEEDS[act]
    for events in shortened(deed):
        reason = refused(deed, events)
        try:
            list(deed.rooms.department.decide(folder(deed, events), filled(deed), RULES, NOW))
            decided = None
        except Refused as no:
            decided = None if no.fields else no
        assert reason == decided


def test_P1_10_a_quantity_is_asked_for_only_while_it_is_undetermined() -> None:
    deed = DEEDS["determine-quantity"]
    known = (*deed.before, intake.QuantityDetermined(Decimal(3)))
    assert refused(deed, known) == Refused("quantity-not-awaited", "P1.10")


def test_P1_14_an_outcome_is_recorded_of_a_customer_who_was_told_and_checked_when_it_was_recorded() -> None:
    record, check = DEEDS["record-negotiation"], DEEDS["check-negotiation"]
    untold = tuple(each for each in record.before if not isinstance(each, intake.CustomerInformed))
    assert refused(record, untold) == Refused("customer-not-informed", "P1.14")
    unrecorded = tuple(each for each in check.before if not isinstance(each, intake.NegotiationRecorded))
    assert refused(check, unrecorded) == Refused("negotiation-not-recorded", "P1.14")


@pytest.mark.parametrize("look", [bool, list, len, str, hash, lambda it: it.name, lambda it: it > 1, lambda it: 1 + it])
def test_what_is_not_filled_in_tells_that_it_was_looked_at(look: Any) -> None:
    with pytest.raises(AskedForMore):
        look(UNFILLED)
    assert UNFILLED != ""


def test_P1_9_who_could_do_an_act_wherever_it_is_theirs() -> None:
    people = {each.person: each for each in load_company().people}
    able = {name for name, each in people.items() if RULES.could("endorse-complaint", each)}
    assert {people[name].department for name in able} == {"sales"}
    assert {people[name].level for name in able} >= {"supervisor", "sales-manager"}
    assert not any(people[name].level == "clerk" for name in able)
