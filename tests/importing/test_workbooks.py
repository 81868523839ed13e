"""A cell of a workbook is what it shows; an error, a formula without a result, a covered cell are told as that."""

import zipfile
from collections.abc import Iterator
from datetime import date, datetime, time
from decimal import Decimal
from pathlib import Path

import pytest
import xlwt
from openpyxl import Workbook
from openpyxl.cell.cell import Cell as OpenpyxlCell

from deploy.importing.cells import Cell, DateCell, Figure, Spoilt
from deploy.importing.layout import Layout, SheetRow, UnreadableSheet
from deploy.importing.sheet import open_sheet
from tests.importing.writing import ods, ods_number, ods_text, xlsb

PLAIN = Layout(headings=False)


def rows(path: Path, tab: str | None = None) -> list[SheetRow]:
    return list(open_sheet(path, Layout(headings=False, tab=tab)).rows())


def cells(path: Path) -> list[Cell]:
    """The cells of a worksheet of one row."""
    (row,) = rows(path)
    return list(row.cells)


def xlsx(path: Path, *values: object, codes: dict[int, str] | None = None) -> Path:
    """A workbook of one row; ``codes`` are the number formats of its columns, from 1."""
    book = Workbook()
    sheet = book.active
    assert sheet is not None
    sheet.append(values)
    for column, code in (codes or {}).items():
        cell = sheet.cell(1, column)
        assert isinstance(cell, OpenpyxlCell)
        cell.number_format = code
    book.save(path)
    return path


def patched(path: Path, part: str, old: str, new: str) -> Path:
    """A workbook with a text in one of its parts put in the place of another."""
    with zipfile.ZipFile(path) as archive:
        parts = {name: archive.read(name) for name in archive.namelist()}
    assert old.encode() in parts[part]
    parts[part] = parts[part].replace(old.encode(), new.encode())
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in parts.items():
            archive.writestr(name, content)
    return path


def test_the_cells_of_xlsx(tmp_path: Path) -> None:
    moment = datetime(2026, 11, 3, 9, 30)  # noqa: DTZ001 (a spreadsheet's moments have no zone)
    file = xlsx(
        tmp_path / "sheet.xlsx",
        *(42, 7, 0.1, "0008", True, date(2026, 11, 4), moment, time(8, 30), None, "abc"),
        codes={1: "000000", 2: '"P-"0000', 10: '"P-"@'},
    )
    assert cells(file) == [
        Figure(Decimal(42), "000042"),
        Figure(Decimal(7), "P-0007"),
        Figure(Decimal("0.1"), "0.1"),
        "0008",
        True,
        DateCell("2026-11-04", date(2026, 11, 4)),
        DateCell("2026-11-03 09:30:00", date(2026, 11, 3)),
        DateCell("08:30:00"),
        "",
        "P-abc",
    ]


def test_the_cells_of_xlsb(tmp_path: Path) -> None:
    file = xlsb(tmp_path / "sheet.xlsb", [("外壳", 42.0, 7.0, 0.1, b"\x2a")], {1: "000000", 2: '"P-"0000'})
    assert cells(file) == [
        "外壳",
        Figure(Decimal(42), "000042"),
        Figure(Decimal(7), "P-0007"),
        Figure(Decimal("0.1"), "0.1"),
        Spoilt("#N/A", "import.error"),
    ]


def test_the_cells_of_xls(tmp_path: Path) -> None:
    book = xlwt.Workbook()
    sheet = book.add_sheet("Sheet1")
    sheet.write(0, 0, "外壳")
    sheet.write(0, 1, 42, xlwt.easyxf(num_format_str="000000"))
    sheet.write(0, 2, 7, xlwt.easyxf(num_format_str='"P-"0000'))
    sheet.write(0, 3, True)
    sheet.write(0, 4, date(2026, 11, 3), xlwt.easyxf(num_format_str="yyyy-mm-dd"))
    sheet.row(0).set_cell_error(5, 0x17)
    sheet.write(0, 6, xlwt.Formula("1+1"))
    book.save(str(tmp_path / "sheet.xls"))
    assert cells(tmp_path / "sheet.xls") == [
        "外壳",
        Figure(Decimal(42), "000042"),
        Figure(Decimal(7), "P-0007"),
        True,
        DateCell("2026-11-03", date(2026, 11, 3)),
        Spoilt("#REF!", "import.error"),
        Spoilt("", "import.unresolved"),
    ]


