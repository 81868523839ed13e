"""P1.30: the list of losses, with inputs and formula as they were recorded."""

from decimal import Decimal

from services.finance.api import QUERIES
from services.finance.projections import LOSSES
from shared.contracts.finance import LossRecorded
from shared.contracts.intake import CaseAccepted
from tests.domain.lists import case, desk, recorded
from tests.domain.story import money

RETURNED = {"returned": Decimal("3.50"), "selling-price": Decimal("19.99")}
LOG = (
    recorded(1, case(1), CaseAccepted("261101", "quality-anomaly", None)),
    recorded(2, case(1), LossRecorded("return", RETURNED, "returned × selling-price × 0.20", money("13.99"), "票 7")),
    recorded(3, case(2), LossRecorded("not-established", {}, "0", money("0.00", "CNY")), site="KSH"),
    recorded(4, case(3), LossRecorded("discount", {"discounted": Decimal(5)}, "discounted", money("5.00"))),
)


async def test_P1_30_a_loss_as_it_was_recorded(postgres_url: str) -> None:
    async with desk(postgres_url, LOSSES, QUERIES, LOG) as asked:
        told = await asked.get("/api/finance/losses")
        assert told["items"][2] == {
            "position": 2,
            "site": "TPE",
            "case_id": str(case(1)),
            "case_number": "261101",
            "disposition": "return",
            "inputs": {"returned": "3.50", "selling-price": "19.99"},
            "formula": "returned × selling-price × 0.20",
            "amount": "13.99",
            "currency": "TWD",
            "recorded": "2026-11-03T02:02:00Z",
            "remark": "票 7",
        }


async def test_P1_30_newest_first_a_page_at_a_time(postgres_url: str) -> None:
    async with desk(postgres_url, LOSSES, QUERIES, LOG) as asked:
        first = await asked.get("/api/finance/losses", limit=2)
        rest = await asked.get("/api/finance/losses", limit=2, cursor=first["next"])
        assert [loss["position"] for loss in first["items"] + rest["items"]] == [4, 3, 2]


async def test_P1_30_of_the_sites_one_works_for(postgres_url: str) -> None:
    async with desk(postgres_url, LOSSES, QUERIES, LOG) as asked:
        told = await asked.get("/api/finance/losses", "wang-lei")
        assert [(loss["site"], loss["currency"], loss["amount"]) for loss in told["items"]] == [("KSH", "CNY", "0.00")]
