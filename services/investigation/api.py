"""The doors of investigation: what people may ask of it over HTTP."""

from services.investigation.domain import GiveOpinion, InspectGoods, ProposeCountermeasure, ReportCause
from shared.http.doors import Door

COMMANDS = (
    Door(InspectGoods),
    Door(ReportCause),
    Door(ProposeCountermeasure),
    Door(GiveOpinion),
)
