"""Each pack's example: a case on the clock, from its first act to its end, with a limit missed on the way."""

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


def test_a_journey_that_expects_something_else_fails() -> None:
    pack = load_pack(PACKS["bank-hq"])
    content = {"begins": "2026-11-02 09:30", "steps": [{"expect": {"open": {"closed": "complaints"}}}]}
    with pytest.raises(NotAsExpected, match="open is"):
        travel(pack, Journey.read(content, pack))
