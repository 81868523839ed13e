"""Money, numbers, dates and durations as people of a language write them, in a site's time zone."""

from datetime import UTC, date, datetime, timedelta, tzinfo
from decimal import Decimal
from typing import Literal

from babel import Locale
from babel.dates import format_date, format_datetime, format_timedelta
from babel.numbers import format_currency, format_decimal
from babel.units import format_unit

from shared.contracts.values import Money
from shared.worktime.limit import Limit, LimitUnit

LOCALES = {
    "en": Locale.parse("en_GB"),
    "zh-CN": Locale.parse("zh_Hans_CN"),
    "zh-TW": Locale.parse("zh_Hant_TW"),
}
UNITS: dict[str, Literal["short"]] = {"zh-CN": "short", "zh-TW": "short"}
"""How long the words of units are, where not long: Chinese has one form, which Babel knows as the short one only."""
MOMENT = {"en": "d MMM y, HH:mm", "zh-CN": "y年M月d日 HH:mm", "zh-TW": "y年M月d日 HH:mm"}


def locale(language: str) -> Locale:
    """The Babel locale of one of our languages."""
    return LOCALES.get(language, LOCALES["en"])


def money(value: Money, language: str) -> str:
    """``TWD 1,234.50``: the amount with its currency's code, which no two countries share."""
    return str(format_currency(value.amount, value.currency, "¤¤ #,##0.00", locale(language)))


def amount(value: Money, language: str) -> str:
    """``1,234.50``: an amount without its currency, as :func:`money` writes it."""
    return str(format_decimal(value.amount, "#,##0.00####", locale(language)))


def number(value: Decimal | int | float, language: str) -> str:
    """A number with its grouping, and no more decimal places than it has."""
    exact = Decimal(str(value))
    return str(format_decimal(exact.normalize() if exact else exact, "#,##0.######", locale(language)))


def day(value: date, language: str, zone: tzinfo = UTC) -> str:
    """A calendar day; of a moment, the day on the clocks of a site."""
    if isinstance(value, datetime):
        value = value.astimezone(zone).date()
    return str(format_date(value, "medium", locale(language)))


def moment(value: datetime, language: str, zone: tzinfo = UTC) -> str:
    """A moment to the minute, on the clocks of a site."""
    return str(format_datetime(value.astimezone(zone), MOMENT.get(language, MOMENT["en"]), locale=locale(language)))


def duration(value: timedelta, language: str) -> str:
    """How long, in the largest unit that fits: ``3 days``."""
    return str(format_timedelta(abs(value), threshold=1.5, locale=locale(language)))


def span(value: Limit, language: str) -> str:
    """How long a limit gives, to a hundredth, without a word about which days or hours count: ``0.5 days``."""
    unit = "duration-day" if value.unit in (LimitUnit.DAYS, LimitUnit.WORKING_DAYS) else "duration-hour"
    return str(format_unit(value.amount, unit, UNITS.get(language, "long"), "#,##0.##", locale=locale(language)))


def size(value: int, language: str) -> str:
    """A file's size in the unit people use."""
    amount, unit = (value / 1048576, "MB") if value >= 1048576 else (max(value / 1024, 0.1), "kB")
    return f"{number(round(Decimal(amount), 1), language)} {unit}"
