"""Who a request comes from: the one door that turns a request into an actor; an identity provider would replace it."""

from urllib.parse import urlsplit

import msgspec
from fastapi import APIRouter
from starlette.requests import Request
from starlette.responses import Response

from shared.contracts.values import Actor
from shared.http.problems import Problem
from shared.http.query import no_choice, wanted_of
from shared.http.routes import Plain
from shared.http.surroundings import ServiceContext, surroundings
from shared.http.tokens import unauthenticated

COOKIE = "redress"
SAFE_METHODS = frozenset({"GET", "HEAD", "OPTIONS"})


def person(request: Request) -> Actor:
    """Who acts, by bearer token or by cookie.

    Raises Problem 401 without a valid token or for somebody who left the company, and 403 where a browser
    was led here from another site with the cookie of this one.
    """
    here = surroundings(request)
    scheme, _, bearer = request.headers.get("authorization", "").partition(" ")
    if scheme.lower() == "bearer":
        return actor(here, here.tokens.read(bearer.strip()))
    if not (cookie := request.cookies.get(COOKIE)):
        raise unauthenticated("login-required")
    require_same_origin(request)
    return actor(here, here.tokens.read(cookie))


def actor(here: ServiceContext, name: str) -> Actor:
    """A person of the company as an actor. Raises Problem 401 when there is no such person."""
    if found := here.actors.get(name):
        return found
    raise unauthenticated("bad-token")


def require_same_origin(request: Request) -> None:
    """Raises Problem 403 for a request that changes something and whose ``Origin`` is another site."""
    if request.method in SAFE_METHODS or (origin := request.headers.get("origin")) is None:
        return
    own = {request.headers.get("host", ""), urlsplit(surroundings(request).settings.address).netloc}
    if urlsplit(origin).netloc not in own - {""}:
        raise Problem(403, "problem.foreign-origin")


def require_site(who: Actor, site: str) -> None:
    """Raises Problem 403 unless the person works for the site."""
    if site not in who.sites:
        raise Problem(403, "refused.wrong-site", site=site)


def sites_of(request: Request, who: Actor) -> tuple[str, ...]:
    """The sites that a list is of: the one that ``?site=`` names, else all that the person works for.

    Raises Problem 422 for a site that the company lacks, 403 for one that the person does not work for.
    """
    told = wanted_of(request, "site")
    if not told:
        return who.sites
    if told not in surroundings(request).company.sites:
        raise Problem(422, "problem.query", fields=(no_choice("site", told, who.sites),))
    require_site(who, told)
    return (told,)


def remember(response: Response, token: str, here: ServiceContext) -> None:
    """Log somebody in: keep the token in a cookie that scripts and other sites do not get."""
    response.set_cookie(
        COOKIE,
        token,
        max_age=int(here.settings.session.total_seconds()),
        httponly=True,
        samesite="strict",
        secure=here.settings.secure,
    )


def forget(response: Response, here: ServiceContext) -> None:
    """Log somebody out."""
    response.delete_cookie(COOKIE, httponly=True, samesite="strict", secure=here.settings.secure)


def issue(here: ServiceContext, name: str) -> tuple[str, str]:
    """A token for a person who was picked at the demo's login, and when it expires (ISO 8601).

    Raises Problem 403 in production, where an identity provider vouches for people, and 422 for a stranger.
    """
    if here.settings.mode != "demo":
        raise Problem(403, "problem.demo-only")
    if name not in here.actors:
        raise Problem(422, "problem.unknown-person", person=name)
    token, expires = here.tokens.issue(name)
    return token, expires.isoformat()


class LoginBody(msgspec.Struct, forbid_unknown_fields=True):
    """The body of ``POST /api/login``."""

    person: str


def login_routes() -> APIRouter:
    """``POST /api/login`` for programs; people use the page in ``shared/web``."""
    router = APIRouter(tags=["login"], route_class=Plain)
    router.add_api_route(
        "/api/login", log_in, methods=["POST"], response_model=None, summary="A token for a person of the demo"
    )
    return router


async def log_in(request: Request) -> Response:
    """Answer ``{token, expires}`` for ``{"person": …}``."""
    try:
        picked = msgspec.json.decode(await request.body(), type=LoginBody)
    except msgspec.DecodeError as error:
        raise Problem(400, "problem.json_invalid", error=str(error)) from None
    token, expires = issue(surroundings(request), picked.person)
    return Response(msgspec.json.encode({"token": token, "expires": expires}), media_type="application/json")
