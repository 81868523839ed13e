"""Writes events of which some may not fit into the tables, as the worker does, who puts these aside."""

from collections.abc import Sequence

from services.analytics.readmodel.ingestion import AT_FAULT
from services.analytics.readmodel.writer import LoggedEvent, write
from shared.postgres.pool import Connection


async def write_fitting(connection: Connection, batch: Sequence[LoggedEvent]) -> tuple[list[LoggedEvent], int]:
    """Write a batch in a transaction of the caller's: the events that were new, and how many do not fit."""
    try:
        async with connection.transaction():
            return await write(connection, batch), 0
    except AT_FAULT:
        if len(batch) == 1:
            return [], 1
    middle = len(batch) // 2
    first, unfit = await write_fitting(connection, batch[:middle])
    second, more = await write_fitting(connection, batch[middle:])
    return first + second, unfit + more
