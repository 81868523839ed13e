"""Cursors come back from anybody: what no column can hold is refused before it is asked for."""

from base64 import urlsafe_b64encode
from datetime import UTC, datetime
from typing import Any

import pytest

from shared.digits import LAST, whole
from shared.http.paging import Moment, Position, Round, Text, cursor, cursor_of
from shared.http.problems import Problem


@pytest.mark.parametrize(
    ("kind", "value"),
    [
        (Position, 0),
        (Position, 2**63 - 1),
        (Round, 0),
        (Round, 2**31 - 1),
        (Text, ""),
        (Text, "ends with a line\n"),
        (Moment, datetime(1, 1, 1, tzinfo=UTC)),
        (Moment, datetime(9999, 12, 31, 23, 59, 59, tzinfo=UTC)),
    ],
)
def test_what_a_cursor_was_given_comes_back(kind: Any, value: Any) -> None:
    assert cursor_of(cursor(value), (kind,)) == (value,)


@pytest.mark.parametrize(
    ("kind", "told"),
    [
        (Position, "-1"),
        (Position, str(2**63)),
        (Round, "-1"),
        (Round, str(2**31)),
        (Text, r'"a\u0000b"'),
        (Moment, '"2026-11-22T08:00:00"'),
        (Moment, '"0001-01-01T00:00:00+00:01"'),
        (Moment, '"9999-12-31T23:59:59-00:01"'),
        (Text, b'"\xff"'.decode("latin-1")),
    ],
)
def test_what_no_column_can_hold_is_refused(kind: Any, told: str) -> None:
    made_by_hand = urlsafe_b64encode(f"[{told}]".encode("latin-1")).decode()

    with pytest.raises(Problem) as refused:
        cursor_of(made_by_hand, (kind,))

    assert (refused.value.status, [each.field for each in refused.value.fields]) == (422, ["cursor"])


@pytest.mark.parametrize(
    ("told", "most", "number"),
    [
        ("0", 200, 0),
        ("200", 200, 200),
        ("201", 200, None),
        ("0200", 200, None),
        (str(LAST), LAST, LAST),
        (str(LAST + 1), LAST, None),
        ("9" * 5000, LAST, None),
        ("", 200, None),
        ("-1", 200, None),
        ("²", 200, None),
        ("٣", 200, None),
    ],
)
def test_a_whole_number_is_written_in_plain_digits(told: str, most: int, number: int | None) -> None:
    assert whole(told, most) == number
