"""Pages of no department: login, language, problems, and the static files."""

from datetime import timedelta
from urllib.parse import quote, urlsplit

from fastapi import APIRouter, FastAPI
from starlette.datastructures import FormData
from starlette.requests import Request
from starlette.responses import RedirectResponse, Response
from starlette.staticfiles import StaticFiles

from shared.contracts.values import Actor
from shared.http.correlation import current
from shared.http.language import COOKIE, LANGUAGES, language_of
from shared.http.login import forget, issue, person, remember, require_same_origin
from shared.http.openapi import parameter
from shared.http.problems import Problem, document
from shared.http.routes import Plain
from shared.http.surroundings import surroundings
from shared.web.templates import STATIC, is_fragment, render

YEAR = timedelta(days=365)
HOME = "/"
ONWARD = {"parameters": [parameter("to", "query", "Where to go on to, an address of this site")]}


class CachedStaticFiles(StaticFiles):
    """Static files; those asked for by the mark of their content are kept by browsers for a year."""

    def file_response(self, *args: object, **options: object) -> Response:
        response: Response = super().file_response(*args, **options)  # type: ignore[arg-type]
        response.headers.setdefault("cache-control", f"public, max-age={int(YEAR.total_seconds())}, immutable")
        return response


def mount_static(app: FastAPI) -> None:
    """Serve ``/static``."""
    app.mount("/static", CachedStaticFiles(directory=STATIC), name="static")


def front_routes() -> APIRouter:
    """``/login``, ``/logout`` and ``/language/{language}``."""
    router = APIRouter(include_in_schema=False, route_class=Plain)
    router.add_api_route("/login", show_login, methods=["GET"], response_model=None, openapi_extra=ONWARD)
    router.add_api_route("/login", log_in, methods=["POST"], response_model=None)
    router.add_api_route("/logout", log_out, methods=["POST"], response_model=None)
    router.add_api_route(
        "/language/{language}", choose_language, methods=["GET"], response_model=None, openapi_extra=ONWARD
    )
    return router


async def show_login(request: Request) -> Response:
    """The demo's login: pick a person of the company."""
    return login_page(request, local(request.query_params.get("to", "")))


def login_page(request: Request, to: str, problem: Problem | None = None) -> Response:
    """The people of the company by department; the person who is logged in, if somebody is, may change."""
    here = surroundings(request)
    people: dict[str, list[Actor]] = {}
    for actor in here.actors.values():
        people.setdefault(actor.department, []).append(actor)
    return render(
        request,
        "login.html",
        status=problem.status if problem else 200,
        people=people,
        departments=here.company.departments,
        sites=here.company.sites,
        demo=here.settings.mode == "demo",
        to=to,
        problem=problem,
    )


async def log_in(request: Request) -> Response:
    """Log the picked person in and go on to where he wanted to."""
    require_same_origin(request)
    form: FormData = await request.form()
    to = local(str(form.get("to", "")))
    here = surroundings(request)
    try:
        token, _ = issue(here, str(form.get("person", "")))
    except Problem as problem:
        return login_page(request, to, problem)
    response = RedirectResponse(to, 303)
    remember(response, token, here)
    return response


async def log_out(request: Request) -> Response:
    """Forget who it was."""
    require_same_origin(request)
    response = RedirectResponse("/login", 303)
    forget(response, surroundings(request))
    return response


async def choose_language(request: Request) -> Response:
    """Remember a language and go back to the page."""
    language = request.path_params["language"]
    if language not in LANGUAGES:
        raise Problem(404, "problem.http-404")
    response = RedirectResponse(local(request.query_params.get("to", "")), 303)
    response.set_cookie(COOKIE, language, max_age=int(YEAR.total_seconds()), samesite="lax")
    return response


def local(address: str) -> str:
    """An address of this site to go on to; the home page for anything else."""
    if not address or not address.startswith("/") or address.startswith("//") or "\\" in address:
        return HOME
    return address if urlsplit(address).netloc == "" and address.isprintable() else HOME


def problem_page(request: Request, problem: Problem) -> Response:
    """A problem as a page, or as a part of one; who is not logged in is led to the login.

    Where a form was sent, the problem goes to its top, and what was typed stays.
    """
    if problem.status == 401:
        return to_login(request)
    told = document(problem, surroundings(request).words, language_of(request), request.url.path)
    sent = request.method == "POST"
    return render(
        request,
        "problem.html" if is_fragment(request) else "problem_page.html",
        who=known_person(request),
        status=problem.status,
        headers={**problem.headers, **({"hx-reswap": "afterbegin"} if sent else {})},
        sent=sent,
        problem=told,
        correlation=current(),
    )


def to_login(request: Request) -> Response:
    """To the login, and from there back to the page that was wanted."""
    if is_fragment(request):
        page = urlsplit(request.headers.get("hx-current-url", ""))
        return Response(status_code=204, headers={"hx-redirect": login_address(page.path, page.query)})
    back = request.url if request.method == "GET" else None
    return RedirectResponse(login_address(back.path, back.query) if back else "/login", 303)


def login_address(path: str, query: str) -> str:
    """The login page that leads back to an address."""
    return f"/login?to={quote(local(f'{path}?{query}' if query else path))}"


def known_person(request: Request) -> Actor | None:
    """Who is logged in, if somebody is."""
    try:
        return person(request)
    except Problem:
        return None
