"""Running counts beside the register and the stages, so that no figure is counted from all rows each time it is asked.

Triggers keep them, in the same transaction and after each statement that writes rows: the counts are those of the
rows, whoever writes these and in whichever order. A count that comes to nothing has no row.
"""

OPEN_CASE = "closed IS NULL AND filed IS NOT NULL"
OPEN_STAGE = "closed IS NULL AND opened IS NOT NULL"

TABLE = """
    CREATE TABLE tallies (
        site text NOT NULL,
        kind text NOT NULL,
        stage text NOT NULL,
        owner text NOT NULL,
        day date NOT NULL,
        number bigint NOT NULL,
        PRIMARY KEY (site, kind, stage, owner, day)
    ) WITH (fillfactor = 50)
"""
KEYS = "site, kind, stage, owner, day"

OF_CASES = f"""
    SELECT site, 'open' AS kind, '' AS stage, '' AS owner,
        coalesce((due AT TIME ZONE 'UTC')::date, 'infinity') AS day, sign
    FROM written WHERE {OPEN_CASE}
    UNION ALL
    SELECT site, 'closed', '', '', (closed AT TIME ZONE 'UTC')::date, sign
    FROM written WHERE state = 'closed' AND closed IS NOT NULL
    UNION ALL
    SELECT site, 'closed late', '', '', (closed AT TIME ZONE 'UTC')::date, sign
    FROM written WHERE state = 'closed' AND closed IS NOT NULL AND missed IS NOT NULL
"""
"""What rows of the register add: open cases by the day (UTC) on which they are due, closed ones by their last."""

OF_STAGES = f"""
    SELECT site, 'stage' AS kind, stage, owner, coalesce((due AT TIME ZONE 'UTC')::date, 'infinity') AS day, sign
    FROM written WHERE {OPEN_STAGE}
"""
"""What rows of the stages add: open ones by stage, department and the day (UTC) on which they are due."""

REFERENCING = {
    "INSERT": ("NEW TABLE AS came", "SELECT *, 1 AS sign FROM came"),
    "DELETE": ("OLD TABLE AS went", "SELECT *, -1 AS sign FROM went"),
    "UPDATE": (
        "OLD TABLE AS went NEW TABLE AS came",
        "SELECT *, 1 AS sign FROM came UNION ALL SELECT *, -1 FROM went",
    ),
}
"""What a statement wrote, as its trigger sees it: rows that came count, rows that went count off."""


def kept(table: str, added: str, doing: str) -> str:
    """The trigger that keeps the counts when ``doing`` writes rows of ``table``.

    The lock keeps a second writer out until the end of the transaction: ``MERGE`` does not see what he adds.
    """
    seen, written = REFERENCING[doing]
    name = f"tally_{table}_{doing.lower()}"
    return f"""
        CREATE OR REPLACE FUNCTION public.{name}() RETURNS trigger LANGUAGE plpgsql AS $tally$
        BEGIN
            IF EXISTS (SELECT FROM {"went" if doing == "DELETE" else "came"}) THEN
                PERFORM pg_advisory_xact_lock(hashtext(TG_TABLE_SCHEMA || '.tallies'));
                WITH written AS ({written}), added AS ({added})
                MERGE INTO tallies AS t
                USING (SELECT {KEYS}, sum(sign) AS number FROM added GROUP BY {KEYS} HAVING sum(sign) <> 0) AS a
                ON (t.site, t.kind, t.stage, t.owner, t.day) = (a.site, a.kind, a.stage, a.owner, a.day)
                WHEN MATCHED AND t.number + a.number = 0 THEN DELETE
                WHEN MATCHED THEN UPDATE SET number = t.number + a.number
                WHEN NOT MATCHED THEN INSERT VALUES (a.site, a.kind, a.stage, a.owner, a.day, a.number);
            END IF;
            RETURN NULL;
        END $tally$;
        CREATE OR REPLACE TRIGGER {name} AFTER {doing} ON {table} REFERENCING {seen}
            FOR EACH STATEMENT EXECUTE FUNCTION public.{name}();
    """


def counted(table: str, added: str) -> str:
    """The statement that counts the rows that are there already."""
    return f"""
        WITH written AS (SELECT *, 1 AS sign FROM {table}), added AS ({added})
        INSERT INTO tallies SELECT {KEYS}, sum(sign) FROM added GROUP BY {KEYS};
    """


def make(table: str, added: str) -> str:
    """Triggers first, which keep writers out until the end, then the count."""
    return "".join(kept(table, added, doing) for doing in REFERENCING) + counted(table, added)


TALLIES = f"""
    DO $make$ BEGIN
        IF to_regclass('tallies') IS NULL THEN
            {TABLE};
            {make("cases", OF_CASES)}
            {make("stages", OF_STAGES)}
        END IF;
    END $make$
"""
