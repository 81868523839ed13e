"""What each service said, from its own store, by case or in the order of its log; copies of what it heard left out."""

import asyncio
from collections.abc import AsyncIterator, Mapping, Sequence
from typing import Any
from uuid import UUID

import msgspec

from services.analytics.upkeep.case_ranges import MOST, CaseRange, RangeTooFull
from shared.postgres.pool import Pool

Stores = Mapping[str, Pool]
"""The services' databases by the service's name."""

PAGE = 2000
"""So many events of a log are read at a time."""

SELECT_HEAD = "SELECT coalesce(max(notification_id), 0) FROM stored_events"
OF_SITE = "($4::bytea IS NULL OR position($4 IN state) > 0)"
SELECT_SPAN = f"""
    SELECT originator_id AS case_id, notification_id AS position, state FROM stored_events
    WHERE originator_id BETWEEN $1 AND $2 AND starts_with(topic, $3) AND {OF_SITE}
    ORDER BY originator_id, originator_version LIMIT $5
"""
SELECT_LOG = f"""
    SELECT notification_id AS position, state FROM stored_events
    WHERE notification_id > $1 AND notification_id <= $2 AND starts_with(topic, $3) AND {OF_SITE}
    ORDER BY notification_id LIMIT $5
"""
SELECT_CASES = """
    SELECT originator_id AS case_id, originator_version AS version, notification_id AS position, state
    FROM stored_events WHERE originator_id = ANY($1) AND starts_with(topic, $2)
    ORDER BY originator_id, originator_version
"""


class NoStore(Exception):
    """A service has no store on this server; the text names it."""


async def heads(stores: Stores) -> dict[str, int]:
    """The last position of each log. Raises NoStore."""
    found = await asyncio.gather(*(head(service, store) for service, store in stores.items()))
    return dict(zip(stores, found, strict=True))


async def head(service: str, store: Pool) -> int:
    """The last position of a service's log. Raises NoStore."""
    if await store.fetchval("SELECT to_regclass('stored_events')") is None:
        raise NoStore(service)
    return int(await store.fetchval(SELECT_HEAD))


async def in_span(stores: Stores, span: CaseRange, site: str = "") -> dict[str, Sequence[Any]]:
    """The events of the cases in a span, by service: ``case_id, position, state``, each case's in their order.

    With a ``site`` those of its cases, and perhaps some that merely name it. Raises RangeTooFull.
    """
    most = MOST if span.width > 1 else None
    asked = (span.first, span.last), (site_mark(site), most + 1 if most else None)
    found = await asyncio.gather(
        *(store.fetch(SELECT_SPAN, *asked[0], f"{service}.", *asked[1]) for service, store in stores.items())
    )
    if most and any(len(rows) > most for rows in found):
        raise RangeTooFull
    return dict(zip(stores, found, strict=True))


async def in_log(store: Pool, service: str, after: int, until: int, site: str = "") -> AsyncIterator[Sequence[Any]]:
    """The events of a log between two positions, the second one included: pages of ``position, state``."""
    while rows := await store.fetch(SELECT_LOG, after, until, f"{service}.", site_mark(site), PAGE):
        yield rows
        after = rows[-1]["position"]


async def of_cases(stores: Stores, cases: Sequence[UUID]) -> dict[str, Sequence[Any]]:
    """The events of some cases, by service: ``case_id, version, position, state``, each case's in their order."""
    found = await asyncio.gather(
        *(store.fetch(SELECT_CASES, cases, f"{service}.") for service, store in stores.items())
    )
    return dict(zip(stores, found, strict=True))


def site_mark(site: str) -> bytes | None:
    """What stands in the bytes of each event of a site; None for any site."""
    return b'"site":' + msgspec.json.encode(site) if site else None
