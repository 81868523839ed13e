"""Waiting until the house is at rest: every relay and every reader has come to the end of what there is."""

import asyncio
import time
from typing import Any

import psycopg
from aiokafka.errors import KafkaError

from shared.clock import OffsetClock
from shared.contracts.event import SERVICES
from tests.chaos.house import House
from tests.chaos.stores import connect
from tests.chaos.topics import lags

WITHIN = 120.0
LOOK_EVERY = 0.3

HEAD = "SELECT coalesce(max(notification_id), 0) FROM stored_events"
CURSORS = """
    SELECT 'relay', coalesce((SELECT notification_id FROM notification_tracking WHERE application_name = 'relay'), 0)
"""
PROJECTIONS = "SELECT name, position FROM projections"
SAID = "SELECT count(*) FROM stored_events WHERE starts_with(topic, %s)"
KEPT = "SELECT service, count(*) FROM history GROUP BY service"
TRYING = """
    SELECT count(*) FROM dead_letters
    WHERE state IN ('parked', 'due') AND subject NOT IN (SELECT subject FROM dead_letters WHERE state = 'dead')
"""
DUE = "SELECT count(*) FROM deadline_moments WHERE at < %s"

Standing = dict[str, int]


class Restless(Exception):
    """The house does not come to rest; the text says who is behind."""


async def rests(house: House, within: float = WITHIN) -> Standing:
    """Wait until nothing is under way and nothing moves any more; where each log ends. Raises Restless."""
    until = time.monotonic() + within
    before: Standing = {}
    while True:
        heads, behind = await looked_at(house)
        if not behind and heads == before:
            return heads
        if time.monotonic() > until:
            raise Restless(f"still behind after {within:g} s: {behind or 'the logs keep growing'}")
        before = {} if behind else heads
        await asyncio.sleep(LOOK_EVERY)


async def looked_at(house: House) -> tuple[Standing, dict[str, Any]]:
    """Where each log ends, and who is behind by how much; ``away`` when a server does not answer."""
    try:
        heads, behind = await asyncio.to_thread(behind_in_stores, house)
        if not behind:
            behind = {group: lag for group, lag in (await asyncio.wait_for(lags(house.bootstrap), 20)).items() if lag}
    except (psycopg.Error, KafkaError, OSError, TimeoutError) as error:
        return {}, {"away": repr(error)}
    return heads, behind


def behind_in_stores(house: House) -> tuple[Standing, dict[str, Any]]:
    """Where each log ends; which relays, read models, deadlines and parts of the history are behind."""
    heads: Standing = {}
    behind: dict[str, Any] = {}
    with connect(house.database_url, "analytics") as connection:
        kept = dict(connection.execute(KEPT).fetchall())
    for service in SERVICES:
        with connect(house.database_url, service) as connection:
            heads[service] = int(one(connection, HEAD))
            places = connection.execute(CURSORS).fetchall()
            if one(connection, "SELECT to_regclass('projections')") is not None:
                places += connection.execute(PROJECTIONS).fetchall()
            lacking = int(one(connection, SAID, f"{service}.")) - kept.get(service, 0)
            behind |= {f"history of {service}": lacking} if lacking > 0 else {}
            behind |= {f"{service} {name}": heads[service] - at for name, at in places if at < heads[service]}
            if trying := one(connection, TRYING):
                behind[f"{service} dead letters"] = trying
            if one(connection, "SELECT to_regclass('deadline_moments')") is not None:
                due = one(connection, DUE, OffsetClock(house.clock).now())
                behind |= {f"{service} deadlines": due} if due else {}
    return heads, behind


def one(connection: psycopg.Connection[tuple[Any, ...]], statement: Any, *parameters: object) -> Any:
    """The first column of the first row."""
    row = connection.execute(statement, parameters).fetchone()
    return row[0] if row else None
