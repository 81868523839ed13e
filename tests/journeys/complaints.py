"""The complaint handling form as people of Sales fill it in."""

from itertools import count
from typing import Any

COMPLAINTS = "/api/intake/complaints"

ORDERS = count(1)

FORM = {
    "site": "TPE",
    "customer": "Formosa Bicycles",
    "region": "domestic",
    "part": "Frame tube 31.8",
    "delivered_on": "2025-06-02",
    "delivered": "400",
    "defective": "12",
    "unit": "piece",
    "value": {"amount": "36000.00", "currency": "TWD"},
    "demand": "return",
    "reason": "Weld seams are cracked",
    "duplicates_seen": True,
}


def complaint(**changes: Any) -> dict[str, Any]:
    """A complete form of an order of its own, with these fields otherwise."""
    return {**FORM, "order": f"SO-{next(ORDERS):04}", **changes}


def in_kunshan(**changes: Any) -> dict[str, Any]:
    """A complete form of the other site, in its currency."""
    return complaint(site="KSH", value={"amount": "9000.00", "currency": "CNY"}, **changes)


def without(form: dict[str, Any], *names: str) -> dict[str, Any]:
    """The form with fields left empty."""
    return {name: value for name, value in form.items() if name not in names}
