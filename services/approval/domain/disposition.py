"""From Sales' draft to the signature: how the complaint is settled, and who may approve that amount (P1.13, P1.24)."""

from collections.abc import Iterable
from datetime import datetime
from typing import Annotated

from services.approval.domain.folder import ApprovalFolder, require_level
from shared.contracts import Event, Refused, approval
from shared.contracts.commands import Command, command
from shared.contracts.values import Choice, Code, Inputs, OptionalText, Text
from shared.procedures.course.rules import Rules


@command
class DraftDisposition(Command):
    """Sales proposes a settlement; ``inputs`` are the numbers its formula asks for, by name (P1.30)."""

    stands_on = ("checked", "draft")

    disposition: Annotated[Code, Choice("dispositions")]
    inputs: Inputs
    proposal: Text


@command
class ReviewDisposition(Command):
    """The GM Office passes the draft on for signature."""

    stands_on = ("draft",)

    remark: OptionalText = ""


@command
class SignDisposition(Command):
    """A level of authority approves the draft as it stands."""

    stands_on = ("draft",)

    remark: OptionalText = ""


def draft_disposition(
    folder: ApprovalFolder, command: DraftDisposition, rules: Rules, now: datetime
) -> Iterable[Event]:
    """Draft with amount, loss and required level computed, and stored as computed (P1.13, P1.24, P1.30).

    Whether the complaint is established was decided before, and not by whoever drafts (P1.22).
    """
    rules.permit("draft-disposition", command.by, folder.tasks)
    rules.require_choice("dispositions", command.disposition, "disposition")
    offered = rules.dispositions(folder.checked.established if folder.checked else "")
    if command.disposition not in offered:
        raise Refused("not-as-decided", "P1.22", fields=("disposition",), dispositions=list(offered))
    settlement = rules.settle(command.disposition, command.inputs)
    rules.require_real(command.disposition, command.inputs, folder.goods)
    drafted = approval.DispositionDrafted(
        disposition=command.disposition,
        inputs=command.inputs,
        amount=settlement.amount,
        loss=settlement.loss,
        level=rules.level_for(settlement.amount),
        proposal=command.proposal,
    )
    yield drafted


def review_disposition(
    folder: ApprovalFolder, command: ReviewDisposition, rules: Rules, now: datetime
) -> Iterable[Event]:
    """Pass the draft on to the level that its amount requires (P1.13, P1.23)."""
    rules.permit("review-disposition", command.by, folder.tasks)
    yield approval.DispositionReviewed(command.remark)


def sign_disposition(folder: ApprovalFolder, command: SignDisposition, rules: Rules, now: datetime) -> Iterable[Event]:
    """Approve word for word what was drafted; the level must be the required one or higher (P1.24)."""
    rules.permit("sign-disposition", command.by, folder.tasks)
    draft = folder.draft
    if draft is None:
        raise Refused("nothing-drafted", "P1.13")
    require_level(rules, command.by, draft.level)
    approved = approval.DispositionApproved(
        disposition=draft.disposition,
        amount=draft.amount,
        loss=draft.loss,
        inputs=draft.inputs,
        proposal=draft.proposal,
        required=draft.level,
        signed=command.by.level,
        remark=command.remark,
    )
    yield approved
