"""Jinja2 as the pages use it: words, formats and icons at hand, nothing undefined, everything escaped."""

import hashlib
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime, tzinfo
from functools import cache, partial
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

from jinja2 import ChoiceLoader, Environment, FileSystemLoader, StrictUndefined
from markupsafe import Markup
from starlette.requests import Request
from starlette.responses import HTMLResponse, Response

from shared.contracts.values import Actor
from shared.files import INLINE, Group, group_of
from shared.http.language import LANGUAGES, language_of
from shared.http.surroundings import ServiceContext, surroundings
from shared.procedures.course.rules import Rules
from shared.procedures.course.tasks import Tasks
from shared.web import formats
from shared.web.names import named
from shared.web.sites import rules_at
from shared.web.translations import known, say, told
from shared.worktime.limit import Limit

HERE = Path(__file__).parent
STATIC = HERE / "static"
FILE_ICONS: dict[Group, str] = {
    "picture": "photo",
    "movie": "movie",
    "sound": "music",
    "mail": "mail",
    "document": "file-text",
    "table": "table",
    "slides": "presentation",
    "text": "notes",
    "archive": "archive",
    "other": "file",
    "program": "file",
    "page": "file",
}


@dataclass(frozen=True, slots=True)
class Viewer:
    """For whom a page is: the language, the clocks of the site, and the person, if known."""

    language: str
    zone: tzinfo
    who: Actor | None = None


def environment(*folders: Path) -> Environment:
    """Templates of a service's own folders, then the shared ones."""
    made = Environment(
        loader=ChoiceLoader([FileSystemLoader(folder) for folder in (*folders, HERE / "templates")]),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
        auto_reload=False,
    )
    made.globals |= {
        "icon": icon,
        "static": static,
        "languages": LANGUAGES,
        "file_group": group_of,
        "file_icon": lambda media_type: FILE_ICONS[group_of(media_type)],
        "inline_types": INLINE,
    }
    return made


@cache
def static(path: str) -> str:
    """The address of a static file, with a mark of its content so that browsers may keep it."""
    mark = hashlib.sha256((STATIC / path).read_bytes()).hexdigest()[:12]
    return f"/static/{path}?v={mark}"


def icon(name: str, classes: str = "") -> Markup:
    """A vendored icon, drawn in the colour of its text; it says nothing to a screen reader."""
    return Markup('<svg class="icon {}" aria-hidden="true"><use href="{}#{}"/></svg>').format(
        classes, static("vendor/icons/icons.svg"), name
    )


def ago(value: datetime, told: str) -> Markup:
    """A moment on the site's clocks, which the browser tells as "in 3 hours"."""
    return Markup('<time datetime="{}" title="{}" data-relative>{}</time>').format(value.isoformat(), told, told)


def viewer(request: Request, who: Actor | None = None, rules: Rules | None = None) -> Viewer:
    """For whom to write: the zone is that of the case's site, else of the person's first site."""
    return Viewer(language_of(request), zone_of(surroundings(request), who, rules), who)


def zone_of(here: ServiceContext, who: Actor | None, rules: Rules | None) -> tzinfo:
    """The time zone of a case's site, else of the first site of a person, else of the company's first."""
    sites = here.company.sites
    site = rules.site if rules else who.sites[0] if who and who.sites else next(iter(sites))
    zone: ZoneInfo = sites[site].timezone
    return zone


def speech(view: Viewer, rules: Rules | None = None) -> dict[str, Callable[..., Any]]:
    """What templates say things with: ``t`` words, ``name`` codes, ``has`` whether a key has words, and formats."""
    language = view.language

    def words(key: str, **values: Any) -> str:
        told = {
            name: formats.moment(value, language, view.zone) if isinstance(value, datetime) else value
            for name, value in values.items()
        }
        return say(language, key, **told)

    return {
        "t": words,
        "has": lambda key: known(language, key) is not None,
        "name": partial(named, language, rules),
        "money": lambda value: formats.money(value, language),
        "number": lambda value: formats.number(value, language),
        "day": lambda value: formats.day(value, language, view.zone),
        "moment": lambda value: formats.moment(value, language, view.zone),
        "ago": lambda value: ago(value, formats.moment(value, language, view.zone)),
        "limit": lambda value: told(language, "limit", Limit.read(value)),
        "duration": lambda value: formats.duration(value, language),
        "size": lambda value: formats.size(value, language),
    }


def render(
    request: Request,
    template: str,
    *,
    who: Actor | None = None,
    rules: Rules | None = None,
    status: int = 200,
    headers: Mapping[str, str] | None = None,
    **values: Any,
) -> Response:
    """A page or fragment. ``who`` is the person it is for, ``rules`` those of the case it is about, if one is.

    Templates get ``language``, ``zone``, ``who``, ``now`` (aware UTC, on the product's clock), ``path``, ``begins``
    (what the person may begin, or None) and the functions of :func:`speech`; ``person_named`` gives a person's name
    for their code, and ``site_names`` has the name of each site of the company by its code.
    """
    view = viewer(request, who, rules)
    now: datetime = surroundings(request).clock.now()
    templates: Environment = request.app.state.templates
    html = templates.get_template(template).render(
        language=view.language,
        zone=view.zone,
        person_named=partial(person_named, surroundings(request)),
        who=who,
        begins=beginning(surroundings(request), who),
        now=now,
        path=request.url.path,
        site_names={
            code: site.name.within(view.language) for code, site in surroundings(request).company.sites.items()
        },
        **speech(view, rules),
        **values,
    )
    return HTMLResponse(html, status, {"cache-control": "no-store", "vary": "HX-Request", **(headers or {})})


@dataclass(frozen=True, slots=True)
class CaseStart:
    """A form with which somebody begins a case: its act, its address, and the key of its words."""

    act: str
    href: str
    key: str


BEGINNINGS = (
    CaseStart("file-complaint", "/intake/complaints/new", "ui.new-complaint"),
    CaseStart("file-anomaly-slip", "/intake/anomaly-slips/new", "ui.new-anomaly-slip"),
)
"""The forms that begin a case. Whoever may file a complaint says on it that no loss arose."""


def beginning(here: ServiceContext, who: Actor | None) -> CaseStart | None:
    """What a person may begin at one of their sites, the first of :data:`BEGINNINGS`; None for nobody."""
    if who is None:
        return None
    rules = [rules_at(here.company, site) for site in who.sites if site in here.company.sites]
    return next((each for each in BEGINNINGS if any(one.may(each.act, who, Tasks()) for one in rules)), None)


def site_names(here: ServiceContext, language: str) -> dict[str, str]:
    """What each site of the company is called, by its code."""
    return {code: site.name.within(language) for code, site in here.company.sites.items()}


def person_named(here: ServiceContext, code: str) -> str:
    """The name of a person of the company; the code itself of one who is not."""
    known_as = here.actors.get(code)
    return known_as.name if known_as else code


def is_fragment(request: Request) -> bool:
    """Whether htmx asks for a part of a page rather than a page."""
    return request.headers.get("hx-request") == "true"
