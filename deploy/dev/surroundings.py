"""The environment of a stack's processes, and the file through which the ``redress`` commands find a running stack."""

import json
import os
from collections.abc import MutableMapping
from pathlib import Path

from deploy.dev.keys import Keys
from deploy.dev.settings import StackSettings


def environment(settings: StackSettings, keys: Keys, database_url: str, kafka: str) -> dict[str, str]:
    """What every process of the stack, and later every command, is told. Only a demo has a clock that can be moved."""
    mode = os.environ.get("REDRESS_MODE") or "demo"
    clock = {} if mode == "production" else {"REDRESS_CLOCK_FILE": str(settings.clock)}
    own = os.environ.get("REDRESS_COMPANY")
    company = {"REDRESS_COMPANY": str(Path(own).resolve())} if own else {}
    return {
        **clock,
        **company,
        "DATABASE_URL": database_url,
        "KAFKA_BOOTSTRAP_SERVERS": kafka,
        "REDRESS_ADDRESS": settings.address,
        "REDRESS_CHECKPOINTS": os.environ.get("REDRESS_CHECKPOINTS") or str(settings.data / "checkpoints"),
        "REDRESS_CHECKPOINT_KEY": os.environ.get("REDRESS_CHECKPOINT_KEY") or str(settings.data / "checkpoint-key.pem"),
        "REDRESS_FILES": str(settings.files),
        "REDRESS_LOG": os.environ.get("REDRESS_LOG") or "json",
        "REDRESS_MODE": mode,
        "REDRESS_SECRET": keys.login,
        "PYTHONUNBUFFERED": "1",
    }


def publish(settings: StackSettings, told: dict[str, str]) -> None:
    """Leave the environment where the commands of the same owner find it."""
    path = settings.run / "environment.json"
    path.unlink(missing_ok=True)
    with os.fdopen(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "w", encoding="utf-8") as file:
        json.dump(told, file)


def adopt(settings: StackSettings, into: MutableMapping[str, str]) -> None:
    """Add what the last started stack was told to this environment, where it says nothing itself."""
    try:
        told = json.loads((settings.run / "environment.json").read_text(encoding="utf-8"))
    except (OSError, ValueError):
        return
    for name, value in told.items():
        into.setdefault(name, value)
