"""A number is shown as its format says; a format that shows something else than its digits makes it no code."""

from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from deploy.importing.cells import Figure
from deploy.importing.workbooks.formats import figure, text


@pytest.mark.parametrize(
    ("value", "code", "shown"),
    [
        (42, "General", "42"),
        (0.1, "General", "0.1"),
        (0.1 + 0.2, "General", "0.3"),
        (-5, "General", "-5"),
        (12345678901234, "General", "12345678901234"),
        (42, "000000", "000042"),
        (7, '"P-"0000', "P-0007"),
        (20261103, "0000-00-00", "2026-11-03"),
        (12345, "00\\-00\\-0", "12-34-5"),
        (1234567, "#,##0", "1,234,567"),
        (1234.5, "#,##0.00", "1,234.50"),
        (1234567.891, "#,##0.###", "1,234,567.891"),
        (5.25, ".00", "5.25"),
        (0.5, "#.##", ".5"),
        (0, "0.00", "0.00"),
        (5, '0"件"', "5件"),
        (5, "0件", "5件"),
        (5, 'General"件"', "5件"),
        (5, "@", "5"),
        (1234.5, "[$NT$-404]#,##0.00", "NT$1,234.50"),
        (1234.5, "_-* #,##0.00_-", "1,234.50"),
        (-5, "#,##0_);(#,##0)", "(5)"),
        (-5, "0;[Red]-0", "-5"),
        (0, "#,##0;-#,##0;-", "-"),
        (42, "[Red]00000", "00042"),
        (7, '"A;B"00', "A;B07"),
        (1, '[=1]"是";[=0]"否"', "是"),
        (0, '[=1]"是";[=0]"否"', "否"),
        (5551234567, "[<=9999999]###-####;(###) ###-####", "(555) 123-4567"),
    ],
)
def test_a_number_as_it_is_shown(value: float, code: str, shown: str) -> None:
    assert figure(value, code) == Figure(Decimal(f"{value:.15g}"), shown)


@pytest.mark.parametrize(
    ("value", "code", "reason"),
    [
        (12345678901234567, "General", "too-many-digits"),
        (100000000000000, "0", "too-many-digits"),
        (1 / 3, "General", "too-many-digits"),
        (1.5e18, "000", "too-many-digits"),
        (0.5, "0", "rounded"),
        (12.345, "0.00", "rounded"),
        (0.125, "0.0%", "percent"),
        (10000, "0.00E+00", "scientific"),
        (1234567, "#,##0,", "unshowable"),
        (5, ";;;", "unshowable"),
        (1.5, "# ?/?", "unshowable"),
        (42, "[DBNum1]0", "unshowable"),
        (-1, "yyyy-mm-dd", "unshowable"),
        (9, '[=1]"是";[=0]"否"', "unshowable"),
        (5, "[local]", "unshowable"),
    ],
)
def test_a_number_that_is_not_shown_faithfully(value: float, code: str, reason: str) -> None:
    assert figure(value, code).lost == f"import.{reason}"


@pytest.mark.parametrize(
    ("code", "shown"),
    [("General", "abc"), ("@", "abc"), ('"P-"@', "P-abc"), ('0;0;0;"x"@', "xabc"), ("0;0;0", "abc"), ("0.00", "abc")],
)
def test_a_text_as_it_is_shown(code: str, shown: str) -> None:
    assert text("abc", code) == shown


@given(st.integers(0, 10**13), st.integers(1, 14))
def test_zeros_in_front_are_kept(value: int, places: int) -> None:
    assert figure(value, "0" * places).shown == str(value).zfill(places)


@given(st.integers(-(10**13), 10**13))
def test_thousands_are_divided_as_everywhere(value: int) -> None:
    assert figure(value, "#,##0").shown == f"{value:,}"


@given(st.decimals(0, 10**9, places=2))
def test_two_places_are_shown_as_written(value: Decimal) -> None:
    assert figure(float(value), "0.00").shown == f"{value:.2f}"
