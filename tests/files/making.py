"""Real small files of every kind, as phones, mail programs and offices make them, and things that look like them."""

import io
import struct
import tarfile
import zipfile
from pathlib import Path

from PIL import Image
from pillow_heif import register_heif_opener

SAMPLES = Path(__file__).with_name("samples")
PHONE_HEIC = (SAMPLES / "phone.heic").read_bytes()
PHONE_MOV = (SAMPLES / "phone.mov").read_bytes()
MAIL = (
    b"Received: from mail.example.com by mx.example.com;\r\n\tTue, 3 Nov 2026 10:00:00 +0800\r\n"
    b"From: =?utf-8?b?5p6X?= <lin@example.com>\r\nSubject: cracks\r\n\r\nSee the picture.\r\n"
)
SVG = b'<?xml version="1.0"?><!-- a --><svg xmlns="http://www.w3.org/2000/svg" onload="alert(1)"/>'
PAGE = b"\xef\xbb\xbf <!-- x -->\n<!doctype html><script>alert(1)</script>"
PROGRAM = b"MZ\x90\0" + bytes(200)
INSTALLER = bytes.fromhex("84100c0000000000c000000000000046")

register_heif_opener()


def picture(form: str, size: tuple[int, int] = (64, 48), colour: object = (200, 30, 40), **how: object) -> bytes:
    """A picture of one colour in a format that Pillow writes."""
    file = io.BytesIO()
    Image.new("RGB", size, colour).save(file, form, **how)  # type: ignore[arg-type]
    return file.getvalue()


def iso_media(major: str, *others: str) -> bytes:
    """The beginning of a movie, a sound or a picture with these brands."""
    brands = "".join((major, "\0\0\0\0", *others)).encode()
    return struct.pack(">I", 8 + len(brands)) + b"ftyp" + brands + struct.pack(">I", 200) + b"mdat" + bytes(192)


def archive(**members: bytes | str) -> bytes:
    """A ZIP; ``word__document_xml`` is ``word/document.xml``."""
    file = io.BytesIO()
    with zipfile.ZipFile(file, "w") as made:
        for name, content in members.items():
            made.writestr(name.replace("__", "/").replace("_", "."), content)
    return file.getvalue()


def open_document(kind: str) -> bytes:
    """A document of LibreOffice."""
    file = io.BytesIO()
    with zipfile.ZipFile(file, "w") as made:
        made.writestr("mimetype", f"application/vnd.oasis.opendocument.{kind}")
        made.writestr("content.xml", "<x/>", zipfile.ZIP_DEFLATED)
    return file.getvalue()


def compound(*streams: str, clsid: bytes = bytes(16)) -> bytes:
    """A compound file of an older office program (MS-CFB) with these streams, all empty but for their names."""
    sector, free, end = 512, 0xFFFFFFFF, 0xFFFFFFFE

    def entry(name: str, kind: int, right: int, child: int, own: bytes = bytes(16)) -> bytes:
        text = (name + "\0").encode("utf-16-le")
        links = struct.pack("<III", free, right, child)
        return (
            text.ljust(64, b"\0")
            + struct.pack("<HBB", len(text), kind, 1)
            + links
            + own
            + bytes(20)
            + struct.pack("<IQ", end, 0)
        )

    places = range(1, len(streams) + 1)
    rights = [place + 1 if place < len(streams) else free for place in places]
    entries = [entry("Root Entry", 5, free, 1 if streams else free, clsid)]
    entries += [entry(name, 2, right, free) for name, right in zip(streams, rights, strict=True)]
    blank = bytes(64) + struct.pack("<HBB", 0, 0, 0) + struct.pack("<III", free, free, free) + bytes(36) + bytes(12)
    entries += [blank] * (-len(entries) % 4)
    directory = b"".join(entries)
    sectors = len(directory) // sector
    fat = [0xFFFFFFFD, *range(2, sectors + 1), end]
    header = bytes.fromhex("d0cf11e0a1b11ae1") + bytes(16)
    header += struct.pack("<HHHHH", 0x3E, 3, 0xFFFE, 9, 6) + bytes(6)
    header += struct.pack("<IIIIIIIII", 0, 1, 1, 0, 4096, end, 0, end, 0)
    header += struct.pack("<I", 0) + struct.pack("<I", free) * 108
    return header + struct.pack("<128I", *fat, *[free] * (128 - len(fat))) + directory


