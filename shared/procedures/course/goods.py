"""What a case is about: goods, and the unit in which every quantity of the case counts."""

from dataclasses import dataclass
from decimal import Decimal

from shared.contracts import intake


@dataclass(frozen=True, slots=True)
class Goods:
    """How much was delivered, in which unit of the pack."""

    delivered: Decimal
    unit: str


def goods_of(form: intake.ComplaintFiled | intake.FormCorrected) -> Goods:
    """The goods on a form."""
    return Goods(form.delivered, form.unit)
