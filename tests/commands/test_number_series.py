"""Numbers without gap and without double (P1.8), however many draw at once and whatever is refused."""

import asyncio
from uuid import UUID, uuid4

from shared.commands.answers import Answer
from shared.commands.gate import Gate
from shared.commands.requests import CommandRequest
from shared.contracts import Refused
from shared.eventstore.chain import first_break
from shared.eventstore.number_series import NumberDrawn, series_stream
from tests.support.building import Building, open_case, states_of
from tests.support.office import Number, Numbered


async def draw(gate: Gate, case: UUID, how_many: int = 1, *, refuse: bool = False) -> Answer:
    return await gate.submit(CommandRequest.of(case, Number(how_many=how_many, refuse=refuse), command_id=uuid4()))


def numbers(answers: list[Answer | BaseException]) -> list[int]:
    given = [one.event for answer in answers if isinstance(answer, Answer) for one in answer.events]
    return sorted(event.number for event in given if isinstance(event, Numbered))


async def test_P1_8_a_hundred_and_fifty_at_once_draw_the_first_hundred_and_fifty_numbers(building: Building) -> None:
    gate = building.gate()
    cases = await asyncio.gather(*(open_case(gate) for _ in range(150)))
    answers = await asyncio.gather(*(draw(gate, case) for case in cases))
    assert numbers([*answers]) == list(range(1, 151))


async def test_P1_8_two_processes_draw_from_one_series_without_gap_or_double(building: Building) -> None:
    gates = [building.gate(), building.gate()]
    cases = await asyncio.gather(*(open_case(gates[0]) for _ in range(60)))
    answers = await asyncio.gather(*(draw(gates[number % 2], case) for number, case in enumerate(cases)))
    assert numbers([*answers]) == list(range(1, 61))


async def test_P1_8_a_refused_command_draws_no_number(building: Building) -> None:
    gate = building.gate()
    case = await open_case(gate)
    outcomes = await asyncio.gather(
        *(draw(gate, case, refuse=number % 2 == 0) for number in range(40)), return_exceptions=True
    )
    assert [type(outcome) for outcome in outcomes] == [Refused, Answer] * 20
    assert numbers(outcomes) == list(range(1, 21))


async def test_P1_8_a_command_may_draw_several_numbers_or_none(building: Building) -> None:
    gate = building.gate()
    case = await open_case(gate)
    answers = await asyncio.gather(*(draw(gate, case, how_many) for how_many in (2, 0, 3, 1)))
    assert [numbers([answer]) for answer in answers] == [[1, 2], [], [3, 4, 5], [6]]


async def test_P1_8_each_site_has_a_series_of_its_own(building: Building) -> None:
    gate = building.gate()
    cases = [await open_case(gate, site=site) for site in ("TPE", "KSH", "TPE")]
    assert [numbers([await draw(gate, case)]) for case in cases] == [[1], [1], [2]]


async def test_P1_8_a_repeated_command_keeps_its_number(building: Building) -> None:
    gate, key = building.gate(), uuid4()
    case = await open_case(gate)
    answers = [await gate.submit(CommandRequest.of(case, Number(), command_id=key)) for _ in range(3)]
    assert [numbers([answer]) for answer in answers] == [[1], [1], [1]]
    assert numbers([await draw(gate, case)]) == [2]


async def test_P1_8_the_series_is_a_stream_that_says_who_got_which_number(building: Building) -> None:
    gate = building.gate()
    case = await open_case(gate)
    await draw(gate, case, 2)
    drawn = await gate.events(series_stream("number/TPE"))
    assert [one.event for one in drawn] == [
        NumberDrawn("number/TPE", 1, case),
        NumberDrawn("number/TPE", 2, case),
    ]
    assert first_break(states_of(building.store(), series_stream("number/TPE"))) is None
