"""What the environment says about serving HTTP: secret, limits, folders, mode."""

import os
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import timedelta
from pathlib import Path

MIB = 1024 * 1024
FILE_TYPES = (
    "image/jpeg",
    "image/png",
    "image/gif",
    "image/webp",
    "image/heic",
    "application/pdf",
    "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
    "application/vnd.openxmlformats-officedocument.wordprocessingml.document",
    "video/mp4",
)
SHORTEST_SECRET = 32


class SettingsError(Exception):
    """The environment lacks something, or has it wrong; the message says what to do."""


@dataclass(frozen=True, slots=True)
class Settings:
    """How a service is served. Sizes are bytes."""

    secret: str = field(repr=False)
    files: Path
    mode: str = "demo"
    address: str = ""
    session: timedelta = timedelta(hours=12)
    body_limit: int = MIB
    upload_limit: int = 25 * MIB
    file_limit: int = 20 * MIB
    file_types: tuple[str, ...] = FILE_TYPES
    body_timeout: timedelta = timedelta(seconds=60)
    crowd: int = 256
    """So many requests may wait for their answer at once."""

    @property
    def secure(self) -> bool:
        """Whether people come by TLS, so that cookies may be kept to it."""
        return self.address.startswith("https://")


def settings_from_env(environment: Mapping[str, str] = os.environ) -> Settings:
    """Settings from ``REDRESS_SECRET``, ``REDRESS_FILES``, ``REDRESS_MODE`` and ``REDRESS_ADDRESS``.

    Raises SettingsError when the secret is missing or too short, the folder is not named or the mode unknown.
    """
    secret = environment.get("REDRESS_SECRET", "")
    if len(secret.encode()) < SHORTEST_SECRET:
        raise SettingsError(
            f"REDRESS_SECRET must hold at least {SHORTEST_SECRET} bytes; make one: openssl rand -hex 32"
        )
    if not (files := environment.get("REDRESS_FILES")):
        raise SettingsError("REDRESS_FILES must name the folder in which attachments are kept")
    mode = environment.get("REDRESS_MODE", "demo")
    if mode not in ("demo", "production"):
        raise SettingsError(f"REDRESS_MODE is {mode!r}; it is demo or production")
    return Settings(secret=secret, files=Path(files), mode=mode, address=environment.get("REDRESS_ADDRESS", ""))
