"""The OpenAPI document of a service, from its command classes."""

from typing import Any

from fastapi import FastAPI
from fastapi.openapi.utils import get_openapi
from pydantic.json_schema import JsonSchemaMode

from shared.http.body import body_of

PROBLEM = {
    "type": "object",
    "description": "RFC 9457, in the caller's language (Accept-Language).",
    "required": ["type", "title", "status", "detail", "instance", "code"],
    "properties": {
        "type": {"type": "string"},
        "title": {"type": "string"},
        "status": {"type": "integer"},
        "detail": {"type": "string"},
        "instance": {"type": "string"},
        "code": {"type": "string"},
        "rule": {"type": "string", "description": "The procedure's rule, for example P1.24"},
        "details": {"type": "object", "description": "What the words of ``detail`` speak of, by name"},
        "errors": {
            "type": "array",
            "items": {
                "type": "object",
                "required": ["field", "pointer", "code", "message"],
                "properties": {name: {"type": "string"} for name in ("field", "pointer", "code", "message")},
            },
        },
    },
}
ANSWER = {
    "type": "object",
    "required": ["case", "version", "position", "events"],
    "properties": {
        "case": {"type": "string", "format": "uuid"},
        "version": {"type": "integer", "description": "Of this department's folder; also in ETag"},
        "position": {"type": "string", "description": "Also in Redress-Position", "examples": ["intake:123"]},
        "events": {
            "type": "array",
            "items": {
                "type": "object",
                "required": ["type", "data"],
                "properties": {"type": {"type": "string"}, "data": {"type": "object"}},
            },
        },
    },
}
PROBLEMS = {
    "400": "The request cannot be read",
    "401": "No valid token",
    "403": "This person may not do this",
    "404": "This department has no such case",
    "409": "The procedure does not allow this now",
    "412": "If-Match names another version than the current one",
    "413": "The body is too big",
    "415": "The body is of another type",
    "422": "Fields are at fault, or the Idempotency-Key was used for another command",
    "503": "Too busy; see Retry-After",
}
FILES = {"429": "The person has sent enough for a day", "507": "There is no room left for files"}
"""Problems of uploads alone."""
REF = "#/components/schemas/{model}"
MODE: JsonSchemaMode = "validation"


def ref(name: str) -> dict[str, str]:
    """A reference to a schema of the document."""
    return {"$ref": REF.format(model=name)}


def problem_responses(*statuses: str) -> dict[str, Any]:
    """The problems that an operation may answer with; all of them unless some are named."""
    told = PROBLEMS | FILES
    return {
        status: {"description": told[status], "content": {"application/problem+json": {"schema": ref("Problem")}}}
        for status in statuses or PROBLEMS
    }


def parameter(name: str, place: str, description: str, **schema: Any) -> dict[str, Any]:
    """One parameter of an operation; those of the path are required."""
    return {
        "name": name,
        "in": place,
        "required": place == "path",
        "description": description,
        "schema": {"type": "string", **schema},
    }


CASE = parameter("case", "path", "The case", format="uuid")


def door_operation(command: type[Any], creates: bool) -> dict[str, Any]:
    """What FastAPI cannot see of a door: its body, parameters and answers."""
    parameters = [
        parameter("Idempotency-Key", "header", "The same key again gives the first answer; a person's own"),
        parameter("If-Match", "header", 'The folder\'s version, for example "12"'),
    ]
    answer = {"description": "Done", "content": {"application/json": {"schema": ref("Answer")}}}
    return {
        "parameters": parameters if creates else [CASE, *parameters],
        "requestBody": {"required": True, "content": {"application/json": {"schema": ref(command.__name__)}}},
        "responses": {"201" if creates else "200": answer, **problem_responses()},
    }


def describe(app: FastAPI, commands: tuple[tuple[type[Any], bool], ...]) -> None:
    """Give an app its document: commands as (class, whether it creates a case)."""

    def document() -> dict[str, Any]:
        if app.openapi_schema is None:
            made = get_openapi(title=app.title, version=app.version, description=app.description, routes=app.routes)
            schemas = made.setdefault("components", {}).setdefault("schemas", {})
            schemas |= {"Problem": PROBLEM, "Answer": ANSWER} | schemas_of(commands)
            made["components"]["securitySchemes"] = {
                "token": {"type": "http", "scheme": "bearer", "bearerFormat": "JWT"},
                "cookie": {"type": "apiKey", "in": "cookie", "name": "redress"},
            }
            made["security"] = [{"token": []}, {"cookie": []}]
            app.openapi_schema = made
        return app.openapi_schema

    app.openapi = document  # type: ignore[method-assign]


def schemas_of(commands: tuple[tuple[type[Any], bool], ...]) -> dict[str, Any]:
    """The JSON schemas of the commands' bodies and of what is in them."""
    found: dict[str, Any] = {}
    for command, creates in commands:
        schema = body_of(command, creates).adapter.json_schema(ref_template=REF, mode=MODE)
        found |= schema.pop("$defs", {})
        found[command.__name__] = schema
    return found