def test_the_cells_of_ods(tmp_path: Path) -> None:
    error = '<table:table-cell office:value-type="string" calcext:value-type="error"><text:p>#N/A</text:p>'
    day = '<table:table-cell office:value-type="date" office:date-value="2026-11-03"><text:p>3.11.26</text:p>'
    file = ods(
        tmp_path / "sheet.ods",
        ods_text("外壳")
        + ods_number("42", "000042")
        + ods_number("7", "P-0007")
        + ods_number("1234.5", "1.234,50")
        + ods_number("12.345", "12,35")
        + ods_number("0.125", "12.5 %", "percentage")
        + ods_number("3", "3.0")
        + f"{error}</table:table-cell>{day}</table:table-cell>"
        + '<table:table-cell table:number-columns-repeated="2"/><table:table-cell table:formula="of:=1+1"/>',
    )
    assert cells(file) == [
        "外壳",
        Figure(Decimal(42), "000042"),
        Figure(Decimal(7), "P-0007"),
        Figure(Decimal("1234.5"), "1.234,50"),
        Figure(Decimal("12.345"), "12,35", "import.rounded"),
        Figure(Decimal("0.125"), "12.5 %", "import.percent"),
        Figure(Decimal(3), "3"),
        Spoilt("#N/A", "import.error"),
        DateCell("2026-11-03", date(2026, 11, 3)),
        "",
        "",
        Spoilt("", "import.unresolved"),
    ]


def test_rows_of_ods_that_are_repeated(tmp_path: Path) -> None:
    file = ods(tmp_path / "sheet.ods", ods_text("a"), "<table:table-cell/>", ods_text("b"))
    once = "<table:table-row><table:table-cell/>"
    patched(file, "content.xml", once, once.replace("row>", 'row table:number-rows-repeated="5">', 1))
    assert rows(file) == [SheetRow(1, ("a",)), SheetRow(7, ("b",))]


@pytest.mark.parametrize("error", ["#N/A", "#REF!", "#DIV/0!", "#VALUE!", "#NAME?"])
def test_errors_are_told(tmp_path: Path, error: str) -> None:
    assert cells(xlsx(tmp_path / "sheet.xlsx", "a", error)) == ["a", Spoilt(error, "import.error")]


@pytest.mark.parametrize(
    ("stored", "cell"),
    [
        ("<v></v>", Spoilt("", "import.unresolved")),
        ("", Spoilt("", "import.unresolved")),
        ("<v>0</v>", Spoilt("", "import.unresolved")),
        ("<v>2</v>", Figure(Decimal(2), "2")),
    ],
)
def test_a_formula_needs_a_result_that_was_computed(tmp_path: Path, stored: str, cell: Cell) -> None:
    file = xlsx(tmp_path / "sheet.xlsx", "a", "=1+1")
    patched(file, "xl/worksheets/sheet1.xml", "<v></v>" if "<v></v>" in part(file) else "<v />", stored)
    assert cells(file) == ["a", cell]


def test_a_result_of_zero_counts_where_nothing_is_to_be_computed_later(tmp_path: Path) -> None:
    file = xlsx(tmp_path / "sheet.xlsx", "a", "=1-1")
    patched(file, "xl/worksheets/sheet1.xml", "<v></v>" if "<v></v>" in part(file) else "<v />", "<v>0</v>")
    patched(file, "xl/workbook.xml", 'fullCalcOnLoad="1"', "")
    assert cells(file) == ["a", Figure(Decimal(0), "0")]


def part(file: Path) -> str:
    """The worksheet of a workbook as it is written."""
    with zipfile.ZipFile(file) as archive:
        return archive.read("xl/worksheets/sheet1.xml").decode()


def test_a_wrong_dimension_loses_no_row(tmp_path: Path) -> None:
    book = Workbook()
    for number in range(5):
        book.active.append((str(number), "a"))
    book.save(tmp_path / "sheet.xlsx")
    patched(tmp_path / "sheet.xlsx", "xl/worksheets/sheet1.xml", 'ref="A1:B5"', 'ref="A1:A2"')
    assert rows(tmp_path / "sheet.xlsx") == [SheetRow(number + 1, (str(number), "a")) for number in range(5)]


def test_cells_without_references(tmp_path: Path) -> None:
    file = xlsx(tmp_path / "sheet.xlsx", 42, 7, codes={1: "000000"})
    for reference in (' r="A1"', ' r="B1"', ' r="1"'):
        patched(file, "xl/worksheets/sheet1.xml", reference, "")
    assert cells(file) == [Figure(Decimal(42), "000042"), Figure(Decimal(7), "7")]


def merged(path: Path) -> Iterator[Path]:
    """The same merged cells in each kind of file."""
    book = Workbook()
    for values in (("a", "x", "1"), (None, None, "2")):
        book.active.append(values)
    book.active.merge_cells("A1:A2")
    book.active.merge_cells("B1:B2")
    book.save(path / "sheet.xlsx")
    yield path / "sheet.xlsx"
    old = xlwt.Workbook()
    sheet = old.add_sheet("Sheet1")
    sheet.write_merge(0, 1, 0, 0, "a")
    sheet.write_merge(0, 1, 1, 1, "x")
    sheet.write(0, 2, "1")
    sheet.write(1, 2, "2")
    old.save(str(path / "sheet.xls"))
    yield path / "sheet.xls"
    spanning = ods_text("a").replace("<table:table-cell", '<table:table-cell table:number-rows-spanned="2"')
    covered = "<table:covered-table-cell/>" * 2
    rows = (spanning + spanning.replace(">a<", ">x<") + ods_text("1"), covered + ods_text("2"))
    yield ods(path / "sheet.ods", *rows)


