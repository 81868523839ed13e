"""A sheet is read as it is: its encoding found, its lines counted, what is no sheet named with its place."""

from datetime import date, datetime
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from openpyxl import Workbook

from deploy.importing.sheet import Layout, SheetRow, UnreadableSheet, open_sheet

PLAIN = Layout(headings=False)


def rows(path: Path, layout: Layout = PLAIN) -> list[SheetRow]:
    return list(open_sheet(path, layout).rows())


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16", "gbk", "gb18030"])
def test_the_encoding_is_found(tmp_path: Path, encoding: str) -> None:
    file = tmp_path / "sheet.csv"
    file.write_bytes("外壳生锈,甲公司\n".encode(encoding))
    assert rows(file) == [SheetRow(1, ("外壳生锈", "甲公司"))]


def test_the_encoding_is_taken_from_the_mapping_where_it_is_another(tmp_path: Path) -> None:
    file = tmp_path / "sheet.csv"
    file.write_bytes("外殼生鏽,甲公司\n".encode("big5"))
    assert rows(file, Layout(headings=False, encoding="big5")) == [SheetRow(1, ("外殼生鏽", "甲公司"))]


def test_neither_utf_8_nor_gbk(tmp_path: Path) -> None:
    file = tmp_path / "sheet.csv"
    file.write_bytes(b"caf\xe9,\xff\xff\n")
    with pytest.raises(UnreadableSheet, match="neither UTF-8 nor GBK; name the encoding in the mapping"):
        rows(file)


def test_another_encoding_than_the_mapping_says(tmp_path: Path) -> None:
    file = tmp_path / "sheet.csv"
    file.write_bytes(b"a,b\n" + "外壳".encode("gbk"))
    with pytest.raises(UnreadableSheet, match=r"sheet\.csv:1: 'utf-8' codec can't decode"):
        rows(file, Layout(headings=False, encoding="utf-8"))


def test_lines_are_counted_where_a_row_begins(tmp_path: Path) -> None:
    file = tmp_path / "sheet.csv"
    file.write_text('a,"two\nlines"\n\n ,\nb,c\n', "utf-8")
    assert rows(file) == [SheetRow(1, ("a", "two\nlines")), SheetRow(5, ("b", "c"))]


def test_quotes_are_characters_where_the_sheet_has_none(tmp_path: Path) -> None:
    file = tmp_path / "sheet.tsv"
    file.write_text('1\t"18 INCH WHEEL\n2\tSAID "NO"\n', "utf-8")
    assert rows(file, Layout(headings=False, quotes=False)) == [
        SheetRow(1, ("1", '"18 INCH WHEEL')),
        SheetRow(2, ("2", 'SAID "NO"')),
    ]


def test_a_quote_that_is_never_closed_is_named(tmp_path: Path) -> None:
    file = tmp_path / "sheet.csv"
    file.write_text('a,b\nc,"d\n', "utf-8")
    with pytest.raises(UnreadableSheet, match=r"sheet\.csv:2: unexpected end of data"):
        rows(file)


@pytest.mark.parametrize(
    ("name", "delimiter", "text"),
    [
        ("sheet.csv", None, "a,b"),
        ("sheet.tsv", None, "a\tb"),
        ("sheet.csv", "semicolon", "a;b"),
        ("sheet.txt", "pipe", "a|b"),
    ],
)
def test_the_delimiter(tmp_path: Path, name: str, delimiter: str | None, text: str) -> None:
    (tmp_path / name).write_text(text, "utf-8")
    assert rows(tmp_path / name, Layout(headings=False, delimiter=delimiter)) == [SheetRow(1, ("a", "b"))]


def test_headings_are_no_row(tmp_path: Path) -> None:
    file = tmp_path / "sheet.csv"
    file.write_text("id, name \n1,Wang\n", "utf-8")
    sheet = open_sheet(file, Layout())
    assert (sheet.headings, list(sheet.rows())) == (("id", "name"), [SheetRow(2, ("1", "Wang"))])


def test_a_workbook(tmp_path: Path) -> None:
    book = Workbook()
    book.active.append(["id", "on", "quantity", "price"])
    book.create_sheet("Returns")
    for row in (
        (7, datetime(2026, 11, 3, 9, 30), 3.0, 0.1),  # noqa: DTZ001 (a spreadsheet's moments have no zone)
        (None, None, None, None),
        ("0008", date(2026, 11, 4), 1234567.0, 1e-7),
    ):
        book["Returns"].append(row)
    book.save(tmp_path / "sheet.xlsx")
    assert rows(tmp_path / "sheet.xlsx", Layout(headings=False, tab="Returns")) == [
        SheetRow(1, ("7", date(2026, 11, 3), "3", "0.1")),
        SheetRow(3, ("0008", date(2026, 11, 4), "1234567", "0.0000001")),
    ]
    assert rows(tmp_path / "sheet.xlsx") == [SheetRow(1, ("id", "on", "quantity", "price"))]
    with pytest.raises(UnreadableSheet, match="no worksheet 'Orders', only Sheet, Returns"):
        rows(tmp_path / "sheet.xlsx", Layout(headings=False, tab="Orders"))


def test_what_is_no_workbook(tmp_path: Path) -> None:
    file = tmp_path / "sheet.xlsx"
    file.write_text("id,name\n", "utf-8")
    with pytest.raises(UnreadableSheet, match=r"sheet\.xlsx: not a workbook"):
        rows(file)


cells = st.text(st.characters(exclude_categories=["Cs", "Cc"]), max_size=20).map(str.strip)


@settings(deadline=None)
@given(st.lists(st.lists(cells, min_size=2, max_size=4).filter(any), max_size=10))
def test_what_was_written_is_read(tmp_path_factory: pytest.TempPathFactory, written: list[list[str]]) -> None:
    file = tmp_path_factory.mktemp("written") / "sheet.csv"
    quoted = [",".join('"' + cell.replace('"', '""') + '"' for cell in row) for row in written]
    file.write_text("\n".join(quoted), "utf-8")
    assert [list(row.cells) for row in rows(file)] == written
