"""What no chain shows is shown by checkpoints: a store rewritten with its chain, cut off, or put back to yesterday."""

from concurrent.futures import ThreadPoolExecutor

import pytest

from deploy.cli.verifying import sentence
from shared.audit.checkpoint_signing import CheckpointRefused
from shared.audit.evidence import CheckpointEvidence
from shared.audit.log_reader import reading
from shared.audit.merkle import Tree
from shared.audit.verification import Verdict
from shared.eventstore.chain import digest
from tests.verify.conftest import Kept
from tests.verify.generating import case_of, chain

CASES = [case_of(number) for number in range(3)]
A, B, C = (str(case) for case in CASES)
UNSIGNED = CheckpointEvidence()


def told(kept: Kept) -> list[str]:
    return [sentence(finding) for finding in kept.verdict().findings]


def test_a_store_rewritten_with_its_chain_passes_until_it_is_held_against_a_checkpoint(kept: Kept) -> None:
    kept.checkpoint()
    for case in CASES:
        kept.rewrite(case, 2)

    assert kept.verdict(UNSIGNED).sound
    assert told(kept) == [
        f"testing, case {case}, event 1 (position {position}): rewritten; the chain was made anew: event 6 is not the "
        "one that checkpoint 1 signed, and what was changed lies somewhere from event 1 on."
        for position, case in enumerate((A, B, C), 1)
    ]


def test_a_rewritten_event_is_narrowed_down_to_the_time_between_two_checkpoints(kept: Kept) -> None:
    kept.checkpoint()
    kept.record(*chain(CASES[1], 9)[6:])
    kept.checkpoint()
    kept.rewrite(CASES[1], 8)

    assert kept.verdict(UNSIGNED).sound
    assert told(kept) == [
        f"testing, case {B}, event 7 (position 19): rewritten; the chain was made anew: event 9 is not the one that "
        "checkpoint 2 signed, and what was changed lies somewhere from event 7 on."
    ]


def test_the_last_event_altered_is_named_where_the_one_before_it_is_signed_too(kept: Kept) -> None:
    kept.checkpoint()
    kept.record(chain(CASES[2], 7)[6])
    kept.checkpoint()
    kept.rewrite(CASES[2], 7)

    assert kept.verdict(UNSIGNED).sound
    assert told(kept) == [
        f"testing, case {C}, event 7 (position 19): altered; its bytes are not those that checkpoint 2 signed."
    ]


@pytest.mark.parametrize(
    ("left", "how"),
    [(5, "the stream ends with event 5"), (1, "the stream ends with event 1"), (0, "the whole stream is gone")],
)
def test_a_stream_cut_off_together_with_its_commands(kept: Kept, left: int, how: str) -> None:
    kept.checkpoint()
    kept.do(
        f"DELETE FROM stored_events WHERE originator_id = '{A}' AND originator_version > {left}",
        f"UPDATE commands SET version_after = {left} WHERE subject = '{A}'",
    )

    assert kept.verdict(UNSIGNED).sound
    assert told(kept) == [
        f"testing, case {A}, event {left + 1}: truncated; {how}, and checkpoint 1 knows more of it; "
        "it reached to event 6."
    ]


def test_a_store_that_is_gone(kept: Kept) -> None:
    kept.checkpoint()
    kept.do("TRUNCATE stored_events, commands")

    assert kept.verdict(UNSIGNED).sound
    assert [finding.split(",")[1] for finding in told(kept)] == [f" case {case}" for case in sorted((A, B, C))]


def test_a_case_slipped_into_the_past_of_the_log(kept: Kept) -> None:
    kept.record(*chain(CASES[0], 7)[6:])
    kept.do(f"DELETE FROM stored_events WHERE originator_id = '{A}' AND originator_version = 7")
    kept.do(f"UPDATE commands SET version_after = 6 WHERE subject = '{A}'")
    kept.record(*chain(CASES[1], 7)[6:])
    kept.checkpoint()
    forged = str(case_of(7))
    kept.record(*chain(case_of(7), 1))
    kept.do(f"UPDATE stored_events SET notification_id = 19 WHERE originator_id = '{forged}'")

    assert kept.verdict(UNSIGNED).sound
    assert told(kept) == [
        f"testing, case {forged}, event 1 (position 19): inserted; it stands in a part of the log that a checkpoint "
        "covers, and the checkpoint does not know it."
    ]


