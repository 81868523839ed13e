"""Whether another service has heard all that was said up to a moment, as its offsets in Kafka tell."""

import asyncio
from datetime import datetime
from uuid import uuid4

from shared.clock import SystemClock
from shared.contracts.envelope import Recorded
from shared.messaging import watermark
from shared.messaging.watermark import Watermark
from tests.support.building import OFFICE, Building, envelope_of, until
from tests.support.office import Mentioned


async def test_it_stands_still_while_something_was_not_heard_and_goes_on_afterwards(house: Building) -> None:
    following = Watermark(OFFICE.name, ["neighbour"], house.kafka, house.topics, SystemClock())
    following.start()
    await until(lambda: following.until, "nothing was said yet")
    case = uuid4()
    await house.say(Recorded(Mentioned("a"), envelope_of(Mentioned("a"), case)))
    said = SystemClock().now()
    await asyncio.sleep(2.5 * watermark.EVERY)
    before = following.until
    assert before is not None
    assert before < said

    house.inbox(house.gate(), OFFICE)

    def beyond() -> bool:
        at: datetime | None = following.until
        return at is not None and at > said

    await until(beyond, "it was heard")
    await following.close()
