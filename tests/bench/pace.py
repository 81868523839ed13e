"""How fast something gets done that is only seen by counting."""

import time
from collections.abc import Awaitable, Callable

import psycopg

from tests.support.building import until

LONGEST = 300.0
"""Seconds after which it is given up."""

Count = Callable[[], Awaitable[int]]


async def pace(count: Count, wanted: int, what: str) -> float:
    """How many a second, from the first that is counted until as many as ``wanted``."""
    first: int = await until(count, f"the first of {what}", LONGEST)
    began = time.perf_counter()

    async def enough() -> int:
        counted = await count()
        return counted if counted >= wanted else 0

    last: int = await until(enough, f"{wanted} {what}", LONGEST)
    return (last - first) / (time.perf_counter() - began)


def asking(connection: "psycopg.AsyncConnection[tuple[int, ...]]", statement: str) -> Count:
    """Counts by a query that gives one number."""

    async def count() -> int:
        row = await (await connection.execute(statement)).fetchone()
        return int(row[0]) if row and row[0] else 0

    return count
