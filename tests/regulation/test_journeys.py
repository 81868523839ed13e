"""Each pack's example: a case on the clock, from its first act to its end, with a limit missed on the way."""

from dataclasses import replace

import pytest

from shared.regulation.language.document import read
from shared.regulation.language.loading import load_pack
from shared.regulation.play import Journey, NotAsExpected, travel
from tests.regulation.packs import JOURNEYS, PACKS

FILES = {file.stem: file for file in sorted(JOURNEYS.glob("*.yaml"))}


@pytest.mark.parametrize("name", FILES)
def test_the_journey_of_a_pack_comes_to_its_end(name: str) -> None:
    pack = load_pack(PACKS[name])
    play = travel(pack, Journey.read(read(FILES[name].read_text("utf-8"), name).content, pack))
    assert play.case.ended is not None
    assert play.late(), "a limit is missed on the way"


def test_every_pack_has_its_journey() -> None:
    assert FILES.keys() == PACKS.keys()


def test_P1_24_who_had_the_lower_band_may_not_sign_what_the_case_needs() -> None:
    """A return of 12,500.50 takes the vice general manager; the journey has the sales manager refused."""
    steps = read(FILES["glzd194"].read_text("utf-8"), "glzd194").content["steps"]
    assert [step["refused"] for step in steps if step.get("by") == "sales-manager"] == ["level-too-low"]


def test_a_round_that_others_have_forgets_what_the_one_before_chose() -> None:
    """Sent back by the sales manager, signed by the general manager after the amount has grown."""
    pack = load_pack(PACKS["glzd194"])
    journey = Journey.read(read(FILES["glzd194"].read_text("utf-8"), "glzd194").content, pack)
    sign = next(place for place, step in enumerate(journey.steps) if step.get("do") == "signature")
    draft = journey.steps[sign - 2]
    smaller = {**draft, "with": {**draft["with"], "approved_amount": "100.00"}}
    greater = {**draft, "with": {**draft["with"], "approved_amount": "99000.00"}}
    review = journey.steps[sign - 1]
    back = {"do": "signature", "by": "sales-manager", "choose": "back"}
    signed = {"do": "signature", "by": "general-manager", "choose": "sign"}
    told = {"expect": {"open": {"negotiation": "sales", "whole": "gm-office"}}}
    steps = (*journey.steps[: sign - 2], smaller, review, back, greater, review, signed, told)
    travel(pack, replace(journey, steps=steps))


def test_a_journey_that_expects_something_else_fails() -> None:
    pack = load_pack(PACKS["bank-hq"])
    content = {"begins": "2026-11-02 09:30", "steps": [{"expect": {"open": {"closed": "complaints"}}}]}
    with pytest.raises(NotAsExpected, match="open is"):
        travel(pack, Journey.read(content, pack))
