"""``redress recover``: how the stores and Kafka stand to each other after a restore, and making them level again."""

import asyncio
import os
from collections.abc import Iterator, Mapping, Sequence
from contextlib import ExitStack, contextmanager
from pathlib import Path
from typing import Annotated

import msgspec
import psycopg
import typer

from deploy.cli.rebuilding import CASES
from deploy.cli.rebuilding import run as rebuild
from deploy.cli.verifying import stores, told_plainly
from deploy.dev.trouble import Trouble
from shared.clock import clock_from_env
from shared.contracts import approval, intake
from shared.contracts.envelope import Recorded
from shared.contracts.event import SERVICES
from shared.eventstore.store import Store
from shared.messaging.missing_events import PublishedEvent, lacking
from shared.messaging.topics import Topics
from shared.postgres.databases import Database, lock_of
from shared.procedures.course.rules import Rules
from shared.procedures.language.company import Company, load_company
from shared.procedures.language.loader import load_pack
from shared.recovery.restore import Recovery, SeriesNumber, take_back
from shared.recovery.rewind import UNREACHABLE, InUse, empty, partitions, rewind

NUMBERED = {
    intake.CaseAccepted: "case",
    intake.AnomalySlipFiled: "anomaly",
    approval.UrgingSlipIssued: "urging",
    approval.InquirySlipIssued: "inquiry",
}
"""The events that bear numbers, and the series these are of."""
MOST_NUMBERS = 1_000_000
"""So far a series is searched for a number."""
NOT_LEVEL = 1
NEXT = {
    False: "Take them back with `redress recover --from-kafka`, or give them up with --from-stores --left FILE.",
    True: "The rest cannot come back: what stood before it in its case was in no topic. Look at it with --left FILE, "
    "then give it up with --from-stores --left FILE, and have those people act again.",
}
"""What to do next, before and after taking back from Kafka."""


def recover(
    from_kafka: Annotated[bool, typer.Option(help="Take back into the stores what only Kafka has.")] = False,
    from_stores: Annotated[bool, typer.Option(help="Give up what only Kafka has: its topics are filled anew.")] = False,
    left: Annotated[
        Path | None, typer.Option(help="The file for what only Kafka has and does not come back, one event a line.")
    ] = None,
) -> None:
    """After a restore from a backup: say what Kafka has that the stores lack, and level that.

    Without an option nothing is changed. Every service must be stopped; PostgreSQL and Kafka must run. Once they are
    level, analytics is rebuilt from the stores: its worker may have heard what is given up.
    Exit code 0: stores and Kafka are level; 1: they are not; 2: it could not be done.
    """
    if from_kafka and from_stores:
        raise Trouble("Choose one: --from-kafka takes back what it has, --from-stores gives it up.")
    if from_stores and left is None:
        raise Trouble("Name a file with --left: what is given up is written there, for those who must do it again.")
    with told_plainly(), kafka_told_plainly(), ExitStack() as locks:
        databases = stores()
        if from_kafka or from_stores:
            for service, database in databases.items():
                locks.enter_context(alone(service, database))
        ahead = asyncio.run(all_ahead(databases, bootstrap()))
        if from_kafka:
            ahead = {service: taken_back(service, databases[service], events) for service, events in ahead.items()}
            print(
                f"What was heard of {asyncio.run(rewind(bootstrap(), Topics(), SERVICES))} partitions is heard again."
            )
        remaining = sum(map(len, ahead.values()))
        if left is not None:
            left.write_bytes(b"".join(one.state + b"\n" for events in ahead.values() for one in events))
        if from_stores:
            asyncio.run(given_up(bootstrap()))
            print(f"{remaining:,} events were given up; they are in {left}. The relays send everything again.")
        elif remaining:
            print(NEXT[from_kafka])
            raise typer.Exit(NOT_LEVEL)
        if from_kafka or from_stores:
            asyncio.run(rebuild([CASES], {}, "", anew=True, set_back=True))


