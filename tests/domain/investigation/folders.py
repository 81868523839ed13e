"""What a folder of investigation is given in these stories: the form as filed, stages as the register opened them."""

from datetime import date
from decimal import Decimal

from shared.contracts import intake
from tests.domain.story import money

FILED = intake.ComplaintFiled(
    customer="Acme Tools",
    region="domestic",
    order="SO-1001",
    part="PN-7",
    delivered_on=date(2026, 10, 20),
    delivered=Decimal(500),
    defective=Decimal(40),
    unit="piece",
    value=money("25000.00"),
    demand="return",
    reason="Cracked housings",
)


def opened(stage: str, owner: str, round: int = 1) -> intake.StageOpened:
    """The register gave a department the case."""
    return intake.StageOpened(stage, owner, round, "P1.13")


CAUSE = opened("cause", "quality")
COUNTERMEASURE = opened("countermeasure", "manufacturing")
