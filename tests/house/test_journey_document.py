"""docs/journey.md is what the code and the pack say."""

from pathlib import Path

from deploy.journey.departments import deeds, hearings
from deploy.journey.document import journey
from shared.procedures.language.loader import load_pack

DOCUMENT = Path(__file__).parents[2] / "docs" / "journey.md"


def test_the_journey_is_written_from_the_code_and_the_pack_as_they_are() -> None:
    assert DOCUMENT.read_text("utf-8") == journey(load_pack("glzd194")), "run: redress journey --out docs/journey.md"


def test_every_deed_of_a_person_says_something() -> None:
    assert [deed for deed in deeds() if not deed.says] == []


def test_P1_25_P1_26_a_missed_deadline_leads_to_an_urging_or_an_inquiry_slip() -> None:
    missed = [row for row in hearings() if row.event == "analytics.deadline-missed"]

    assert [(row.service, set(row.says)) for row in missed] == [
        ("approval", {"approval.urging-slip-issued", "approval.inquiry-slip-issued"})
    ]


def test_the_pack_names_for_each_act_the_event_that_the_code_says_by_it() -> None:
    acts = load_pack("glzd194").acts
    said = {deed.act: deed.says for deed in deeds()}
    assert {act: row.says for act, row in acts.items() if row.says and row.says not in said[act]} == {}
    assert [act for act, row in acts.items() if (row.stages or row.case) and row.by == "people" and not row.says] == []
