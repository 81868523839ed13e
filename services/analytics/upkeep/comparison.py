"""What of some cases is not as the stores say: events by count and digest, rows by what the events come to."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from enum import StrEnum
from typing import Any
from uuid import UUID

from services.analytics.readmodel.bulk import COPIED, Columns, Rows, columns_of
from services.analytics.readmodel.rows import KEYS
from services.analytics.upkeep.case_ranges import MOST, CaseRange, RangeTooFull
from services.analytics.upkeep.stores import Stores
from shared.postgres.databases import PATIENCE
from shared.postgres.pool import Pool
from shared.readmodels.beside import LIVE

KEY_LENGTHS = {"history": 3} | {table: len(keys) for table, keys in KEYS.items()}

LINE = "int8send({version}::bigint) || int8send({position}) || convert_to({type}, 'UTF8') || sha256({body})"
STORED_LINE = LINE.format(version="originator_version", position="notification_id", type="topic", body="state")
KEPT_LINE = LINE.format(version="version", position="position", type="type", body="body")

SELECT_STORED = f"""
    SELECT originator_id AS case_id, count(*) AS events,
        sha256(string_agg({STORED_LINE}, ''::bytea ORDER BY originator_version)) AS digest
    FROM stored_events
    WHERE originator_id BETWEEN $1 AND $2 AND starts_with(topic, $3) AND notification_id <= $4 GROUP BY originator_id
"""
SELECT_KEPT = f"""
    SELECT case_id, service, count(*) AS events,
        sha256(string_agg({KEPT_LINE}, ''::bytea ORDER BY version)) AS digest
    FROM history LEFT JOIN unnest($3::text[], $4::bigint[]) AS cut (service, until) USING (service)
    WHERE case_id BETWEEN $1 AND $2 AND (until IS NULL OR position <= until) GROUP BY case_id, service
"""
SELECT_STORED_LINES = f"""
    SELECT originator_version AS version, notification_id AS position, {STORED_LINE} AS line FROM stored_events
    WHERE originator_id = $1 AND starts_with(topic, $2) AND notification_id <= $3
"""
SELECT_KEPT_LINES = f"""
    SELECT version, position, {KEPT_LINE} AS line FROM history
    WHERE case_id = $1 AND service = $2 AND ($3::bigint IS NULL OR position <= $3)
"""
SELECT_BEYOND = """
    SELECT case_id, count(*) AS count, min(position) AS position FROM history
    WHERE service = $1 AND position > $2 GROUP BY case_id ORDER BY min(position)
"""


class DiscrepancyKind(StrEnum):
    """How analytics differs from the stores."""

    MISSING = "missing"
    EXTRA = "extra"
    DIFFERENT = "different"


@dataclass(frozen=True, slots=True)
class Discrepancy:
    """So many events of a service (``table`` is then ``history``), or rows of a table, are not as they should be.

    ``service`` is empty for rows. ``position`` is that of the first event in its service's log.
    """

    case: UUID
    table: str
    kind: DiscrepancyKind
    count: int
    service: str = ""
    position: int | None = None


class Comparison:
    """Compares at one moment: what was recorded after ``ends``, the logs' ends by service, is left out."""

    def __init__(self, pool: Pool, stores: Stores, ends: Mapping[str, int]) -> None:
        self._pool = pool
        self._stores = stores
        self._ends = ends
        self.events = 0

    async def look(self, span: CaseRange) -> list[Discrepancy]:
        """What does not fit in a span of cases. Raises RangeTooFull."""
        bounds = (span.first, span.last)
        async with (
            self._pool.acquire(timeout=PATIENCE) as connection,
            connection.transaction(isolation="repeatable_read", readonly=True),
        ):
            columns = await columns_of(connection, LIVE)
            live = {table: await rows_of(connection, table, columns[table], span) for table in COPIED}
            ends = list(self._ends), list(self._ends.values())
            kept = {
                (row["case_id"], row["service"]): (row["events"], row["digest"])
                for row in await connection.fetch(SELECT_KEPT, *bounds, *ends)
            }
        stored = {
            (row["case_id"], service): (row["events"], row["digest"])
            for service, store in self._stores.items()
            for row in await store.fetch(SELECT_STORED, *bounds, f"{service}.", self._ends[service])
        }
        self.events = sum(events for events, _ in stored.values())
        differing = sorted(key for key in kept.keys() | stored.keys() if kept.get(key) != stored.get(key))
        found = [finding for key in differing for finding in await self._events(*key)]
        return found + list(misfits(live, columns))

    async def beyond(self) -> list[Discrepancy]:
        """The events that analytics holds beyond the logs' ends as they are now."""
        found: list[Discrepancy] = []
        for service, store in self._stores.items():
            held = await self._pool.fetchval("SELECT max(position) FROM history WHERE service = $1", service)
            end = await store.fetchval("SELECT coalesce(max(notification_id), 0) FROM stored_events")
            if held is not None and held > end:
                for row in await self._pool.fetch(SELECT_BEYOND, service, end):
                    found.append(
                        Discrepancy(
                            row["case_id"], "history", DiscrepancyKind.EXTRA, row["count"], service, row["position"]
                        )
                    )
        return found

    async def _events(self, case: UUID, service: str) -> list[Discrepancy]:
        """Which events of a service do not fit."""
        end = self._ends.get(service)
        kept = await self._pool.fetch(SELECT_KEPT_LINES, case, service, end)
        store = self._stores.get(service)
        stored = await store.fetch(SELECT_STORED_LINES, case, f"{service}.", end) if store else []
        ours, theirs = ({row["version"]: row for row in rows} for rows in (kept, stored))
        positions = {
            DiscrepancyKind.MISSING: [row["position"] for version, row in theirs.items() if version not in ours],
            DiscrepancyKind.EXTRA: [row["position"] for version, row in ours.items() if version not in theirs],
            DiscrepancyKind.DIFFERENT: [
                row["position"]
                for version, row in theirs.items()
                if version in ours and ours[version]["line"] != row["line"]
            ],
        }
        return [
            Discrepancy(case, "history", kind, len(some), service, min(some))
            for kind, some in positions.items()
            if some
        ]


