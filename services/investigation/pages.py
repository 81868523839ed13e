"""How investigation's forms begin: in a second round, with what was said in the first."""

from services.investigation.domain import InspectGoods, ProposeCountermeasure, ReportCause
from shared.web.paper import CommandForm, Papers

PAPERS: Papers = {
    InspectGoods: CommandForm(recalls=("inspected", "confirmed", "result")),
    ReportCause: CommandForm(
        recalls=("established", "cause", "narrative", "responsible_department", "responsible", "outside")
    ),
    ProposeCountermeasure: CommandForm(recalls=("analysis", "measure", "producing_unit", "persons", "produced_on")),
}
