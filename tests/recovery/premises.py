"""A whole stack on servers of its own that are backed up, and what people were answered there."""

import json
from collections import Counter
from collections.abc import AsyncIterator, Iterator, Mapping
from contextlib import asynccontextmanager, contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import httpx
import msgspec

from deploy.dev.ports import LOOPBACK
from shared.clock import SystemClock
from tests.chaos.checks import violations
from tests.chaos.gathering import gathered
from tests.chaos.house import House as Observed
from tests.chaos.ledger import Ledger
from tests.chaos.people import People
from tests.chaos.readmodels import read_models_equal_their_rebuild
from tests.chaos.rest import rests
from tests.chaos.stores import Label, read_stores
from tests.chaos.violations import told
from tests.journeys.house import House
from tests.recovery.server import Server
from tests.support.started import Started, begin, start

Fact = tuple[str, str, str]
"""Case, type and fields of something that was said."""


@dataclass
class Premises:
    """The servers, the folder of the stack that runs on them, and every answer that said that something was done."""

    server: Server
    kafka: str
    data: Path
    answers: list[Mapping[str, Any]] = field(default_factory=list)

    @contextmanager
    def begun(self) -> Iterator[Started]:
        """The stack, whether it becomes ready or not, until it is stopped."""
        stack = begin(self.data, **self._environment)
        try:
            yield stack
        finally:
            stack.stop()

    @asynccontextmanager
    async def open(self) -> AsyncIterator["Remembering"]:
        """The stack at work, people at its door, until it is stopped."""
        stack = start(self.data, **self._environment)
        try:
            async with httpx.AsyncClient(base_url=stack.address, timeout=30) as client:
                yield Remembering(stack, client, self.answers)
        finally:
            stack.stop()

    @property
    def _environment(self) -> dict[str, str]:
        """What the services, and the commands beside them, are told; no checkpoint is taken but at a start."""
        return {
            "DATABASE_URL": self.server.url,
            "KAFKA_BOOTSTRAP_SERVERS": self.kafka,
            "REDRESS_CHECKPOINT_MINUTES": "600",
        }

    @property
    def left(self) -> Path:
        """The file for what is given up."""
        return self.data.parent / "left.jsonl"

    def put_checkpoints_aside(self) -> None:
        """They are evidence of the restore now."""
        checkpoints = self.data / "checkpoints"
        checkpoints.rename(checkpoints.with_name("checkpoints-before"))

    def said(self) -> Counter[Fact]:
        """How often the stores say what."""
        stores = read_stores(self.server.url)
        return Counter(fact(event.state) for store in stores.values() for event in store.said)

    def acts(self) -> list[Fact]:
        """What people were told that they have done, an act for each answer, in order."""
        return [
            (answer["case"], answer["events"][0]["type"], plain(answer["events"][0]["data"])) for answer in self.answers
        ]


class Remembering(House):
    """A house in which each answer that says that something was done is kept."""

    def __init__(self, stack: Started, client: httpx.AsyncClient, answers: list[Mapping[str, Any]]) -> None:
        super().__init__(stack, client)
        self._answers = answers

    async def post(self, person: str, path: str, body: object, **headers: str) -> httpx.Response:
        """See :class:`House`."""
        answer = await super().post(person, path, body, **headers)
        if answer.is_success:
            self._answers.append(answer.json())
        return answer

    async def rests(self) -> None:
        """Wait until everything said was heard, and shown."""
        await rests(Observed(self.stack))

    async def troubles(self) -> str:
        """What does not fit together in stores, topics, history and read models; these are rebuilt for that."""
        await self.rests()
        observed, people = Observed(self.stack), People(self._client, Ledger())
        evidence = await gathered(observed, people, SystemClock().now(), alone=False)
        wrong = [*violations(evidence), *await read_models_equal_their_rebuild(observed.database_url, ())]
        return told(wrong)


def asked(stack: Started, service: str, path: str) -> str:
    """What a service itself answers, past the front door; empty while it does not."""
    ports = stack.data / "run" / "ports.json"
    try:
        return httpx.get(f"http://{LOOPBACK}:{json.loads(ports.read_text('utf-8'))[service]}{path}").text
    except (FileNotFoundError, httpx.TransportError):
        return ""


def facts(lines: bytes) -> Counter[Fact]:
    """What is said in a file of events, one a line."""
    return Counter(fact(line) for line in lines.splitlines())


def fact(state: bytes) -> Fact:
    """What an event says."""
    label = msgspec.json.decode(state, type=Label)
    return str(label.subject), label.type, plain(msgspec.json.decode(label.data))


def plain(fields: Any) -> str:
    """Fields in a form that can be compared."""
    return json.dumps(fields, sort_keys=True)