def test_a_case_that_no_command_led_to_does_not_become_one_by_being_signed(kept: Kept) -> None:
    forged = str(case_of(7))
    kept.record(*chain(case_of(7), 1))
    kept.do(f"DELETE FROM commands WHERE subject = '{forged}'")
    kept.checkpoint()

    assert told(kept) == [f"testing, case {forged}, event 1 (position 19): inserted; no command on record led to it."]


def test_events_of_two_cases_that_changed_places_in_the_log(kept: Kept) -> None:
    kept.checkpoint()
    kept.record(*chain(CASES[0], 7)[6:])
    kept.do(
        "UPDATE stored_events SET notification_id = 1000 WHERE notification_id = 7",
        "UPDATE stored_events SET notification_id = 7 WHERE notification_id = 8",
        "UPDATE stored_events SET notification_id = 8 WHERE notification_id = 1000",
    )

    assert kept.verdict(UNSIGNED).sound
    assert told(kept) == [
        "testing: every stream fits, but the order of the log up to position 18 is not the one that checkpoint 1 "
        "signed."
    ]


def test_a_signed_event_put_at_the_end_of_the_log(kept: Kept) -> None:
    kept.checkpoint()
    kept.do(f"UPDATE stored_events SET notification_id = 99 WHERE originator_id = '{A}' AND originator_version = 6")

    assert kept.verdict(UNSIGNED).sound
    assert told(kept) == [
        f"testing, case {A}, event 6 (position 99): reordered; a checkpoint covers it, but in the log it stands after "
        "that."
    ]


def test_what_came_after_the_last_checkpoint_is_not_covered_by_it(kept: Kept) -> None:
    kept.checkpoint()
    kept.record(*chain(CASES[0], 8)[6:])

    assert kept.verdict() == Verdict("testing", events=20, streams=3, covered=18)


def test_a_checkpoint_signs_where_all_streams_stand(kept: Kept) -> None:
    kept.checkpoint()
    kept.record(chain(CASES[1], 7)[6])
    second = kept.checkpoint()

    with reading(kept.database) as log:
        ends = {case: log.stream(case)[-1] for case in sorted((A, B, C))}
    leaves = [f"testing {case} {end.version} {digest(end.state)}".encode() for case, end in ends.items()]
    assert (second.number, second.streams, second.root) == (2, 3, Tree(leaves).root.hex())
    assert (kept.folder / "000002.heads").read_bytes() == leaves[sorted((A, B, C)).index(B)] + b"\n"
    assert second.stores["testing"].length == 19


def test_a_checkpoint_with_nothing_new_says_so_at_its_time(kept: Kept) -> None:
    first, second = kept.checkpoint(), kept.checkpoint()

    assert (second.number, second.root, second.stores["testing"].length) == (2, first.root, 18)
    assert (kept.folder / "000002.heads").read_bytes() == b""
    assert kept.verdict().sound


def test_two_checkpoints_at_once_follow_each_other(kept: Kept) -> None:
    with ThreadPoolExecutor(4) as pool:
        numbers = sorted(taken.number for taken in pool.map(lambda _: kept.checkpoint(), range(4)))

    assert numbers == [1, 2, 3, 4]
    assert (kept.history().trouble, len(kept.history().checkpoints)) == ("", 4)


def test_no_checkpoint_vouches_for_a_store_that_does_not_go_on(kept: Kept) -> None:
    kept.checkpoint()
    kept.rewrite(CASES[0], 6)
    kept.record(chain(CASES[0], 7)[6])
    before = sorted(kept.folder.iterdir())
    kept.do(f"UPDATE stored_events SET state = state || ' ' WHERE originator_id = '{A}' AND originator_version = 7")
    kept.record(chain(CASES[0], 8)[7])

    with pytest.raises(CheckpointRefused, match=f"testing: stream {A} does not go on from where it stood"):
        kept.checkpoint()
    assert sorted(kept.folder.iterdir()) == before


def test_no_checkpoint_vouches_for_a_store_put_back_to_yesterday(kept: Kept) -> None:
    kept.checkpoint()
    kept.do(f"DELETE FROM stored_events WHERE originator_id = '{C}' AND originator_version = 6")

    with pytest.raises(CheckpointRefused, match="testing: the log ends at position 17; a checkpoint reached to 18"):
        kept.checkpoint()
