"""Sends filled forms to intake over HTTP: so many at once, patient with a busy server, each row once in effect."""

import asyncio
from collections.abc import AsyncIterator, Callable, Iterable
from contextlib import asynccontextmanager
from dataclasses import dataclass
from email.utils import parsedate_to_datetime
from enum import Enum
from typing import Any
from uuid import NAMESPACE_URL, UUID, uuid5

import httpx

from deploy.importing.filling import FieldFault, FilledRow
from deploy.importing.sentences import Saying
from shared.http.language import DEFAULT

DOOR = "/api/intake/complaints"
TRANSIENT = frozenset({429, 502, 503, 504})
HOPELESS = frozenset({401, 403, 404, 405})
FIRST_WAIT, LONGEST_WAIT = 0.2, 10.0
FIRST_PATIENCE = 10.0
"""Seconds to bear a server that has not answered yet at all: its address may be wrong."""


class RowOutcome(Enum):
    """What became of a row."""

    CREATED = "created"
    THERE = "there"
    REFUSED = "refused"


@dataclass(frozen=True, slots=True)
class RowResult:
    """A row and what became of it; ``faults`` says why it was refused."""

    filled: FilledRow
    outcome: RowOutcome
    faults: tuple[FieldFault, ...] = ()


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


def command_id(site: str, mapping: str, key: str) -> UUID:
    """The id of a row's command: the same row is the same wish, however often a person sends it."""
    return uuid5(uuid5(uuid5(NAMESPACE_URL, f"redress:import:{site}"), mapping), key)


async def send_all(forms: Iterable[FilledRow], sending: Sending, on_sent: Callable[[RowResult], None]) -> None:
    """Send every form; ``on_sent`` hears of each as it is answered. Raises ImportStopped."""
    waiting = iter(forms)
    async with connected(sending) as intake:

        async def work() -> None:
            for filled in waiting:
                on_sent(await intake.file(filled))

        try:
            async with asyncio.TaskGroup() as workers:
                for _ in range(sending.at_once):
                    workers.create_task(work())
        except* ImportStopped as stopped:
            raise stopped.exceptions[0] from None


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
        answer = await self.post("/api/login", {"person": self.sending.person}, {})
        if answer.status_code != 200:
            raise ImportStopped("import.no-login", person=self.sending.person, answer=said(answer))
        self.token = str(answer.json()["token"])

    async def renew(self, spent: str) -> None:
        """Get another token than the spent one, unless another sender has just done so. Raises ImportStopped."""
        async with self.renewing:
            if self.token == spent:
                await self.log_in()

    def headers(self, key: UUID) -> dict[str, str]:
        """What goes with one command."""
        return {"Authorization": f"Bearer {self.token}", "Idempotency-Key": str(key)}

    async def file(self, filled: FilledRow) -> RowResult:
        """File one complaint. Raises ImportStopped for what would befall every other row too."""
        key = command_id(self.sending.site, self.sending.mapping, filled.key)
        body = {"site": self.sending.site, **filled.body}
        token = self.token
        answer = await self.post(DOOR, body, self.headers(key))
        if answer.status_code == 401:
            await self.renew(token)
            answer = await self.post(DOOR, body, self.headers(key))
        if answer.is_success:
            return RowResult(filled, RowOutcome.THERE if is_repeated(answer) else RowOutcome.CREATED)
        if answer.status_code in HOPELESS:
            raise ImportStopped("import.not-taken", answer=said(answer))
        return RowResult(filled, RowOutcome.REFUSED, reasons(answer))

    async def post(self, path: str, body: Any, headers: dict[str, str]) -> httpx.Response:
        """Post until there is an answer that is not a passing failure. Raises ImportStopped when patience ends."""
        wait = FIRST_WAIT
        while True:
            await self.pause()
            try:
                answer = await self.client.post(path, json=body, headers=headers)
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


def is_repeated(answer: httpx.Response) -> bool:
    """Whether the intake had this row before and only repeats its answer."""
    replayed: str = answer.headers.get("idempotent-replayed", "")
    return replayed == "true"


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


def reasons(answer: httpx.Response) -> tuple[FieldFault, ...]:
    """Why a form was refused: each field at fault, or the refusal as a whole (RFC 9457)."""
    document = problem(answer)
    errors = ((str(error["field"]), str(error["message"])) for error in document.get("errors", ()))
    faults = tuple(FieldFault.saying(field, "import.answered", answer=message) for field, message in errors)
    return faults or (FieldFault.saying("", "import.answered", answer=said(answer)),)


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
