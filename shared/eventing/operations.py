"""The table of what was done last for the whole house: of each kind when, and how it came out."""

CREATE = """
    CREATE TABLE IF NOT EXISTS operations (what text PRIMARY KEY, at timestamptz NOT NULL, result jsonb NOT NULL)
"""
NOTE = """
    INSERT INTO operations VALUES ($1, $2, $3)
    ON CONFLICT (what) DO UPDATE SET at = excluded.at, result = excluded.result
"""
SELECT = "SELECT at, result FROM operations WHERE what = $1"
