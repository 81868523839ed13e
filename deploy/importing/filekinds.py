"""What a file is by its content, and whether its ending says the same."""

import re
import zipfile
from enum import Enum
from pathlib import Path

from deploy.importing.layout import UnreadableSheet


class SourceFormat(Enum):
    """A kind of file that can be read, by its usual ending."""

    TEXT = ".csv"
    XLSX = ".xlsx"
    XLSB = ".xlsb"
    XLS = ".xls"
    ODS = ".ods"


SAID = {
    ".csv": SourceFormat.TEXT,
    ".tsv": SourceFormat.TEXT,
    ".tab": SourceFormat.TEXT,
    ".txt": SourceFormat.TEXT,
    ".xlsx": SourceFormat.XLSX,
    ".xlsm": SourceFormat.XLSX,
    ".xltx": SourceFormat.XLSX,
    ".xltm": SourceFormat.XLSX,
    ".xlsb": SourceFormat.XLSB,
    ".xls": SourceFormat.XLS,
    ".xlt": SourceFormat.XLS,
    ".ods": SourceFormat.ODS,
    ".ots": SourceFormat.ODS,
}
"""What an ending says."""
PARTS = {"workbook.xml": SourceFormat.XLSX, "workbook.bin": SourceFormat.XLSB, "content.xml": SourceFormat.ODS}
"""What is in the archive of a workbook, in some folder."""
COMPOUND, ARCHIVE = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1", b"PK\x03\x04"
BEGINNINGS = {
    re.compile(rb"%PDF-"): ".pdf",
    re.compile(rb"\x1f\x8b"): ".gz",
    re.compile(rb"\x89PNG"): ".png",
    re.compile(rb"\xff\xd8\xff"): ".jpg",
    re.compile(rb"(\xef\xbb\xbf)?\s*<(!doctype\s+html|html|head|body|table|meta)", re.IGNORECASE): ".html",
    re.compile(rb"(\xef\xbb\xbf)?\s*<\?xml"): ".xml",
    re.compile(rb"\{\\rtf"): ".rtf",
}
"""How other files begin that are taken for sheets."""
MOST_BYTES = 256 << 20


def require_kind(path: Path) -> SourceFormat:
    """The kind of a file. Raises UnreadableSheet for one that is too large, encrypted, or not what its ending says."""
    if path.stat().st_size > MOST_BYTES:
        raise UnreadableSheet.saying(path, "import.too-large", megabytes=MOST_BYTES >> 20)
    said, found = SAID.get(path.suffix.lower()), content_of(path)
    if not path.stat().st_size and said not in (SourceFormat.TEXT, None):
        raise UnreadableSheet.saying(path, "import.empty")
    if isinstance(found, SourceFormat) and said in (found, None):
        return found
    told = found.value if isinstance(found, SourceFormat) else found
    if said is None:
        raise UnreadableSheet.saying(path, "import.no-sheet", found=told)
    raise UnreadableSheet.saying(path, "import.other-kind", said=path.suffix, found=told)


def content_of(path: Path) -> SourceFormat | str:
    """What a file holds: a kind that can be read, or the usual ending of something else. Raises UnreadableSheet."""
    with open(path, "rb") as raw:
        start = raw.read(512)
    if start.startswith(ARCHIVE):
        return archived(path)
    if start.startswith(COMPOUND):
        return compound(path)
    return next((ending for begins, ending in BEGINNINGS.items() if begins.match(start)), SourceFormat.TEXT)


def archived(path: Path) -> SourceFormat | str:
    """What an archive holds."""
    try:
        with zipfile.ZipFile(path) as archive:
            parts = {re.split(r"[/\\\\]", name.lower())[-1] for name in archive.namelist()}
    except zipfile.BadZipFile:
        raise UnreadableSheet.saying(path, "import.damaged") from None
    return next((kind for part, kind in PARTS.items() if part in parts), ".docx" if "document.xml" in parts else ".zip")


def compound(path: Path) -> SourceFormat | str:
    """What a compound file of Microsoft's holds: the names of its parts stand in it in UTF-16."""
    content = path.read_bytes().lower()
    if "encryptedpackage".encode("utf-16-le") in content:
        raise UnreadableSheet.saying(path, "import.encrypted")
    is_workbook = any(name.encode("utf-16-le") + b"\0\0" in content for name in ("workbook", "book"))
    return SourceFormat.XLS if is_workbook else ".doc"
