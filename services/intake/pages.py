"""How intake's forms look, and the way from a case that its customer declined to the new form that supersedes it."""

from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Any
from urllib.parse import urlencode

from fastapi import APIRouter
from starlette.requests import Request
from starlette.responses import RedirectResponse, Response

from services.intake.domain import (
    FORM,
    CorrectForm,
    FileAnomalySlip,
    FileComplaint,
    InformCustomer,
    IntakeFolder,
    ReturnForm,
)
from shared.contracts.values import Actor
from shared.http.folders import open_folder
from shared.http.routes import Plain
from shared.http.surroundings import surroundings
from shared.procedures.course.rules import Rules
from shared.web.filled import recalled
from shared.web.paper import CommandForm, Papers

TEMPLATES = Path(__file__).with_name("templates")

GOODS = ("goods", ("order", "part", "delivered_on", "delivered", "defective", "unit", "value"))
WISH = ("wish", ("demand", "reason"))
EVIDENCE = ("evidence", ("samples", "attachments"))


def form_fields(folder: IntakeFolder, rules: Rules, who: Actor) -> Iterable[str]:
    """The fields that a form can be sent back for (P1.9)."""
    return FORM


PAPERS: Papers = {
    FileComplaint: CommandForm(
        sections=(
            ("customer", ("site", "customer", "region", "channel", "reference", "supersedes")),
            GOODS,
            ("wish", ("loss", "demand", "reason", "handling")),
            EVIDENCE,
            ("supervisor", ("opinion",)),
        ),
        late=("duplicates_seen",),
        also={"opinion": "endorse-complaint"},
    ),
    FileAnomalySlip: CommandForm(
        sections=(
            ("customer", ("site", "customer", "region", "reference")),
            ("goods", ("order", "part")),
            ("handling", ("reason", "handling", "attachments")),
        )
    ),
    CorrectForm: CommandForm(sections=(GOODS, WISH, EVIDENCE), recalls=FORM),
    ReturnForm: CommandForm(offers={"fields": ("field", form_fields)}),
    InformCustomer: CommandForm(recalls=("disposition", "amount")),
}

KEPT = ("customer", "region", "channel", "order", "part", "delivered_on", "delivered", "unit", "value", "demand")
"""What a new form takes over from the one that it supersedes (P1.18)."""


async def begin_anew(request: Request) -> Response:
    """To a new complaint form that supersedes the case and begins with what its form said (P1.18)."""
    _, _, rules = await open_folder(request)
    case = request.path_params["case"]
    begun = recalled(KEPT, await surroundings(request).gate.events(case))
    query = urlencode([("site", rules.site), ("supersedes", str(case)), *flat(begun)])
    return RedirectResponse(f"/intake/complaints/new?{query}", 303)


def flat(filled: dict[str, Any], path: str = "") -> Iterator[tuple[str, str]]:
    """Nested values as form fields name them: ``value.amount``."""
    for name, value in filled.items():
        if isinstance(value, dict):
            yield from flat(value, f"{path}{name}.")
        else:
            yield f"{path}{name}", value


PAGES = APIRouter(prefix="/intake", include_in_schema=False, route_class=Plain)
PAGES.add_api_route("/cases/{case:uuid}/new-form", begin_anew, methods=["GET"], response_model=None)
