"""Bodies that are too big, come too slowly, or stop half way: refused, and nothing is left of them."""

import asyncio
import json
import socket
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import httpx
import pytest
import uvicorn
from fastapi import FastAPI
from starlette.types import Message, Receive

from shared.files import MIB, Acceptance
from shared.http.app import create_app
from shared.http.limits import LEAST_PACE, guarded
from shared.http.problems import Problem
from shared.http.settings import Settings, SettingsError, settings_from_env
from shared.web.translations import say
from tests.http.conftest import COMPLAINT
from tests.http.memory import MemoryGate
from tests.http.office import DOORS

COMPLAINTS = "/api/intake/complaints"
JSON = {"content-type": "application/json"}


async def pieces(size: int, times: int) -> AsyncIterator[bytes]:
    """A body that does not announce its size."""
    for _ in range(times):
        yield b"x" * size


async def test_a_body_that_announces_too_much_is_refused(clerk, gate: MemoryGate, settings: Settings) -> None:
    big = json.dumps(COMPLAINT | {"reason": "x" * settings.body_limit})
    answer = await clerk.post(COMPLAINTS, content=big, headers=JSON)

    assert (answer.status_code, answer.json()["code"]) == (413, "body-too-large")
    assert gate.streams == {}


async def test_a_body_that_grows_too_big_on_the_way_is_refused(clerk, gate: MemoryGate) -> None:
    answer = await clerk.post(COMPLAINTS, content=pieces(6000, 4), headers=JSON)

    assert (answer.status_code, answer.json()["code"]) == (413, "body-too-large")
    assert gate.streams == {}


async def test_a_body_of_just_the_limit_is_read(clerk, settings: Settings) -> None:
    body = json.dumps(COMPLAINT)
    answer = await clerk.post(COMPLAINTS, content=body + " " * (settings.body_limit - len(body)), headers=JSON)
    assert answer.status_code == 201


async def test_an_upload_has_a_limit_of_its_own(clerk, settings: Settings) -> None:
    files = {"file": ("a.png", b"x" * settings.upload_limit)}
    answer = await clerk.post("/api/intake/attachments", files=files)
    assert (answer.status_code, answer.json()["code"]) == (413, "body-too-large")
    assert not settings.files.exists()


@asynccontextmanager
async def served(app: FastAPI) -> AsyncIterator[int]:
    """The app on a real socket; its port."""
    with socket.create_server(("127.0.0.1", 0)) as listening:
        server = uvicorn.Server(uvicorn.Config(app, log_config=None))
        running = asyncio.create_task(server.serve([listening]))
        yield listening.getsockname()[1]
        server.should_exit = True
        await running


HEAD = (
    "POST {path} HTTP/1.1\r\nhost: x\r\nauthorization: {token}\r\ncontent-type: {type}\r\ncontent-length: 5000\r\n\r\n"
)
HALVES = {
    "a command": (COMPLAINTS, "application/json", json.dumps(COMPLAINT)[:-5]),
    "an upload": (
        "/api/intake/attachments",
        "multipart/form-data; boundary=b",
        '--b\r\ncontent-disposition: form-data; name="file"; filename="a.png"\r\n\r\n\x89PNG',
    ),
}


@pytest.mark.parametrize(("path", "media_type", "half"), HALVES.values(), ids=HALVES)
async def test_what_is_sent_half_leaves_nothing(
    app: FastAPI, clerk: httpx.AsyncClient, gate: MemoryGate, settings: Settings, path: str, media_type: str, half: str
) -> None:
    token = clerk.headers["authorization"]
    async with served(app) as port:
        reader, writer = await asyncio.open_connection("127.0.0.1", port)
        writer.write((HEAD.format(path=path, token=token, type=media_type) + half).encode("latin-1"))
        writer.write_eof()
        with suppress(ConnectionError):
            await reader.read()
        writer.close()

    assert gate.streams == {}
    assert not settings.files.exists() or list(settings.files.rglob("*")) == []


async def test_a_body_that_does_not_come_is_not_waited_for(
    clerk: httpx.AsyncClient, company, clock, gate: MemoryGate, settings: Settings
) -> None:
    impatient = replace(settings, body_timeout=timedelta(milliseconds=50))
    app = create_app(
        "intake",
        company=company,
        clock=clock,
        settings=impatient,
        words=say,
        token_clock=clock,
        gate=gate,
        doors=DOORS,
        login=True,
    )
    async with served(app) as port:
        reader, writer = await asyncio.open_connection("127.0.0.1", port)
        token = clerk.headers["authorization"]
        writer.write((HEAD.format(path=COMPLAINTS, token=token, type="application/json") + "{").encode())
        answer = await reader.read()
        writer.close()

    assert answer.startswith(b"HTTP/1.1 408 ")
    assert b"body-timeout" in answer
    assert gate.streams == {}


