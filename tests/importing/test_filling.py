"""The mapping says what a row means; what it cannot read is a fault of that field, and nothing is made up."""

from datetime import date
from pathlib import Path
from typing import Any

import pytest

from deploy.importing.filling import FieldFault, FilledRow, Filler
from deploy.importing.mapping import SheetMapping, load_mapping
from deploy.importing.sheet import Cell, Layout, SheetRow, SourceSheet, UnreadableSheet
from shared.procedures.language.lines import Unreadable


def fill(source: dict[str, Any], *cells: Cell) -> FilledRow:
    """A row without headings, whose first cell is its key, filled into one field."""
    mapping = SheetMapping(name="m", key=1, fields={"field": source})
    return Filler(mapping, SourceSheet(Path("sheet.csv"), Layout(headings=False), ())).fill(
        SheetRow(3, ("key", *cells))
    )


def value(source: dict[str, Any], *cells: Cell) -> Any:
    filled = fill(source, *cells)
    assert filled.faults == ()
    return filled.body.get("field")


def reason(source: dict[str, Any], *cells: Cell) -> str:
    filled = fill(source, *cells)
    assert filled.faults[0].field == "field"
    return filled.faults[0].reason


DAY = {"column": 2, "date": ["%Y-%m-%d", "%d.%m.%y"]}
WORD = {"column": 2, "values": {"J": "yes", "N": "no"}}


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
        (DAY, (date(2026, 11, 3),), "2026-11-03"),
        ({"column": 2, "number": True}, ("1,234.50",), "1234.50"),
        ({"column": 2, "number": True, "thousands": ""}, ("0.1",), "0.1"),
        ({"column": 2, "number": True, "thousands": ""}, ("1E3",), "1000"),
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
        (DAY, ("2026-02-30",), "'2026-02-30' is no date of the form %Y-%m-%d or %d.%m.%y"),
        ({"column": 2, "number": True}, ("three",), "'three' is no number"),
        ({"column": 2, "number": True}, ("NaN",), "'NaN' is no number"),
        ({"column": 2, "number": True, "thousands": ""}, ("1,5",), "'1,5' is no number"),
        (WORD, ("?",), "'?' is none of J, N"),
    ],
)
def test_what_cannot_be_filled_in_is_a_fault(source: dict[str, Any], cells: tuple[Cell, ...], expected: str) -> None:
    assert reason(source, *cells) == expected


def test_a_path_names_a_field_inside_a_field() -> None:
    fields = {"value.amount": {"column": 2}, "value.currency": {"constant": "TWD"}}
    mapping = SheetMapping(name="m", key=1, fields=fields)
    filler = Filler(mapping, SourceSheet(Path("sheet.csv"), Layout(headings=False), ()))
    assert filler.fill(SheetRow(1, ("7", "12.50"))) == FilledRow(
        1, "7", {"value": {"amount": "12.50", "currency": "TWD"}}
    )


def test_a_row_with_more_columns_than_belong_has_a_separator_in_a_text() -> None:
    mapping = SheetMapping(name="m", key=1, format={"headings": False, "width": 2}, fields={"field": {"column": 2}})
    filler = Filler(mapping, SourceSheet(Path("sheet.csv"), Layout(headings=False), ()))
    assert [filler.fill(SheetRow(1, cells)).faults for cells in (("1",), ("1", "a"), ("1", "a", "b"))] == [
        (),
        (),
        (FieldFault("", "3 columns where 2 belong: a separator inside a text?"),),
    ]


def test_columns_are_found_by_their_headings() -> None:
    mapping = SheetMapping(name="m", key="Nr", fields={"field": {"column": "Text"}})
    filler = Filler(mapping, SourceSheet(Path("sheet.csv"), Layout(), ("Text", "Nr")))
    assert filler.fill(SheetRow(2, ("rust", "7"))) == FilledRow(2, "7", {"field": "rust"})


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
        Filler(mapping, SourceSheet(Path("sheet.csv"), Layout(), headings))
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
