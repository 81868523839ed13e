"""Up to which moment another service has heard everything that others had said by then."""

from collections.abc import Mapping, Sequence
from datetime import datetime

from aiokafka import TopicPartition
from aiokafka.errors import KafkaError

from shared.clock import Clock
from shared.loop import Loop, within
from shared.messaging.kafka import administrating, reading
from shared.messaging.topics import Topics, ensure_topics

Offsets = Mapping[TopicPartition, int]

EVERY = 1.0
"""Seconds between two looks; the service notes how far it is as often."""


class Watermark(Loop):
    """Looks where the topics end, and later whether the service has noted that it was there.

    ``until`` is the last such moment, by the house's clock; None while there was none. While the service is away, or
    does not get on, it stands still.
    """

    expected = (OSError, KafkaError)

    def __init__(self, service: str, hears: Sequence[str], bootstrap: str, topics: Topics, clock: Clock) -> None:
        super().__init__(f"what {service} has heard")
        self._group = topics.group(service)
        self._names = [topics.of(name) for name in hears]
        self._bootstrap = bootstrap
        self._topics = topics
        self._clock = clock
        self.until: datetime | None = None

    async def session(self) -> None:
        """See :class:`Loop`."""
        await ensure_topics(self._bootstrap, self._topics, self._names)
        places = [TopicPartition(name, number) for name in self._names for number in range(self._topics.partitions)]
        async with administrating(self._bootstrap) as admin, reading(self._bootstrap) as consumer:
            asked: tuple[datetime, Offsets] | None = None
            while not self.stopping.is_set():
                moment, ends = self._clock.now(), await within(10, consumer.end_offsets(places))
                if asked is None or not has_reached(ends, asked[1]):
                    asked = moment, ends
                noted = await within(10, admin.list_consumer_group_offsets(self._group))
                if has_reached({place: each.offset for place, each in noted.items()}, asked[1]):
                    self.until, asked = asked[0], None
                self.connected()
                await self.pause(EVERY)


def has_reached(offsets: Offsets, ends: Offsets) -> bool:
    """Whether all that lay before these ends lies before the offsets too; not so in topics that were made anew."""
    return all(offsets.get(place, 0) >= end for place, end in ends.items())
