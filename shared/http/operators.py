"""Who may look at the machinery, and turn its handles: the people of one department."""

from starlette.requests import Request

from shared.contracts.values import Actor
from shared.http.login import person
from shared.http.problems import Problem

OPERATIONS = "operations"
"""The department of those who keep the programs running."""


def is_operator(who: Actor) -> bool:
    """Whether a person keeps the programs running."""
    return who.department == OPERATIONS


def operator(request: Request) -> Actor:
    """The operator who asks. Raises Problem 401 for a stranger, 403 for anybody of another department."""
    who = person(request)
    if not is_operator(who):
        raise Problem(403, "problem.operators-only")
    return who
