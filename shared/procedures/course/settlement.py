"""What a disposition comes to: the customer's amount and the company's loss, by the pack's formulas (P1.30)."""

from collections.abc import Mapping
from dataclasses import dataclass
from decimal import ROUND_HALF_UP, Decimal, localcontext
from math import prod

from pydantic import TypeAdapter, ValidationError

from shared.contracts.refused import Refused
from shared.contracts.values import Amount, Money
from shared.money import minor_unit
from shared.procedures.language.sections import Disposition, Sum

DIGITS = 100
"""Enough to hold the exact product of a few amounts before it is rounded."""

_amount = TypeAdapter[Decimal](Amount)


@dataclass(frozen=True, slots=True)
class Settlement:
    """``amount`` is what the customer gets, ``loss`` what it costs the company, ``formula`` how that was computed."""

    amount: Money
    loss: Money
    formula: str


def settle(disposition: Disposition, inputs: Mapping[str, Decimal], currency: str) -> Settlement:
    """Apply a disposition's formulas; each result is rounded once, half up, to the currency's minor unit.

    Raises Refused ``inputs-wrong`` with the fields at fault for a missing, unknown, negative or oversized
    input, and ``amount-too-large`` for a result that is none.
    """
    asked = set(disposition.inputs)
    wrong = {
        "missing": sorted(asked - set(inputs)),
        "unknown": sorted(set(inputs) - asked),
        "invalid": sorted(name for name in asked & set(inputs) if not _is_amount(inputs[name])),
    }
    if fields := tuple(f"inputs.{name}" for names in wrong.values() for name in names):
        raise Refused("inputs-wrong", disposition.rule, fields=fields, **wrong)
    amount, loss = (_money(formula, inputs, currency) for formula in (disposition.amount, disposition.loss))
    if not (_is_amount(amount.amount) and _is_amount(loss.amount)):
        raise Refused("amount-too-large", disposition.rule, fields=("inputs",))
    return Settlement(amount, loss, written(disposition.loss))


def written(formula: Sum) -> str:
    """A formula as people write it: ``returned × price × 0.20``."""
    return " + ".join(" × ".join(str(factor) for factor in product) for product in formula) or "0"


def _money(formula: Sum, inputs: Mapping[str, Decimal], currency: str) -> Money:
    with localcontext(prec=DIGITS):
        total = sum((prod(_factors(product, inputs), start=Decimal(1)) for product in formula), Decimal())
        return Money(total.quantize(minor_unit(currency), ROUND_HALF_UP), currency)


def _factors(product: tuple[str | Decimal, ...], inputs: Mapping[str, Decimal]) -> list[Decimal]:
    return [inputs[factor] if isinstance(factor, str) else factor for factor in product]


def _is_amount(value: Decimal) -> bool:
    try:
        _amount.validate_python(value)
    except ValidationError:
        return False
    return True
