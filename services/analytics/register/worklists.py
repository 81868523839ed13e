"""Who has what to do now: the open stages of a department, and those that a level may sign, most urgent first."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from services.analytics.readmodel.tables import URGENCY
from services.analytics.readmodel.tallies import OPEN_STAGE
from shared.contracts.values import Actor
from shared.http.paging import Moment, Page, Round, Text
from shared.postgres.pool import Pool
from shared.procedures.language.pack import Pack

KEY = (Moment, Moment, UUID, Text, Text, Round)
"""The types of a worklist's sort key: due, opened, case, stage, owner, round."""
KEPT = ("urgency", "opened", "case_id", "stage", "owner", "round")
ORDER = f"{URGENCY}, {', '.join(KEPT[1:])}"

FIRST = f"""
    SELECT *, {URGENCY} AS urgency FROM stages
    WHERE stages.site = sites.site AND stages.level = levels.level AND {OPEN_STAGE}
        AND ($5::timestamptz IS NULL OR ({ORDER}) > ($5, $6, $7, $8, $9, $10))
"""
"""The open stages of a site at a level, from a place of the list on."""

SELECT = f"""
    SELECT first.*, cases.number, cases.customer, cases.region, cases.order_number, cases.part, cases.state,
        cases.pack, cases.pack_version, cases.due AS case_due
    FROM (
        SELECT mine.* FROM unnest($1::text[]) AS sites (site), unnest($3::text[] || ''::text) AS levels (level),
            LATERAL ({FIRST} AND stages.owner = $2 AND stages.stage <> ALL($4) ORDER BY {ORDER} LIMIT $11) AS mine
        UNION ALL
        SELECT signed.* FROM unnest($1::text[]) AS sites (site), unnest($3::text[]) AS levels (level),
            unnest($4::text[]) AS signing (stage),
            LATERAL ({FIRST} AND stages.stage = signing.stage ORDER BY {ORDER} LIMIT $11) AS signed
        ORDER BY {", ".join(KEPT)} LIMIT $11
    ) AS first LEFT JOIN cases USING (case_id)
    ORDER BY {", ".join(f"first.{name}" for name in KEPT)}
"""
"""Each list is read from its index in its order, so that its length does not matter."""


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
        wanted = (list(scope.sites), scope.department, list(scope.levels), list(scope.signed))
        rows += map(dict, await pool.fetch(SELECT, *wanted, *after, page.limit + 1))
    return sorted(rows, key=key_of)[: page.limit + 1]


def key_of(row: dict[str, Any]) -> tuple[Any, ...]:
    """What a worklist is sorted by."""
    return row["urgency"], row["opened"], row["case_id"], row["stage"], row["owner"], row["round"]
