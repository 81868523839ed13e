"""A sheet is read as it is: its encoding found, its lines counted, what is no sheet named with its place."""

from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from deploy.importing.cells import Cell, Spoilt, shown
from deploy.importing.layout import Layout, SheetRow, UnreadableSheet
from deploy.importing.sheet import open_sheet

PLAIN = Layout(headings=False)


def rows(path: Path, layout: Layout = PLAIN) -> list[SheetRow]:
    return list(open_sheet(path, layout).rows())


def test_the_encoding_is_taken_from_the_mapping(tmp_path: Path) -> None:
    file = tmp_path / "sheet.csv"
    file.write_bytes("外殼生鏽,甲公司\n".encode("big5"))
    assert rows(file, Layout(headings=False, encoding="big5")) == [SheetRow(1, ("外殼生鏽", "甲公司"))]


def test_another_encoding_than_the_mapping_says(tmp_path: Path) -> None:
    file = tmp_path / "sheet.csv"
    file.write_bytes(b"a,b\n" + "外壳".encode("gbk"))
    with pytest.raises(UnreadableSheet, match=r"sheet\.csv: line 2 cannot be read in the encoding utf-8"):
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
    with pytest.raises(UnreadableSheet, match=r"sheet\.csv:2: the text is broken here: unexpected end of data"):
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


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("sep=;\na;b\n", SheetRow(2, ("a", "b"))),
        ("SEP=|\r\na|b\r\n", SheetRow(2, ("a", "b"))),
        ('"sep=;"\na,b\n', SheetRow(1, ("sep=;",))),
        ("separate\n", SheetRow(1, ("separate",))),
    ],
)
def test_a_first_line_may_name_the_delimiter(tmp_path: Path, text: str, found: SheetRow) -> None:
    (tmp_path / "sheet.csv").write_text(text, "utf-8")
    assert rows(tmp_path / "sheet.csv")[0] == found


def test_a_first_line_that_names_another_delimiter_than_the_mapping(tmp_path: Path) -> None:
    (tmp_path / "sheet.csv").write_text("sep=;\na,b\n", "utf-8")
    with pytest.raises(UnreadableSheet, match="the first line says that ; separates the cells, the mapping ,"):
        rows(tmp_path / "sheet.csv", Layout(headings=False, delimiter="comma"))


@pytest.mark.parametrize(
    ("text", "cell"),
    [
        ('"=""00042"""', "00042"),
        ("  a  ", "a"),
        ("#N/A", Spoilt("#N/A", "import.error")),
        ("#REF!", Spoilt("#REF!", "import.error")),
        ("#BEZUG!", Spoilt("#BEZUG!", "import.error")),
        ("########", Spoilt("########", "import.error")),
        ("Err:502", Spoilt("Err:502", "import.error")),
        ("caf\ufffd", Spoilt("caf\ufffd", "import.lost-letters")),
        ("#1 of 2", "#1 of 2"),
        ("= 5 missing", "= 5 missing"),
    ],
)
def test_what_stands_in_a_cell_of_text(tmp_path: Path, text: str, cell: Cell) -> None:
    (tmp_path / "sheet.csv").write_text(f"1,{text}\n", "utf-8")
    assert rows(tmp_path / "sheet.csv") == [SheetRow(1, ("1", cell))]


def test_lines_above_the_headings_are_told_and_are_no_rows(tmp_path: Path) -> None:
    file = tmp_path / "sheet.csv"
    file.write_text("Complaints of November\n\n,printed 2026-11-30\nid,name,qty\n1,Wang,3\n", "utf-8")
    sheet = open_sheet(file, Layout(), ("id", "name"))
    assert (sheet.headings, sheet.title) == (("id", "name", "qty"), ("Complaints of November", "printed 2026-11-30"))
    assert list(sheet.rows()) == [SheetRow(5, ("1", "Wang", "3"))]


def test_a_full_line_above_the_headings_is_no_title(tmp_path: Path) -> None:
    (tmp_path / "sheet.csv").write_text("1,Wang\nid,name\n2,Li\n", "utf-8")
    with pytest.raises(UnreadableSheet) as refused:
        open_sheet(tmp_path / "sheet.csv", Layout(), ("id", "name"))
    assert str(refused.value).endswith(
        "sheet.csv:1: the headings of the mapping stand in line 2, below a line that is no title: 1, Wang"
    )


@pytest.mark.parametrize(
    ("name", "content", "said"),
    [
        ("sheet.xlsx", b"id,name\n", "the ending says .xlsx, and it is a .csv file"),
        ("sheet.xls", b"<html><table><tr><td>id", "the ending says .xls, and it is a .html file"),
        ("sheet.xls", b"<?xml version='1.0'?><Workbook>", "the ending says .xls, and it is a .xml file"),
        ("sheet.csv", b"%PDF-1.7", "the ending says .csv, and it is a .pdf file"),
        ("sheet.csv", b"\x1f\x8b\x08", "the ending says .csv, and it is a .gz file"),
        ("photo", b"\xff\xd8\xff\xe0", "a .jpg file is no sheet; export it as .xlsx or .csv"),
        ("sheet.xlsx", b"PK\x03\x04 and no archive", "the workbook is damaged"),
        ("sheet.xls", b"", "the sheet is empty, its headings are missing"),
    ],
)
def test_a_file_that_is_not_what_it_says(tmp_path: Path, name: str, content: bytes, said: str) -> None:
    (tmp_path / name).write_bytes(content)
    with pytest.raises(UnreadableSheet) as refused:
        rows(tmp_path / name)
    assert str(refused.value).startswith(f"{tmp_path / name}: {said}")


cells = st.text(st.characters(exclude_categories=["Cs", "Cc"]), max_size=20).map(str.strip)


@settings(deadline=None)
@given(st.lists(st.lists(cells, min_size=2, max_size=4).filter(any), max_size=10))
def test_what_was_written_is_read(tmp_path_factory: pytest.TempPathFactory, written: list[list[str]]) -> None:
    file = tmp_path_factory.mktemp("written") / "sheet.csv"
    quoted = [",".join('"' + cell.replace('"', '""') + '"' for cell in row) for row in written]
    file.write_text("\n".join(quoted), "utf-8")
    assert [list(map(shown, row.cells)) for row in rows(file, Layout(False, encoding="utf-8"))] == written
