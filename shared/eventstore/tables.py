"""The tables beside the library's own: command ids and dead letters; and the statements on them.

``append_events`` is one statement and so one wait, where the library has five. Like the library's it holds the table's
lock from before the first position is given until the commit: positions are seen in their order, none is passed over.
What new events stand on must be there as it was read: a server that came back as an older copy of itself is noticed.

Statements on many keys probe an index key by key: ``LATERAL`` with ``OFFSET 0`` leaves the planner no other way. A plan
that was made while the store was young is kept by the connection; as a join it read the whole log each time.
"""

READER = """
    DO $$ BEGIN
        IF NOT EXISTS (
            SELECT FROM information_schema.columns
            WHERE table_schema = current_schema AND (table_name, column_name) = ('dead_letters', 'reader')
        ) THEN
            ALTER TABLE dead_letters ADD COLUMN reader text NOT NULL DEFAULT 'inbox';
            ALTER TABLE dead_letters DROP CONSTRAINT dead_letters_event_key;
            ALTER TABLE dead_letters ADD CONSTRAINT dead_letters_once UNIQUE (reader, event);
        END IF;
    END $$
"""
"""Tables that were made when the inbox was the only one with dead letters become like new ones."""

CREATE = (
    """
    CREATE TABLE IF NOT EXISTS commands (
        id uuid PRIMARY KEY,
        digest bytea NOT NULL,
        subject uuid NOT NULL,
        version_before bigint NOT NULL,
        version_after bigint NOT NULL
    )
    """,
    """
    CREATE TABLE IF NOT EXISTS dead_letters (
        number bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
        at timestamptz NOT NULL,
        topic text NOT NULL,
        partition integer NOT NULL,
        "offset" bigint NOT NULL,
        position bigint NOT NULL,
        subject uuid NOT NULL,
        event uuid NOT NULL UNIQUE,
        value bytea NOT NULL,
        state text NOT NULL,
        reason text NOT NULL,
        detail text NOT NULL,
        announced boolean NOT NULL DEFAULT false
    )
    """,
    READER,
    """
    CREATE INDEX IF NOT EXISTS dead_letters_open ON dead_letters (subject)
    WHERE state IN ('dead', 'parked', 'due')
    """,
    """
    CREATE INDEX IF NOT EXISTS dead_letters_new ON dead_letters (number) WHERE NOT announced
    """,
    """
    CREATE OR REPLACE FUNCTION append_events(
        ids uuid[], digests bytea[], subjects uuid[], befores bigint[], afters bigint[],
        grounds uuid[], heights bigint[], hashes text[],
        streams uuid[], versions bigint[], topics text[], states bytea[]
    ) RETURNS SETOF bigint LANGUAGE plpgsql AS $$
    DECLARE other text;
    BEGIN
        INSERT INTO commands (id, digest, subject, version_before, version_after)
        SELECT * FROM unnest(ids, digests, subjects, befores, afters);
        IF cardinality(streams) > 0 THEN
            LOCK TABLE stored_events IN EXCLUSIVE MODE;
            SELECT string_agg(g.stream || ' ' || g.version, ', ') INTO other
            FROM unnest(grounds, heights, hashes) AS g (stream, version, digest)
            LEFT JOIN LATERAL (
                SELECT state FROM stored_events
                WHERE (originator_id, originator_version) = (g.stream, g.version) OFFSET 0
            ) AS e ON true
            WHERE e.state IS NULL OR encode(sha256(e.state), 'hex') <> g.digest;
            IF other IS NOT NULL THEN
                RAISE EXCEPTION 'not as they were read: %', other USING ERRCODE = '55000';
            END IF;
            RETURN QUERY INSERT INTO stored_events (originator_id, originator_version, topic, state)
            SELECT * FROM unnest(streams, versions, topics, states) RETURNING notification_id;
        END IF;
    END $$
    """,
)

APPEND = """
    SELECT * FROM append_events(%b::uuid[], %b::bytea[], %b::uuid[], %b::bigint[], %b::bigint[],
        %b::uuid[], %b::bigint[], %b::text[], %b::uuid[], %b::bigint[], %b::text[], %b::bytea[])
"""

RAISE_TRACKINGS = """
    INSERT INTO notification_tracking AS t (application_name, notification_id)
    SELECT * FROM unnest(%b::text[], %b::bigint[]) AS n (name, id) ORDER BY name
    ON CONFLICT (application_name) DO UPDATE SET notification_id = excluded.notification_id
    WHERE t.notification_id < excluded.notification_id
    RETURNING application_name
"""

INSERT_LETTERS = """
    INSERT INTO dead_letters
        (at, topic, partition, "offset", position, subject, event, value, state, reason, detail)
    SELECT * FROM unnest(%b::timestamptz[], %b::text[], %b::integer[], %b::bigint[], %b::bigint[], %b::uuid[],
        %b::uuid[], %b::bytea[], %b::text[], %b::text[], %b::text[])
    ON CONFLICT (reader, event) DO NOTHING
"""

