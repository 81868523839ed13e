"""Nothing is signed that was not shown: a form carries the version it was drawn on, and what changed since is shown."""

import re
from datetime import UTC, datetime
from decimal import Decimal
from uuid import UUID, uuid4

import httpx
import pytest

from shared.contracts import Event, analytics, intake, investigation
from shared.contracts.values import SYSTEM, Money
from tests.http.conftest import SUPERVISOR
from tests.http.memory import MemoryGate
from tests.web.conftest import log_in, text
from tests.web.test_forms import COMPLAINTS, FILLED, HTMX, values

MOMENT = datetime(2026, 11, 3, tzinfo=UTC)
CORRECTED = intake.FormCorrected(
    order="SO-2",
    part="P-1",
    delivered_on=MOMENT.date(),
    delivered=Decimal(1200),
    defective=None,
    unit="piece",
    value=Money(Decimal("990000.00"), "TWD"),
    demand="return",
    reason="",
)


@pytest.fixture
async def case(clerk: httpx.AsyncClient, gate: MemoryGate) -> UUID:
    """A case at the endorsement, with its supervisor at the browser."""
    await clerk.post(COMPLAINTS, data=FILLED)
    await log_in(clerk, SUPERVISOR)
    return next(iter(gate.streams))


def path(case: UUID) -> str:
    """The address of the supervisor's form."""
    return f"/intake/cases/{case}/endorse-complaint"


async def opened(browser: httpx.AsyncClient, case: UUID) -> dict[str, str]:
    """What an opened form sends along by itself."""
    html = (await browser.get(path(case), headers=HTMX)).text
    return {name: values(html, name)[0] for name in ("command_id", "version")}


async def test_a_form_carries_the_version_it_was_drawn_on(clerk: httpx.AsyncClient, case: UUID) -> None:
    assert (await opened(clerk, case))["version"] == "2"


async def test_what_changed_meanwhile_is_shown_beside_what_was_seen_and_nothing_is_done(
    clerk: httpx.AsyncClient, gate: MemoryGate, case: UUID
) -> None:
    sent = await opened(clerk, case) | {"opinion": "I agree to 356,400.50"}
    gate.say(case, SYSTEM, CORRECTED)

    answer = await clerk.post(path(case), data=sent, headers=HTMX)

    assert answer.status_code == 412
    assert len(gate.streams[case]) == 3
    told = text(answer.text)
    assert "This changed after you opened the form. Nothing was sent." in told
    assert "Value delivered TWD 356,400.50 TWD 990,000.00" in told
    assert "Order number order SO-2" in told
    assert "Part number" not in told
    assert "I agree to 356,400.50" in answer.text
    assert values(answer.text, "command_id") == [sent["command_id"]]
    assert values(answer.text, "version") == ["3"]


async def test_sent_again_it_is_decided_on_what_is_now_shown(clerk, gate: MemoryGate, case: UUID) -> None:
    sent = await opened(clerk, case) | {"opinion": "ok"}
    gate.say(case, SYSTEM, CORRECTED)
    again = values((await clerk.post(path(case), data=sent, headers=HTMX)).text, "version")[0]

    answer = await clerk.post(path(case), data=sent | {"version": again}, headers=HTMX)

    assert answer.status_code == 204
    assert gate.streams[case][3].event == intake.ComplaintEndorsed("ok")


@pytest.mark.parametrize(
    "filed",
    [
        analytics.DeadlineWarned("endorsement", "sales", 1, MOMENT, 50),
        analytics.DeadlineMissed("endorsement", "sales", 1, MOMENT),
        intake.StageOpened("cause", "quality", 1, "P1.13"),
        investigation.OpinionGiven("rd", "A note of another department"),
    ],
)
async def test_a_copy_filed_meanwhile_does_not_make_anybody_start_again(
    clerk, gate: MemoryGate, case: UUID, filed: Event
) -> None:
    sent = await opened(clerk, case) | {"opinion": "ok"}
    gate.say(case, SYSTEM, filed)
    assert (await clerk.post(path(case), data=sent, headers=HTMX)).status_code == 204


