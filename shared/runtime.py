"""Starts a service from its rooms: HTTP, gate, relay, inbox, read model, metrics, and their end in order."""

import asyncio
import os
from collections.abc import AsyncIterator, Callable, Mapping, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass
from functools import cache
from pathlib import Path

import structlog
import uvicorn
from fastapi import APIRouter, FastAPI
from starlette.requests import Request
from starlette.responses import Response

from shared.audit.checkpoint_schedule import CheckpointSchedule, interval_from_env, schedule_from_env
from shared.clock import Clock, clock_from_env
from shared.commands.department import Department, RulesFor
from shared.commands.gate import Gate
from shared.contracts.event import SERVICES
from shared.eventstore.store import Store
from shared.http import logging
from shared.http.app import create_app, wants_page
from shared.http.condition import condition_routes
from shared.http.deadletters import letter_routes
from shared.http.doors import Door
from shared.http.problems import Problem, problem_response
from shared.http.settings import Settings, settings_from_env
from shared.http.sweeping import Sweeping
from shared.loop import Loop
from shared.messaging.dead_letters import DeadLetters, Replayer
from shared.messaging.inbox import Inbox
from shared.messaging.relay import Relay
from shared.messaging.topics import Topics
from shared.observability import metrics, tracing
from shared.postgres.databases import Database, database_of
from shared.postgres.pool import AWAY, Pool, open_pool
from shared.procedures.course.rules import Rules
from shared.procedures.language.company import Company, load_company
from shared.procedures.language.loader import load_pack
from shared.readmodels.projection import Projection
from shared.readmodels.runner import Runner
from shared.web.console import furnish
from shared.web.pages import problem_page
from shared.web.paper import Papers
from shared.web.translations import say

log = structlog.get_logger(__name__)

HOST = "127.0.0.1"
GRACE = 10
"""Seconds that requests under way are given at the end."""


@dataclass(frozen=True)
class Parts:
    """What the rooms of a running service are given."""

    company: Company
    clock: Clock
    gate: Gate
    pool: Pool
    database_url: str
    kafka: str
    hearing: Callable[[], Sequence[str]]
    """What keeps the service from having heard all that there is to hear, in words."""


@dataclass(frozen=True)
class Rooms:
    """A service as its ``main.py`` names it.

    ``routers`` are its pages and queries, ``loops`` makes what else runs in the background. ``front`` marks the
    service behind the house's first page.
    """

    department: Department
    doors: Sequence[Door] = ()
    papers: Papers | None = None
    projection: Projection | None = None
    routers: Sequence[APIRouter] = ()
    loops: Callable[[Parts], Sequence[Loop]] | None = None
    templates: Path | None = None
    front: bool = False


@dataclass(frozen=True)
class Environment:
    """What the environment says beyond HTTP: the servers to use, and the port to listen on."""

    database_url: str
    kafka: str
    port: int

    @classmethod
    def read(cls, said: Mapping[str, str] = os.environ) -> "Environment":
        """From ``DATABASE_URL``, ``KAFKA_BOOTSTRAP_SERVERS`` and ``REDRESS_PORT``. Raises KeyError, ValueError."""
        return cls(said["DATABASE_URL"], said["KAFKA_BOOTSTRAP_SERVERS"], int(said["REDRESS_PORT"]))


def run(rooms: Rooms) -> None:
    """Run a service until it is asked to end (SIGTERM, SIGINT)."""
    logging.configure(rooms.department.name, os.environ.get("REDRESS_LOG", "json"))
    tracing.start(rooms.department.name)
    environment = Environment.read()
    app = build(rooms, environment, settings_from_env(), clock_from_env())
    uvicorn.run(
        app,
        host=HOST,
        port=environment.port,
        log_config=None,
        access_log=False,
        timeout_graceful_shutdown=GRACE,
        timeout_keep_alive=75,
    )