def test_what_a_merged_cell_covers_is_not_empty(tmp_path: Path) -> None:
    for file in merged(tmp_path):
        covered = [Spoilt("", "import.merged", {"range": f"{column}1:{column}2"}) for column in "AB"]
        assert rows(file) == [SheetRow(1, ("a", "x", "1")), SheetRow(2, (*covered, "2"))], file.suffix


def test_a_row_that_is_only_covered_is_blank(tmp_path: Path) -> None:
    book = Workbook()
    book.active["A1"] = "Title"
    book.active.merge_cells("A1:C3")
    book.active["A4"] = "x"
    book.save(tmp_path / "sheet.xlsx")
    assert [row.line for row in rows(tmp_path / "sheet.xlsx")] == [1, 4]


def tabs(path: Path, *shown: tuple[str, str, bool]) -> Path:
    """A workbook with these worksheets: name, what stands in it, whether it is hidden."""
    book = Workbook()
    book.remove(book.worksheets[0])
    for name, value, is_hidden in shown:
        sheet = book.create_sheet(name)
        sheet["A1"] = value or None
        sheet.sheet_state = "hidden" if is_hidden else "visible"
    book.save(path)
    return path


@pytest.mark.parametrize(
    ("shown", "tab", "found"),
    [
        ([("Lists", "no", True), ("Returns", "yes", False)], None, "yes"),
        ([("Returns", "yes", False), ("Sheet2", "", False), ("Sheet3", "", False)], None, "yes"),
        ([("A", "no", False), ("B", "yes", False)], "B", "yes"),
        ([("A", "no", False), ("B", "yes", True)], "B", "yes"),
    ],
)
def test_the_worksheet(tmp_path: Path, shown: list[tuple[str, str, bool]], tab: str | None, found: str) -> None:
    assert rows(tabs(tmp_path / "sheet.xlsx", *shown), tab) == [SheetRow(1, (found,))]


@pytest.mark.parametrize(
    ("shown", "tab", "said"),
    [
        (
            [("A", "x", False), ("B", "y", False)],
            None,
            "there are several worksheets (A, B); name one in the mapping (format: {tab: …})",
        ),
        ([("A", "x", False), ("B", "y", False)], "C", "no worksheet C, only A, B"),
        ([("A", "", False), ("B", "", False)], None, "the sheet is empty, its headings are missing"),
        (
            [("A", "", False), ("B", "y", True)],
            None,
            "every worksheet is hidden (B); name one in the mapping (format: {tab: …})",
        ),
    ],
)
def test_no_worksheet(tmp_path: Path, shown: list[tuple[str, str, bool]], tab: str | None, said: str) -> None:
    file = tabs(tmp_path / "sheet.xlsx", *shown)
    with pytest.raises(UnreadableSheet) as refused:
        rows(file, tab)
    assert str(refused.value) == f"{file}: {said}"


def test_a_title_above_the_headings_of_a_workbook(tmp_path: Path) -> None:
    book = Workbook()
    for values in (("Complaints",), (), ("id", "name"), (1, "Wang")):
        book.active.append(values)
    book.active.merge_cells("A1:B1")
    book.save(tmp_path / "sheet.xlsx")
    sheet = open_sheet(tmp_path / "sheet.xlsx", Layout(), ("name", "id"))
    assert (sheet.headings, sheet.title, sheet.place) == (
        ("id", "name"),
        ("Complaints",),
        f"{tmp_path / 'sheet.xlsx'} [Sheet]",
    )
    assert list(sheet.rows()) == [SheetRow(4, (Figure(Decimal(1), "1"), "Wang"))]


def test_a_workbook_that_unpacks_to_far_too_much(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("deploy.importing.workbooks.reading.MOST_BYTES", 3 << 20)
    file = xlsx(tmp_path / "sheet.xlsx", "a")
    with zipfile.ZipFile(file, "a", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("xl/more.xml", bytes(4 << 20))
    with pytest.raises(UnreadableSheet, match="the workbook unpacks to more than 3 MB"):
        rows(file)


def test_a_worksheet_that_goes_too_far(tmp_path: Path) -> None:
    book = Workbook()
    book.active["A1"] = "x"
    book.active["XFD1048576"] = "far away"
    book.save(tmp_path / "sheet.xlsx")
    with pytest.raises(UnreadableSheet, match=r"the worksheet is larger than 200,000 rows or 2,000 columns"):
        rows(tmp_path / "sheet.xlsx")


def test_an_encrypted_workbook(tmp_path: Path) -> None:
    file = tmp_path / "sheet.xlsx"
    file.write_bytes(b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(512) + "EncryptedPackage".encode("utf-16-le"))
    with pytest.raises(UnreadableSheet, match="protected by a password"):
        rows(file)


@pytest.mark.parametrize("name", ["xl/styles.xml", "xl/worksheets/sheet1.xml", "xl/workbook.xml"])
def test_a_damaged_workbook(tmp_path: Path, name: str) -> None:
    file = patched(xlsx(tmp_path / "sheet.xlsx", "a"), name, ">", "")
    with pytest.raises(UnreadableSheet, match=r"sheet\.xlsx: the workbook is damaged"):
        rows(file)