def tape() -> bytes:
    """A tar with one file."""
    file = io.BytesIO()
    with tarfile.open(fileobj=file, mode="w") as made:
        made.addfile(tarfile.TarInfo("a.txt"))
    return file.getvalue()


TYPES = '<Types xmlns="x"/>'
GOOD = {
    "photo.jpg": ("image/jpeg", picture("JPEG")),
    "photo.JPEG": ("image/jpeg", picture("JPEG")),
    "photo.png": ("image/png", picture("PNG")),
    "photo.gif": ("image/gif", picture("GIF")),
    "photo.webp": ("image/webp", picture("WEBP")),
    "photo.tif": ("image/tiff", picture("TIFF")),
    "photo.bmp": ("image/bmp", picture("BMP")),
    "photo.avif": ("image/avif", picture("AVIF")),
    "IMG_0001.HEIC": ("image/heic", PHONE_HEIC),
    "photo.heif": ("image/heif", picture("HEIF")),
    "burst.heic": ("image/heic", iso_media("msf1", "msf1", "hevc")),
    "samsung.heic": ("image/heic", iso_media("mif1", "mif1", "heic")),
    "ten bits.heic": ("image/heic", iso_media("heix", "mif1", "heix")),
    "layers.heic": ("image/heic", iso_media("hevs", "hevs")),
    "other.heic": ("image/heic", iso_media("miaf", "MiHB")),
    "IMG_0001.MOV": ("video/quicktime", PHONE_MOV),
    "old.mov": ("video/quicktime", struct.pack(">I", 100) + b"moov" + bytes(92)),
    "film.mp4": ("video/mp4", iso_media("isom", "isom", "iso2", "avc1", "mp41")),
    "film.m4v": ("video/mp4", iso_media("M4V ", "M4V ", "mp42")),
    "film.3gp": ("video/3gpp", iso_media("3gp4", "isom")),
    "film.avi": ("video/x-msvideo", b"RIFF\x10\0\0\0AVI LIST" + bytes(40)),
    "film.mkv": ("video/x-matroska", b"\x1aE\xdf\xa3" + bytes(40)),
    "film.wmv": ("video/x-ms-wmv", bytes.fromhex("3026b2758e66cf11") + bytes(40)),
    "note.m4a": ("audio/mp4", iso_media("M4A ", "M4A ", "mp42")),
    "note.mp3": ("audio/mpeg", b"ID3\3\0\0\0\0\0\x0f" + bytes(40)),
    "bare.mp3": ("audio/mpeg", b"\xff\xfb\x90\x64" + bytes(400)),
    "note.aac": ("audio/aac", b"\xff\xf1\x50\x80" + bytes(40)),
    "note.wav": ("audio/wav", b"RIFF\x24\0\0\0WAVEfmt " + bytes(40)),
    "note.amr": ("audio/amr", b"#!AMR\n" + bytes(40)),
    "note.ogg": ("audio/ogg", b"OggS" + bytes(40)),
    "mail.eml": ("message/rfc822", MAIL),
    "eight bits.eml": ("message/rfc822", MAIL + bytes(range(256))),
    "mail.msg": ("application/vnd.ms-outlook", compound("__nameid_version1.0", "__properties_version1.0")),
    "report.pdf": ("application/pdf", b"%PDF-1.7\n%\xe2\xe3\xcf\xd3\n" + bytes(20)),
    "report.docx": (
        "application/vnd.openxmlformats-officedocument.wordprocessingml.document",
        archive(**{"[Content_Types]_xml": TYPES, "word__document_xml": "<x/>"}),
    ),
    "report.doc": ("application/msword", compound("WordDocument", "1Table")),
    "report.rtf": ("application/rtf", rb"{\rtf1\ansi x}"),
    "report.odt": ("application/vnd.oasis.opendocument.text", open_document("text")),
    "list.xlsx": (
        "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
        archive(**{"[Content_Types]_xml": TYPES, "xl__workbook_xml": "<x/>"}),
    ),
    "list.xls": ("application/vnd.ms-excel", compound("Workbook")),
    "list.ods": ("application/vnd.oasis.opendocument.spreadsheet", open_document("spreadsheet")),
    "list.csv": ("text/csv", "订单,数量\r\nSO-1,5\r\n".encode("gb18030")),
    "8D.pptx": (
        "application/vnd.openxmlformats-officedocument.presentationml.presentation",
        archive(**{"[Content_Types]_xml": TYPES, "ppt__presentation_xml": "<x/>"}),
    ),
    "8D.ppt": ("application/vnd.ms-powerpoint", compound("PowerPoint Document")),
    "8D.odp": ("application/vnd.oasis.opendocument.presentation", open_document("presentation")),
    "log.txt": ("text/plain", "裂紋\n".encode("big5")),
    "BMW.txt": ("text/plain", b"BMW and MZ: no picture, no program"),
    "excel.txt": ("text/plain", "a\t裂纹\n".encode("utf-16")),
    "all.zip": ("application/zip", archive(a_txt="x")),
    "all.7z": ("application/x-7z-compressed", b"7z\xbc\xaf\x27\x1c" + bytes(40)),
    "all.rar": ("application/vnd.rar", b"Rar!\x1a\7\1\0" + bytes(40)),
    "all.tar": ("application/x-tar", tape()),
}
"""Files that are accepted unless something else is said: name, media type, content."""

