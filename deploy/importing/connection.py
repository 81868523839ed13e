"""The connection of an import to intake: logged in, patient with a busy server, and not with one that never answers."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from email.utils import parsedate_to_datetime
from typing import Any
from uuid import UUID

import httpx

from deploy.importing.sentences import Saying
from shared.http.language import DEFAULT

TRANSIENT = frozenset({429, 502, 503, 504})
FIRST_WAIT, LONGEST_WAIT = 0.2, 10.0
FIRST_PATIENCE = 10.0
"""Seconds to bear a server that has not answered yet at all: its address may be wrong."""


class ImportStopped(Saying):
    """The import cannot go on; the sentence says why. Started again, it goes on where it was."""


@dataclass(frozen=True, slots=True)
class Sending:
    """How to send: as whom, to which site, how many at once, how long (seconds) to bear a server that fails.

    ``language`` is what the server answers in.
    """

    address: str
    site: str
    person: str
    mapping: str
    at_once: int = 8
    patience: float = 120.0
    language: str = DEFAULT


@asynccontextmanager
async def connected(sending: Sending) -> AsyncIterator["Intake"]:
    """The intake at the address, logged in. Raises ImportStopped."""
    limits = httpx.Limits(max_connections=sending.at_once)
    spoken = {"accept-language": sending.language}
    address = web_address(sending.address)
    async with httpx.AsyncClient(base_url=address, limits=limits, timeout=30.0, headers=spoken) as client:
        intake = Intake(client, sending)
        await intake.log_in()
        yield intake


def web_address(address: str) -> httpx.URL:
    """The address as a URL. Raises ImportStopped for what is none."""
    try:
        url = httpx.URL(address)
    except httpx.InvalidURL as fault:
        raise ImportStopped("import.no-address", address=address, error=str(fault)) from fault
    if url.scheme not in ("http", "https") or not url.host:
        raise ImportStopped("import.no-address", address=address, error="http://…, https://…")
    return url


class Intake:
    """The intake's doors as an import uses them."""

    def __init__(self, client: httpx.AsyncClient, sending: Sending) -> None:
        self.client = client
        self.sending = sending
        self.token = ""
        self.renewing = asyncio.Lock()
        self.resume_at = 0.0
        self.bears_until = self.now() + min(FIRST_PATIENCE, sending.patience)

    async def log_in(self) -> None:
        """Get a token for the person. Raises ImportStopped."""
        answer = await self.send("POST", "/api/login", {"person": self.sending.person}, {})
        if answer.status_code != 200:
            raise ImportStopped("import.no-login", person=self.sending.person, answer=said(answer))
        self.token = str(answer.json()["token"])

    async def renew(self, spent: str) -> None:
        """Get another token than the spent one, unless another sender has just done so. Raises ImportStopped."""
        async with self.renewing:
            if self.token == spent:
                await self.log_in()

    def headers(self, key: UUID | None) -> dict[str, str]:
        """What goes with one request; a command has a key."""
        bearer = {"Authorization": f"Bearer {self.token}"}
        return {**bearer, "Idempotency-Key": str(key)} if key else bearer

    async def ask(self, method: str, path: str, body: Any = None, key: UUID | None = None) -> httpx.Response:
        """An answer to a request as the person who is logged in. Raises ImportStopped."""
        token = self.token
        answer = await self.send(method, path, body, self.headers(key))
        if answer.status_code == 401:
            await self.renew(token)
            answer = await self.send(method, path, body, self.headers(key))
        return answer

    async def send(self, method: str, path: str, body: Any, headers: dict[str, str]) -> httpx.Response:
        """Send until there is an answer that is not a passing failure. Raises ImportStopped when patience ends."""
        wait = FIRST_WAIT
        while True:
            await self.pause()
            try:
                answer = await self.client.request(method, path, json=body, headers=headers)
            except httpx.TransportError as fault:
                failure = f"{self.sending.address}: {fault or type(fault).__name__}"
            else:
                if answer.status_code not in TRANSIENT:
                    self.bears_until = self.now() + self.sending.patience
                    return answer
                failure = said(answer)
                if (asked := retry_after(answer)) is not None:
                    wait = asked
            if self.now() + wait > self.bears_until:
                raise ImportStopped("import.no-answer", failure=failure)
            self.resume_at = max(self.resume_at, self.now() + wait)
            wait = min(max(wait, FIRST_WAIT) * 2, LONGEST_WAIT)

    async def pause(self) -> None:
        """Wait until nobody was asked to wait: one busy answer holds back every sender."""
        if (rest := self.resume_at - self.now()) > 0:
            await asyncio.sleep(rest)

    @staticmethod
    def now() -> float:
        """The loop's seconds, for waiting only."""
        return asyncio.get_running_loop().time()


def retry_after(answer: httpx.Response) -> float | None:
    """The seconds a server asks to wait, or None: a number, or a moment by its own clock (RFC 9110 §10.2.3)."""
    asked = answer.headers.get("retry-after", "").strip()
    if asked.isdigit():
        return float(asked)
    try:
        there = parsedate_to_datetime(answer.headers.get("date", ""))
        return max(0.0, (parsedate_to_datetime(asked) - there).total_seconds())
    except (ValueError, TypeError):
        return None


def said(answer: httpx.Response) -> str:
    """What a server says of a failure, in a line."""
    document = problem(answer)
    words = document.get("detail") or document.get("title") or answer.reason_phrase
    rule = f" ({document['rule']})" if document.get("rule") else ""
    return f"{answer.status_code} {words}{rule}"


def problem(answer: httpx.Response) -> dict[str, Any]:
    """The problem document of an answer; empty where it is none."""
    try:
        document = answer.json()
    except ValueError:
        return {}
    return document if isinstance(document, dict) else {}
