"""The days of one column: all written in one way, which the whole column shows; what fits by chance is not taken."""

import re
from collections.abc import Mapping, Sequence
from datetime import date, datetime
from functools import cached_property

from deploy.importing.cells import Cell, DateCell, Misread, text_of
from shared.http.numerals import FULL_WIDTH

SHOWN_LINES = 5
"""How many of the rows of each way are named."""
TOUCHING = re.compile(r"%[A-Za-z]%[A-Za-z]")
CENTURY = 100


class Days:
    """A column of days: it is told of every cell first, and then reads them, each by the same form.

    ``forms`` are ``strptime`` formats of which the column is written in one. Where several fit, they must agree.
    A cell that is a date in the workbook itself says no form; texts beside it must begin with the year, for a
    spreadsheet turns some of the texts of a column into dates by the order of its own country.
    """

    def __init__(self, forms: Sequence[str], today: date) -> None:
        self.forms = tuple(forms)
        self.today = today
        self.ways: dict[tuple[str, ...], list[int]] = {}
        self.dated: list[int] = []
        self.open: dict[str, Mapping[str, date]] = {}

    def learn(self, line: int, cell: Cell) -> None:
        """Hear what stands in a row."""
        if isinstance(cell, DateCell):
            self.dated.append(line)
        elif isinstance(cell, str) and (fits := self.fits(cell)):
            self.ways.setdefault(tuple(fits), []).append(line)
            if len(set(fits.values())) > 1:
                self.open[cell] = fits

    def read(self, cell: Cell) -> date:
        """The day of a cell. Raises Misread."""
        if isinstance(cell, DateCell):
            if cell.day is None:
                raise Misread("import.no-day")
            self.require_one_way()
            return cell.day
        text = text_of(cell)
        fits = self.fits(text)
        if not fits:
            raise Misread("import.no-date", forms=" / ".join(self.forms))
        self.require_one_way()
        return fits[self.form]

    def require_one_way(self) -> None:
        """Raises Misread where the column is not written in one way."""
        alive = self.alive
        if not alive:
            ways = "; ".join(f"{' / '.join(fits)}: {told(lines)}" for fits, lines in self.ways.items())
            raise Misread("import.dates-mixed", ways=ways)
        if len(alive) > 1 and (doubt := self.doubt):
            text, fits = doubt
            days = " / ".join(f"{fits[form].isoformat()} ({form})" for form in alive)
            raise Misread("import.dates-ambiguous", example=text, days=days)
        if self.dated and self.ways and not self.form.startswith("%Y"):
            texts = [line for lines in self.ways.values() for line in lines]
            raise Misread("import.dates-and-texts", dates=told(self.dated), texts=told(sorted(texts)))

    @cached_property
    def alive(self) -> tuple[str, ...]:
        """The forms that fit every text of the column that any form fits."""
        return tuple(form for form in self.forms if all(form in fits for fits in self.ways))

    @cached_property
    def form(self) -> str:
        """The form by which the column is read."""
        return self.alive[0]

    @cached_property
    def doubt(self) -> tuple[str, Mapping[str, date]] | None:
        """A text that the forms in question read as different days, or None."""
        for text, fits in self.open.items():
            if len({fits[form] for form in self.alive}) > 1:
                return text, fits
        return None

    def fits(self, text: str) -> dict[str, date]:
        """The day that each form makes of a text, of those that fit it."""
        return {form: day for form in self.forms if (day := day_in(text, form, self.today)) is not None}


def day_in(text: str, form: str, today: date) -> date | None:
    """The day that a form makes of a text, None where it does not fit.

    A year of two digits is the latest that does not lie ahead. Where figures touch each other, each has all its digits.
    """
    written = text.translate(FULL_WIDTH)
    if any(character.isdigit() and not character.isascii() for character in written):
        return None
    try:
        moment = datetime.strptime(written, form)  # noqa: DTZ007 (a day has no zone)
        if TOUCHING.search(form) and moment.strftime(form) != written:
            return None
        day = moment.date()
        while "%y" in form and day > today:
            day = day.replace(year=day.year - CENTURY)
    except ValueError:
        return None
    return day


def told(lines: Sequence[int]) -> str:
    """The numbers of rows, the first few of many."""
    numbers = ", ".join(map(str, lines[:SHOWN_LINES]))
    return f"{numbers}, … ({len(lines)})" if len(lines) > SHOWN_LINES else numbers
