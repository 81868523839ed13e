"""Times in a regulation's words, and the moments at which they are used up."""

from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from shared.regulation.language.times import NoTime, read_span, read_time
from shared.regulation.play import OFFICE

SHANGHAI = ZoneInfo("Asia/Shanghai")
NEW_YEAR = datetime.fromisoformat("2026-01-01")


def at(text: str) -> datetime:
    """A moment on Shanghai's clocks."""
    return datetime.fromisoformat(text).replace(tzinfo=SHANGHAI)


@pytest.mark.parametrize(
    ("text", "began", "until"),
    [
        ("30 min", "2026-11-02 23:45", "2026-11-03 00:15"),
        ("24 h", "2026-11-06 17:00", "2026-11-07 17:00"),
        ("2 d", "2026-11-06 17:00", "2026-11-08 17:00"),
        ("1 wd", "2026-11-06 17:00", "2026-11-09 17:00"),
        ("4 wh", "2026-11-06 16:00", "2026-11-09 11:00"),
        ("1 months", "2026-01-31 10:00", "2026-02-28 10:00"),
        ("same day", "2026-11-02 00:00", "2026-11-03 00:00"),
        ("same day", "2026-11-02 23:59", "2026-11-03 00:00"),
        ("end of 1st wd", "2026-11-06 09:00", "2026-11-09 18:00"),
        ("end of 3rd wd", "2026-09-29 09:00", "2026-10-09 18:00"),
        ("by the 10th", "2026-11-10 23:59", "2026-11-11 00:00"),
        ("by the 10th", "2026-11-11 00:00", "2026-12-11 00:00"),
        ("by the 31st", "2026-02-01 00:00", "2026-03-01 00:00"),
    ],
)
def test_a_time_is_used_up(text: str, began: str, until: str) -> None:
    assert read_time(text).after(at(began), OFFICE) == at(until)


@pytest.mark.parametrize(
    "text", ["5", "wd", "0 wd", "5 dw", "-1 d", "1.5 months", "end of 0th wd", "by the 32nd", "tomorrow", ""]
)
def test_what_is_no_time_is_refused(text: str) -> None:
    with pytest.raises(NoTime):
        read_time(text)


@given(
    st.datetimes(NEW_YEAR, NEW_YEAR + timedelta(days=365)),
    st.sampled_from(["30 min", "5 h", "2 d", "3 wd", "7 wh", "2 months"]),
    st.integers(0, 5000),
)
def test_who_begins_later_is_never_due_earlier(began: datetime, text: str, later: int) -> None:
    first = began.replace(tzinfo=SHANGHAI)
    second = first + timedelta(minutes=later)
    assert read_span(text).after(first, OFFICE) <= read_span(text).after(second, OFFICE)
    assert read_span(text).after(first, OFFICE) > first
