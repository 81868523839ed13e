"""What an address may ask for: the query parameters that its route declares. Everything else is refused by name."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from difflib import get_close_matches
from typing import Any

from starlette.datastructures import QueryParams
from starlette.requests import Request

from shared.http.body import invalid
from shared.http.openapi import parameter
from shared.http.problems import FieldProblem, Problem
from shared.text.characters import misplaced

Parameters = Mapping[str, Mapping[str, Any]]
"""The schemas of query parameters, by name."""

NESTED = frozenset({"array", "object"})
"""Types of parameters that have parts: ``value.amount``, ``responsible.0.weight``."""
TRUTHS = ("true", "false")
LONGEST_WANTED = 100
"""Characters of what a list may be asked for."""
SITE = parameter("site", "query", "Only this one of the person's sites")


def declared(operation: Mapping[str, Any] | None) -> Parameters:
    """The query parameters that an operation of OpenAPI declares."""
    parameters = (operation or {}).get("parameters", ())
    return {each["name"]: each["schema"] for each in parameters if each["in"] == "query"}


def require_declared(query: QueryParams, parameters: Parameters) -> None:
    """Raises Problem 422 that names every parameter which is not declared, and every value that it cannot have."""
    if query and (wrong := tuple(faults(query, parameters))):
        raise Problem(422, "problem.query", fields=wrong)


def faults(query: QueryParams, parameters: Parameters) -> Iterator[FieldProblem]:
    """What of a query is not understood."""
    for name in query:
        whole, _, part = name.partition(".")
        schema = parameters.get(whole)
        if schema is None or (part and schema["type"] not in NESTED):
            yield unknown(name, parameters)
            continue
        values = query.getlist(name)
        if len(values) > 1 and schema["type"] != "array":
            yield FieldProblem(name, "problem.parameter-twice")
        for value in values:
            if value and (choices := choices_of(schema)) and value not in choices:
                yield no_choice(name, value, choices)


def unknown(name: str, parameters: Iterable[str]) -> FieldProblem:
    """A parameter that is not there, with those that are."""
    if not (known := sorted(parameters)):
        return FieldProblem(name, "problem.no-parameters")
    return FieldProblem(name, *guessed("parameter", name, known))


def no_choice(name: str, value: str, choices: Sequence[str]) -> FieldProblem:
    """A value that is none of a list's, with those that are."""
    return FieldProblem(name, *guessed("choice", value, choices))


def guessed(what: str, told: str, known: Sequence[str]) -> tuple[str, dict[str, Any]]:
    """The words for something that is none of what is known, and what it may have been meant for."""
    values = {"told": told, "known": list(known)}
    lowered = {each.lower(): each for each in known}
    if meant := get_close_matches(told.lower(), lowered, 1):
        return f"problem.misspelt-{what}", {**values, "meant": lowered[meant[0]]}
    return f"problem.unknown-{what}", values


def choices_of(schema: Mapping[str, Any]) -> Sequence[str]:
    """The values that a parameter is declared to have; none for one that may have any."""
    if schema["type"] == "boolean":
        return TRUTHS
    choices: Sequence[str] = schema.get("enum", ())
    return choices


def wanted_of(request: Request, name: str) -> str:
    """What of a list ``?<name>=`` asks for, empty for all of it. Raises Problem 422 for more than a short line."""
    told = request.query_params.get(name, "").strip()
    if len(told) > LONGEST_WANTED:
        raise invalid(FieldProblem(name, "problem.string_too_long", {"max_length": LONGEST_WANTED}))
    if found := misplaced(told, line=True):
        values = {"character": found.character, "place": found.place}
        raise invalid(FieldProblem(name, f"problem.{found.kind}", values))
    return told


def chosen_of(request: Request, name: str, choices: Iterable[str]) -> str:
    """The one of some choices that ``?<name>=`` asks for, empty for any. Raises Problem 422 for another."""
    told = wanted_of(request, name)
    known = list(choices)
    if told and told not in known:
        raise Problem(422, "problem.query", fields=(no_choice(name, told, known),))
    return told


def require_alone(request: Request, name: str) -> None:
    """Raises Problem 422 for a parameter beside ``name``, which it could not change."""
    if others := [each for each in request.query_params if each != name]:
        raise invalid(*(FieldProblem(each, "problem.not-together", {"told": each, "other": name}) for each in others))
