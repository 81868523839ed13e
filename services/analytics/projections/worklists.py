"""Who has what to do now: the open stages of a department, and those that a level may sign, most urgent first."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any
from uuid import UUID

from shared.contracts.values import Actor
from shared.http.paging import Page
from shared.procedures.pack import Pack
from shared.readmodel.pool import Pool

NEVER = datetime(9999, 12, 31, tzinfo=UTC)
"""When work without a limit is due, for the order."""
KEY = (datetime, datetime, UUID, str, str, int)
"""The types of a worklist's sort key: due, opened, case, stage, owner, round."""

SELECT = """
    SELECT stages.*, coalesce(stages.due, $5) AS urgency, cases.number, cases.customer, cases.region,
        cases.order_number, cases.part, cases.state, cases.pack, cases.pack_version, cases.due AS case_due
    FROM stages LEFT JOIN cases USING (case_id)
    WHERE stages.closed IS NULL AND stages.opened IS NOT NULL AND stages.site = ANY($1)
        AND CASE WHEN stages.stage = ANY($4) THEN stages.level = ANY($3)
            ELSE stages.owner = $2 AND (stages.level = '' OR stages.level = ANY($3)) END
        AND ($6::timestamptz IS NULL
            OR (coalesce(stages.due, $5), stages.opened, stages.case_id, stages.stage, stages.owner, stages.round)
                > ($6, $7, $8, $9, $10, $11))
    ORDER BY coalesce(stages.due, $5), stages.opened, stages.case_id, stages.stage, stages.owner, stages.round
    LIMIT $12
"""


@dataclass(frozen=True, slots=True)
class Scope:
    """What a person answers for at sites that follow one pack.

    ``levels`` are those that he may act for; ``signed`` the stages that any department's authority signs.
    """

    sites: tuple[str, ...]
    department: str
    levels: tuple[str, ...]
    signed: tuple[str, ...]


def scope_of(who: Actor, sites: Sequence[str], pack: Pack) -> Scope:
    """What a person answers for at these sites."""
    levels = tuple(level for level in pack.levels if 0 <= pack.rank(level) <= pack.rank(who.level))
    signed = tuple(stage.stage for stage in pack.stages if stage.authority)
    return Scope(tuple(sites), who.department, levels, signed)


async def worklist(pool: Pool, scopes: Sequence[Scope], page: Page) -> list[dict[str, Any]]:
    """The open stages in some scopes, overdue first, one more than the page's limit."""
    after = page.after or (None,) * len(KEY)
    rows: list[dict[str, Any]] = []
    for scope in scopes:
        wanted = (list(scope.sites), scope.department, list(scope.levels), list(scope.signed), NEVER)
        rows += map(dict, await pool.fetch(SELECT, *wanted, *after, page.limit + 1))
    return sorted(rows, key=key_of)[: page.limit + 1]


def key_of(row: dict[str, Any]) -> tuple[Any, ...]:
    """What a worklist is sorted by."""
    return row["urgency"], row["opened"], row["case_id"], row["stage"], row["owner"], row["round"]
