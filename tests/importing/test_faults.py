"""Sheets that were once filed wrongly, each with what is right: by a rehearsal, row by row."""

from datetime import UTC, date, datetime, time
from pathlib import Path
from typing import Any

import pytest
from openpyxl import Workbook

from deploy.importing.checking import checked
from deploy.importing.filling import FilledRow, Filler
from deploy.importing.mapping import SheetMapping
from deploy.importing.rehearsal import rehearsal_for
from deploy.importing.sheet import open_sheet
from tests.http.conftest import StillClock
from tests.importing.test_workbooks import patched

NOW = datetime(2026, 11, 30, 8, tzinfo=UTC)
HEADINGS = ("ref", "customer", "order", "part", "date", "qty", "bad", "amount", "reason")
FIELDS: dict[str, Any] = {
    "reference": {"column": "ref", "required": True},
    "customer": {"column": "customer", "required": True},
    "region": {"constant": "domestic"},
    "channel": {"constant": "import"},
    "order": {"column": "order"},
    "part": {"column": "part"},
    "delivered_on": {"column": "date", "date": "%Y-%m-%d", "required": True},
    "delivered": {"column": "qty", "number": True},
    "defective": {"column": "bad", "number": True},
    "unit": {"constant": "piece"},
    "value.amount": {"column": "amount", "number": True},
    "value.currency": {"constant": "TWD"},
    "demand": {"constant": "improvement"},
    "duplicates_seen": {"constant": True},
    "reason": {"column": "reason", "required": True},
}


def rehearse(file: Path, format: dict[str, Any] | None = None, **fields: Any) -> dict[str, FilledRow]:
    """What a rehearsal makes of each row, by its key."""
    mapping = SheetMapping(name="m", key="ref", format=format or {}, fields=FIELDS | fields)
    sheet = open_sheet(file, mapping.format.layout(), mapping.headings)
    rehearsal = rehearsal_for("TPE", "lin-yating", StillClock(NOW))
    return {filled.key: filled for filled in checked(sheet, Filler(mapping, sheet, NOW.date()), rehearsal.faults)}


def faulty(filled: FilledRow) -> list[str]:
    """The fields at fault."""
    return [fault.field for fault in filled.faults]


def csv(path: Path, *rows: str, headings: str = ",".join(HEADINGS), encoding: str = "utf-8") -> Path:
    """A sheet with these rows."""
    path.write_bytes("\n".join((headings, *rows, "")).encode(encoding))
    return path


def xlsx(path: Path, *rows: tuple[Any, ...], codes: dict[str, str] | None = None) -> Path:
    """A workbook with these rows below the headings; ``codes`` are number formats by cell."""
    book = Workbook()
    for row in (HEADINGS, *rows):
        book.active.append(row)
    for cell, code in (codes or {}).items():
        book.active[cell].number_format = code
    book.save(path)
    return path


def test_a_wrong_dimension_loses_no_row(tmp_path: Path) -> None:
    rows = [(f"D-{at}", "Test", "O-1", "P-1", "2026-11-01", "100", "5", "10.00", "dent") for at in range(3)]
    file = patched(xlsx(tmp_path / "sheet.xlsx", *rows), "xl/worksheets/sheet1.xml", 'ref="A1:I4"', 'ref="A1:I2"')
    assert {key: faulty(filled) for key, filled in rehearse(file).items()} == {"D-0": [], "D-1": [], "D-2": []}


def test_a_decimal_comma_is_no_mark_of_thousands(tmp_path: Path) -> None:
    file = csv(
        tmp_path / "sheet.csv",
        'DC-1,A,O-1,P-1,2026-11-01,"13,75","1,5","9,00",decimal comma',
        'DC-2,B,O-2,P-2,2026-11-01,"1,000","1","583,28",decimal comma',
        'DC-3,C,O-3,P-3,2026-11-01,"1.000","1","1.234,56",points for thousands',
        'DC-4,D,O-4,P-4,2026-11-01,"1,00,000","1","1,00,000.00",Indian grouping',
    )
    filled = rehearse(file)
    assert {key: faulty(each) for key, each in filled.items()} == {
        "DC-1": ["delivered", "defective", "value.amount"],
        "DC-2": ["value.amount"],
        "DC-3": ["delivered", "value.amount"],
        "DC-4": [],
    }
    assert filled["DC-2"].body["delivered"] == "1000"
    assert (filled["DC-4"].body["delivered"], filled["DC-4"].body["value"]["amount"]) == ("100000", "100000.00")


def test_a_decimal_comma_that_the_mapping_names(tmp_path: Path) -> None:
    file = csv(tmp_path / "sheet.csv", 'DC-1,A,O-1,P-1,2026-11-01,"1.000","1","1.234,56",comma')
    euro = {"number": True, "decimal": ","}
    fields = {"delivered": {"column": "qty", **euro}, "value.amount": {"column": "amount", **euro}}
    (filled,) = rehearse(file, **fields).values()
    assert (filled.faults, filled.body["delivered"], filled.body["value"]["amount"]) == ((), "1000", "1234.56")


