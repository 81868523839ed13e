"""Reads guards and formulas by precedence: or, and, not, comparison, sum, product."""

import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from decimal import Decimal

from shared.regulation.language.expressions import Applied, Expression, Joined, Listed, Literally, Name

TOKEN = re.compile(
    r"\s*(?:(?P<number>\d+(?:\.\d+)?)(?![\w.])"
    r"|(?P<name>[A-Za-z][A-Za-z0-9]*(?:[-_][A-Za-z0-9]+)*)"
    r"|(?P<sign><=|>=|!=|[=<>+\-*/()\[\],]))"
)
"""A hyphen inside a name belongs to it; between blanks it is a minus."""
DEEPEST = 40
"""How deep parentheses may stand in each other."""


class NoExpression(ValueError):
    """A text that is no expression; ``at`` is the place in it, from 0."""

    def __init__(self, message: str, at: int) -> None:
        super().__init__(message)
        self.at = at


def parse(text: str) -> Expression:
    """Read an expression. Raises NoExpression."""
    return _Parser(text).whole()


@dataclass(frozen=True, slots=True)
class _Token:
    kind: str
    text: str
    at: int


class _Parser:
    """Reads by precedence: or, and, not, comparison, sum, product."""

    def __init__(self, text: str) -> None:
        self._tokens = list(_tokens(text))
        self._next = 0
        self._depth = 0
        self._end = len(text)

    def whole(self) -> Expression:
        found = self._or()
        if token := self._peek():
            raise NoExpression(f"{token.text!r} does not belong here", token.at)
        return found

    def _or(self) -> Expression:
        left = self._and()
        while token := self._take("or"):
            left = Joined("or", left, self._and(), token.at)
        return left

    def _and(self) -> Expression:
        left = self._not()
        while token := self._take("and"):
            left = Joined("and", left, self._not(), token.at)
        return left

    def _not(self) -> Expression:
        if token := self._take("not"):
            return Applied("not", self._deeper(self._not), token.at)
        return self._comparison()

    def _comparison(self) -> Expression:
        left = self._sum()
        if token := self._take("in"):
            return Joined("in", left, self._list(), token.at)
        if token := self._take("=", "!=", "<", "<=", ">", ">="):
            return Joined(token.text, left, self._sum(), token.at)  # type: ignore[arg-type]
        return left

    def _sum(self) -> Expression:
        left = self._product()
        while token := self._take("+", "-"):
            left = Joined(token.text, left, self._product(), token.at)  # type: ignore[arg-type]
        return left

    def _product(self) -> Expression:
        left = self._operand()
        while token := self._take("*", "/"):
            left = Joined(token.text, left, self._operand(), token.at)  # type: ignore[arg-type]
        return left

    def _operand(self) -> Expression:
        if token := self._take("-"):
            return Applied("-", self._deeper(self._operand), token.at)
        if token := self._take("given"):
            return Applied("given", self._name(), token.at)
        if token := self._take("count", "any", "all"):
            return Applied(token.text, self._inside(), token.at)  # type: ignore[arg-type]
        if token := self._peek():
            if token.text == "(":
                return self._inside()
            if token.kind == "number":
                self._next += 1
                return Literally(Decimal(token.text), token.at)
            if token.text in ("yes", "no"):
                self._next += 1
                return Literally(token.text == "yes", token.at)
        return self._name()

    def _name(self) -> Name:
        token = self._peek()
        if token is None or token.kind != "name" or token.text in RESERVED:
            raise self._unexpected("a field or a code")
        self._next += 1
        return Name(token.text, token.at)

    def _list(self) -> Listed:
        opening = self._take("[", "(")
        if opening is None:
            raise self._unexpected("a list such as [a, b]")
        members = [self._sum()]
        while self._take(","):
            members.append(self._sum())
        if not self._take("]", ")"):
            raise self._unexpected("']' or ','")
        return Listed(tuple(members), opening.at)

    def _inside(self) -> Expression:
        if not self._take("("):
            raise self._unexpected("'('")
        found = self._deeper(self._or)
        if not self._take(")"):
            raise self._unexpected("')'")
        return found

    def _deeper(self, read: Callable[[], Expression]) -> Expression:
        self._depth += 1
        if self._depth > DEEPEST:
            raise self._unexpected("fewer parentheses")
        found = read()
        self._depth -= 1
        return found

    def _peek(self) -> _Token | None:
        return self._tokens[self._next] if self._next < len(self._tokens) else None

    def _take(self, *texts: str) -> _Token | None:
        token = self._peek()
        if token is None or token.text not in texts:
            return None
        self._next += 1
        return token

    def _unexpected(self, wanted: str) -> NoExpression:
        token = self._peek()
        if token is None:
            return NoExpression(f"the expression ends where {wanted} should stand", self._end)
        return NoExpression(f"{token.text!r} stands where {wanted} should", token.at)


RESERVED = frozenset({"or", "and", "not", "in", "given", "count", "any", "all", "yes", "no"})
"""Words of the language, which are no names."""


def _tokens(text: str) -> Iterator[_Token]:
    at = 0
    while text[at:].strip():
        found = TOKEN.match(text, at)
        if found is None:
            blank = len(text[at:]) - len(text[at:].lstrip())
            raise NoExpression(f"{text[at + blank]!r} means nothing here", at + blank)
        kind = str(found.lastgroup)
        yield _Token(kind, found[kind], found.start(kind))
        at = found.end()
