"""The mapping says what a row means; what it cannot read is a fault of that field, and nothing is made up."""

from datetime import date
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest

from deploy.importing.cells import Cell, DateCell, Figure, Spoilt
from deploy.importing.filling import CellOrigin, FieldFault, FilledRow, Filler
from deploy.importing.layout import SheetRow, SourceSheet, UnreadableSheet
from deploy.importing.mapping import SheetMapping, load_mapping
from shared.procedures.language.lines import Unreadable

TODAY = date(2026, 11, 30)


def filler_of(mapping: SheetMapping, *rows: SheetRow, headings: tuple[str, ...] = ()) -> Filler:
    return Filler(mapping, SourceSheet(Path("sheet.csv"), headings, lambda: iter(rows)), TODAY)


def fill(source: dict[str, Any], *cells: Cell, field: str = "field") -> FilledRow:
    """A row without headings, whose first cell is its key, filled into one field."""
    row = SheetRow(3, ("key", *cells))
    return filler_of(SheetMapping(name="m", key=1, fields={field: source}), row).fill(row)


def value(source: dict[str, Any], *cells: Cell, field: str = "field") -> Any:
    filled = fill(source, *cells, field=field)
    assert filled.faults == ()
    return filled.body.get(field)


def reason(source: dict[str, Any], *cells: Cell, field: str = "field") -> str:
    filled = fill(source, *cells, field=field)
    assert [fault.field for fault in filled.faults] == [field]
    return filled.faults[0].sentence.within("en")


DAY = {"column": 2, "date": ["%Y-%m-%d", "%d.%m.%y"]}
WORD = {"column": 2, "values": {"J": "yes", "N": "no"}}
NUMBER = {"column": 2, "number": True}
EURO = {"column": 2, "number": True, "decimal": ",", "beside": ["€", "EUR"]}
LOSS = {"column": 2, "yes": ["是", "Y"], "no": "否"}


@pytest.mark.parametrize(
    ("source", "cells", "expected"),
    [
        ({"column": 2}, ("text",), "text"),
        ({"column": 2}, ("",), None),
        ({"column": 9}, ("a row that ends early",), None),
        ({"constant": 1}, (), 1),
        ({"column": 2, "default": "none"}, ("",), "none"),
        ({"columns": [2, 3]}, ("", "second"), "second"),
        ({"columns": [2, 3]}, ("first", "second"), "first"),
        ({"columns": [2, 3, 4], "join": " "}, ("a", "", "c"), "a c"),
        (DAY, ("2026-11-03",), "2026-11-03"),
        (DAY, ("3.11.26",), "2026-11-03"),
        (DAY, (DateCell("2026-11-03", date(2026, 11, 3)),), "2026-11-03"),
        (NUMBER, ("1,234.50",), "1234.50"),
        (NUMBER, ("1,00,000.00",), "100000.00"),
        ({**NUMBER, "thousands": ""}, ("0.1",), "0.1"),
        ({**NUMBER, "decimal": "."}, ("1.000",), "1.000"),
        (EURO, ("1.234,56 €",), "1234.56"),
        (EURO, ("EUR 9,00",), "9.00"),
        ({**EURO, "thousands": " "}, ("1 234,5",), "1234.5"),
        (NUMBER, (Figure(Decimal("0.3"), "0.3"),), "0.3"),
        (NUMBER, (Figure(Decimal("1234.5"), "1,234.50"),), "1234.5"),
        (NUMBER, (Figure(Decimal("1234.5"), "1.234,50"),), "1234.5"),
        ({**NUMBER, "beside": "NT$"}, (Figure(Decimal(9), "NT$9.00"),), "9"),
        (NUMBER, (Figure(Decimal(0), "-"),), "0"),
        ({"column": 2}, (Figure(Decimal(42), "000042"),), "000042"),
        ({"columns": [2, 3], "join": " "}, (Figure(Decimal(7), "P-0007"), "red"), "P-0007 red"),
        ({"column": 2, "empty": ["-", "N/A"]}, ("N/A",), None),
        ({"columns": [2, 3], "empty": 19010101}, ("19010101", "20260101"), "20260101"),
        ({"column": 2, "values": {"TRUE": "return"}}, (True,), "return"),
        ({"column": 2, "values": {1: "return"}}, (Figure(Decimal(1), "1"),), "return"),
        (WORD, ("J",), "yes"),
        ({"column": 2, "values": {1: "telephone"}}, ("1",), "telephone"),
        ({**WORD, "otherwise": "no"}, ("?",), "no"),
        ({"column": 2, "split": ";"}, ("a; b;;c",), ["a", "b", "c"]),
    ],
)
def test_what_a_field_is_filled_with(source: dict[str, Any], cells: tuple[Cell, ...], expected: Any) -> None:
    assert value(source, *cells) == expected


