"""How approval's forms look: where work can go back to, which slips wait for an answer, how a new draft begins."""

from collections.abc import Iterable

from services.approval.domain import AnswerInquiry, ApprovalFolder, CheckInvestigation, DraftDisposition, SendBack
from shared.contracts.values import Actor
from shared.procedures.course.rules import Rules
from shared.web.paper import CommandForm, Papers


def returnable(folder: ApprovalFolder, rules: Rules, who: Actor) -> tuple[tuple[str, str], ...]:
    """The (stage, owner) pairs that this person may send back to now."""
    if not rules.may("send-back", who, folder.tasks):
        return ()
    task = rules.permit("send-back", who, folder.tasks)
    return rules.returnable(task.stage, folder.tasks) if task else ()


def returnable_stages(folder: ApprovalFolder, rules: Rules, who: Actor) -> Iterable[str]:
    """The stages that can be done again."""
    return (stage for stage, _ in returnable(folder, rules, who))


def returnable_owners(folder: ApprovalFolder, rules: Rules, who: Actor) -> Iterable[str]:
    """The departments that did them."""
    return (owner for _, owner in returnable(folder, rules, who))


def drafted(folder: ApprovalFolder, rules: Rules, who: Actor) -> Iterable[str]:
    """The dispositions for what was decided: whether the complaint is established (P1.22)."""
    return rules.dispositions(folder.checked.established if folder.checked else "")


def unanswered(folder: ApprovalFolder, rules: Rules, who: Actor) -> Iterable[str]:
    """The numbers of the inquiry slips that wait for this person's department (P1.26)."""
    answered = {answer.number for answer in folder.answers}
    return (slip.number for slip in folder.asked if slip.department == who.department and slip.number not in answered)


PAPERS: Papers = {
    SendBack: CommandForm(offers={"stage": ("stage", returnable_stages), "owner": ("department", returnable_owners)}),
    CheckInvestigation: CommandForm(recalls=("established",)),
    DraftDisposition: CommandForm(
        recalls=("disposition", "inputs", "proposal"), offers={"disposition": ("choice.dispositions", drafted)}
    ),
    AnswerInquiry: CommandForm(offers={"number": ("slip", unanswered)}),
}
