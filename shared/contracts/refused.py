"""How a department says no: a code and the rule it comes from; the words live with the translations."""

from typing import Any


class Refused(Exception):
    """A command that the procedure does not allow.

    ``code`` names the words (``refused.<code>`` in the translations), ``rule`` the source (``P1.24``),
    ``details`` what the words need, as plain JSON values. ``fields`` names the inputs at fault, if any.
    """

    def __init__(self, code: str, rule: str = "", *, fields: tuple[str, ...] = (), **details: Any) -> None:
        super().__init__(code, rule, fields, details)
        self.code = code
        self.rule = rule
        self.fields = fields
        self.details = details

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Refused) and self.args == other.args

    __hash__ = Exception.__hash__