@pytest.mark.parametrize(
    ("source", "cells", "expected"),
    [
        ({"column": 2, "required": True}, ("",), "is empty"),
        ({"columns": [8, 9], "required": True}, (), "is empty"),
        (DAY, ("2026-02-30",), "is no date of the form %Y-%m-%d / %d.%m.%y"),
        (DAY, (DateCell("08:30:00"),), "a time without a day"),
        (DAY, (Figure(Decimal(46085), "46085"),), "is no date of the form %Y-%m-%d / %d.%m.%y"),
        (NUMBER, ("three",), "is no number"),
        (NUMBER, ("NaN",), "is no number"),
        (NUMBER, ("1E3",), "is no number"),
        (NUMBER, ("€9",), "is no number"),
        (
            NUMBER,
            ("1.000",),
            'could be a number with three places or one with thousands; say decimal in the mapping, "." or ","',
        ),
        (
            NUMBER,
            ("9,00",),
            'could mean another number: the column\'s decimal sign is ".", and "," divides whole groups '
            "only; the mapping may say decimal and thousands",
        ),
        (
            EURO,
            ("9.00",),
            'could mean another number: the column\'s decimal sign is ",", and "." divides whole groups '
            "only; the mapping may say decimal and thousands",
        ),
        (NUMBER, (Figure(Decimal("12.345"), "12.35", "import.rounded"),), "is shown rounded"),
        (NUMBER, (Figure(Decimal("0.125"), "0.125", "import.percent"),), "is shown as a percentage"),
        (NUMBER, (Figure(Decimal(42), "1"),), "the cell shows this and holds 42"),
        (NUMBER, (True,), "the cell holds TRUE or FALSE where a text belongs"),
        ({"column": 2}, (True,), "the cell holds TRUE or FALSE where a text belongs"),
        (
            {"column": 2},
            (DateCell("2026-11-03", date(2026, 11, 3)),),
            "the cell is a date or a time, which each country shows differently; format the column as text",
        ),
        (
            {"column": 2},
            ("1.23457E+18",),
            "is shown in scientific notation: its digits may be lost; format the column as text",
        ),
        ({"column": 2}, (Spoilt("#N/A", "import.error"),), "an error of the spreadsheet, no value"),
        (
            {"columns": [2, 3], "join": " "},
            ("a", Spoilt("", "import.unresolved")),
            "a formula without a stored result: open the workbook in a spreadsheet program and save it",
        ),
        (WORD, ("?",), "is none of J, N"),
    ],
)
def test_what_cannot_be_filled_in_is_a_fault(source: dict[str, Any], cells: tuple[Cell, ...], expected: str) -> None:
    assert reason(source, *cells) == expected


def test_a_path_names_a_field_inside_a_field() -> None:
    fields = {"value.amount": {"column": 2}, "value.currency": {"constant": "TWD"}}
    filled = filler_of(SheetMapping(name="m", key=1, fields=fields)).fill(SheetRow(1, ("7", "12.50")))
    assert filled.body == {"value": {"amount": "12.50", "currency": "TWD"}}
    assert (filled.origin("value"), filled.origin("customer")) == (CellOrigin("2", "12.50"), None)


@pytest.mark.parametrize(
    ("source", "cell", "expected"),
    [
        (LOSS, "是", True),
        (LOSS, "Y", True),
        (LOSS, "否", False),
        (LOSS, False, False),
        ({"column": 2}, True, True),
        ({"column": 2}, "false", False),
        ({"column": 2, "values": {"是": "true", "否": "false"}}, "否", False),
        ({"column": 2, "values": {"TRUE": "false", "FALSE": "true"}}, True, False),
        ({**LOSS, "default": False}, "", False),
        ({**LOSS, "empty": "?", "default": "true"}, "?", True),
        ({"constant": "false"}, "", False),
    ],
)
def test_P1_1_yes_and_no(source: dict[str, Any], cell: Cell, expected: bool) -> None:
    assert value(source, cell, field="loss") is expected


@pytest.mark.parametrize(
    ("source", "cell", "words"),
    [
        (LOSS, "maybe", "是, Y, 否"),
        (LOSS, "y", "是, Y, 否"),
        (LOSS, "", "是, Y, 否"),
        ({"column": 2}, "Yes", "true, false"),
        ({"column": 2, "values": {"是": "yes"}}, "是", "true, false"),
    ],
)
def test_P1_1_neither_yes_nor_no(source: dict[str, Any], cell: Cell, words: str) -> None:
    assert reason(source, cell, field="loss") == f"neither yes nor no; the mapping knows {words}"


def test_a_row_with_more_columns_than_belong_has_a_separator_in_a_text() -> None:
    mapping = SheetMapping(name="m", key=1, format={"headings": False, "width": 2}, fields={"field": {"column": 2}})
    filler = filler_of(mapping)
    assert [filler.fill(SheetRow(1, cells)).faults for cells in (("1",), ("1", "a"), ("1", "a", "b"))] == [
        (),
        (),
        (FieldFault.saying("", "import.too-wide", cells=3, columns=2),),
    ]


