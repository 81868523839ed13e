"""The table of what was done last for the whole house: of each kind when, and how it came out."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

import msgspec

CREATE = """
    CREATE TABLE IF NOT EXISTS operations (what text PRIMARY KEY, at timestamptz NOT NULL, result jsonb NOT NULL)
"""
NOTE = """
    INSERT INTO operations VALUES ($1, $2, $3)
    ON CONFLICT (what) DO UPDATE SET at = excluded.at, result = excluded.result
"""
CHECKPOINT, CHECKPOINT_COVERS = "checkpoint", "checkpoint-covers"
"""The last try to take a checkpoint, and the last moment of which everything recorded is covered by one."""
SELECT = "SELECT at, result FROM operations WHERE what = $1"


def of_checkpoint(at: datetime, result: Mapping[str, Any]) -> Sequence[tuple[str, datetime, str]]:
    """What is to be noted of a try to take a checkpoint; ``result`` has ``trouble`` where it failed."""
    noted = (CHECKPOINT,) if "trouble" in result else (CHECKPOINT, CHECKPOINT_COVERS)
    return [(what, at, msgspec.json.encode(result).decode()) for what in noted]
