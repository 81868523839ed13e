"""Rows of whole cases, made in memory and written with COPY: the same as come about event by event."""

from collections.abc import Iterable, Mapping, Sequence
from typing import Any
from uuid import UUID

from services.analytics.readmodel.ingestion import AT_FAULT
from services.analytics.readmodel.rows import KEYS, patches
from shared.eventstore.codec import UnreadableEvent, skim
from shared.postgres.pool import Connection
from shared.readmodels.beside import LONG

ROWS = ("cases", "stages", "sought")
"""The tables of what events say."""
COPIED = ("history", *ROWS)
"""The tables that events are written into."""

UNFIT = (*AT_FAULT, OverflowError, TypeError)
"""What COPY raises when a value does not fit into its column."""

SELECT_COLUMNS = """
    SELECT attname FROM pg_attribute
    WHERE attrelid = $1::regclass AND attnum > 0 AND attgenerated = '' AND NOT attisdropped ORDER BY attnum
"""

Columns = Mapping[str, Sequence[str]]
Said = tuple[UUID, int, bytes]
"""An event as it lies in a store: case, position, bytes."""


async def columns_of(connection: Connection, schema: str) -> Columns:
    """The columns of the tables that are written, in their order."""
    return {
        table: [row["attname"] for row in await connection.fetch(SELECT_COLUMNS, f"{schema}.{table}")]
        for table in COPIED
    }


class Rows:
    """What some events come to. ``unfit`` counts those that cannot be read; they leave no trace."""

    def __init__(self, said: Iterable[Said], site: str = "") -> None:
        self.history: list[tuple[Any, ...]] = []
        self.patched: dict[str, dict[tuple[Any, ...], dict[str, Any]]] = {table: {} for table in KEYS}
        self.unfit = 0
        for case, position, state in said:
            self._add(case, position, state, site)

    def _add(self, case: UUID, position: int, state: bytes, site: str) -> None:
        try:
            event, around = skim(state)
        except UnreadableEvent:
            self.unfit += 1
            return
        if site and around.site != site:
            return
        self.history.append(
            (
                case, around.source, around.version, position, around.hlc, around.site, around.time, around.type,
                around.actor, state,
            )
        )  # fmt: skip
        for patch in patches(event, around):
            self.patched[patch.table].setdefault(patch.key, {}).update(patch.values)

    def of(self, table: str, columns: Sequence[str]) -> list[tuple[Any, ...]]:
        """The rows of a table."""
        if table == "history":
            return self.history
        keys = KEYS[table]
        rest = columns[len(keys) :]
        return [(*key, *map(values.get, rest)) for key, values in self.patched[table].items()]

    async def copy(self, connection: Connection, schema: str, columns: Columns) -> None:
        """Write the rows; none of their keys may be there. Raises one of UNFIT."""
        for table in COPIED:
            await connection.copy_records_to_table(
                table, schema_name=schema, columns=columns[table], records=self.of(table, columns[table]), timeout=LONG
            )


class TrialRollback(Exception):
    """Ends a transaction that was only a try."""


async def fitting(connection: Connection, schema: str, columns: Columns, said: Sequence[Said]) -> list[Said]:
    """Those events that the tables take, found by halving."""
    try:
        async with connection.transaction():
            await Rows(said).copy(connection, schema, columns)
            raise TrialRollback
    except TrialRollback:
        return list(said)
    except UNFIT:
        if len(said) == 1:
            return []
    middle = len(said) // 2
    first = await fitting(connection, schema, columns, said[:middle])
    return first + await fitting(connection, schema, columns, said[middle:])
