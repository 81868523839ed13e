"""What the environment says about serving HTTP: secret, limits, folders, mode."""

import os
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import timedelta
from pathlib import Path

from shared.files import MIB, Acceptance, UnknownKind

SHORTEST_SECRET = 32
MOST = 1_000_000


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
    accepted: Acceptance = field(default_factory=Acceptance)
    most_files: int = 20
    """So many files may come with one form."""
    upload_quota: int = 500 * MIB
    """What one person may upload in a day."""
    disk_room: int = 512 * MIB
    """What uploads leave free on the disk of the files."""
    upload_age: timedelta = timedelta(hours=24)
    """After so long an upload that no case names is removed; zero: never."""
    body_timeout: timedelta = timedelta(seconds=60)
    crowd: int = 256
    """So many requests may wait for their answer at once."""

    @property
    def secure(self) -> bool:
        """Whether people come by TLS, so that cookies may be kept to it."""
        return self.address.startswith("https://")


def settings_from_env(environment: Mapping[str, str] = os.environ) -> Settings:
    """Settings from ``REDRESS_SECRET``, ``REDRESS_FILES``, ``REDRESS_MODE``, ``REDRESS_ADDRESS``, and limits of files.

    Raises SettingsError when the secret is missing or too short, the folder is not named, the mode unknown, or a limit
    is no number or leaves no file a way in.
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
    return with_limits(
        Settings(secret=secret, files=Path(files), mode=mode, address=environment.get("REDRESS_ADDRESS", "")),
        environment,
    )


def with_limits(usual: Settings, environment: Mapping[str, str]) -> Settings:
    """The same with the limits of files that the environment names."""
    limits = replace(
        usual,
        accepted=accepted_kinds(environment.get("REDRESS_FILE_TYPES", "")),
        file_limit=number(environment, "REDRESS_FILE_MB", usual.file_limit, MIB),
        upload_limit=number(environment, "REDRESS_FORM_MB", usual.upload_limit, MIB),
        most_files=number(environment, "REDRESS_FORM_FILES", usual.most_files, 1),
        upload_quota=number(environment, "REDRESS_UPLOAD_DAY_MB", usual.upload_quota, MIB),
        disk_room=number(environment, "REDRESS_FILES_FREE_MB", usual.disk_room, MIB, least=0),
        upload_age=timedelta(
            hours=number(environment, "REDRESS_UPLOAD_HOURS", int(usual.upload_age.total_seconds() / 3600), 1, least=0)
        ),
    )
    if limits.upload_limit < limits.file_limit:
        raise SettingsError("REDRESS_FORM_MB is less than REDRESS_FILE_MB: a file of that size could not be sent")
    return limits


def accepted_kinds(words: str) -> Acceptance:
    """The kinds that ``REDRESS_FILE_TYPES`` names, divided by blanks or commas; the usual ones where it is empty."""
    try:
        return Acceptance.of(words.replace(",", " ").split() or ["default"])
    except UnknownKind as error:
        raise SettingsError(f"REDRESS_FILE_TYPES names {error.args[0]!r}: no group of files and no ending") from None


def number(environment: Mapping[str, str], name: str, usual: int, unit: int, least: int = 1) -> int:
    """A whole number of the environment in a unit. Raises SettingsError for anything else."""
    said = environment.get(name, "").strip()
    if not said:
        return usual
    if not (said.isascii() and said.isdecimal() and least <= int(said) <= MOST):
        raise SettingsError(f"{name} is {said!r}; it is a whole number from {least} to {MOST}")
    return int(said) * unit
