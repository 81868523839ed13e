"""``redress rebuild`` and ``redress reconcile``: what may be asked for, and what is told."""

from collections import Counter
from uuid import UUID

import pytest

from deploy.cli import reconciling
from deploy.cli.command import WORDS
from deploy.cli.rebuilding import chosen, own_models, sentence
from deploy.dev.trouble import Trouble
from services.analytics.upkeep.comparison import Discrepancy, DiscrepancyKind
from services.analytics.upkeep.rebuilding import RebuildReport
from services.analytics.upkeep.reconciliation import ReconciliationResult, RepairAction
from services.analytics.upkeep.repair import RepairResult

KNOWN = ["cases", "complaints", "slips"]
CASE = UUID(int=7)


@pytest.mark.parametrize(
    ("asked", "everything", "site", "expected"),
    [
        (["slips"], False, "", ["slips"]),
        (["slips", "cases", "slips"], False, "", ["slips", "cases"]),
        ([], True, "", KNOWN),
        ([], False, "TPE", ["cases"]),
        (["cases"], False, "TPE", ["cases"]),
    ],
)
def test_what_is_rebuilt(asked: list[str], everything: bool, site: str, expected: list[str]) -> None:
    assert chosen(KNOWN, asked, everything, site) == expected


@pytest.mark.parametrize(
    ("asked", "everything", "site", "words"),
    [
        ([], False, "", "cases, complaints, slips"),
        (["lunch"], False, "", "no read model lunch"),
        (["slips"], False, "TPE", "rebuilt whole"),
        ([], True, "TPE", "rebuilt whole"),
    ],
)
def test_what_cannot_be_rebuilt_is_said_before_anything_is_done(
    asked: list[str], everything: bool, site: str, words: str
) -> None:
    with pytest.raises(Trouble, match=words):
        chosen(KNOWN, asked, everything, site)


def test_every_services_own_read_model_can_be_rebuilt() -> None:
    assert {name: service for name, (service, _) in own_models().items()} == {
        "complaints": "intake", "slips": "approval", "losses": "finance", "deadlines": "analytics",
    }  # fmt: skip


def test_the_command_knows_the_words() -> None:
    assert {"rebuild", "reconcile"} <= WORDS.keys()


@pytest.mark.parametrize(
    ("rebuilt", "told"),
    [
        (RebuildReport(3000, 0, 0), "3,000 events, 1,500 a second."),
        (RebuildReport(3000, 1000, 0), "3,000 events, 1,000 of them by an interrupted call, 1,000 a second."),
    ],
)
def test_what_a_rebuild_tells(rebuilt: RebuildReport, told: str) -> None:
    assert sentence(rebuilt, 2.0) == told


@pytest.mark.parametrize(
    ("finding", "told"),
    [
        (
            Discrepancy(CASE, "history", DiscrepancyKind.MISSING, 1, "intake", 2),
            "1 event of intake missing, the first at position 2.",
        ),
        (
            Discrepancy(CASE, "history", DiscrepancyKind.EXTRA, 2, "finance", 9),
            "2 events of finance extra, the first at position 9.",
        ),
        (Discrepancy(CASE, "stages", DiscrepancyKind.DIFFERENT, 2), "2 rows of `stages` different."),
    ],
)
def test_a_finding_names_case_service_and_position(finding: Discrepancy, told: str) -> None:
    assert reconciling.sentence(finding) == f"case {CASE}: {told}"


def test_what_is_left_is_told_and_how_to_mend_it() -> None:
    result = ReconciliationResult(9, 2, Counter(missing=3, different=1), Counter(different=1), RepairResult(filled=3))
    assert reconciling.conclusion(result, RepairAction.FILL) == (
        "2 cases did not fit: 3 events filled in. Left: 1 different. --repair replaces what differs."
    )
    assert (
        reconciling.conclusion(ReconciliationResult(9), RepairAction.FILL) == "Analytics holds what every store says."
    )
