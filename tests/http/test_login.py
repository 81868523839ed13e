"""Who a request comes from: tokens, cookies, and the doors that stay shut."""

from datetime import timedelta

import httpx
import jwt
import pytest
from fastapi import FastAPI

from shared.http.app import create_app
from shared.http.settings import Settings
from shared.web.translations import say
from tests.http.conftest import CLERK, COMPLAINT, NOW, StillClock
from tests.http.memory import MemoryGate

COMPLAINTS = "/api/intake/complaints"
CLAIMS = {"iss": "redress", "sub": CLERK, "iat": int(NOW.timestamp()), "exp": int(NOW.timestamp()) + 60}


async def with_token(client: httpx.AsyncClient, token: str) -> httpx.Response:
    return await client.post(COMPLAINTS, json=COMPLAINT, headers={"authorization": f"Bearer {token}"})


async def test_a_person_of_the_demo_gets_a_token(anyone: httpx.AsyncClient, settings: Settings) -> None:
    told = (await anyone.post("/api/login", json={"person": CLERK})).json()

    assert told["expires"] == (NOW + settings.session).isoformat()
    assert (await with_token(anyone, told["token"])).status_code == 201


@pytest.mark.parametrize(
    ("body", "status", "code"),
    [
        ('{"person": "nobody"}', 422, "unknown-person"),
        ('{"person": 5}', 400, "json_invalid"),
        ('{"person": "lin-yating", "level": "general-manager"}', 400, "json_invalid"),
        ("", 400, "json_invalid"),
    ],
)
async def test_a_stranger_gets_none(anyone: httpx.AsyncClient, body: str, status: int, code: str) -> None:
    answer = await anyone.post("/api/login", content=body)
    assert (answer.status_code, answer.json()["code"]) == (status, code)


async def test_nobody_picks_a_person_in_production(company, clock: StillClock, settings: Settings) -> None:
    production = Settings(settings.secret, settings.files, mode="production")
    app = create_app("analytics", company=company, clock=clock, settings=production, words=say, login=True)
    async with httpx.AsyncClient(transport=httpx.ASGITransport(app), base_url="http://redress.test") as client:
        answer = await client.post("/api/login", json={"person": CLERK})
    assert (answer.status_code, answer.json()["code"]) == (403, "demo-only")


async def test_without_a_token_one_is_asked_to_log_in(anyone: httpx.AsyncClient, gate: MemoryGate) -> None:
    answer = await anyone.post(COMPLAINTS, json=COMPLAINT)

    assert (answer.status_code, answer.json()["code"]) == (401, "login-required")
    assert answer.headers["www-authenticate"] == "Bearer"
    assert gate.streams == {}


async def test_a_token_expires_at_its_second(
    anyone: httpx.AsyncClient, app: FastAPI, clock: StillClock, settings: Settings
) -> None:
    token, _ = app.state.surroundings.tokens.issue(CLERK)

    clock.advance(settings.session - timedelta(seconds=1))
    assert (await with_token(anyone, token)).status_code == 201
    clock.advance(timedelta(seconds=1))
    answer = await with_token(anyone, token)
    assert (answer.status_code, answer.json()["code"]) == (401, "expired-token")


FORGED = {
    "nothing": "",
    "no token": "abc",
    "another secret": jwt.encode(CLAIMS, "t" * 40, "HS256"),
    "no signature": jwt.encode(CLAIMS, "", "none"),
    "another algorithm": jwt.encode(CLAIMS, "s" * 64, "HS512"),
    "another issuer": jwt.encode(CLAIMS | {"iss": "x"}, "s" * 40, "HS256"),
    "no end": jwt.encode({key: CLAIMS[key] for key in ("iss", "sub", "iat")}, "s" * 40, "HS256"),
    "nobody": jwt.encode({key: CLAIMS[key] for key in ("iss", "iat", "exp")}, "s" * 40, "HS256"),
    "somebody who left": jwt.encode(CLAIMS | {"sub": "gone"}, "s" * 40, "HS256"),
}


@pytest.mark.parametrize("token", FORGED.values(), ids=FORGED)
async def test_a_forged_token_is_refused(anyone: httpx.AsyncClient, token: str) -> None:
    answer = await with_token(anyone, token)
    assert (answer.status_code, answer.json()["code"]) == (401, "bad-token")


@pytest.mark.parametrize(
    ("origin", "status"),
    [
        (None, 201),
        ("http://redress.test", 201),
        ("http://evil.test", 403),
        ("http://redress.test.evil.test", 403),
        ("null", 403),
    ],
)
async def test_a_cookie_is_taken_from_this_site_only(
    anyone: httpx.AsyncClient, app: FastAPI, origin: str | None, status: int
) -> None:
    token, _ = app.state.surroundings.tokens.issue(CLERK)
    headers = {"cookie": f"redress={token}"} | ({"origin": origin} if origin else {})
    answer = await anyone.post(COMPLAINTS, json=COMPLAINT, headers=headers)
    assert answer.status_code == status
