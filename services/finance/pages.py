"""How finance's form looks: it begins with the numbers that were approved, to be replaced by what they really were."""

from services.finance.domain import RecordLoss
from shared.web.paper import CommandForm, Papers

PAPERS: Papers = {RecordLoss: CommandForm(recalls=("inputs",))}