def build(rooms: Rooms, environment: Environment, settings: Settings, clock: Clock) -> FastAPI:
    """The app of a service; its parts start and end with it."""
    company = load_company()
    name = rooms.department.name
    database = database_of(name, environment.database_url)
    store = Store(database)
    gate = Gate(rooms.department, store, rules_of(company), clock)
    inbox = Inbox(rooms.department, gate, environment.kafka, Topics())
    loops: list[Loop] = []

    @asynccontextmanager
    async def alive(app: FastAPI) -> AsyncIterator[None]:
        pool = await open_pool(database)
        app.state.parts = Parts(company, clock, gate, pool, environment.database_url, environment.kafka, inbox.behind)
        loops.extend([inbox, Sweeping(app.state.surroundings), *loops_of(rooms, app.state.parts, environment, store)])
        gate.start()
        for loop in loops:
            loop.start()
        log.info("started")
        try:
            yield
        finally:
            await end(loops, gate, pool)

    def unready() -> Sequence[str]:
        return [lack for loop in loops for lack in loop.missing()] if loops else ["starting"]

    def missing() -> Sequence[str]:
        return [*gate.missing(), *unready()]

    metrics.watch_readiness(name, missing)
    metrics.watch_disk(name, "attachments", settings.files)
    app = create_app(
        name,
        company=company,
        clock=clock,
        settings=settings,
        words=say,
        gate=gate,
        doors=rooms.doors,
        routers=(*rooms.routers, letter_routes(name, DeadLetters(store)), condition_routes(name, missing)),
        checks=(missing,),
        problem_page=problem_page,
        login=rooms.front,
        lifespan=alive,
    )
    for error in AWAY:
        app.add_exception_handler(error, away)
    return furnish(app, rooms.doors, papers=rooms.papers, templates=rooms.templates, front=rooms.front)


def loops_of(rooms: Rooms, parts: Parts, environment: Environment, store: Store) -> list[Loop]:
    """What runs in the background of a service beside its inbox; what follows the log is woken by it."""
    department, gate = rooms.department, parts.gate
    relay = Relay(department.name, store.database, environment.kafka, parts.clock, Topics())
    followers: list[Loop] = [relay]
    if rooms.projection is not None:
        followers.append(Runner(department.name, rooms.projection, parts.pool))
    for follower in followers:
        gate.on_append(woken(follower))
    replayer = Replayer(department, gate, store)
    own = rooms.loops(parts) if rooms.loops else ()
    checkpoints = scheduled(department.name, environment, store.database) if rooms.front else ()
    return [*followers, replayer, *own, *checkpoints]


def scheduled(name: str, environment: Environment, home: Database) -> Sequence[Loop]:
    """What takes checkpoints, where a folder and a key are named; how often one is due is told in any case."""
    metrics.CHECKPOINT_INTERVAL.labels(name).set(interval_from_env().total_seconds())
    schedule = schedule_from_env()
    if schedule is None:
        return ()
    metrics.watch_disk(name, "checkpoints", schedule.folder)
    return [CheckpointSchedule(schedule, environment.database_url, SERVICES, home)]


def woken(follower: Loop) -> Callable[[int], None]:
    """Wakes what follows the log when something was recorded."""
    return lambda _: follower.wake()


async def end(loops: Sequence[Loop], gate: Gate, pool: Pool) -> None:
    """What hears ends first, then what decides, then what tells: nothing taken is left unsaid."""
    relays, others = (
        [each for each in loops if isinstance(each, Relay)],
        [each for each in loops if not isinstance(each, Relay)],
    )
    await asyncio.gather(*(loop.close() for loop in others))
    await asyncio.gather(*(relay.close() for relay in relays))
    await gate.close()
    await pool.close()
    log.info("ended")


def rules_of(company: Company) -> RulesFor:
    """The rules of a site under a pack; those of the pack that the site follows, where none is named."""

    @cache
    def rules(site: str, pack: str | None, version: int | None) -> Rules:
        place = company.sites[site]
        return Rules(load_pack(pack or place.pack, version), place)

    return rules


async def away(request: Request, error: Exception) -> Response:
    """503 while the database is away."""
    log.warning("the database is away", error=str(error), path=request.url.path)
    problem = Problem(503, "problem.busy", headers={"retry-after": "2"})
    return problem_page(request, problem) if wants_page(request) else problem_response(request, problem, say)
