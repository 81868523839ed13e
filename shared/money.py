"""Amounts of money in the decimals that their currency has (CLDR): two for TWD and CNY, none for JPY."""

from decimal import Decimal
from functools import cache

from babel.numbers import get_currency_precision


@cache
def places_of(currency: str) -> int:
    """How many decimals a currency (ISO 4217) has; two for one that there is not."""
    return int(get_currency_precision(currency))


def minor_unit(currency: str) -> Decimal:
    """The least amount: ``0.01`` for TWD."""
    return Decimal(1).scaleb(-places_of(currency))


def is_payable(amount: Decimal, currency: str) -> bool:
    """Whether an amount has no more decimals than its currency; zeros behind them do not count."""
    return not amount % minor_unit(currency)