async def rows_of(connection: Any, table: str, columns: Sequence[str], span: CaseRange) -> list[tuple[Any, ...]]:
    """The live rows of a table in a span, in the order of their keys. Raises RangeTooFull."""
    order = ", ".join(columns[: KEY_LENGTHS[table]])
    most = MOST if span.width > 1 else None
    rows = await connection.fetch(
        f"SELECT {', '.join(columns)} FROM {table} WHERE case_id BETWEEN $1 AND $2 ORDER BY {order} LIMIT $3",
        *(span.first, span.last, most + 1 if most else None),
    )
    if most and len(rows) > most:
        raise RangeTooFull
    return [tuple(row) for row in rows]


def misfits(live: Mapping[str, Sequence[tuple[Any, ...]]], columns: Columns) -> Iterator[Discrepancy]:
    """The rows that are not what the live history comes to, whatever the stores say of that."""
    of = {name: columns["history"].index(name) for name in ("case_id", "service", "version", "position", "body")}
    built = Rows([(row[of["case_id"]], row[of["position"]], row[of["body"]]) for row in live["history"]])
    for table in COPIED:
        length = KEY_LENGTHS[table]
        ours = {row[:length]: exact(row) for row in live[table]}
        wanted = {row[:length]: exact(row) for row in built.of(table, columns[table])}
        odd: dict[tuple[UUID, str, DiscrepancyKind], list[tuple[Any, ...]]] = {}
        for key in ours.keys() | wanted.keys():
            if ours.get(key) != wanted.get(key):
                kind = kind_of(key in ours, key in wanted)
                odd.setdefault((key[0], key[1] if table == "history" else "", kind), []).append(key)
        positions = {row[:length]: row[of["position"]] for row in live["history"]} if table == "history" else {}
        for (case, service, kind), keys in sorted(odd.items(), key=lambda each: each[0]):
            first = min((positions[key] for key in keys if key in positions), default=None)
            yield Discrepancy(
                case, table, DiscrepancyKind.DIFFERENT if table == "history" else kind, len(keys), service, first
            )


def kind_of(there: bool, wanted: bool) -> DiscrepancyKind:
    """What is the matter with a row that is not as wanted."""
    if there and wanted:
        return DiscrepancyKind.DIFFERENT
    return DiscrepancyKind.EXTRA if there else DiscrepancyKind.MISSING


def exact(row: Iterable[Any]) -> tuple[Any, ...]:
    """A row so that equal means written alike: 1.0 is not 1.00."""
    return tuple(str(value) if isinstance(value, Decimal) else value for value in row)