def dripping(size: int, drops: int, every: float = 0.02) -> Receive:
    """A body in so many drops, each after some seconds; then the caller leaves."""
    messages: list[Message] = [
        {"type": "http.request", "body": b"x" * size, "more_body": left > 0} for left in reversed(range(drops))
    ]

    async def receive() -> Message:
        await asyncio.sleep(every)
        return messages.pop(0) if messages else {"type": "http.disconnect"}

    return receive


async def whole(receive: Receive) -> int:
    """The size of a body."""
    size, more = 0, True
    while more:
        message = await receive()
        size, more = size + len(message["body"]), message["more_body"]
    return size


async def test_a_body_that_comes_in_drops_is_not_waited_for(settings: Settings) -> None:
    impatient = replace(settings, body_timeout=timedelta(seconds=0.2))

    with pytest.raises(Problem) as refused:
        await whole(guarded(dripping(1, 50), settings.body_limit, 50, impatient))

    assert (refused.value.status, refused.value.code) == (408, "body-timeout")


async def test_a_big_body_has_its_time_as_long_as_it_keeps_coming(settings: Settings) -> None:
    impatient = replace(settings, body_timeout=timedelta(seconds=0.2))

    assert await whole(guarded(dripping(LEAST_PACE, 20), MIB, 0, impatient)) == 20 * LEAST_PACE


async def test_what_is_over_the_limit_earns_no_time(settings: Settings) -> None:
    impatient = replace(settings, body_timeout=timedelta(seconds=0.2))

    with pytest.raises(Problem) as refused:
        await whole(guarded(dripping(LEAST_PACE, 50), 1, 0, impatient))

    assert refused.value.status == 408


async def test_a_caller_may_wait_longer_for_his_answer_than_his_body_may_take(settings: Settings) -> None:
    impatient = replace(settings, body_timeout=timedelta(seconds=0.2))
    receive = guarded(dripping(1, 1, every=0.15), settings.body_limit, 1, impatient)
    await whole(receive)

    assert await receive() == {"type": "http.disconnect"}


def test_settings_come_from_the_environment(tmp_path: Path) -> None:
    right = {"REDRESS_SECRET": "s" * 32, "REDRESS_FILES": str(tmp_path), "REDRESS_ADDRESS": "https://redress.test"}
    assert settings_from_env(right) == Settings("s" * 32, tmp_path, address="https://redress.test")
    for wrong in ({"REDRESS_SECRET": "s" * 31}, {"REDRESS_FILES": ""}, {"REDRESS_MODE": "test"}):
        with pytest.raises(SettingsError):
            settings_from_env(right | wrong)


NEEDED = {"REDRESS_SECRET": "s" * 32, "REDRESS_FILES": "/files"}


def test_the_limits_of_files_come_from_the_environment() -> None:
    found = settings_from_env(
        NEEDED
        | {
            "REDRESS_FILE_TYPES": "picture, pdf dwg",
            "REDRESS_FILE_MB": "40",
            "REDRESS_FORM_MB": "60",
            "REDRESS_FORM_FILES": "5",
            "REDRESS_UPLOAD_DAY_MB": "100",
            "REDRESS_FILES_FREE_MB": "0",
            "REDRESS_UPLOAD_HOURS": "0",
        }
    )
    assert found == Settings(
        "s" * 32,
        Path("/files"),
        accepted=Acceptance.of(["picture", "pdf", "dwg"]),
        file_limit=40 * MIB,
        upload_limit=60 * MIB,
        most_files=5,
        upload_quota=100 * MIB,
        disk_room=0,
        upload_age=timedelta(0),
    )


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("REDRESS_FILE_TYPES", "image/png"),
        ("REDRESS_FILE_MB", "0"),
        ("REDRESS_FILE_MB", "1.5"),
        ("REDRESS_FORM_MB", "19"),
        ("REDRESS_FORM_FILES", "-1"),
        ("REDRESS_UPLOAD_DAY_MB", "٥"),
        ("REDRESS_UPLOAD_HOURS", "1000001"),
    ],
)
def test_a_limit_that_is_none_is_refused_by_its_name(name: str, value: str) -> None:
    with pytest.raises(SettingsError, match=name):
        settings_from_env(NEEDED | {name: value})
