"""An exported case proves itself to a script that knows nothing of us."""

import ast
import sys
from pathlib import Path

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from deploy.audit.verify_export import InvalidExport, verify, verify_absence
from shared.audit.checkpoints import Checkpoint, CheckpointHistory, Extent, Statement, tree_over
from shared.audit.evidence import StreamHead
from shared.audit.export import Prover
from shared.audit.signing import SigningKey
from shared.clock import SystemClock
from tests.verify.exports import CASE, EVENTS, exported, opened

SCRIPT = Path(__file__).parents[2] / "deploy" / "audit" / "verify_export.py"


def test_an_export_is_proved(content: bytes, pem: bytes) -> None:
    assert verify(content, pem)[1:] == [
        f"Case {CASE}:",
        "  intake: 5 events as the checkpoint signed them.",
        "  investigation: 4 events as the checkpoint signed them.",
        "  approval: 3 events as the checkpoint signed them.",
        "  finance: 0 events as the checkpoint signed them.",
        "  analytics: 1 events as the checkpoint signed them.",
    ]


def test_the_events_are_in_it_byte_for_byte(content: bytes) -> None:
    _, events = opened(content)

    assert events == [entry.state for entries in EVENTS.values() for entry in entries]


def test_what_is_later_than_the_checkpoint_is_told(key: SigningKey, pem: bytes) -> None:
    assert verify(exported(key, left_out=2), pem)[2] == (
        "  intake: 3 events as the checkpoint signed them; 2 later than it, which only their chain holds together."
    )


@given(st.sets(st.integers(1, 40), max_size=40), st.integers(0, 41))
def test_a_checkpoint_proves_that_it_does_not_know_a_case(numbers: set[int], asked: int) -> None:
    history = CheckpointHistory()
    heads = {("intake", f"{number:02}"): StreamHead(1, "") for number in numbers}
    statement = Statement(
        number=1,
        time=SystemClock().now(),
        previous="",
        key="",
        stores={"intake": Extent(1, "")},
        heads="",
        streams=0,
        root="",
    )
    history.add(Checkpoint(statement, b"", b""), heads)
    signed = {"streams": len(heads), "root": tree_over(heads).root.hex()}
    folder = msgspec.to_builtins(Prover(history).folder("intake", f"{asked:02}", 0))

    assert (folder["head"] is not None) == (asked in numbers)
    if asked not in numbers:
        verify_absence(f"intake {asked:02} ", folder["beside"], signed)
    for known in numbers:
        with pytest.raises(InvalidExport):
            verify_absence(f"intake {known:02} ", folder["beside"], signed)


def test_the_script_stands_on_its_own() -> None:
    text = SCRIPT.read_text("utf-8")
    names = [
        name.name if isinstance(node, ast.Import) else str(node.module)
        for node in ast.walk(ast.parse(text))
        if isinstance(node, ast.Import | ast.ImportFrom)
        for name in node.names
    ]

    assert {name.partition(".")[0] for name in names} - sys.stdlib_module_names == {"cryptography"}
    assert len(text.splitlines()) < 150
