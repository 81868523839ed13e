"""Writes small workbooks of the kinds for which no library writes what a test needs: .ods and .xlsb."""

from collections.abc import Mapping, Sequence
from pathlib import Path
from struct import pack
from zipfile import ZipFile

NAMES = (
    'xmlns:office="urn:oasis:names:tc:opendocument:xmlns:office:1.0" '
    'xmlns:table="urn:oasis:names:tc:opendocument:xmlns:table:1.0" '
    'xmlns:text="urn:oasis:names:tc:opendocument:xmlns:text:1.0" '
    'xmlns:calcext="urn:org:documentfoundation:names:experimental:calc:xmlns:calcext:1.0"'
)


def ods_text(text: str) -> str:
    """A cell of text."""
    return f'<table:table-cell office:value-type="string"><text:p>{text}</text:p></table:table-cell>'


def ods_number(value: str, shown: str, kind: str = "float") -> str:
    """A cell of a number, as it is shown."""
    about = f'office:value-type="{kind}" office:value="{value}"'
    return f"<table:table-cell {about}><text:p>{shown}</text:p></table:table-cell>"


def ods(path: Path, *rows: str) -> Path:
    """A workbook of one worksheet with these rows of cells."""
    table = "".join(f"<table:table-row>{row}</table:table-row>" for row in rows)
    content = (
        f'<?xml version="1.0" encoding="UTF-8"?><office:document-content {NAMES}><office:body><office:spreadsheet>'
        f'<table:table table:name="Blatt">{table}</table:table></office:spreadsheet></office:body>'
        "</office:document-content>"
    )
    manifest = (
        '<?xml version="1.0"?><manifest:manifest xmlns:manifest="urn:oasis:names:tc:opendocument:xmlns:manifest:1.0">'
        '<manifest:file-entry manifest:full-path="/" '
        'manifest:media-type="application/vnd.oasis.opendocument.spreadsheet"/></manifest:manifest>'
    )
    with ZipFile(path, "w") as archive:
        archive.writestr("mimetype", "application/vnd.oasis.opendocument.spreadsheet")
        archive.writestr("content.xml", content)
        archive.writestr("META-INF/manifest.xml", manifest)
    return path


def record(number: int, content: bytes = b"") -> bytes:
    """One record of .xlsb."""
    head = bytes([number]) if number < 128 else bytes([number & 0x7F | 0x80, number >> 7])
    return head + variable(len(content)) + content


def variable(value: int) -> bytes:
    """A length in seven bits a byte."""
    told = b""
    while value > 0x7F:
        told += bytes([value & 0x7F | 0x80])
        value >>= 7
    return told + bytes([value])


def wide(text: str) -> bytes:
    """A text with its length."""
    return pack("<I", len(text)) + text.encode("utf-16-le")


Cell = str | float | bytes
"""A text, a number in the style of its column, or the number of an error in a byte."""


def xlsb_styles(codes: Sequence[str]) -> bytes:
    """The part with the number formats: the first style is without one."""
    told = record(278) + record(615, pack("<I", len(codes)))
    told += b"".join(record(44, pack("<H", 164 + at) + wide(code)) for at, code in enumerate(codes)) + record(616)
    told += record(617, pack("<I", len(codes) + 1)) + record(47, pack("<HH12x", 0xFFFF, 0))
    told += b"".join(record(47, pack("<HH12x", 0, 164 + at)) for at in range(len(codes)))
    return told + record(618) + record(279)


def xlsb(path: Path, rows: Sequence[Sequence[Cell]], codes: Mapping[int, str]) -> Path:
    """A workbook of one worksheet with these rows; ``codes`` are the number formats of columns."""
    style_of = {column: at + 1 for at, column in enumerate(codes)}

    def cell(column: int, value: Cell) -> bytes:
        head = pack("<II", column, style_of.get(column, 0))
        if isinstance(value, str):
            return record(6, head + wide(value))
        return record(3, head + value) if isinstance(value, bytes) else record(5, head + pack("<d", value))

    content = record(129) + record(148, pack("<4I", 0, len(rows) - 1, 0, 9)) + record(145)
    for number, row in enumerate(rows):
        content += record(0, pack("<II9x", number, 0)) + b"".join(cell(at, value) for at, value in enumerate(row))
    content += record(146) + record(130)
    sheet = record(156, pack("<II", 0, 1) + wide("rId1") + wide("Sheet1"))
    book = record(131) + record(153, pack("<II", 0, 0) + wide("")) + record(143) + sheet + record(144) + record(132)
    relation = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
    package = "http://schemas.openxmlformats.org/package/2006"

    def related(kind: str, target: str) -> str:
        one = f'<Relationship Id="rId1" Type="{relation}/{kind}" Target="{target}"/>'
        return f'<Relationships xmlns="{package}/relationships">{one}</Relationships>'

    with ZipFile(path, "w") as archive:
        archive.writestr(
            "[Content_Types].xml",
            f'<Types xmlns="{package}/content-types"><Default Extension="bin" '
            'ContentType="application/vnd.ms-excel.sheet.binary.macroEnabled.main"/></Types>',
        )
        archive.writestr("_rels/.rels", related("officeDocument", "xl/workbook.bin"))
        archive.writestr("xl/_rels/workbook.bin.rels", related("worksheet", "worksheets/sheet1.bin"))
        archive.writestr("xl/workbook.bin", book)
        archive.writestr("xl/styles.bin", xlsb_styles(list(codes.values())))
        archive.writestr("xl/worksheets/sheet1.bin", content)
    return path
