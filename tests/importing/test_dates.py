"""A column of days is written in one way: what fits a form by chance is not taken."""

from datetime import date

import pytest

from deploy.importing.cells import Cell, DateCell, Misread
from deploy.importing.dates import Days

TODAY = date(2026, 11, 30)
DAY_FIRST, MONTH_FIRST, YEAR_FIRST = "%d/%m/%Y", "%m/%d/%Y", "%Y-%m-%d"


def read(forms: list[str], *cells: Cell) -> list[str]:
    """What becomes of each cell of a column: a day, or the reason why not."""
    days = Days(forms, TODAY)
    for line, cell in enumerate(cells, start=2):
        days.learn(line, cell)
    told = []
    for cell in cells:
        try:
            told.append(days.read(cell).isoformat())
        except Misread as misread:
            told.append(str(misread))
    return told


def dated(year: int, month: int, day: int) -> DateCell:
    return DateCell(date(year, month, day).isoformat(), date(year, month, day))


@pytest.mark.parametrize(
    ("forms", "cells", "days"),
    [
        ([YEAR_FIRST], ("2026-11-01", "2026-2-3"), ["2026-11-01", "2026-02-03"]),
        ([DAY_FIRST, MONTH_FIRST], ("25/04/2026", "03/04/2026"), ["2026-04-25", "2026-04-03"]),
        ([DAY_FIRST, MONTH_FIRST], ("04/25/2026", "03/04/2026"), ["2026-04-25", "2026-03-04"]),
        ([DAY_FIRST, MONTH_FIRST], ("03/03/2026", "04/04/2026"), ["2026-03-03", "2026-04-04"]),
        ([DAY_FIRST, YEAR_FIRST], ("2026-11-01",), ["2026-11-01"]),
        (["%Y%m%d"], ("20261103",), ["2026-11-03"]),
        (["%Y年%m月%d日"], ("2026年11月3日", "２０２６年１１月３日"), ["2026-11-03", "2026-11-03"]),
        (["%d.%m.%y"], ("30.11.26", "1.12.26", "31.12.68"), ["2026-11-30", "1926-12-01", "1968-12-31"]),
        ([YEAR_FIRST], (dated(2026, 3, 4), "2026-11-01"), ["2026-03-04", "2026-11-01"]),
        ([DAY_FIRST], (dated(2026, 3, 4), dated(2026, 4, 25)), ["2026-03-04", "2026-04-25"]),
    ],
)
def test_a_column_in_one_way(forms: list[str], cells: tuple[Cell, ...], days: list[str]) -> None:
    assert read(forms, *cells) == days


def test_two_orders_in_one_column() -> None:
    told = "the column is written in several ways, and one way must fit all of it; rows by way: "
    ways = f"{DAY_FIRST} / {MONTH_FIRST}: 2; {MONTH_FIRST}: 3; {DAY_FIRST}: 4, 5"
    cells = ("03/04/2026", "04/25/2026", "25/04/2026", "26/04/2026")
    assert read([DAY_FIRST, MONTH_FIRST], *cells) == [told + ways] * 4


def test_two_ways_that_no_text_fits_at_once_are_two_ways_still() -> None:
    (one, other) = read([YEAR_FIRST, DAY_FIRST], "2026-11-01", "02/11/2026")
    assert one == other
    assert one.endswith(f"{YEAR_FIRST}: 2; {DAY_FIRST}: 3")


def test_many_rows_are_counted() -> None:
    told = read([DAY_FIRST, MONTH_FIRST], "25/04/2026", *["04/25/2026"] * 7)
    assert told[0].endswith(f"{DAY_FIRST}: 2; {MONTH_FIRST}: 3, 4, 5, 6, 7, … (7)")


def test_an_order_that_nothing_shows() -> None:
    assert set(read([DAY_FIRST, MONTH_FIRST], "03/04/2026", "05/05/2026")) == {
        f"the column does not say which way its dates are written: 03/04/2026 is 2026-04-03 ({DAY_FIRST}) / "
        f"2026-03-04 ({MONTH_FIRST}); leave one form in the mapping"
    }


def test_dates_of_the_workbook_beside_texts_may_have_been_swapped_by_it() -> None:
    told = set(read([DAY_FIRST], dated(2026, 3, 4), "13/04/2026"))
    assert told == {
        "some cells of the column are dates of the workbook (rows 2), others texts (rows 3): a spreadsheet may have "
        "swapped day and month of the first"
    }


@pytest.mark.parametrize(
    ("form", "text"),
    [
        (YEAR_FIRST, "26-11-01"),
        (YEAR_FIRST, "115-11-01"),
        (YEAR_FIRST, "2026-13-01"),
        (YEAR_FIRST, "2026-02-30"),
        (YEAR_FIRST, "٢٠٢٦-11-01"),
        (YEAR_FIRST, "2026-11-01 09:30"),
        ("%Y%m%d", "2026111"),
        ("%d.%m.%y", "29.2.2"),
    ],
)
def test_what_is_no_day_of_a_form(form: str, text: str) -> None:
    assert read([form], text) == [f"is no date of the form {form}"]
