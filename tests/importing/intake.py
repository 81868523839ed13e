"""A small server on a port of its own that answers like intake's API: logs in, creates once, fails when told to."""

import socket
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any
from uuid import UUID

import uvicorn
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route

from shared.http.identities import case_of, command_of

PATIENCE = 20.0


@dataclass
class Intake:
    """What the server was sent, and what it is to do about it.

    ``created`` are the bodies by key, in order. ``failures`` are answers to give before any other, the last first.
    ``withdrawn`` are the keys of cases taken back, which cannot be where somebody has ``worked_on`` the reason; so many
    forms (``seen_late``) look like a withdrawn one still.
    When ``hold_at`` complaints are there it says so by ``held`` and answers no more until ``go_on``.
    """

    address: str = ""
    created: dict[str, dict[str, Any]] = field(default_factory=dict)
    requests: int = 0
    logins: int = 0
    most_at_once: int = 0
    failures: list[Response] = field(default_factory=list)
    people: tuple[str, ...] = ("lin-yating",)
    withdrawn: set[str] = field(default_factory=set)
    worked_on: set[str] = field(default_factory=set)
    seen_late: int = 0
    hold_at: int | None = None
    held: threading.Event = field(default_factory=threading.Event)
    go_on: threading.Event = field(default_factory=threading.Event)
    under_way: int = 0
    lock: threading.Lock = field(default_factory=threading.Lock)

    def log_in(self, told: dict[str, Any]) -> Response:
        self.logins += 1
        if told["person"] not in self.people:
            return JSONResponse({"detail": "Nobody of that name works here."}, 422)
        return JSONResponse({"token": f"token-{self.logins}", "expires": "2030-01-01T00:00:00+00:00"})

    def file(self, key: str, token: str, body: dict[str, Any]) -> Response:
        with self.lock:
            self.requests += 1
            self.under_way += 1
            self.most_at_once = max(self.most_at_once, self.under_way)
        try:
            return self.answer(key, token, body)
        finally:
            with self.lock:
                self.under_way -= 1

    def answer(self, key: str, token: str, body: dict[str, Any]) -> Response:
        if self.hold_at is not None and len(self.created) >= self.hold_at:
            self.held.set()
            self.go_on.wait(PATIENCE)
        with self.lock:
            if self.failures:
                return self.failures.pop()
            if token != f"Bearer token-{self.logins}":
                return JSONResponse({"detail": "Log in again."}, 401)
            reason = body.get("reason")
            if reason == "unreasonable":
                errors = [{"field": "reason", "message": "is not accepted"}]
                return JSONResponse({"detail": "Two fields.", "errors": errors}, 422)
            if reason == "impossible":
                return JSONResponse({"detail": "The form is incomplete", "rule": "P1.9"}, 409)
            if self.created.get(key, body) != body:
                return JSONResponse({"detail": "This key was used.", "code": "key-reused"}, 422)
            if self.withdrawn and self.seen_late:
                self.seen_late -= 1
                return JSONResponse({"detail": "Looks like another.", "code": "possible-duplicate"}, 422)
            there = key in self.created
            self.created.setdefault(key, body)
        headers = {"idempotent-replayed": "true"} if there else {}
        return JSONResponse({"case": str(made_by(key))}, 201, headers)

    def key_of(self, case: UUID) -> str | None:
        """The key under which a case was created."""
        return next((key for key in self.created if made_by(key) == case), None)

    def folder(self, case: UUID) -> Response:
        key = self.key_of(case)
        if key is None:
            return JSONResponse({"detail": "No such case."}, 404)
        return JSONResponse({"case": str(case), "withdrawn": key in self.withdrawn})

    def withdraw(self, case: UUID) -> Response:
        key = self.key_of(case)
        if key is None or self.created[key].get("reason") in self.worked_on:
            return JSONResponse({"detail": "Somebody works on it.", "rule": "P1.9"}, 409)
        self.withdrawn.add(key)
        return JSONResponse({"case": str(case)})


def made_by(key: str) -> UUID:
    """The case that comes of a key, as the house has it."""
    return case_of(command_of("lin-yating", key), "intake")


def app_of(intake: Intake) -> Starlette:
    async def log_in(request: Request) -> Response:
        return intake.log_in(await request.json())

    async def file(request: Request) -> Response:
        from anyio.to_thread import run_sync

        headers = request.headers
        body = await request.json()
        return await run_sync(intake.file, headers["idempotency-key"], headers.get("authorization", ""), body)

    async def folder(request: Request) -> Response:
        return intake.folder(request.path_params["case"])

    async def withdraw(request: Request) -> Response:
        return intake.withdraw(request.path_params["case"])

    return Starlette(
        routes=[
            Route("/api/intake/cases/{case:uuid}", folder, methods=["GET"]),
            Route("/api/intake/cases/{case:uuid}/withdraw-complaint", withdraw, methods=["POST"]),
            Route("/api/login", log_in, methods=["POST"]),
            Route("/api/intake/complaints", file, methods=["POST"]),
        ]
    )


@contextmanager
def running() -> Iterator[Intake]:
    """The server, until the end of the block."""
    intake = Intake()
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        intake.address = f"http://127.0.0.1:{taken.getsockname()[1]}"
        server = uvicorn.Server(uvicorn.Config(app_of(intake), log_level="warning", lifespan="off"))
        thread = threading.Thread(target=server.run, kwargs={"sockets": [taken]}, daemon=True)
        thread.start()
        try:
            yield intake
        finally:
            intake.go_on.set()
            server.should_exit = True
            thread.join(PATIENCE)