BAD = {
    "setup.exe": ("file-type", ".exe", PROGRAM),
    "photo.jpg": ("file-type", ".exe", PROGRAM),
    "report.pdf": ("file-type", ".exe", b"\x7fELF" + bytes(60)),
    "report.doc": ("file-type", ".exe", compound("Property", clsid=INSTALLER)),
    "invoice.pdf.exe": ("file-type", ".exe", PROGRAM),
    "page.html": ("file-type", ".html", PAGE),
    "page.txt": ("file-type", ".html", PAGE),
    "table.xls": ("file-type", ".html", b"<html><table><tr><td>1</td></tr></table></html>"),
    "drawing.svg": ("file-type", ".svg", SVG),
    "drawing.png": ("file-type", ".svg", SVG),
    "data.xml": ("file-type", ".xml", b"<?xml version='1.0'?><a/>"),
    "run.sh": ("file-type", ".sh", b"#!/bin/sh\nrm -rf /\n"),
    "run.txt": ("file-type", ".sh", b"#!/bin/sh\nrm -rf /\n"),
    "run.js": ("file-type", ".js", b"alert(1)"),
    "run.BAT": ("file-type", ".bat", b"del *.*"),
    "app.apk": ("file-type", ".apk", archive(classes_dex="x")),
    "macros.docm": ("file-type", ".docm", archive(word__document_xml="<x/>", word__vbaProject_bin="x")),
    "macros.docx": ("file-type", ".docm", archive(word__document_xml="<x/>", word__vbaProject_bin="x")),
    "link.lnk": ("file-type", ".lnk", b"L\0\0\0\1\x14\2\0" + bytes(60)),
    "part.dwg": ("file-type", ".dwg", b"AC1032" + bytes(60)),
    "notes.xyz": ("file-type", ".xyz", b"text"),
    "crack.jpg": ("file-ending", ".png", picture("PNG")),
    "chat.jpg": ("file-ending", ".heic", PHONE_HEIC),
    "plan.docx": ("file-ending", ".xlsx", GOOD["list.xlsx"][1]),
    "plan.doc": ("file-ending", ".xls", compound("Workbook")),
    "plain.docx": ("file-ending", ".zip", archive(a_txt="x")),
    "crack.foo": ("file-ending", ".jpg", picture("JPEG")),
    "page.pdf": ("file-ending", ".txt", b"no document"),
    "crack": ("file-nameless", ".jpg", picture("JPEG")),
    "README": ("file-nameless", ".txt", b"text"),
    ".png": ("file-nameless", ".png", picture("PNG")),
    "something": ("file-unknown", ".", b"\0\1\2\3"),
    "broken.jpg": ("file-content", ".jpg", b"\0\1\2\3"),
    "binary.txt": ("file-content", ".txt", b"a\0b"),
    "no mail.eml": ("file-ending", ".txt", b"Dear all,\n"),
}
"""Files that are refused: name, why, the kind that is told, content."""