def test_big5_is_read_where_it_is_named(tmp_path: Path) -> None:
    row = "B5-1,台灣電子股份有限公司,O-1,P-1,2026-11-01,100,5,10.00,螺絲鬆脫，表面刮傷"
    file = csv(tmp_path / "sheet.csv", row, encoding="cp950")
    (filled,) = rehearse(file, {"encoding": "cp950"}).values()
    assert (filled.faults, filled.body["customer"]) == ((), "台灣電子股份有限公司")


def test_a_code_is_what_its_cell_shows(tmp_path: Path) -> None:
    def row(key: str, order: Any, part: Any = "P-1") -> tuple[Any, ...]:
        return (key, "Test", order, part, "2026-11-01", 100, 5, 0.3, "dent")

    file = xlsx(
        tmp_path / "sheet.xlsx",
        row("LZ-1", 42, 7),
        row("LZ-2", "00042"),
        row("LZ-3", 1234567890123456789),
        row("LZ-4", 1234567890123456),
        row("LZ-5", date(2026, 3, 4)),
        row("LZ-6", True),
        row("LZ-7", 0.125),
        row("LZ-8", time(8, 30)),
        codes={"C2": "000000", "D2": '"P-"0000', "C6": "m-d", "C8": "0.0%"},
    )
    filled = rehearse(file)
    assert {key: faulty(each) for key, each in filled.items()} == {
        "LZ-1": [],
        "LZ-2": [],
        **{f"LZ-{number}": ["order"] for number in range(3, 9)},
    }
    said = [filled[f"LZ-{number}"].body for number in (1, 2)]
    assert [(body["order"], body["part"]) for body in said] == [("000042", "P-0007"), ("00042", "P-1")]
    assert said[0]["value"]["amount"] == "0.3"


def test_an_error_is_no_value_and_a_formula_needs_a_result(tmp_path: Path) -> None:
    def row(key: str, customer: Any = "Test", part: Any = "P-1", amount: Any = "10.00") -> tuple[Any, ...]:
        return (key, customer, "O-1", part, "2026-11-01", "100", "5", amount, "dent")

    file = xlsx(
        tmp_path / "sheet.xlsx",
        row("F-1", amount="=F2*2"),
        row("F-2", part='=CONCATENATE("P","-9")'),
        row("F-3", part="#N/A"),
        row("F-4", amount="#DIV/0!"),
        row("F-5", customer="#REF!"),
    )
    told = {key: [(each.field, each.sentence.key) for each in filled.faults] for key, filled in rehearse(file).items()}
    assert told == {
        "F-1": [("value.amount", "import.unresolved")],
        "F-2": [("part", "import.unresolved")],
        "F-3": [("part", "import.error")],
        "F-4": [("value.amount", "import.error")],
        "F-5": [("customer", "import.error")],
    }


@pytest.mark.parametrize(
    "loss",
    [
        {"column": "loss", "values": {"是": "true", "否": "false"}},
        {"column": "loss", "yes": ["是", "Y"], "no": ["否", "N"]},
    ],
)
def test_P1_1_a_column_of_yes_and_no_makes_anomaly_slips(tmp_path: Path, loss: dict[str, Any]) -> None:
    file = csv(
        tmp_path / "sheet.csv",
        "BL-1,Test,O-1,P-1,2026-11-01,1,1,1,no loss: an anomaly slip,否",
        "BL-2,Test,O-2,P-2,2026-11-01,1,1,1,loss,是",
        "BL-3,Test,O-3,P-3,2026-11-01,1,1,1,unknown,maybe",
        headings=",".join((*HEADINGS, "loss")),
    )
    filled = rehearse(file, loss=loss)
    assert {key: faulty(each) for key, each in filled.items()} == {"BL-1": [], "BL-2": [], "BL-3": ["loss"]}
    assert (filled["BL-1"].body["loss"], filled["BL-2"].body["loss"]) == (False, True)


DATES = (
    "YY-1,Test,O-1,P-1,31/12/68,1,1,1,two digits",
    "YY-3,Test,O-3,P-3,03/04/2026,1,1,1,ambiguous",
    "YY-4,Test,O-4,P-4,04/25/2026,1,1,1,other order in the same column",
    "YY-5,Test,O-5,P-5,0026-11-01,1,1,1,year 26",
    "YY-6,Test,O-6,P-6,1900-01-01,1,1,1,placeholder date",
    "YY-7,Test,O-7,P-7,115-11-01,1,1,1,year of the Republic",
    "YY-8,Test,O-8,P-8,2026-11-01,1,1,1,right",
)


@pytest.mark.parametrize(
    ("forms", "good"),
    [
        ("%Y-%m-%d", {"YY-8": "2026-11-01"}),
        ("%d/%m/%Y", {"YY-3": "2026-04-03"}),
        ("%m/%d/%Y", {"YY-3": "2026-03-04", "YY-4": "2026-04-25"}),
        ("%d/%m/%y", {}),
        (["%Y-%m-%d", "%d/%m/%y", "%d/%m/%Y", "%m/%d/%Y"], {}),
    ],
)
def test_a_column_of_days_has_one_reading_and_bounds(tmp_path: Path, forms: Any, good: dict[str, str]) -> None:
    filled = rehearse(csv(tmp_path / "sheet.csv", *DATES), delivered_on={"column": "date", "date": forms})
    assert {key: each.body["delivered_on"] for key, each in filled.items() if not each.faults} == good
    assert {field for each in filled.values() for field in faulty(each)} <= {"delivered_on"}
