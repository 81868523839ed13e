"""The linter's stopwatch: do the steps, each at its limit, fit into the limit of the whole case?"""

from collections.abc import Iterator, Mapping
from datetime import datetime, timedelta
from itertools import product

from shared.procedures.course.tasks import Task, Tasks
from shared.procedures.language.pack import Pack
from shared.procedures.language.words import Facts, answer
from shared.procedures.lint.findings import Found
from shared.procedures.lint.graph import PLAIN, START, Step, beginnings, course_facts, said_by
from shared.worktime import Limit, due


def check_pace(pack: Pack) -> Iterator[Found]:
    """Finding ``limits-exceed-overall``, with the longest the steps may take for each limit of the whole case.

    Working time is counted as if every hour were worked.
    """
    longest: dict[Limit, timedelta] = {}
    for facts in _combinations(pack):
        limit, span = answer(pack.overall.time, facts), slowest(pack, facts)
        if limit and span and span[1] > due(span[0], limit, PLAIN):
            longest[limit] = max(longest.get(limit, timedelta()), span[1] - span[0])
    if longest:
        excess = ", ".join(f"{taken / timedelta(days=1):g} d of {limit}" for limit, taken in longest.items())
        yield Found("limits-exceed-overall", ("overall",), f"the steps may take {excess}")


def slowest(pack: Pack, facts: Mapping[str, str]) -> tuple[datetime, datetime] | None:
    """From when until when the overall limit runs if everybody uses his whole limit and nothing is sent back.

    A stage without a limit takes no time. None where the case does not close.
    """
    tasks, now, began = Tasks(), START, START
    _, filed = next(beginnings(pack, after_closing=False))
    step = Step(filed, None, facts)
    for _ in range(3 * len(pack.stages)):
        tasks = step.moves(pack, tasks, now).applied_to(tasks)
        if step.event == pack.overall.begins:
            began = now
        if step.event == pack.overall.ends:
            return began, now
        if not tasks.open:
            return None
        task = min(tasks.open, key=lambda each: _due(each, now))
        now = _due(task, now)
        end = next(end for end in pack.stage(task.stage).ends if end.outcome == "done")
        step = Step(end.event, said_by(end, task.owner), facts)
    return None


def _due(task: Task, now: datetime) -> datetime:
    return max(now, task.deadline.due) if task.deadline else now


def _combinations(pack: Pack) -> Iterator[Facts]:
    facts = sorted(course_facts(pack) & pack.facts.keys())
    for values in product(*(pack.values(fact) for fact in facts)):
        yield dict(zip(facts, values, strict=True))
