"""Gives a service's app its pages: templates, forms, panel, and for the front of the house login and static files."""

from collections.abc import Sequence
from pathlib import Path

from fastapi import FastAPI

from shared.http.doors import Door
from shared.http.surroundings import ServiceContext
from shared.web.formdoors import form_routes
from shared.web.pages import front_routes, mount_static
from shared.web.panel import panel_routes
from shared.web.paper import Papers
from shared.web.templates import environment


def furnish(
    app: FastAPI,
    doors: Sequence[Door] = (),
    *,
    papers: Papers | None = None,
    templates: Path | None = None,
    front: bool = False,
) -> FastAPI:
    """The same app with pages.

    A deciding service gets the forms of its ``doors``, drawn as ``papers`` say, and its panel of the case page.
    ``templates`` is the service's own folder of templates, looked in before the shared ones. ``front`` adds
    ``/login``, ``/logout``, ``/language/{language}`` and ``/static``.
    """
    here: ServiceContext = app.state.surroundings
    app.state.templates = environment(*([templates] if templates else []))
    if here.gate_if_any is not None:
        app.include_router(form_routes(here.service, doors, papers or {}))
        app.include_router(panel_routes(here.service, doors))
    if front:
        app.include_router(front_routes())
        mount_static(app)
    return app
