"""Every door of every service refuses what its address does not know: no route passes anything over."""

from collections.abc import Iterator
from importlib import import_module
from pathlib import Path
from typing import Any

import pytest
from fastapi.routing import APIRoute

from shared.clock import SystemClock
from shared.contracts.event import SERVICES
from shared.http.routes import Plain
from shared.http.settings import Settings
from shared.runtime import Environment, build

ASKED_BY_PROBES = {"/health/live", "/health/ready"}
"""A probe may add what it likes, so that nothing answers it from a cache."""


def routes_of(router: Any) -> Iterator[APIRoute]:
    """The routes of a router, and of those that it includes."""
    for route in router.routes:
        if isinstance(route, APIRoute):
            yield route
        elif included := getattr(route, "original_router", None):
            yield from routes_of(included)


@pytest.mark.parametrize("service", SERVICES)
def test_no_route_passes_over_what_it_is_asked_for(service: str, tmp_path: Path) -> None:
    rooms = import_module(f"services.{service}.main").ROOMS
    environment = Environment("postgresql://nobody@127.0.0.1:1", "127.0.0.1:1", 0)

    app = build(rooms, environment, Settings("s" * 40, tmp_path), SystemClock())

    found = list(routes_of(app))
    assert (len(found) > 10, {route.path for route in found if not isinstance(route, Plain)}) == (True, ASKED_BY_PROBES)
