"""What is done to Kafka after a restore, while no service runs: groups sent back to the beginning, topics emptied."""

from collections.abc import Iterable, Sequence

from aiokafka import TopicPartition
from aiokafka.errors import KafkaError, UnknownTopicOrPartitionError, for_code

from shared.loop import within
from shared.messaging.kafka import administrating, reading
from shared.messaging.topics import Topics, ensure_topics

UNREACHABLE = (KafkaError, TimeoutError)
"""What is raised when Kafka does not answer."""


class InUse(Exception):
    """Somebody is still reading."""


async def rewind(bootstrap: str, topics: Topics, services: Iterable[str]) -> int:
    """Have services hear from the beginning whatever they have heard; how many partitions that concerns.

    What had its effect has none a second time. Raises InUse while a service runs; KafkaError, OSError, TimeoutError.
    """
    count = 0
    for service in services:
        group = topics.group(service)
        heard = await _heard(bootstrap, group)
        if not heard:
            continue
        async with reading(bootstrap, group) as consumer:
            consumer.assign(heard)
            await within(15, consumer.commit(await within(15, consumer.beginning_offsets(heard))))
        count += len(heard)
    return count


async def empty(bootstrap: str, topics: Topics, services: Sequence[str]) -> None:
    """Make the services' topics anew, with nothing in them: their relays send everything again from the stores.

    Raises KafkaError, OSError, TimeoutError.
    """
    names = [topics.of(service) for service in services]
    async with administrating(bootstrap) as admin:
        response = await within(30, admin.delete_topics(names))
        for name, code in response.topic_error_codes:
            if code and for_code(code) is not UnknownTopicOrPartitionError:
                raise KafkaError(f"{name}: {for_code(code).__name__}")
    await ensure_topics(bootstrap, topics, names)


async def partitions(bootstrap: str, topic: str) -> tuple[int, ...]:
    """The numbers of a topic's partitions; none when there is no such topic. Raises as :func:`empty`."""
    async with administrating(bootstrap) as admin:
        if topic not in await within(15, admin.list_topics()):
            return ()
        (described,) = await within(15, admin.describe_topics([topic]))
        return tuple(sorted(each["partition"] for each in described["partitions"]))


async def _heard(bootstrap: str, group: str) -> list[TopicPartition]:
    """The partitions of which a group keeps how far it has come. Raises InUse while it has members."""
    async with administrating(bootstrap) as admin:
        (described,) = await within(15, admin.describe_consumer_groups([group]))
        _, _, state, *_ = described.groups[0]
        if state not in ("Empty", "Dead"):
            raise InUse(f"{group} is still being read ({state}): stop all services first")
        return list(await within(15, admin.list_consumer_group_offsets(group)))
