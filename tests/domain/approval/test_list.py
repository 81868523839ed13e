"""P1.25, P1.26: the list of slips, with the answers, for whoever works at the site."""

from typing import Any

from services.approval.api import QUERIES
from services.approval.projections import SLIPS
from shared.contracts.approval import InquiryAnswered, InquirySlipIssued, UrgingSlipIssued
from shared.contracts.intake import CaseAccepted
from tests.domain.approval.folders import DUE
from tests.domain.lists import case, desk, recorded

LOG = (
    recorded(1, case(1), CaseAccepted("261101", "quality-anomaly", None)),
    recorded(2, case(1), UrgingSlipIssued("U261101", "quality", "cause", 1, DUE)),
    recorded(3, case(2), UrgingSlipIssued("U261101", "sales", "draft", 1, DUE), site="KSH"),
    recorded(4, case(1), InquirySlipIssued("Q261101", "quality", "cause", 1, DUE, "2 d", "1.75 d", "1.6667 d")),
    recorded(5, case(3), UrgingSlipIssued("U261102", "gm-office", "registration", 1, DUE)),
    recorded(6, case(1), InquiryAnswered("Q261101", "quality", "The lab was shut.")),
)


def numbers(told: Any) -> list[str]:
    return [f"{slip['site']} {slip['number']}" for slip in told["items"]]


async def test_P1_26_a_slip_with_its_answer(postgres_url: str) -> None:
    async with desk(postgres_url, SLIPS, QUERIES, LOG) as asked:
        assert await asked.get("/api/approval/slips", kind="inquiry") == {
            "items": [
                {
                    "position": 4,
                    "kind": "inquiry",
                    "number": "Q261101",
                    "site": "TPE",
                    "case_id": str(case(1)),
                    "case_number": "261101",
                    "department": "quality",
                    "stage": "cause",
                    "round": 1,
                    "due": "2026-11-02T02:00:00Z",
                    "used": "2 d",
                    "allowed": "1.75 d",
                    "own": "1.6667 d",
                    "issued": "2026-11-03T02:04:00Z",
                    "answered": "2026-11-03T02:06:00Z",
                    "reason": "The lab was shut.",
                }
            ]
        }


async def test_P1_25_newest_first_a_page_at_a_time(postgres_url: str) -> None:
    async with desk(postgres_url, SLIPS, QUERIES, LOG) as asked:
        first = await asked.get("/api/approval/slips", limit=3)
        rest = await asked.get("/api/approval/slips", limit=3, cursor=first["next"])
        assert numbers(first) == ["TPE U261102", "TPE Q261101", "KSH U261101"]
        assert (numbers(rest), "next" in rest) == (["TPE U261101"], False)


async def test_P1_25_of_one_department(postgres_url: str) -> None:
    async with desk(postgres_url, SLIPS, QUERIES, LOG) as asked:
        assert numbers(await asked.get("/api/approval/slips", department="sales")) == ["KSH U261101"]


async def test_P1_25_of_the_sites_one_works_for(postgres_url: str) -> None:
    async with desk(postgres_url, SLIPS, QUERIES, LOG) as asked:
        assert numbers(await asked.get("/api/approval/slips", "wang-lei")) == ["KSH U261101"]
