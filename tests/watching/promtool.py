"""promtool: one's own, or the one in Debian's package ``prometheus``, fetched with apt and unpacked without installing.

``python -m tests.watching.promtool`` fetches it and prints where it is.
"""

import os
import shutil
import subprocess
import tempfile
from pathlib import Path

from deploy.dev.settings import StackSettings

PACKAGES = ("promtool", "prometheus")
"""Newer Debians have it in a package of its own."""


class NoPromtool(Exception):
    """No promtool can be had here; the text says how to get one."""


def find() -> Path:
    """``REDRESS_PROMTOOL``, or the one on the path, or the Debian package's, fetched once. Raises ``NoPromtool``."""
    if own := os.environ.get("REDRESS_PROMTOOL") or shutil.which("promtool"):
        return Path(own)
    kept = StackSettings.from_environment().cache / "promtool"
    if not kept.exists():
        print(f"Fetching promtool for the tests of the alert rules: about 20 MB, to {kept}", flush=True)
        kept.parent.mkdir(parents=True, exist_ok=True)
        with tempfile.TemporaryDirectory(dir=kept.parent) as beside:
            fetched(Path(beside)).replace(kept)
    return kept


def fetched(folder: Path) -> Path:
    """The program out of the newest package that apt has. Raises ``NoPromtool``."""
    if not (shutil.which("apt-get") and shutil.which("dpkg-deb")):
        raise NoPromtool(
            "The alert rules are tested with promtool: install Prometheus' tools, or set REDRESS_PROMTOOL to one."
        )
    for options in ((), lists_of_its_own(folder)):
        if options:
            apt(folder, *options, "update")
        for package in PACKAGES:
            apt(folder, *options, "download", package)
            for archive in folder.glob(f"{package}_*.deb"):
                subprocess.run(["dpkg-deb", "-x", archive, folder / "unpacked"], check=True)
                return folder / "unpacked" / "usr" / "bin" / "promtool"
    raise NoPromtool("apt could not fetch promtool: connect to the network, or set REDRESS_PROMTOOL to one.")


def lists_of_its_own(folder: Path) -> tuple[str, ...]:
    """What has apt keep its lists in this folder, where nobody need be root to bring them up to date."""
    (folder / "lists" / "partial").mkdir(parents=True)
    return "-o", f"Dir::State::lists={folder / 'lists'}", "-o", f"Dir::Cache={folder}", "-o", "APT::Sandbox::User="


def apt(folder: Path, *arguments: str) -> None:
    """Run apt-get in this folder; whether it could do it shows in the folder."""
    subprocess.run(
        ["apt-get", "-qq", *arguments], cwd=folder, check=False, capture_output=True, stdin=subprocess.DEVNULL
    )


if __name__ == "__main__":
    print(find())
