"""The moments at which the clock must speak, as rows: each goes when what was to be said is said, or the work done."""

from collections.abc import Iterable, Sequence
from dataclasses import astuple, dataclass
from datetime import datetime
from uuid import UUID

from shared.contracts import analytics, intake
from shared.contracts.envelope import Recorded
from shared.contracts.values import Deadline
from shared.postgres.pool import Connection, Pool
from shared.readmodels.projection import Projection

DUE = 100
"""The percentage of a limit that is used up at its due time."""

TABLE = """
    CREATE TABLE IF NOT EXISTS deadline_moments (
        at timestamptz NOT NULL,
        case_id uuid NOT NULL,
        name text NOT NULL,
        owner text NOT NULL,
        round integer NOT NULL,
        percent integer NOT NULL,
        PRIMARY KEY (case_id, name, owner, round, percent)
    );
    CREATE INDEX IF NOT EXISTS deadline_moments_next ON deadline_moments (at, case_id, name, owner, round, percent)
"""


@dataclass(frozen=True, slots=True, order=True)
class DeadlineTimer:
    """When to say something about a deadline: a warning, or at ``percent`` 100 that it is missed."""

    at: datetime
    case: UUID
    name: str
    owner: str
    round: int
    percent: int

    @property
    def deadline(self) -> tuple[UUID, str, str, int]:
        """Of which deadline."""
        return self.case, self.name, self.owner, self.round


INSERT = "INSERT INTO deadline_moments VALUES ($1, $2, $3, $4, $5, $6) ON CONFLICT DO NOTHING"
DELETE = "DELETE FROM deadline_moments WHERE (case_id, name, owner, round) = ($1, $2, $3, $4)"
DELETE_ONE = f"{DELETE} AND percent = $5"
DELETE_OVERALL = "DELETE FROM deadline_moments WHERE case_id = $1 AND name = 'overall'"
SELECT = """
    SELECT at, case_id, name, owner, round, percent FROM deadline_moments
    WHERE at < $1
        AND ($2::timestamptz IS NULL OR (at, case_id, name, owner, round, percent) > ($2, $3, $4, $5, $6, $7))
    ORDER BY at, case_id, name, owner, round, percent LIMIT $8
"""
FROM_THE_FIRST = (None, None, None, None, None, None)


def moments(case: UUID, deadline: Deadline, round: int) -> Iterable[DeadlineTimer]:
    """The moments of a deadline: its warnings and its due time."""
    for percent, at in (*deadline.warnings, (DUE, deadline.due)):
        yield DeadlineTimer(at, case, deadline.name, deadline.owner, round, percent)


async def begin(connection: Connection, recorded: Recorded) -> None:
    """A deadline begins, if the event carries one."""
    said, case = recorded.event, recorded.envelope.subject
    deadline, round = (said.overall, 1) if isinstance(said, intake.CaseAccepted) else (said.deadline, said.round)
    if deadline is not None:
        await connection.executemany(INSERT, [astuple(moment) for moment in moments(case, deadline, round)])


async def end_stage(connection: Connection, recorded: Recorded) -> None:
    """The work of a stage ended."""
    said: intake.StageClosed = recorded.event
    await connection.execute(DELETE, recorded.envelope.subject, said.stage, said.owner, said.round)


async def end_case(connection: Connection, recorded: Recorded) -> None:
    """The case is closed."""
    await connection.execute(DELETE_OVERALL, recorded.envelope.subject)


async def warned(connection: Connection, recorded: Recorded) -> None:
    """A warning was said."""
    said: analytics.DeadlineWarned = recorded.event
    await connection.execute(DELETE_ONE, recorded.envelope.subject, said.name, said.owner, said.round, said.percent)


async def missed(connection: Connection, recorded: Recorded) -> None:
    """A miss was said; nothing more is to be said of this deadline."""
    said: analytics.DeadlineMissed = recorded.event
    await connection.execute(DELETE, recorded.envelope.subject, said.name, said.owner, said.round)


DEADLINES = Projection(
    name="deadlines",
    tables={"deadline_moments": TABLE},
    handlers={
        intake.StageOpened: begin,
        intake.CaseAccepted: begin,
        intake.StageClosed: end_stage,
        intake.CaseClosed: end_case,
        analytics.DeadlineWarned: warned,
        analytics.DeadlineMissed: missed,
    },
)


async def past(pool: Pool, until: datetime, after: DeadlineTimer | None, limit: int) -> Sequence[DeadlineTimer]:
    """The moments before ``until``, oldest first, a page at a time: those after the last one of the page before."""
    key = FROM_THE_FIRST if after is None else astuple(after)
    return [DeadlineTimer(*row) for row in await pool.fetch(SELECT, until, *key, limit)]
