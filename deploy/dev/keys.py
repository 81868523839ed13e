"""The secrets of one stack: made at its first start, kept in a file that only its owner reads."""

import json
import os
import secrets
from dataclasses import asdict, dataclass
from pathlib import Path


@dataclass(frozen=True, slots=True)
class Keys:
    """``database`` is PostgreSQL's password, ``login`` signs the tokens of people who are logged in."""

    database: str
    login: str

    @classmethod
    def of(cls, data: Path) -> "Keys":
        """The keys of the stack in this folder, made now if there are none."""
        path = data / "keys.json"
        if path.exists():
            return cls(**json.loads(path.read_text(encoding="utf-8")))
        made = cls(database=secrets.token_hex(16), login=secrets.token_hex(32))
        beside = path.with_suffix(".new")
        beside.unlink(missing_ok=True)
        with os.fdopen(os.open(beside, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "w", encoding="utf-8") as file:
            json.dump(asdict(made), file)
        beside.replace(path)
        return made
