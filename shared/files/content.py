"""What a file is by its bytes alone, whatever its name says."""

import re
import zipfile
from codecs import getincrementaldecoder
from collections.abc import Iterator
from typing import BinaryIO

import olefile

HEAD = 16 * 1024
PIECE = 256 * 1024
MOST_MEMBERS = 20_000
"""More files than this in one archive are not looked through."""

HEIF = frozenset(
    {b"heic", b"heix", b"heim", b"heis", b"hevc", b"hevx", b"hevm", b"hevs", b"mif1", b"mif2", b"msf1", b"miaf"}
)
AVIF = frozenset({b"avif", b"avis"})
OLE = bytes.fromhex("d0cf11e0a1b11ae1")
INSTALLER = "000C1084-0000-0000-C000-000000000046"
BINARY = frozenset(range(32)) - {0x09, 0x0A, 0x0C, 0x0D, 0x1A, 0x1B}
"""Bytes that no text has: control characters but tabs, ends of lines and pages, and the old mark of an end."""

SIGNATURES: tuple[tuple[str, int, bytes], ...] = (
    ("jpeg", 0, b"\xff\xd8\xff"),
    ("png", 0, b"\x89PNG\r\n\x1a\n"),
    ("gif", 0, b"GIF87a"),
    ("gif", 0, b"GIF89a"),
    ("tiff", 0, b"II*\0"),
    ("tiff", 0, b"MM\0*"),
    ("tiff", 0, b"II+\0"),
    ("tiff", 0, b"MM\0+"),
    ("matroska", 0, b"\x1aE\xdf\xa3"),
    ("asf", 0, bytes.fromhex("3026b2758e66cf11")),
    ("mpeg", 0, b"\0\0\1\xba"),
    ("mpeg", 0, b"\0\0\1\xb3"),
    ("mp3", 0, b"ID3"),
    ("amr", 0, b"#!AMR"),
    ("ogg", 0, b"OggS"),
    ("flac", 0, b"fLaC"),
    ("caf", 0, b"caff"),
    ("7z", 0, b"7z\xbc\xaf\x27\x1c"),
    ("rar", 0, b"Rar!\x1a\x07"),
    ("gzip", 0, b"\x1f\x8b"),
    ("tar", 257, b"ustar"),
    ("program", 0, b"MZ"),
    ("program", 0, b"\x7fELF"),
    ("program", 0, b"\xca\xfe\xba\xbe"),
    ("program", 0, b"\xfe\xed\xfa\xce"),
    ("program", 0, b"\xfe\xed\xfa\xcf"),
    ("program", 0, b"\xce\xfa\xed\xfe"),
    ("program", 0, b"\xcf\xfa\xed\xfe"),
    ("program", 0, b"dex\n"),
    ("program", 0, b"\0asm"),
    ("shortcut", 0, b"L\0\0\0\x01\x14\x02\0"),
)
RIFF = {b"WEBP": "webp", b"AVI ": "avi", b"WAVE": "wav"}
QUICKTIME = frozenset({b"moov", b"mdat", b"wide", b"free", b"skip", b"pnot"})
"""How movies began before they named their kind."""
STORAGES = {
    "WordDocument": "doc",
    "Workbook": "xls",
    "Book": "xls",
    "PowerPoint Document": "ppt",
    "__properties_version1.0": "msg",
    "__nameid_version1.0": "msg",
}
OPEN_DOCUMENTS = {
    b"application/vnd.oasis.opendocument.text": "odt",
    b"application/vnd.oasis.opendocument.spreadsheet": "ods",
    b"application/vnd.oasis.opendocument.presentation": "odp",
}
MEMBERS = {
    "word/document.xml": "docx",
    "xl/workbook.xml": "xlsx",
    "xl/workbook.bin": "xlsb",
    "ppt/presentation.xml": "pptx",
    "OFD.xml": "ofd",
    "Index.zip": "iwork",
    "Index/Document.iwa": "iwork",
    "index.apxl": "iwork",
}
DAMAGED = {
    "zip": ("docx", "xlsx", "xlsb", "pptx", "odt", "ods", "odp", "ofd", "iwork"),
    "ole": tuple(STORAGES.values()),
}
"""What a container may be whose list of contents cannot be read: a file that was cut short is evidence too."""

SKIPPED = re.compile(rb"\s+|<\?.*?\?>|<!--.*?-->|<!DOCTYPE(?!\s+html)[^>]*>", re.I | re.S)
"""What may stand before the first mark of a page."""
OPENINGS = (
    ("svg", re.compile(rb"<(\w+:)?svg[\s>/]", re.I)),
    (
        "html",
        re.compile(rb"<!DOCTYPE\s+html|<(html|head|body|script|iframe|meta|title|style|object|embed|img)[\s>/]", re.I),
    ),
    ("script", re.compile(rb"#!\s*/")),
    ("shortcut", re.compile(rb"\[InternetShortcut\]", re.I)),
)
MAIL = re.compile(rb"(From [^\r\n]*\r?\n)?((?:[!-9;-~]+:[^\r\n]*\r?\n(?:[ \t][^\r\n]*\r?\n)*)+)")
MAILED = re.compile(
    rb"^(from|to|date|subject|received|return-path|message-id|mime-version|delivered-to|x-mailer):", re.I | re.M
)
MARKS = (b"\xef\xbb\xbf", b"\xff\xfe", b"\xfe\xff")


