"""What approval decides: dispositions by authority, decisions, slips for who was late, copies of the closed form."""

from collections.abc import Callable, Iterable
from datetime import datetime
from typing import Any

from services.approval.domain.closing import AnswerInquiry, CloseFolder, answer_inquiry, close_folder
from services.approval.domain.decision import DecideCase, WriteCombinedOpinion, decide_case, write_combined_opinion
from services.approval.domain.disposition import (
    DraftDisposition,
    ReviewDisposition,
    SignDisposition,
    draft_disposition,
    review_disposition,
    sign_disposition,
)
from services.approval.domain.folder import ApprovalFolder, evolve, initial
from services.approval.domain.investigation import CheckInvestigation, SendBack, check_investigation, send_back
from services.approval.domain.slips import IssueUrgingSlip, OpenTask, issue_urging_slip, open_task
from shared.contracts import Event
from shared.contracts.commands import Command, File
from shared.procedures.course.rules import Rules

__all__ = [
    "AnswerInquiry",
    "ApprovalFolder",
    "CheckInvestigation",
    "CloseFolder",
    "DecideCase",
    "DraftDisposition",
    "IssueUrgingSlip",
    "OpenTask",
    "ReviewDisposition",
    "SendBack",
    "SignDisposition",
    "WriteCombinedOpinion",
    "decide",
    "evolve",
    "initial",
]

Decision = Callable[[ApprovalFolder, Any, Rules, datetime], Iterable[Event]]


def keep(folder: ApprovalFolder, command: File, rules: Rules, now: datetime) -> Iterable[Event]:
    """File a copy of what another department said."""
    yield command.heard


DECISIONS: dict[type[Command], Decision] = {
    File: keep,
    OpenTask: open_task,
    IssueUrgingSlip: issue_urging_slip,
    CloseFolder: close_folder,
    CheckInvestigation: check_investigation,
    SendBack: send_back,
    DraftDisposition: draft_disposition,
    ReviewDisposition: review_disposition,
    SignDisposition: sign_disposition,
    WriteCombinedOpinion: write_combined_opinion,
    DecideCase: decide_case,
    AnswerInquiry: answer_inquiry,
}


def decide(folder: ApprovalFolder, command: Command, rules: Rules, now: datetime) -> Iterable[Event]:
    """The events that a command makes of a folder; raises Refused when the procedure does not allow it."""
    return DECISIONS[type(command)](folder, command, rules, now)
