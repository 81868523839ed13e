"""The tables that everything anybody looks at is read from; all of them can be rebuilt from the five stores."""

import re
from collections.abc import Mapping

from services.analytics.readmodel.tallies import OPEN_CASE, OPEN_STAGE, TALLIES

URGENCY = "coalesce(due, '9999-12-31 00:00:00+00'::timestamptz)"
"""When an open stage is due, for the order: work without a limit comes last."""

HISTORY = """
    CREATE TABLE IF NOT EXISTS history (
        case_id uuid NOT NULL,
        service text NOT NULL,
        version integer NOT NULL,
        position bigint NOT NULL,
        hlc text COLLATE "C" NOT NULL,
        site text NOT NULL,
        at timestamptz NOT NULL,
        type text NOT NULL,
        actor text NOT NULL,
        body bytea NOT NULL,
        PRIMARY KEY (case_id, service, version)
    )
"""
"""Every event of every case, as its owner said it; ``body`` is the CloudEvents object, byte for byte."""

CASES = """
    CREATE TABLE IF NOT EXISTS cases (
        case_id uuid PRIMARY KEY,
        site text NOT NULL,
        pack text,
        pack_version integer,
        state text,
        number text,
        customer text,
        region text,
        order_number text,
        part text,
        demand text,
        reason text,
        defective numeric,
        unit text,
        complaint_class text,
        reference text,
        filed timestamptz,
        accepted timestamptz,
        closed timestamptz,
        due timestamptz,
        missed timestamptz,
        supersedes uuid,
        superseded_by uuid,
        cause text,
        responsible text,
        disposition text,
        amount numeric,
        loss numeric,
        currency text,
        booked_loss numeric
    )
"""
"""The case register and tracking table (P1.13). Each column is written from one service's events only."""

STAGES = """
    CREATE TABLE IF NOT EXISTS stages (
        case_id uuid NOT NULL,
        stage text NOT NULL,
        owner text NOT NULL,
        round integer NOT NULL,
        site text NOT NULL,
        level text,
        rule text,
        opened timestamptz,
        due timestamptz,
        time_limit text,
        limit_rule text,
        closed timestamptz,
        outcome text,
        missed timestamptz,
        share text,
        own text,
        allowed text,
        used text,
        PRIMARY KEY (case_id, stage, owner, round)
    )
"""
"""Who has, or had, which case for what, since when and until when.

``share``, ``own`` and ``allowed`` are those of a shared limit's portion; ``used`` is what was used of the limit before
this round, and after it once it is closed.
"""

SOUGHT = """
    CREATE TABLE IF NOT EXISTS sought (
        case_id uuid NOT NULL,
        entry uuid NOT NULL,
        site text NOT NULL,
        words text COLLATE "C" NOT NULL,
        number text COLLATE "C",
        pieces integer[] NOT NULL,
        PRIMARY KEY (case_id, entry)
    )
"""
"""The texts by which a case is found, in the form in which they are sought; ``number`` where one is a number.

``pieces`` are what an index finds a part of a text by, see :func:`shared.text.pieces.pieces`. It is an index that every
PostgreSQL has: ``pg_trgm`` is an extension that not everybody may create, it finds no words of two signs, and under the
locale C it finds no Chinese.
"""

POSITIONS = """
    CREATE TABLE IF NOT EXISTS positions (
        topic text NOT NULL,
        partition integer NOT NULL,
        next_offset bigint NOT NULL,
        PRIMARY KEY (topic, partition)
    )
"""
"""How far each partition has been kept; what it says goes with the rows, and is no part of them."""

CREATE: tuple[str, ...] = (
    HISTORY,
    "CREATE INDEX IF NOT EXISTS history_of_case ON history (case_id, hlc)",
    "CREATE INDEX IF NOT EXISTS history_of_site ON history (site, hlc)",
    "CREATE INDEX IF NOT EXISTS history_of_service ON history (service, position)",
    CASES,
    "CREATE INDEX IF NOT EXISTS cases_of_site ON cases (site, filed, case_id)",
    "CREATE INDEX IF NOT EXISTS cases_numbered ON cases (number)",
    "CREATE INDEX IF NOT EXISTS cases_ended ON cases (site, closed) INCLUDE (missed) WHERE state = 'closed'",
    f"CREATE INDEX IF NOT EXISTS cases_due ON cases (site, due) WHERE {OPEN_CASE}",
    STAGES,
    "ALTER TABLE stages ADD COLUMN IF NOT EXISTS share text, ADD COLUMN IF NOT EXISTS own text,"
    " ADD COLUMN IF NOT EXISTS allowed text, ADD COLUMN IF NOT EXISTS used text",
    f"CREATE INDEX IF NOT EXISTS stages_due ON stages (site, due, case_id, stage, owner) WHERE {OPEN_STAGE}",
    f"CREATE INDEX IF NOT EXISTS stages_of_owner ON stages (site, stage, owner, due) WHERE {OPEN_STAGE}",
    f"""
    CREATE INDEX IF NOT EXISTS stages_to_do ON stages
        (site, owner, level, ({URGENCY}), opened, case_id, stage, round) WHERE {OPEN_STAGE}
    """,
    f"""
    CREATE INDEX IF NOT EXISTS stages_to_sign ON stages
        (site, stage, level, ({URGENCY}), opened, case_id, owner, round) WHERE {OPEN_STAGE}
    """,
    SOUGHT,
    "CREATE INDEX IF NOT EXISTS sought_numbers ON sought (number) WHERE number IS NOT NULL",
    "CREATE INDEX IF NOT EXISTS sought_pieces ON sought USING gin (pieces)",
    POSITIONS,
    TALLIES,
)

TYPES: Mapping[str, Mapping[str, str]] = {
    table: dict(re.findall(r"^ +(\w+) (uuid|text|integer(?:\[\])?|numeric|timestamptz)(?!\w)", made, re.MULTILINE))
    for table, made in (("cases", CASES), ("stages", STAGES), ("sought", SOUGHT))
}
"""The type of each column of the tables that are written in part."""

NAMES = ("history", "cases", "stages", "sought", "tallies")
"""The tables, for rebuilding and comparing."""