def contents_of(file: BinaryIO) -> tuple[str, ...]:
    """What the bytes of a file show, the narrowest first: a mail is a text too. Empty when they show nothing known."""
    file.seek(0)
    head = file.read(HEAD)
    if is_text(file):
        return tuple(texts(unmarked(head)))
    if is_mail(head):
        return ("mail",)
    if found := signed(head):
        return (found,)
    if head.startswith((b"PK\3\4", b"PK\5\6")):
        return zipped(file, head)
    if head.startswith(OLE):
        return stored(file)
    if b"%PDF-" in head[:1024]:
        return ("pdf",)
    return ("rtf",) if head.startswith(b"{\\rtf") else ()


def is_text(file: BinaryIO) -> bool:
    """Whether a file holds nothing but characters, in UTF-16 with its mark or in an encoding that extends ASCII."""
    file.seek(0)
    first = piece = file.read(PIECE)
    if first.startswith(MARKS[1:]):
        return is_utf16(first)
    while piece:
        if len(piece.translate(None, bytes(BINARY))) != len(piece):
            return False
        piece = file.read(PIECE)
    return True


def is_utf16(first: bytes) -> bool:
    """Whether a beginning with the mark of UTF-16 is that; it may end within a character."""
    try:
        text = getincrementaldecoder("utf-16")().decode(first)
    except UnicodeDecodeError:
        return False
    return BINARY.isdisjoint(map(ord, text))


def unmarked(head: bytes) -> bytes:
    """The beginning of a text as one would type it, without the mark of its encoding."""
    if head.startswith(MARKS[1:]):
        return head[: len(head) // 2 * 2].decode("utf-16", "replace").encode()
    return head.removeprefix(MARKS[0])


def texts(head: bytes) -> Iterator[str]:
    """What a text is: a page, a program, a mail; in any case a text, unless a browser would run it."""
    if head.startswith(b"%PDF-"):
        yield "pdf"
    elif head.startswith(b"{\\rtf"):
        yield "rtf"
    elif page := opened(head):
        yield page
    else:
        if is_mail(head):
            yield "mail"
        yield "text"


def opened(head: bytes) -> str | None:
    """What a text is that a browser or a shell would run, by its first words."""
    marked = head.lstrip().startswith(b"<?xml")
    rest = head
    while found := SKIPPED.match(rest):
        rest = rest[found.end() :]
    return next((name for name, pattern in OPENINGS if pattern.match(rest)), "xml" if marked else None)


def is_mail(head: bytes) -> bool:
    """Whether a file begins with headers, and one of them is of the kind that every mail has."""
    found = MAIL.match(head)
    return found is not None and MAILED.search(found.group(2)) is not None


def signed(head: bytes) -> str | None:
    """What a file is that bears a signature at its beginning."""
    for name, place, mark in SIGNATURES:
        if head[place : place + len(mark)] == mark:
            return name
    if head[:4] == b"RIFF":
        return RIFF.get(head[8:12])
    if head[:4] == b"FORM" and head[8:12] in (b"AIFF", b"AIFC"):
        return "aiff"
    if head[:2] == b"BM" and head[6:10] == bytes(4):
        return "bmp"
    if head[4:8] == b"ftyp":
        return branded(head)
    if head[4:8] in QUICKTIME:
        return "iso-media"
    if head[0:1] == b"\xff" and len(head) > 1:
        return {0x02: "mp3", 0x00: "aac"}.get(head[1] & 0x06) if head[1] & 0xE0 == 0xE0 else None
    packet = 4 if head[4:5] == b"G" else 0
    stream = head[packet : packet + 1] == b"G" == head[packet * 2 + 188 : packet * 2 + 189]
    return "transport-stream" if stream else None


def branded(head: bytes) -> str:
    """What an ISO media file is by its brands: a picture of two sorts, or something that is heard or seen moving."""
    end = min(int.from_bytes(head[:4], "big"), len(head))
    brands = {head[8:12], *(head[place : place + 4] for place in range(16, end - 3, 4))}
    return "avif" if brands & AVIF else "heif" if brands & HEIF else "iso-media"


def zipped(file: BinaryIO, head: bytes) -> tuple[str, ...]:
    """What an archive is by what lies in it."""
    try:
        file.seek(0)
        with zipfile.ZipFile(file) as archive:
            names = {each.filename for each in archive.infolist()[:MOST_MEMBERS]}
    except (zipfile.BadZipFile, OSError, ValueError, NotImplementedError, EOFError, RuntimeError):
        return ("zip", *DAMAGED["zip"])
    if any(name.endswith("vbaProject.bin") for name in names):
        return ("macros",)
    if b"mimetype" in head[30:38]:
        for media_type, name in OPEN_DOCUMENTS.items():
            if head[38:].startswith(media_type):
                return (name, "zip")
    found = next((kind for member, kind in MEMBERS.items() if member in names), None)
    return (found, "zip") if found else ("zip",)


def stored(file: BinaryIO) -> tuple[str, ...]:
    """What a compound file of the older office programs is by what is stored in it."""
    try:
        file.seek(0)
        with olefile.OleFileIO(file.read()) as compound:
            if compound.root is not None and compound.root.clsid == INSTALLER:
                return ("program",)
            names = {path[0] for path in compound.listdir(streams=True, storages=True)}
    except Exception:  # a damaged file makes the reader stumble in many ways
        return ("ole", *DAMAGED["ole"])
    found = next((kind for storage, kind in STORAGES.items() if storage in names), None)
    return (found, "ole") if found else ("ole",)
