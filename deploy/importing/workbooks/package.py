"""The archive of an Office workbook (ECMA-376, part 2): parts found by name and by their relations."""

from collections.abc import Mapping
from posixpath import basename, dirname, join, normpath
from typing import IO
from xml.etree.ElementTree import parse
from zipfile import ZipFile

OFFICE_DOCUMENT = "/officeDocument"
"""How the type of the relation to the main part ends."""


class Package:
    """The parts of an archive; some programs write their names with other slashes or in other letters."""

    def __init__(self, archive: ZipFile) -> None:
        self.archive = archive
        self.names = {tidy(name): name for name in archive.namelist()}

    def has(self, part: str) -> bool:
        """Whether there is such a part."""
        return tidy(part) in self.names

    def open(self, part: str) -> IO[bytes]:
        """A part's content. Raises KeyError."""
        return self.archive.open(self.names[tidy(part)])

    def read(self, part: str) -> bytes:
        """A part's content as a whole. Raises KeyError."""
        return self.archive.read(self.names[tidy(part)])

    def targets(self, part: str) -> Mapping[str, str]:
        """The parts that a part relates to, by the relation's id."""
        return {identity: target for identity, _, target in self.relations(part)}

    def workbook(self) -> str:
        """The main part. Raises KeyError."""
        return next(target for _, kind, target in self.relations("") if kind.endswith(OFFICE_DOCUMENT))

    def beside(self, part: str, name: str) -> str:
        """A part in the folder of another."""
        return join(dirname(part), name)

    def relations(self, part: str) -> list[tuple[str, str, str]]:
        """The relations of a part, or of the package itself: id, type and target."""
        folder = dirname(part)
        with self.open(join(folder, "_rels", f"{basename(part)}.rels")) as stream:
            return [
                (each.get("Id", ""), each.get("Type", ""), normpath(join("/", folder, each.get("Target", ""))))
                for each in parse(stream).getroot()
            ]


def tidy(name: str) -> str:
    """A part's name by which it is found."""
    return name.replace("\\", "/").lstrip("/").lower()
