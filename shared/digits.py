"""Whole numbers as others write them: in plain digits, and no greater than a column holds."""

LAST = 2**63 - 1
"""The greatest number of a row or an event that a column of the stores holds."""


def whole(told: str, most: int) -> int | None:
    """The whole number that is written in the digits 0 to 9; None for other signs or more than ``most``."""
    if not (told.isascii() and told.isdigit() and len(told) <= len(str(most))):
        return None
    return int(told) if int(told) <= most else None
