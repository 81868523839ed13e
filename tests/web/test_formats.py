"""Money, numbers, dates and durations as people of a language write them."""

from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from zoneinfo import ZoneInfo

import pytest

from shared.contracts.values import Money
from shared.web import formats
from shared.web.translations import told
from shared.worktime.limit import Limit

LATE = datetime(2026, 11, 3, 17, 30, tzinfo=UTC)


@pytest.mark.parametrize("language", ["en", "zh-CN", "zh-TW"])
def test_money_shows_the_code_of_its_currency(language: str) -> None:
    assert formats.money(Money(Decimal("356400.5"), "TWD"), language) == "TWD 356,400.50"


@pytest.mark.parametrize(
    ("value", "shown"),
    [
        (Decimal("1200"), "1,200"),
        (Decimal("1200.500"), "1,200.5"),
        (Decimal("0.000001"), "0.000001"),
        (Decimal("0.00"), "0"),
        (Decimal("1E+3"), "1,000"),
        (7, "7"),
    ],
)
def test_a_number_has_no_more_places_than_it_needs(value: Decimal | int, shown: str) -> None:
    assert formats.number(value, "en") == shown


def test_a_moment_is_told_on_the_clocks_of_the_site() -> None:
    assert formats.moment(LATE, "en", ZoneInfo("Asia/Taipei")) == "4 Nov 2026, 01:30"
    assert formats.moment(LATE, "zh-CN", ZoneInfo("Asia/Shanghai")) == "2026年11月4日 01:30"
    assert formats.moment(LATE, "zh-TW") == "2026年11月3日 17:30"


@pytest.mark.parametrize(
    ("limit", "english", "chinese"),
    [
        ("0.5 d", "0.5 days", "0.5天"),
        ("1 d", "1 day", "1天"),
        ("48 h", "48 hours", "48小时"),
        ("4 wh", "4 hours (working hours)", "4小时（仅计工作时间）"),
        ("10 wd", "10 days (working days)", "10天（仅计工作日）"),
    ],
)
def test_a_limit_is_told_in_words(limit: str, english: str, chinese: str) -> None:
    shown = [told(language, "limit", Limit.parse(limit)) for language in ("en", "zh-CN")]

    assert shown == [english, chinese]


def test_days_durations_and_sizes() -> None:
    assert formats.day(date(2026, 11, 3), "en") == "3 Nov 2026"
    assert formats.day(date(2026, 11, 3), "zh-CN") == "2026年11月3日"
    assert formats.duration(timedelta(days=-3), "en") == "3 days"
    assert formats.duration(timedelta(hours=12), "zh-CN") == "12小时"
    assert [formats.size(size, "en") for size in (1, 1023, 234567, 5 * 1048576)] == [
        "0.1 kB",
        "1 kB",
        "229.1 kB",
        "5 MB",
    ]
