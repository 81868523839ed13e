"""Files are received before the command that names them, and given only to those who may see the case."""

import asyncio
import errno
from typing import get_args

import msgspec
from fastapi import APIRouter
from starlette.datastructures import FormData, UploadFile
from starlette.requests import Request
from starlette.responses import FileResponse, Response

from shared.contracts.values import Actor, Attachment
from shared.files import INLINE, FileRefused, Size, disposition, kind_of
from shared.http.body import invalid
from shared.http.folders import open_folder
from shared.http.holding import attachments_in
from shared.http.login import person
from shared.http.openapi import CASE, parameter, problem_responses
from shared.http.problems import FieldProblem, Problem
from shared.http.routes import Plain
from shared.http.surroundings import ServiceContext, surroundings

POLICY = "default-src 'none'; img-src 'self'; style-src 'unsafe-inline'; sandbox"
STATUS = {"file-empty": 422, "file-too-large": 413, "file-quota": 429, "files-full": 507}
"""Other refusals of files are 415."""
SIZES: tuple[Size, ...] = get_args(Size)
NO_PICTURE = (
    '<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 24 24" fill="none" stroke="#667382" stroke-width="1.5"'
    ' stroke-linecap="round" stroke-linejoin="round"><path d="M15 8h.01M4 6a2 2 0 0 1 2-2h12a2 2 0 0 1 2 2v12a2 2 0 0'
    ' 1-2 2H6a2 2 0 0 1-2-2zM4 16l5-5c.9-.9 2.1-.9 3 0l5 5M14 14l1-1c.9-.9 2.1-.9 3 0l2 2"/></svg>'
)
"""Shown in place of a thumbnail that cannot be made: a drawing of a picture, never a dead one."""


def attachment_routes(service: str) -> APIRouter:
    """``POST /api/<service>/attachments``, and below ``/api/<service>/cases/{case}/attachments/{digest}`` a file and
    its preview."""
    router = APIRouter(prefix=f"/api/{service}", tags=["attachments"], route_class=Plain)
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
            "responses": problem_responses("401", "413", "415", "422", "429", "507"),
        },
    )
    asked = [CASE, parameter("digest", "path", "SHA-256 in hex"), parameter("name", "query", "Its name in the case")]
    router.add_api_route(
        "/cases/{case:uuid}/attachments/{digest}",
        give,
        methods=["GET"],
        response_model=None,
        summary="A file of the case",
        openapi_extra={"parameters": asked, "responses": problem_responses("401", "403", "404")},
    )
    router.add_api_route(
        "/cases/{case:uuid}/attachments/{digest}/preview",
        preview,
        methods=["GET"],
        response_model=None,
        summary="A smaller JPEG of a picture of the case",
        openapi_extra={
            "parameters": [*asked, parameter("size", "query", "small or large")],
            "responses": problem_responses("401", "403", "404"),
        },
    )
    return router


async def receive(request: Request) -> Response:
    """Store the one file of a multipart form, under the field ``file``."""
    who = person(request)
    async with request.form(max_files=1, max_fields=1) as form:
        kept, refused = await keep_uploads(surroundings(request), form, "file", who)
    for refusal in refused:
        raise problem_of(refusal)
    if not kept:
        raise invalid(FieldProblem("file", "problem.missing"))
    return Response(msgspec.json.encode(kept[0]), status_code=201, media_type="application/json")


async def keep_uploads(
    here: ServiceContext, form: FormData, field: str, who: Actor
) -> tuple[list[Attachment], list[FileRefused]]:
    """Store every file that a form brought under a field, and say of each other one why not.

    An input left empty brings none.
    """
    kept, refused = [], []
    for part in form.getlist(field):
        if isinstance(part, UploadFile) and part.filename:
            try:
                kept.append(await asyncio.to_thread(here.files.keep, part.file, part.filename, who.person))
            except FileRefused as refusal:
                refused.append(refusal)
            except OSError as error:
                if error.errno not in (errno.ENOSPC, errno.EDQUOT):
                    raise
                refused.append(FileRefused("files-full", name=part.filename))
    return kept, refused


def problem_of(refusal: FileRefused) -> Problem:
    """A refused file as the answer to the request that brought it."""
    return Problem(STATUS.get(refusal.reason, 415), f"problem.{refusal.reason}", **refusal.values)


async def give(request: Request) -> Response:
    """Send a file that an event of the case names; what browsers draw safely may be shown in a page, all else is saved.

    The same content may be there under several names: ``name`` says which is meant.
    """
    attached = await named(request)
    known = kind_of(attached.media_type)
    return sent(
        surroundings(request).files.place(attached.digest),
        attached.media_type if known else "application/octet-stream",
        disposition("inline" if attached.media_type in INLINE else "attachment", attached.name),
    )


async def preview(request: Request) -> Response:
    """Send a JPEG of a picture: ``small`` as a thumbnail, which is a drawing where none can be made, or ``large``."""
    attached = await named(request)
    here = surroundings(request)
    size = next((each for each in SIZES if each == request.query_params.get("size", "small")), None)
    known = kind_of(attached.media_type)
    made = None
    if size and known and known.group == "picture":
        made = await here.previews.of(here.files.place(attached.digest), size)
    if made:
        return sent(made, "image/jpeg", disposition("inline", f"{attached.name}.jpg"))
    if size == "small":
        return Response(NO_PICTURE, media_type="image/svg+xml", headers={"content-security-policy": POLICY})
    raise Problem(404, "problem.no-preview", name=attached.name)


async def named(request: Request) -> Attachment:
    """The file that the request asks for. Raises Problem 401, 403, and 404 unless the case names it and it is kept."""
    await open_folder(request)
    here = surroundings(request)
    digest, name = request.path_params["digest"], request.query_params.get("name")
    for recorded in await here.gate.events(request.path_params["case"]):
        for attached in attachments_in(recorded.event):
            if attached.digest == digest and name in (None, attached.name) and here.files.has(attached):
                return attached
    raise Problem(404, "problem.unknown-attachment", name=name or digest)


def sent(file: object, media_type: str, shown: str) -> Response:
    """A file in a sandbox, never guessed to be something else."""
    return FileResponse(
        str(file),
        media_type=media_type,
        headers={
            "content-disposition": shown,
            "content-security-policy": POLICY,
            "cache-control": "private, max-age=86400, immutable",
        },
    )
