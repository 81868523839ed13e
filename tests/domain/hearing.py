"""Which stages a department files when it hears of them, by its reactions and its pack."""

from datetime import UTC, datetime
from uuid import UUID

from shared.contracts import intake
from shared.contracts.commands import File, Reactions
from shared.contracts.envelope import Envelope
from shared.contracts.values import SYSTEM
from shared.procedures.course.rules import Rules
from tests.domain.story import CASE, SITE

ENVELOPE = Envelope(
    id=UUID(int=1),
    source="intake",
    type="intake.stage-opened",
    subject=CASE,
    time=datetime(2026, 11, 3, 2, 0, tzinfo=UTC),
    version=1,
    schema=1,
    site=SITE,
    actor=SYSTEM,
    correlation=UUID(int=2),
    causation=None,
    pack="glzd194",
    pack_version=1,
    hlc="",
    previous="",
)


def stages_filed(reactions: Reactions, rules: Rules) -> set[str]:
    """The stages whose opening is filed, and of which the closing is filed as well."""
    return {
        stage.stage
        for stage in rules.pack.stages
        if both(
            reactions,
            rules,
            intake.StageOpened(stage.stage, "quality", 1, stage.rule),
            intake.StageClosed(stage.stage, "quality", 1, "done"),
        )
    }


def both(reactions: Reactions, rules: Rules, opened: intake.StageOpened, closed: intake.StageClosed) -> bool:
    """Whether both are filed. AssertionError when only one is."""
    made = [reactions[type(heard)](heard, ENVELOPE, rules) for heard in (opened, closed)]
    assert made in ([None, None], [File(heard=opened), File(heard=closed)])
    return made[0] is not None
