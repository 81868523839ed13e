"""The promises, each as a function from the evidence to what breaks it."""

from collections.abc import Callable, Iterable

from tests.chaos.checks.chains import chains_hold
from tests.chaos.checks.commands import (
    answers_are_recorded,
    complaints_are_there_once,
    events_have_one_command,
    refusals_left_nothing,
    same_key_same_answer,
)
from tests.chaos.checks.deadlines import late_is_said_once
from tests.chaos.checks.folders import copies_are_filed_once, nothing_lies_aside
from tests.chaos.checks.numbers import numbers_have_no_gap
from tests.chaos.checks.publishing import history_tells_what_was_said, topics_tell_what_was_said
from tests.chaos.checks.slips import slips_are_issued_once
from tests.chaos.violations import Evidence, Violation

Check = Callable[[Evidence], Iterable[Violation]]

CHECKS: tuple[Check, ...] = (
    answers_are_recorded,
    refusals_left_nothing,
    same_key_same_answer,
    events_have_one_command,
    complaints_are_there_once,
    numbers_have_no_gap,
    copies_are_filed_once,
    nothing_lies_aside,
    chains_hold,
    late_is_said_once,
    slips_are_issued_once,
    topics_tell_what_was_said,
    history_tells_what_was_said,
)


def violations(evidence: Evidence) -> list[Violation]:
    """Everything that is wrong."""
    return [violation for check in CHECKS for violation in check(evidence)]
