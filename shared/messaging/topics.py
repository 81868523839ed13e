"""The topics: their names, their partitions, how long they keep messages; made by whoever needs them first."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import timedelta

from aiokafka.admin import NewTopic
from aiokafka.errors import KafkaError, TopicAlreadyExistsError, for_code

from shared.eventstore.codec import SIZE_LIMIT
from shared.loop import within
from shared.messaging.kafka import administrating


@dataclass(frozen=True, slots=True)
class Topics:
    """One topic a service, and one for its dead letters.

    ``prefix`` keeps apart the systems that share a cluster. Partitions can be added while nothing is sent; taking
    some away needs new topics, which the relays fill again.
    """

    prefix: str = "redress"
    partitions: int = 6
    replication: int = 1
    retention: timedelta = timedelta(days=30)

    def of(self, service: str) -> str:
        """The topic of what a service says."""
        return f"{self.prefix}.{service}"

    def dead(self, service: str) -> str:
        """The topic of what a service could not take."""
        return f"{self.prefix}.{service}.dead"

    def group(self, service: str) -> str:
        """The consumer group of a service."""
        return f"{self.prefix}.{service}"


async def ensure_topics(bootstrap: str, topics: Topics, names: Iterable[str]) -> None:
    """Make the topics that are not there yet. Raises KafkaError, OSError, TimeoutError."""
    async with administrating(bootstrap) as admin:
        wanted = sorted(set(names) - set(await within(15, admin.list_topics())))
        if wanted:
            response = await within(15, admin.create_topics([_new(topics, name) for name in wanted]))
            for name, code, *_ in response.topic_errors:
                if code and for_code(code) is not TopicAlreadyExistsError:
                    raise KafkaError(f"{name}: {for_code(code).__name__}")


def _new(topics: Topics, name: str) -> NewTopic:
    return NewTopic(
        name,
        num_partitions=topics.partitions,
        replication_factor=topics.replication,
        topic_configs={
            "retention.ms": str(int(topics.retention.total_seconds() * 1000)),
            "max.message.bytes": str(2 * SIZE_LIMIT),
        },
    )