def test_columns_are_found_by_their_headings() -> None:
    mapping = SheetMapping(name="m", key="Nr", fields={"field": {"column": "Text"}})
    filled = filler_of(mapping, headings=("Text", "Nr")).fill(SheetRow(2, ("rust", "7")))
    assert filled == FilledRow(2, "7", {"field": "rust"}, origins={"field": CellOrigin("Text", "rust")})


@pytest.mark.parametrize(
    ("key", "said"),
    [
        ("", "the row has no key"),
        (Spoilt("#REF!", "import.error"), "the row has no key: #REF!: an error of the spreadsheet, no value"),
        (
            Figure(Decimal("1E+15"), "1e+15", "import.too-many-digits"),
            "the row has no key: 1e+15: a number with more digits than a spreadsheet keeps or shows; format the column "
            "as text and enter it anew",
        ),
    ],
)
def test_a_row_needs_a_key_that_is_shown_whole(key: Cell, said: str) -> None:
    filled = filler_of(SheetMapping(name="m", key=1, fields={"field": {"constant": "x"}})).fill(SheetRow(2, (key,)))
    assert (filled.key, [fault.sentence.within("en") for fault in filled.faults]) == ("", [said])


@pytest.mark.parametrize(
    ("headings", "said"),
    [
        (("Nr", "Name"), "sheet.csv: no column named 'Text'; there are: Nr, Name"),
        (("Nr", "Text", "Text"), "sheet.csv: several columns named 'Text'; there are: Nr, Text, Text"),
    ],
)
def test_a_heading_must_be_there_once(headings: tuple[str, ...], said: str) -> None:
    mapping = SheetMapping(name="m", key="Nr", fields={"field": {"column": "Text"}})
    with pytest.raises(UnreadableSheet) as refused:
        filler_of(mapping, headings=headings)
    assert str(refused.value) == said


@pytest.mark.parametrize(
    ("line", "said"),
    [
        ("field: {}", "4: fields.field: Value error, exactly one of column, columns and constant is needed"),
        (
            "field: {column: 1, constant: x}",
            "4: fields.field: Value error, exactly one of column",
        ),
        ("field: {column: 0}", "4: fields.field.column.constrained-int: Input should be greater than or equal to 1"),
        ("field: {column: 1, requird: true}", "4: fields.field.requird: Extra inputs are not permitted"),
        (
            'field: {column: 1, number: true, decimal: ",", thousands: ","}',
            "4: fields.field: Value error, decimal and thousands need marks of their own each",
        ),
        ('field: {column: 1, decimal: ","}', "4: fields.field: Value error, decimal, thousands and beside belong to a"),
        ("field: {column: 1, decimal: x, number: true}", "4: fields.field.decimal: Input should be '.' or ','"),
        ("field: {column: 1, yes: [J]}", "4: fields.field: Value error, yes and no need words of their own each"),
        (
            "field: {column: 1, yes: [J], no: [J, N]}",
            "4: fields.field: Value error, yes and no need words of their own",
        ),
        ("field: {column: 1, number: true, split: x}", "4: fields.field: Value error, only one of date, number"),
        (
            'field: {column: 1, date: "%d.%m."}',
            "4: fields.field.date.0: Value error, '%d.%m.' is no form of a date with year, month and day, as %Y-%m-%d",
        ),
        ('field: {column: 1, date: "%Y-%m"}', "4: fields.field.date.0: Value error, '%Y-%m' is no form of a date"),
        ('field: {column: 1, date: "%Q"}', "4: fields.field.date.0: Value error, '%Q' is no form of a date"),
        ("field: {column: 1", "5: expected ',' or '}', but got '<stream end>'"),
    ],
)
def test_a_mapping_with_a_fault_is_told_with_its_line(tmp_path: Path, line: str, said: str) -> None:
    file = tmp_path / "mapping.yaml"
    file.write_text(f"name: m\nkey: 1\nfields:\n  {line}\n", "utf-8")
    with pytest.raises(Unreadable) as refused:
        load_mapping(file)
    assert str(refused.value).splitlines()[0].removeprefix(f"{file}:").startswith(said)


def test_what_yaml_takes_for_something_else_is_kept_as_it_was_written(tmp_path: Path) -> None:
    file = tmp_path / "mapping.yaml"
    file.write_text("name: m\nkey: 1\nfields:\n  day: {constant: 2026-11-03}\n  price: {constant: 1.50}\n", "utf-8")
    assert {name: source.constant for name, source in load_mapping(file).fields.items()} == {
        "day": "2026-11-03",
        "price": "1.50",
    }
