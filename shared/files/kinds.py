"""The kinds of files there are: their endings, their media type, and the content that belongs to them."""

from dataclasses import dataclass
from typing import Literal

Group = Literal[
    "picture", "movie", "sound", "mail", "document", "table", "slides", "text", "archive", "other", "program", "page"
]
"""What people call them. Programs and pages, which can carry scripts, come only where a setting names them."""

USUAL: tuple[Group, ...] = (
    "picture",
    "movie",
    "sound",
    "mail",
    "document",
    "table",
    "slides",
    "text",
    "archive",
)


@dataclass(frozen=True, slots=True)
class FileKind:
    """Files of one sort. ``content`` is what their bytes show (see ``content.py``); empty: anything."""

    endings: tuple[str, ...]
    group: Group
    media_type: str
    content: str

    @property
    def ending(self) -> str:
        """The usual ending."""
        return self.endings[0]


def kind(endings: str, group: Group, media_type: str, content: str) -> FileKind:
    """A row of the table."""
    return FileKind(tuple(endings.split()), group, media_type, content)


WORD = "application/vnd.openxmlformats-officedocument.wordprocessingml.document"
EXCEL = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
POWERPOINT = "application/vnd.openxmlformats-officedocument.presentationml.presentation"
UNKNOWN = "application/octet-stream"

KINDS = (
    kind("jpg jpeg jpe jfif", "picture", "image/jpeg", "jpeg"),
    kind("png", "picture", "image/png", "png"),
    kind("gif", "picture", "image/gif", "gif"),
    kind("webp", "picture", "image/webp", "webp"),
    kind("heic hif heics", "picture", "image/heic", "heif"),
    kind("heif heifs", "picture", "image/heif", "heif"),
    kind("avif", "picture", "image/avif", "avif"),
    kind("tif tiff", "picture", "image/tiff", "tiff"),
    kind("dng", "picture", "image/x-adobe-dng", "tiff"),
    kind("bmp dib", "picture", "image/bmp", "bmp"),
    kind("mp4 m4v", "movie", "video/mp4", "iso-media"),
    kind("mov qt", "movie", "video/quicktime", "iso-media"),
    kind("3gp 3g2", "movie", "video/3gpp", "iso-media"),
    kind("avi", "movie", "video/x-msvideo", "avi"),
    kind("mkv", "movie", "video/x-matroska", "matroska"),
    kind("webm", "movie", "video/webm", "matroska"),
    kind("wmv asf", "movie", "video/x-ms-wmv", "asf"),
    kind("mpg mpeg", "movie", "video/mpeg", "mpeg"),
    kind("mts m2ts", "movie", "video/mp2t", "transport-stream"),
    kind("mp3", "sound", "audio/mpeg", "mp3"),
    kind("m4a m4b", "sound", "audio/mp4", "iso-media"),
    kind("wav", "sound", "audio/wav", "wav"),
    kind("aac", "sound", "audio/aac", "aac"),
    kind("amr", "sound", "audio/amr", "amr"),
    kind("ogg oga opus", "sound", "audio/ogg", "ogg"),
    kind("ogv", "movie", "video/ogg", "ogg"),
    kind("flac", "sound", "audio/flac", "flac"),
    kind("wma", "sound", "audio/x-ms-wma", "asf"),
    kind("aif aiff", "sound", "audio/aiff", "aiff"),
    kind("caf", "sound", "audio/x-caf", "caf"),
    kind("txt log md", "text", "text/plain", "text"),
    kind("eml", "mail", "message/rfc822", "mail"),
    kind("msg", "mail", "application/vnd.ms-outlook", "msg"),
    kind("pdf", "document", "application/pdf", "pdf"),
    kind("docx", "document", WORD, "docx"),
    kind("doc", "document", "application/msword", "doc"),
    kind("rtf", "document", "application/rtf", "rtf"),
    kind("odt", "document", "application/vnd.oasis.opendocument.text", "odt"),
    kind("wps", "document", "application/vnd.ms-works", "ole"),
    kind("ofd", "document", "application/ofd", "ofd"),
    kind("pages", "document", "application/vnd.apple.pages", "iwork"),
    kind("xlsx", "table", EXCEL, "xlsx"),
    kind("xlsb", "table", "application/vnd.ms-excel.sheet.binary.macroenabled.12", "xlsb"),
    kind("xls", "table", "application/vnd.ms-excel", "xls"),
    kind("ods", "table", "application/vnd.oasis.opendocument.spreadsheet", "ods"),
    kind("csv", "table", "text/csv", "text"),
    kind("tsv", "table", "text/tab-separated-values", "text"),
    kind("et", "table", "application/x-et", "ole"),
    kind("numbers", "table", "application/vnd.apple.numbers", "iwork"),
    kind("pptx", "slides", POWERPOINT, "pptx"),
    kind("ppt pps", "slides", "application/vnd.ms-powerpoint", "ppt"),
    kind("odp", "slides", "application/vnd.oasis.opendocument.presentation", "odp"),
    kind("dps", "slides", "application/x-dps", "ole"),
    kind("key", "slides", "application/vnd.apple.keynote", "iwork"),
    kind("zip", "archive", "application/zip", "zip"),
    kind("7z", "archive", "application/x-7z-compressed", "7z"),
    kind("rar", "archive", "application/vnd.rar", "rar"),
    kind("gz tgz", "archive", "application/gzip", "gzip"),
    kind("tar", "archive", "application/x-tar", "tar"),
    kind("html htm xhtml mht mhtml", "page", "text/html", "html"),
    kind("svg svgz", "page", "image/svg+xml", "svg"),
    kind("xml xsl", "page", "application/xml", "xml"),
    kind("exe dll scr com cpl msi sys", "program", UNKNOWN, "program"),
    kind("apk jar", "program", UNKNOWN, "zip"),
    kind("docm xlsm pptm", "program", UNKNOWN, "macros"),
    kind("sh", "program", UNKNOWN, "script"),
    kind("js mjs vbs vbe jse wsf ps1 bat cmd py php pl rb hta reg", "program", UNKNOWN, "text"),
    kind("lnk url", "program", UNKNOWN, "shortcut"),
)
"""Where the same content has several endings, the ending says which kind it is."""

INLINE = frozenset({"image/jpeg", "image/png", "image/gif", "image/webp", "image/avif", "image/bmp"})
"""Media types that every browser draws by itself and that carry no script: only these are shown in a page."""

BY_ENDING = {ending: each for each in KINDS for ending in each.endings}


def kind_of(media_type: str) -> FileKind | None:
    """The kind with a media type, if it is one of the table's own."""
    return next((each for each in KINDS if each.media_type == media_type != UNKNOWN), None)


def group_of(media_type: str) -> Group:
    """What people call files of a media type."""
    found = kind_of(media_type)
    return found.group if found else "other"