SETTLE_LETTERS = """
    UPDATE dead_letters AS d SET state = s.state, reason = s.reason, detail = s.detail
    FROM unnest(%b::bigint[], %b::text[], %b::text[], %b::text[]) AS s (number, state, reason, detail)
    WHERE d.number = s.number AND d.state IN ('dead', 'parked', 'due')
"""

SELECT_COMMANDS = """
    SELECT c.id, c.digest, c.subject, c.version_before, c.version_after, coalesce(e.notification_id, 0)
    FROM unnest(%b::uuid[]) AS k (id)
    CROSS JOIN LATERAL (SELECT * FROM commands WHERE id = k.id OFFSET 0) AS c
    LEFT JOIN LATERAL (
        SELECT notification_id FROM stored_events
        WHERE (originator_id, originator_version) = (c.subject, c.version_after) OFFSET 0
    ) AS e ON true
"""

SELECT_STREAMS = """
    SELECT e.originator_id, e.originator_version, e.state, e.notification_id
    FROM unnest(%b::uuid[], %b::bigint[], %b::bigint[]) AS k (id, after, upto) CROSS JOIN LATERAL (
        SELECT * FROM stored_events
        WHERE originator_id = k.id AND originator_version > k.after AND originator_version <= k.upto OFFSET 0
    ) AS e
    ORDER BY e.originator_id, e.originator_version
"""

SELECT_TIPS = """
    SELECT t.originator_id, t.originator_version, t.state, t.notification_id
    FROM unnest(%b::uuid[]) AS k (id) CROSS JOIN LATERAL (
        SELECT * FROM stored_events WHERE originator_id = k.id ORDER BY originator_version DESC LIMIT 1
    ) AS t
"""

SELECT_TRACKINGS = """
    SELECT application_name, notification_id FROM notification_tracking WHERE application_name = ANY(%b)
"""

SELECT_ASIDE = """
    SELECT event, subject, state IN ('dead', 'parked', 'due') FROM dead_letters
    WHERE reader = 'inbox'
        AND (event = ANY(%b) OR (subject = ANY(%b) AND state IN ('dead', 'parked', 'due')))
"""

LETTER_COLUMNS = """
    number, at, reader, topic, partition, "offset", position, subject, event, value, state, reason, detail
"""

SELECT_LETTERS = f"""
    SELECT {LETTER_COLUMNS} FROM dead_letters WHERE state = ANY(%b) AND number > %b ORDER BY number LIMIT %b
"""

SELECT_LETTER = f"SELECT {LETTER_COLUMNS} FROM dead_letters WHERE number = %b"

MARK_DEAD_LETTER = "UPDATE dead_letters SET state = %b WHERE number = %b AND state = 'dead'"

REPLAY_CASE = "UPDATE dead_letters SET state = 'due' WHERE subject = %b AND state = 'dead'"

SELECT_DUE_LETTERS = f"""
    SELECT {LETTER_COLUMNS} FROM dead_letters
    WHERE reader = 'inbox' AND state IN ('parked', 'due')
        AND subject NOT IN (SELECT subject FROM dead_letters WHERE reader = 'inbox' AND state = 'dead')
    ORDER BY number LIMIT %b
"""

SELECT_NEW_LETTERS = f"SELECT {LETTER_COLUMNS} FROM dead_letters WHERE NOT announced ORDER BY number LIMIT %b"

ANNOUNCED = "UPDATE dead_letters SET announced = true WHERE number = ANY(%b)"

COUNT_LETTERS = """
    SELECT state, count(*) FROM dead_letters WHERE state IN ('dead', 'parked', 'due') GROUP BY state
"""

SELECT_CURSOR = "SELECT notification_id FROM notification_tracking WHERE application_name = %b"

SELECT_HEAD = "SELECT coalesce(max(notification_id), 0) FROM stored_events"

SELECT_OUTGOING = """
    SELECT notification_id, originator_id, CASE WHEN starts_with(topic, %b) THEN state END
    FROM stored_events
    WHERE notification_id > coalesce(
        (SELECT notification_id FROM notification_tracking WHERE application_name = %b), 0)
    ORDER BY notification_id LIMIT %b
"""

SET_TRACKING = """
    INSERT INTO notification_tracking AS t VALUES (%b, %b)
    ON CONFLICT (application_name) DO UPDATE SET notification_id = excluded.notification_id
"""

ADVANCE_CURSOR = f"{SET_TRACKING} WHERE t.notification_id = %b"

SELECT_ACKNOWLEDGED = (
    "SELECT application_name, notification_id FROM notification_tracking WHERE application_name LIKE %b"
)

FORGET_ACKNOWLEDGED = "DELETE FROM notification_tracking WHERE application_name LIKE %b"
