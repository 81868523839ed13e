"""``redress replay``: the case in the terminal, as it was at any moment."""

import asyncio
import re
from collections.abc import AsyncIterator, Awaitable, Callable

import pytest
import typer
import uvicorn
from typer.testing import CliRunner, Result

from deploy.cli.replaying import replay
from deploy.dev.ports import free_port
from deploy.dev.trouble import Trouble
from tests.analytics.course import COURSE
from tests.analytics.desks import ELSEWHERE, Desks
from tests.analytics.recording import CASE, Departments
from tests.analytics.waiting import eventually

Replay = Callable[..., Awaitable[Result]]


def started(server: uvicorn.Server) -> Callable[[], Awaitable[bool]]:
    async def look() -> bool:
        return server.started

    return look


@pytest.fixture
async def told(desks: Desks, monkeypatch: pytest.MonkeyPatch) -> AsyncIterator[Replay]:
    """Runs the command against a server that has one case."""
    monkeypatch.setenv("COLUMNS", "200")
    await desks.keep(*Departments().tell(COURSE))
    port = free_port()
    server = uvicorn.Server(uvicorn.Config(desks.app, port=port, log_config=None, lifespan="off"))
    serving = asyncio.create_task(server._serve())
    await eventually(started(server), bool)
    command = typer.Typer()
    command.command()(replay)

    async def run(*arguments: str) -> Result:
        asked = [*arguments, "--address", f"http://127.0.0.1:{port}"]
        return await asyncio.to_thread(CliRunner().invoke, command, asked)

    yield run
    server.should_exit = True
    await serving


async def test_a_case_is_replayed_by_its_number_or_its_id(told: Replay) -> None:
    by_number, by_id = await told("261101"), await told(str(CASE))

    assert (by_number.exit_code, by_number.output) == (0, by_id.output)
    for expected in ("261101 · Formosa Fasteners · Closed · 31/31", "Part number: M8 → M8x40", "TWD 900.00", "P1.23"):
        assert expected in by_number.output


async def test_at_a_moment_it_is_shown_as_it_was(told: Replay) -> None:
    """On the site's clocks: the form was completed at 10:08 in Taipei, the case accepted at 10:10."""
    result = await told("261101", "--at", "2026-11-03T10:09")

    assert "Not numbered yet · Formosa Fasteners · Completed · 9/31" in result.output
    assert ("2026-11-03 10:08" in result.output, "Case accepted" in result.output) == (True, False)
    assert re.search(r"\d{4}-\d{2}-\d{2}T", result.output) is None


async def test_it_is_told_in_chinese_too(told: Replay) -> None:
    assert "案件受理" in (await told("261101", "--lang", "zh-CN")).output


@pytest.mark.parametrize(
    ("arguments", "sentence"),
    [
        (("999999",), "There is no case 999999 that this person may see."),
        (("261101", "--as", ELSEWHERE), "There is no case 261101 that this person may see."),
        ((str(CASE), "--as", ELSEWHERE), "You do not work for site TPE."),
        (("261101", "--at", "yesterday"), "moment"),
        (("261101", "--at", "2020-01-01"), "This department has no such case."),
        (("261101", "--as", "nobody"), "There is no such person: nobody."),
    ],
)
async def test_what_cannot_be_shown_is_said_in_a_sentence(
    told: Replay, arguments: tuple[str, ...], sentence: str
) -> None:
    result = await told(*arguments)

    assert (type(result.exception), sentence in str(result.exception)) == (Trouble, True), result.exception


async def test_where_nobody_answers_it_says_so() -> None:
    command = typer.Typer()
    command.command()(replay)
    address = f"http://127.0.0.1:{free_port()}"

    result = await asyncio.to_thread(CliRunner().invoke, command, ["261101", "--address", address])

    assert f"Redress does not answer at {address}" in str(result.exception)
