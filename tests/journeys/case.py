"""A case on its way through the house: who does what in it, and what its folders say."""

from dataclasses import dataclass
from typing import Any
from uuid import UUID

import httpx

from tests.journeys.complaints import COMPLAINTS
from tests.journeys.house import House, until
from tests.journeys.people import DEPARTMENT, GM_OFFICE, SALES

SERVICES = ("intake", "investigation", "approval", "finance")

PLACES = {
    "endorse-complaint": ("intake", "endorsement"),
    "accept-case": ("intake", "registration"),
    "return-form": ("intake", "registration"),
    "correct-form": ("intake", "correction"),
    "determine-quantity": ("intake", None),
    "inspect-goods": ("investigation", "cause"),
    "report-cause": ("investigation", "cause"),
    "propose-countermeasure": ("investigation", "countermeasure"),
    "give-opinion": ("investigation", "opinion"),
    "check-investigation": ("approval", "check"),
    "draft-disposition": ("approval", "draft"),
    "review-disposition": ("approval", "review"),
    "sign-disposition": ("approval", "signature"),
    "inform-customer": ("intake", "negotiation"),
    "record-negotiation": ("intake", "negotiation"),
    "check-negotiation": ("intake", "negotiation"),
    "write-combined-opinion": ("approval", "combined-opinion"),
    "decide-case": ("approval", "decision"),
    "close-case": ("intake", "closing"),
    "record-loss": ("finance", "loss"),
    "answer-inquiry": ("approval", "inquiry"),
    "send-back": ("approval", None),
}
"""Each act: the department's service that it is done at, and the stage that must have come there."""

OF_EACH = ("opinion", "inquiry")
"""Stages that several departments may have at once."""


@dataclass(frozen=True)
class Case:
    """One case. What is read of it is read by the GM Office, which works for every site."""

    house: House
    id: UUID

    async def does(self, person: str, act: str, **body: Any) -> dict[str, Any]:
        """A person does what his stage asks for, as soon as the case has come to him; the answer."""
        service, stage = PLACES[act]
        if stage is not None:
            await self.comes_to(service, stage, DEPARTMENT[person] if stage in OF_EACH else None)
        answer = await self.tries(person, act, **body)
        assert answer.status_code == 200, answer.text
        done: dict[str, Any] = answer.json()
        return done

    async def tries(self, person: str, act: str, **body: Any) -> httpx.Response:
        """A person does something now, allowed or not; the answer."""
        return await self.house.post(person, self.path(PLACES[act][0], act), body)

    def path(self, service: str, act: str = "") -> str:
        """The address of the folder, or of something to do with it."""
        return f"/api/{service}/cases/{self.id}" + (f"/{act}" if act else "")

    async def folder(self, service: str) -> dict[str, Any] | None:
        """A department's folder of the case; None before it has heard of it."""
        answer = await self.house.get(GM_OFFICE, self.path(service))
        if answer.status_code == 404:
            return None
        assert answer.status_code == 200, answer.text
        found: dict[str, Any] = answer.json()
        return found

    async def tasks(self, service: str = "intake") -> list[tuple[str, str, int]]:
        """The open tasks, as a department knows them: stage, owner, round."""
        folder = await self.folder(service)
        opened = folder["tasks"]["open"] if folder else ()
        return [(each["stage"], each["owner"], each["round"]) for each in opened]

    async def comes_to(self, service: str, stage: str, owner: str | None = None) -> None:
        """Wait until a stage is open, for this owner if one is named, and the service that does it knows."""

        async def there() -> bool:
            return any(it == stage and owner in (None, whose) for it, whose, _ in await self.tasks(service))

        await until(there, f"{stage} has come to {service}")

    async def comes_to_the_register(self, stage: str | None = None) -> None:
        """Wait until the register shows the case, and this stage as open, if one is named."""

        async def there() -> bool:
            answer = await self.house.get(GM_OFFICE, f"/api/analytics/register/{self.id}")
            open_stages = [each["stage"] for each in answer.json().get("stages", ()) if each["closed"] is None]
            return answer.status_code == 200 and (stage is None or stage in open_stages)

        await until(there, f"the register shows {stage or 'the case'}")

    async def rests(self) -> None:
        """Wait until nobody has anything to do any more."""

        async def resting() -> bool:
            return await self.tasks() == []

        await until(resting, "no stage is open")

    async def events(self, service: str) -> list[dict[str, Any]]:
        """Everything in a department's folder, oldest first, page by page."""
        found: list[dict[str, Any]] = []
        query = "?limit=20"
        while query:
            answer = await self.house.get(GM_OFFICE, self.path(service, "events") + query)
            if answer.status_code == 404:
                break
            page = answer.json()
            found += page["items"]
            query = f"?limit=20&cursor={page['next']}" if "next" in page else ""
        return found

    async def said(self, type: str) -> list[dict[str, Any]]:
        """What its owner said of this type, oldest first."""
        return [each["data"] for each in await self.events(type.partition(".")[0]) if each["envelope"]["type"] == type]

    async def hears(self, type: str, times: int = 1) -> list[dict[str, Any]]:
        """Wait until this was said so many times at least; all of it."""

        async def often() -> list[dict[str, Any]] | None:
            found = await self.said(type)
            return found if len(found) >= times else None

        return await until(often, f"{type} was said {times} times")

    async def route(self) -> list[tuple[str, str, int]]:
        """Every stage that was opened, in order: stage, owner, round."""
        opened = await self.said("intake.stage-opened")
        return [(each["stage"], each["owner"], each["round"]) for each in opened]

    async def spoken(self) -> list[tuple[str, int]]:
        """Everything that the departments themselves said, each with its version in the folder: no copies."""
        return [
            (each["envelope"]["type"], each["envelope"]["version"])
            for service in SERVICES
            for each in await self.events(service)
            if each["envelope"]["type"].startswith(f"{service}.")
        ]


async def file_complaint(house: House, form: dict[str, Any], by: str = SALES) -> Case:
    """Sales files a form: the case that comes of it."""
    answer = await house.post(by, COMPLAINTS, form)
    assert answer.status_code == 201, answer.text
    return Case(house, UUID(answer.json()["case"]))