async def all_ahead(databases: Mapping[str, Database], kafka: str) -> dict[str, Sequence[PublishedEvent]]:
    """What Kafka has that the stores lack, by service; tells how many events that are."""
    ahead: dict[str, Sequence[PublishedEvent]] = {}
    for service, database in databases.items():
        ahead[service] = await ahead_of(service, database, kafka, Topics())
        count = len(ahead[service])
        print(f"{service:<14}" + (f"Kafka has {count:,} events that the store lacks" if count else "level"))
    return ahead


async def given_up(kafka: str) -> None:
    """Empty the topics, and have everybody hear them from the beginning."""
    await empty(kafka, Topics(), SERVICES)
    await rewind(kafka, Topics(), SERVICES)


async def ahead_of(service: str, database: Database, kafka: str, topics: Topics) -> list[PublishedEvent]:
    """The events of a service that Kafka has and its store lacks."""
    topic = topics.of(service)
    make_tables(database)
    beginning = dict.fromkeys(await partitions(kafka, topic), 0)
    if not beginning:
        return []
    return [one async for some in lacking(service, database, kafka, topic, beginning) for one in some]


def make_tables(database: Database) -> None:
    """See that the store is there, be it empty."""
    store = Store(database, connections=1)
    try:
        store.prepare()
    finally:
        store.close()


def taken_back(service: str, database: Database, events: Sequence[PublishedEvent]) -> Sequence[PublishedEvent]:
    """Take back what fits on; what is left. Tells what was done, case by case where something is left."""
    if not events:
        return ()
    store = Store(database, connections=2)
    try:
        recovery = take_back(store, events, NumberLookup(load_company()).of, clock_from_env())
    finally:
        store.close()
    tell(service, recovery)
    return recovery.left


def tell(service: str, recovery: Recovery) -> None:
    """What came back, and the cases in which something did not."""
    print(f"{service}: {len(recovery.taken):,} events taken back, byte for byte; {len(recovery.left):,} left")
    for case in sorted({str(one.stream) for one in recovery.left}):
        print(f"  left, case {case}: {', '.join(kind(one) for one in recovery.left if str(one.stream) == case)}")


def kind(one: PublishedEvent) -> str:
    """An event by its number in its stream and its name."""
    return f"{one.version} {msgspec.json.decode(one.state)['type']}"


class NumberLookup:
    """Finds out which number of which series an event bears."""

    def __init__(self, company: Company) -> None:
        self._company = company

    def of(self, recorded: Recorded) -> SeriesNumber | None:
        """The number that an event bears; None when it bears none. Raises LookupError for a number of no series."""
        series = NUMBERED.get(type(recorded.event))
        if series is None:
            return None
        envelope = recorded.envelope
        rules = Rules(load_pack(envelope.pack, envelope.pack_version), self._company.sites[envelope.site])
        borne: str = recorded.event.number
        for serial in range(1, MOST_NUMBERS):
            if rules.number(series, envelope.time, serial) == borne:
                return SeriesNumber(rules.series(series, envelope.time), serial)
        raise LookupError(f"{borne} is no number of the series {series}")


def bootstrap() -> str:
    """Where Kafka is. Raises ``Trouble`` where none is known."""
    servers = os.environ.get("KAFKA_BOOTSTRAP_SERVERS")
    if not servers:
        raise Trouble("No Kafka is known here: set KAFKA_BOOTSTRAP_SERVERS.")
    return servers


@contextmanager
def alone(service: str, database: Database) -> Iterator[None]:
    """Hold the lock of a service's relay, so that none runs meanwhile. Raises ``Trouble`` when one does."""
    with psycopg.connect(**database.parameters("recover"), autocommit=True) as connection:
        if connection.execute(lock_of("relay")).fetchone() != (True,):
            raise Trouble(f"The service {service} is running: stop all services first, and leave PostgreSQL and Kafka.")
        yield


@contextmanager
def kafka_told_plainly() -> Iterator[None]:
    """Turn a Kafka that is away, or somebody who still reads, into ``Trouble``."""
    try:
        yield
    except InUse as error:
        raise Trouble(f"{error}.") from error
    except UNREACHABLE as error:
        raise Trouble(f"Kafka does not answer: does it run? ({type(error).__name__}: {error})") from error
