"""The closed case: five copies of the form go out, and each department that was late is asked for its reason."""

from collections.abc import Iterable
from datetime import datetime
from typing import ClassVar

from services.approval.domain.folder import ApprovalFolder
from services.approval.domain.slips import INQUIRY, inquiry_slips
from shared.contracts import Event, Refused, approval
from shared.contracts.commands import Command, Draw, File, command
from shared.contracts.values import Code, Text
from shared.procedures.course.rules import Rules


@command
class CloseFolder(File):
    """The register closed the case."""

    draws: ClassVar[Draw] = INQUIRY


@command
class AnswerInquiry(Command):
    """The department that was late gives its reason."""

    stands_on = ()

    number: Code
    reason: Text


def close_folder(folder: ApprovalFolder, command: CloseFolder, rules: Rules, now: datetime) -> Iterable[Event]:
    """Hand out the copies (P1.17) and issue an inquiry slip for every deadline that was missed (P1.26)."""
    if folder.closed:
        return
    yield command.heard
    yield approval.CopiesDistributed(rules.copies)
    yield from inquiry_slips(folder, rules, now, command.serial)


def answer_inquiry(folder: ApprovalFolder, command: AnswerInquiry, rules: Rules, now: datetime) -> Iterable[Event]:
    """Record the reason; only the department asked may give it, and once (P1.26)."""
    rules.permit("answer-inquiry", command.by, folder.tasks)
    slip = next((slip for slip in folder.asked if slip.number == command.number), None)
    if slip is None:
        raise Refused("unknown-slip", "P1.26", fields=("number",), number=command.number)
    if slip.department != command.by.department:
        raise Refused("wrong-department", "P1.26", department=command.by.department, expected=[slip.department])
    answer = approval.InquiryAnswered(slip.number, slip.department, command.reason)
    if answer in folder.answers:
        return
    if any(given.number == slip.number for given in folder.answers):
        raise Refused("already-answered", "P1.26", fields=("number",), number=slip.number)
    yield answer
