"""Analytics' live streams on Faust: every topic into the read models, and rates that may be thrown away.

Faust loses what an agent held when it raises or is cancelled: the batch counts as taken. So each message is held
here by a reference of our own, which is given up only after the transaction. Where to read from is decided in
``positioning.py``; what comes again is known by the history as a duplicate.
"""

from collections import Counter
from collections.abc import Sequence
from contextlib import suppress
from pathlib import Path
from typing import Any

import faust

from services.analytics.positioning import Fleeting
from services.analytics.projections.keeping import Bury, Delivered, Keeper
from shared.clock import Clock

MOST_AT_ONCE = 500
WITHIN = 0.02
"""Seconds that a batch may gather."""
METADATA_AGE_MS = 5_000
"""A topic that was not there when the partitions were dealt out, as after Kafka was wiped, is heard after so long."""
RATE_STEP = 10
"""Seconds that one figure of a rate stands for."""
RATE_STEPS = 60
"""So many figures are kept."""


def stream_app(*, bootstrap: str, group: str, folder: Path) -> faust.App:
    """A Faust app of its own group, without web server and logging of its own; ``folder`` may be thrown away.

    ``bootstrap`` is ``host:port``, several divided by commas.
    """
    return faust.App(
        group,
        broker=[f"kafka://{server.strip()}" for server in bootstrap.split(",")],
        store="memory://",
        Table=Fleeting,
        datadir=str(folder),
        web_enabled=False,
        topic_partitions=1,
        topic_disable_leader=True,
        consumer_auto_offset_reset="earliest",
        consumer_metadata_max_age_ms=METADATA_AGE_MS,
        processing_guarantee="at_least_once",
        broker_commit_interval=0.5,
        stream_wait_empty=False,
        stream_buffer_maxsize=2 * MOST_AT_ONCE,
        loghandlers=[],
        logging_config=None,
    )


class Rates:
    """Kept events by service and window: a table that is for looking at and nothing else."""

    def __init__(self, app: faust.App, services: Sequence[str], clock: Clock) -> None:
        self._services = tuple(services)
        self._clock = clock
        self._window = faust.TumblingWindow(RATE_STEP, expires=RATE_STEP * (RATE_STEPS + 1))
        self._table = app.Table("rates", default=int, partitions=1, use_partitioner=True).using_window(self._window)

    def count(self, kept: Counter[str]) -> None:
        """Note events that were kept just now, unless the topic behind the table is so new that nobody knows it."""
        window = self._window.current(self._clock.now().timestamp())
        with suppress(TypeError):  # aiokafka's way of saying that it has not heard of the topic yet
            for service, number in kept.items():
                self._table[service][window] += number

    def figures(self) -> dict[str, Any]:
        """``{step, until, counts: {service: [oldest, …, newest]}}``: events in each step of so many seconds.

        ``until`` is the end of the newest step, which is still filling, in seconds since 1970.
        """
        now = self._clock.now().timestamp()
        windows = [self._window.current(now - RATE_STEP * back) for back in reversed(range(RATE_STEPS))]
        counts = {service: [self._table[service][window] for window in windows] for service in self._services}
        return {"step": RATE_STEP, "until": windows[-1][0] + RATE_STEP, "counts": counts}


def keep_everything(app: faust.App, topics: Sequence[str], keeper: Keeper, rates: Rates) -> None:
    """Have the app carry every message of the topics to the keeper, in order, and count what was new.

    A gap, or an error that nobody foresaw, ends the app: begun anew, it gets again what was not kept.
    """
    source = app.topic(*topics, key_type=bytes, value_type=bytes, key_serializer="raw", value_serializer="raw")

    async def carry(stream: Any) -> None:
        async for events in stream.take_events(MOST_AT_ONCE, within=WITHIN):
            for event in events:
                event.message.incref()
            try:
                rates.count(await keeper.keep([delivered(event) for event in events]))
            except Exception as error:
                await app.crash(error)
                return
            for event in events:
                event.ack()

    app.agent(source, concurrency=1, name="keep_everything")(carry)


def delivered(event: faust.EventT[bytes]) -> Delivered:
    """A message as the keeper takes it."""
    message = event.message
    headers = dict(message.headers or ())
    return Delivered(
        topic=message.topic,
        partition=message.partition,
        offset=message.offset,
        key=message.key or b"",
        value=message.value or b"",
        position=headers.get("position", b""),
    )


def burial(app: faust.App, topic: str) -> Bury:
    """Send messages to the dead-letter topic, with reason and origin as headers; returns when the broker has them."""
    letters = app.topic(topic, key_type=bytes, value_type=bytes, key_serializer="raw", value_serializer="raw")

    async def bury(dead: Delivered, reason: str) -> None:
        origin = {"topic": dead.topic, "partition": dead.partition, "offset": dead.offset}
        headers = {"reason": reason, "position": dead.position.decode("ascii", "replace"), **origin}
        await letters.send(
            key=dead.key, value=dead.value, headers={name: str(value).encode() for name, value in headers.items()}
        )

    return bury