async def test_another_round_is_another_turn(clerk: httpx.AsyncClient, gate: MemoryGate, case: UUID) -> None:
    sent = await opened(clerk, case) | {"opinion": "ok"}
    gate.say(
        case,
        SYSTEM,
        intake.StageClosed("endorsement", "sales", 1, "sent-back"),
        intake.StageOpened("endorsement", "sales", 2, "P1.9", "supervisor"),
    )
    answer = await clerk.post(path(case), data=sent, headers=HTMX)
    assert answer.status_code == 412
    assert "Round 1 2" in text(answer.text)


async def test_who_is_no_longer_asked_is_told_so(clerk: httpx.AsyncClient, gate: MemoryGate, case: UUID) -> None:
    sent = await opened(clerk, case) | {"opinion": "ok"}
    gate.say(case, SYSTEM, intake.StageClosed("endorsement", "sales", 1, "done"))
    answer = await clerk.post(path(case), data=sent, headers=HTMX)
    assert answer.status_code == 412
    assert "Stage Supervisor&#39;s opinion —" in text(answer.text)


async def test_a_form_sent_twice_answers_as_the_first_time(clerk, gate: MemoryGate, case: UUID) -> None:
    sent = await opened(clerk, case) | {"opinion": "ok"}
    first = await clerk.post(path(case), data=sent)
    second = await clerk.post(path(case), data=sent)
    assert (first.status_code, second.headers["location"]) == (303, first.headers["location"])
    assert len(gate.streams[case]) == 4


@pytest.mark.parametrize("version", [None, "", "0", "-1", "one", "99"])
async def test_a_form_that_shows_no_version_there_is_does_nothing_and_is_drawn_anew(
    clerk, gate: MemoryGate, case: UUID, version: str | None
) -> None:
    sent = {"opinion": "ok", "command_id": str(uuid4())} | ({} if version is None else {"version": version})
    answer = await clerk.post(path(case), data=sent, headers=HTMX)
    assert (answer.status_code, len(gate.streams[case])) == (412, 2)
    assert values(answer.text, "version") == ["2"]


async def test_a_form_with_a_fault_stays_on_the_version_it_showed(clerk, gate: MemoryGate, case: UUID) -> None:
    sent = await opened(clerk, case) | {"opinion": ""}
    gate.say(case, SYSTEM, CORRECTED)
    faulty = await clerk.post(path(case), data=sent, headers=HTMX)
    assert (faulty.status_code, values(faulty.text, "version")) == (422, ["2"])
    assert (await clerk.post(path(case), data=sent | {"opinion": "ok"}, headers=HTMX)).status_code == 412


async def test_an_open_form_is_told_what_changed_under_it(clerk, gate: MemoryGate, case: UUID) -> None:
    asked = f"{path(case)}/changes"
    assert asked in (await clerk.get(path(case), headers=HTMX)).text
    assert (await clerk.get(f"{asked}?version=2", headers=HTMX)).status_code == 204

    gate.say(case, SYSTEM, CORRECTED)
    answer = await clerk.get(f"{asked}?version=2", headers=HTMX)
    assert answer.status_code == 200
    assert 'role="alert"' in answer.text
    assert "TWD 356,400.50 TWD 990,000.00" in text(answer.text)


@pytest.mark.parametrize(
    ("language", "words"),
    [("en", "What you saw"), ("zh-CN", "您看到的"), ("zh-TW", "您看到的")],
)
async def test_it_is_said_in_the_language_of_whoever_reads(
    clerk, gate: MemoryGate, case: UUID, language: str, words: str
) -> None:
    sent = await opened(clerk, case) | {"opinion": "ok"}
    gate.say(case, SYSTEM, CORRECTED)
    answer = await clerk.post(path(case), data=sent, headers=HTMX | {"accept-language": language})
    assert words in answer.text
    assert re.search(r'role="alert"[^>]*data-focus', answer.text)
