"""Files are received before the command that names them, and given only to those who may see the case."""

import asyncio

import msgspec
from fastapi import APIRouter
from starlette.datastructures import FormData, UploadFile
from starlette.requests import Request
from starlette.responses import FileResponse, Response

from shared.contracts.values import Attachment
from shared.http.body import invalid
from shared.http.doors import attachments_in
from shared.http.folders import open_folder
from shared.http.login import person
from shared.http.openapi import CASE, parameter, problem_responses
from shared.http.problems import FieldProblem, Problem
from shared.http.surroundings import Surroundings, surroundings

POLICY = "default-src 'none'; img-src 'self'; style-src 'unsafe-inline'; sandbox"


def attachment_routes(service: str) -> APIRouter:
    """``POST /api/<service>/attachments`` and ``GET /api/<service>/cases/{case}/attachments/{digest}``."""
    router = APIRouter(prefix=f"/api/{service}", tags=["attachments"])
    upload = {"type": "object", "properties": {"file": {"type": "string", "format": "binary"}}, "required": ["file"]}
    router.add_api_route(
        "/attachments",
        receive,
        methods=["POST"],
        response_model=None,
        status_code=201,
        summary="Store a file; the answer is what a command names it by",
        openapi_extra={
            "requestBody": {"required": True, "content": {"multipart/form-data": {"schema": upload}}},
            "responses": problem_responses("401", "413", "415", "422"),
        },
    )
    router.add_api_route(
        "/cases/{case:uuid}/attachments/{digest}",
        give,
        methods=["GET"],
        response_model=None,
        summary="A file of the case",
        openapi_extra={
            "parameters": [CASE, parameter("digest", "path", "SHA-256 in hex")],
            "responses": problem_responses("401", "403", "404"),
        },
    )
    return router


async def receive(request: Request) -> Response:
    """Store the one file of a multipart form, under the field ``file``."""
    person(request)
    async with request.form(max_files=1, max_fields=1) as form:
        kept = await keep_uploads(surroundings(request), form, "file")
    if not kept:
        raise invalid(FieldProblem("file", "problem.missing"))
    return Response(msgspec.json.encode(kept[0]), status_code=201, media_type="application/json")


async def keep_uploads(here: Surroundings, form: FormData, field: str) -> list[Attachment]:
    """Store every file that a form brought under a field; an input left empty brings none."""
    uploads = [part for part in form.getlist(field) if isinstance(part, UploadFile) and part.filename]
    return [await asyncio.to_thread(here.files.keep, part.file, part.filename or "") for part in uploads]


async def give(request: Request) -> Response:
    """Send a file that an event of the case names; pictures may be shown in a page, all else is saved."""
    await open_folder(request)
    here = surroundings(request)
    digest = request.path_params["digest"]
    for recorded in await here.door.events(request.path_params["case"]):
        for attached in attachments_in(recorded.event):
            if attached.digest == digest:
                return sent(here, attached)
    raise Problem(404, "problem.unknown-attachment", name=digest)


def sent(here: Surroundings, attached: Attachment) -> Response:
    """The file itself, in a sandbox and never guessed to be something else."""
    if not here.files.has(attached):
        raise Problem(404, "problem.unknown-attachment", name=attached.name)
    return FileResponse(
        here.files.place(attached.digest),
        media_type=attached.media_type,
        filename=attached.name,
        content_disposition_type="inline" if attached.media_type.startswith("image/") else "attachment",
        headers={"content-security-policy": POLICY, "cache-control": "private, max-age=86400, immutable"},
    )
