"""Has Faust begin where the last transaction ended, and notices when it passed messages over.

Faust takes Kafka's committed offset for the truth and commits past messages that never reached an agent: those
that came in while it changed its mind about partitions or restored a table. So each start is taken from PostgreSQL,
which moved its positions together with the rows; a gap, or a standstill before the end, begins the streams anew.
"""

from collections.abc import Iterable, Mapping
from typing import Any

import faust
import structlog
from faust.transport.drivers.aiokafka import AIOKafkaConsumerThread, Consumer, Transport
from faust.types import TP

from services.analytics.projections.keeping import Keeper
from services.analytics.projections.positions import Place
from shared.eventing import metrics

log = structlog.get_logger(__name__)

FETCH_WAIT_MS = 20
"""Milliseconds that a request for messages may wait for some."""
LOOK_EVERY = 5.0
"""Seconds between two looks at the ends of the partitions."""


class Passed(Exception):
    """The ends of the partitions are not reached, and nothing moves."""


class Fleeting(faust.Table[Any, Any]):
    """A table that is not written down: restoring it would hold up, and confuse, the streams at each start."""

    def on_key_set(self, key: Any, value: Any) -> None:
        """Note when the key's window ends."""
        self._maybe_set_key_ttl(key, 0)

    def on_key_del(self, key: Any) -> None:
        """Forget it."""
        self._maybe_del_key_ttl(key, 0)


class Prompt(AIOKafkaConsumerThread):
    """Fetches so that no message lies for long.

    A partition just read is not asked for again before the pending request returns, and Faust, which has no setting
    for it, lets a request wait for 1.5 seconds.
    """

    def _create_worker_consumer(self, transport: Any) -> Any:
        consumer = super()._create_worker_consumer(transport)
        consumer._fetch_max_wait_ms = FETCH_WAIT_MS
        return consumer


def begin_where_kept(app: faust.App, topics: Iterable[str], keeper: Keeper) -> None:
    """Have the app read these topics from where the keeper was."""
    wanted = frozenset(topics)

    class Positioned(Consumer):
        """Takes for committed what the keeper has."""

        def _new_consumer_thread(self) -> "Prompt":
            return Prompt(self, loop=self.loop, beacon=self.beacon)

        async def seek_to_committed(self) -> Mapping[TP, int]:
            """Move every partition to where it has to be read from."""
            places = {tp for tp in self.assignment() if tp.topic in wanted}
            starts = await keeper.begin(await bounds(self, places))
            moved = {TP(topic, partition): offset for (topic, partition), offset in starts.items()}
            await self.seek_wait(moved)
            return moved

    class Positioning(Transport):
        """Kafka, with such a consumer."""

        Consumer = Positioned

    app.transport = Positioning(app.conf.broker_consumer, app)


class Watch:
    """Looks from time to time whether everything that Kafka has was kept."""

    def __init__(self, app: faust.App, topics: Iterable[str], keeper: Keeper) -> None:
        self._app = app
        self._topics = frozenset(topics)
        self._keeper = keeper
        self._lag = metrics.PROJECTION_LAG_EVENTS.labels("analytics", "history")
        self._seen: dict[Place, int] = {}

    async def look(self) -> None:
        """Measure how much is still to be kept; end the app when there is something, and nothing moved for a while."""
        consumer = self._app.consumer
        if self._app.rebalancing or not self._keeper.expected:
            return
        ends = {place: end for place, (_, end) in (await bounds(consumer, self._mine(consumer))).items()}
        behind = self._keeper.behind(ends)
        made_anew = [place for place, end in ends.items() if end < self._keeper.expected.get(place, 0)]
        self._lag.set(behind)
        stands = self._seen == self._keeper.expected and not self._keeper.busy
        self._seen = dict(self._keeper.expected)
        if stands and (behind or made_anew):
            log.error("messages passed over", behind=behind, made_anew=made_anew)
            await self._app.crash(Passed(f"{behind} messages to keep, and none comes"))

    def _mine(self, consumer: Any) -> set[TP]:
        return {tp for tp in consumer.assignment() if tp.topic in self._topics}


async def bounds(consumer: Any, places: set[TP]) -> dict[Place, tuple[int, int]]:
    """The first offset of each partition, and the one after its last."""
    if not places:
        return {}
    firsts = await consumer.earliest_offsets(*places)
    ends = await consumer.highwaters(*places)
    return {(tp.topic, tp.partition): (firsts[tp], ends[tp]) for tp in places}
