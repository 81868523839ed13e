"""People at the front door who do not give up: the same command under the same key until somebody answers."""

import asyncio
from collections import Counter
from typing import Any

import httpx

from tests.chaos.ledger import Entry, Ledger

PATIENCE = 150.0
"""Seconds after which a person who gets no answer says that the house does not come back."""
PAUSE = 0.2
"""Seconds between two tries."""
FOR_NOW = (429, 503)
"""What a house answers that cannot do something now; it says when to try again."""


class NoAnswer(Exception):
    """Nobody answered a command for so long that the house must be called down."""


class People:
    """Everybody who works with the house.

    ``troubles`` counts what they got instead of answers, ``unclear`` has what did not say that it was a refusal for
    now, or not when to come again.
    """

    def __init__(self, client: httpx.AsyncClient, ledger: Ledger) -> None:
        self.ledger = ledger
        self.troubles: Counter[str] = Counter()
        self.unclear: list[str] = []
        self._client = client
        self._tokens: dict[str, str] = {}

    async def send(self, entry: Entry) -> Entry:
        """Have a command answered, however often it must be sent. Raises NoAnswer."""
        self.ledger.begin(entry)
        await self.send_again(entry)
        return entry

    async def send_again(self, entry: Entry) -> None:
        """Have the same command answered once more, under its key. Raises NoAnswer."""
        headers = {"idempotency-key": entry.key}
        answer = await self._answered("POST", entry.path, entry.person, entry.tries, json=entry.body, headers=headers)
        entry.status = answer.status_code
        entry.answer = answer.json() if answer.content else {}
        if entry.accepted:
            await self.ledger.answered()

    async def look(self, person: str, path: str) -> httpx.Response:
        """What a person finds at a path, however often he must ask. Raises NoAnswer."""
        return await self._answered("GET", path, person, [])

    def refusals(self) -> int:
        """How often the house has said that it cannot do something now."""
        return sum(self.troubles[str(status)] for status in FOR_NOW)

    async def _answered(self, method: str, path: str, person: str, tries: list[str], **sent: Any) -> httpx.Response:
        loop = asyncio.get_running_loop()
        until = loop.time() + PATIENCE
        while loop.time() < until:
            try:
                headers = sent.pop("headers", {}) | {"authorization": f"Bearer {await self.token(person)}"}
                sent["headers"] = headers
                answer = await self._client.request(method, path, **sent)
            except httpx.TransportError as error:
                self._note(tries, f"lost ({type(error).__name__})")
            else:
                if answer.status_code == 401:
                    self._tokens.pop(person, None)
                elif answer.status_code < 500 and answer.status_code not in FOR_NOW:
                    tries.append(str(answer.status_code))
                    return answer
                elif answer.status_code not in FOR_NOW or "retry-after" not in answer.headers:
                    self.unclear.append(f"{method} {path}: {answer.status_code} {answer.text[:200]}")
                self._note(tries, str(answer.status_code))
            await asyncio.sleep(PAUSE)
        raise NoAnswer(f"{method} {path}: {', '.join(tries[-5:])}")

    async def token(self, person: str) -> str:
        """The token of a person, who logs in when he has none."""
        while person not in self._tokens:
            answer = await self._client.post("/api/login", json={"person": person})
            if answer.status_code == 200:
                self._tokens[person] = answer.json()["token"]
            else:
                self.troubles[f"login {answer.status_code}"] += 1
                await asyncio.sleep(PAUSE)
        return self._tokens[person]

    def _note(self, tries: list[str], trouble: str) -> None:
        tries.append(trouble)
        self.troubles[trouble] += 1
