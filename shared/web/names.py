"""What a code is called: in the pack's own words where a case has a pack, else in the product's."""

from shared.procedures.course.rules import Rules
from shared.web.translations import known

CHOICES = {
    "accepted": "choice.outcomes",
    "cause": "choice.causes",
    "channel": "choice.channels",
    "complaint_class": "choice.classes",
    "demand": "choice.demands",
    "concerned": "department",
    "department": "department",
    "disposition": "choice.dispositions",
    "established": "choice.establishment",
    "fields": "field",
    "level": "level",
    "name": "stage",
    "owner": "department",
    "region": "choice.regions",
    "required": "level",
    "responsible_department": "department",
    "sender": "stage",
    "signed": "level",
    "stage": "stage",
    "unit": "choice.units",
}
"""Fields of events that hold a code, and the kind of the code."""

KINDS = {"departments": "department", "levels": "level", "stages": "stage"}
"""Lists of choices that are kinds of their own."""


def named(language: str, rules: Rules | None, kind: str, code: str) -> str:
    """The name of a code of a kind such as ``stage``, ``department`` or ``choice.demands``; else the code itself."""
    key = f"{kind}.{code}"
    if rules is not None:
        try:
            return rules.wording(key, language)
        except KeyError:
            pass
    return known(language, key) or code


def kind_of(choices: str) -> str:
    """The kind of the codes in a list of choices."""
    return KINDS.get(choices, f"choice.{choices}")
