"""How investigation's forms begin: in a second round, with what was said in the first."""

from services.investigation.domain import InspectGoods, ProposeCountermeasure, ReportCause
from shared.web.paper import Paper, Papers

PAPERS: Papers = {
    InspectGoods: Paper(recalls=("inspected", "confirmed", "result")),
    ReportCause: Paper(recalls=("cause", "narrative", "responsible_department", "responsible")),
    ProposeCountermeasure: Paper(recalls=("analysis", "measure", "producing_unit", "persons", "produced_on")),
}
