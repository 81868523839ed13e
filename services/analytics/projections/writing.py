"""Writes a batch of events into the tables, in one transaction of the caller's."""

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from functools import cache
from typing import Any
from uuid import UUID

from services.analytics.projections.rows import KEYS, Patch, merged
from services.analytics.projections.tables import TYPES
from shared.contracts.envelope import Recorded
from shared.readmodel.pool import Connection


@dataclass(frozen=True, slots=True)
class Heard:
    """An event with its bytes as they were sent."""

    recorded: Recorded
    body: bytes

    @property
    def key(self) -> tuple[UUID, str, int]:
        """Which event it is: case, service, version in the service's stream of the case."""
        envelope = self.recorded.envelope
        return envelope.subject, envelope.source, envelope.version


INSERT_HISTORY = """
    INSERT INTO history (case_id, service, version, position, hlc, site, at, type, actor, body)
    SELECT * FROM unnest($1::uuid[], $2::text[], $3::integer[], $4::bigint[], $5::text[], $6::text[],
        $7::timestamptz[], $8::text[], $9::text[], $10::bytea[])
    ON CONFLICT DO NOTHING
    RETURNING case_id, service, version
"""


async def write(connection: Connection, batch: Sequence[Heard]) -> list[Heard]:
    """Keep events in the history and write what they say into the other tables; the events that were new.

    An event that the history has is a duplicate and changes nothing, so the same event may come any number of
    times and by any way. The caller holds the transaction.
    """
    kept = await connection.fetch(INSERT_HISTORY, *columns(batch))
    new_keys = {tuple(row) for row in kept}
    new = list({heard.key: heard for heard in batch if heard.key in new_keys}.values())
    await write_patches(connection, merged(heard.recorded for heard in new))
    return new


def columns(batch: Sequence[Heard]) -> list[list[Any]]:
    """The batch as the history's columns."""
    rows = [
        (
            *heard.key,
            heard.recorded.position,
            heard.recorded.envelope.hlc,
            heard.recorded.envelope.site,
            heard.recorded.envelope.time,
            heard.recorded.envelope.type,
            heard.recorded.envelope.actor.person,
            heard.body,
        )
        for heard in batch
    ]
    return [list(column) for column in zip(*rows, strict=True)]


async def write_patches(connection: Connection, patches: Iterable[Patch]) -> None:
    """Write rows that set the same columns together in one statement, in the order of their keys."""
    alike: dict[tuple[str, tuple[str, ...]], list[Patch]] = defaultdict(list)
    for patch in patches:
        alike[patch.table, tuple(patch.values)].append(patch)
    for (table, names), rows in alike.items():
        ordered = sorted(rows, key=lambda patch: patch.key)
        values = zip(*((*patch.key, *patch.values.values()) for patch in ordered), strict=True)
        await connection.execute(upsert(table, names), *map(list, values))


@cache
def upsert(table: str, names: tuple[str, ...]) -> str:
    """The statement that makes rows, or sets these columns of those that are there; each column is one array."""
    keys, types = KEYS[table], TYPES[table]
    listed = ", ".join((*keys, *names))
    arrays = ", ".join(f"${place}::{types[name]}[]" for place, name in enumerate((*keys, *names), start=1))
    changes = ", ".join(f"{name} = excluded.{name}" for name in names)
    return f"""
        INSERT INTO {table} ({listed}) SELECT * FROM unnest({arrays})
        ON CONFLICT ({", ".join(keys)}) DO UPDATE SET {changes}
    """
