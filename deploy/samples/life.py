"""Leads the sample cases on, each as far as ``life.yaml`` says, through the same doors as everybody."""

import asyncio
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from uuid import UUID

import httpx
import yaml

LIFE = Path(__file__).with_name("life.yaml")
AT_ONCE = 8
PATIENCE = 60.0
"""Seconds in which a case must come to the department whose turn it is."""
NOT_YET = frozenset({"stage-not-open", "unknown-case", "problem.unknown-case"})


@dataclass(frozen=True)
class Case:
    """A sample case: its place in the register, oldest first, and its class where it has one."""

    place: int
    case: UUID
    complaint_class: str


class Halted(Exception):
    """A step that a department does not take; the text says which and why."""


def steps() -> Sequence[Mapping[str, Any]]:
    """The steps as they are written."""
    found: Sequence[Mapping[str, Any]] = yaml.safe_load(LIFE.read_text("utf-8"))["steps"]
    return found


def in_turn(written: Any, place: int) -> Any:
    """A value for the case at a place of the register."""
    if isinstance(written, Mapping):
        if set(written) == {"turn"}:
            return written["turn"][place % len(written["turn"])]
        return {name: in_turn(value, place) for name, value in written.items()}
    if isinstance(written, list):
        return [in_turn(value, place) for value in written]
    return written


async def lead(address: str, advance: Callable[[str], None], told: Callable[[str], None]) -> None:
    """Do every step; ``advance`` moves the demo's clock. Raises Halted, httpx.HTTPError."""
    async with httpx.AsyncClient(base_url=address, timeout=30) as client:
        people: dict[str, str] = {}
        for step in steps():
            if span := step.get("advance"):
                advance(span)
                continue
            if step["by"] not in people:
                people[step["by"]] = await token(client, step["by"])
            bearer = {"authorization": f"Bearer {people[step['by']]}"}
            chosen = [case for case in await cases(client, bearer) if concerned(step, case)]
            told(f"{step['act']}: {len(chosen)} cases")
            gate = asyncio.Semaphore(AT_ONCE)
            await asyncio.gather(*(do(client, gate, bearer, step, case) for case in chosen))


def concerned(step: Mapping[str, Any], case: Case) -> bool:
    """Whether a step is done on a case."""
    return case.place < step["first"] and all(
        getattr(case, name) == value for name, value in step.get("only", {}).items()
    )


async def token(client: httpx.AsyncClient, person: str) -> str:
    """A person's token."""
    answer = (await client.post("/api/login", json={"person": person})).raise_for_status()
    return str(answer.json()["token"])


async def cases(client: httpx.AsyncClient, bearer: Mapping[str, str]) -> list[Case]:
    """The complaints of the register, oldest first."""
    rows: list[dict[str, Any]] = []
    cursor: str | None = ""
    while cursor is not None:
        asked = {"limit": "200"} | ({"cursor": cursor} if cursor else {})
        page = (await client.get("/api/intake/complaints", params=asked, headers=bearer)).raise_for_status().json()
        rows += page["items"]
        cursor = page.get("next")
    ordered = sorted(rows, key=lambda row: (row["filed_at"], row["case"]))
    return [Case(place, UUID(row["case"]), row["complaint_class"]) for place, row in enumerate(ordered)]


async def do(
    client: httpx.AsyncClient, gate: asyncio.Semaphore, bearer: Mapping[str, str], step: Mapping[str, Any], case: Case
) -> None:
    """One step on one case, as soon as the department has it. Raises Halted."""
    service, act = step["act"].split("/")
    headers = {**bearer, "idempotency-key": f"sample/{case.case}/{step['act']}"}
    path, body = f"/api/{service}/cases/{case.case}/{act}", in_turn(step["body"], case.place)
    try:
        async with gate, asyncio.timeout(PATIENCE):
            while (answer := await client.post(path, json=body, headers=headers)).status_code >= 400:
                if answer.status_code not in (404, 503) and answer.json().get("code") not in NOT_YET:
                    raise Halted(f"{step['act']}: {answer.json().get('detail', answer.text)}")
                await asyncio.sleep(0.05)
    except TimeoutError:
        raise Halted(f"{step['act']}: the case did not come to {service} within {PATIENCE:g} s") from None
