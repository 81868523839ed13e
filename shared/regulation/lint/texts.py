"""The linter's look at texts and at the rungs of ladders."""

from collections.abc import Iterator

from pydantic import BaseModel

from shared.regulation.course.ladder import AT
from shared.regulation.language.document import Path
from shared.regulation.language.model import Pack
from shared.regulation.language.stages import Rung
from shared.regulation.language.times import NoTime, read_span
from shared.regulation.language.wording import Wording
from shared.regulation.lint.findings import Observation


def check_texts(pack: Pack) -> Iterator[Observation]:
    """Finding ``text-missing``, for each text that lacks one of the pack's languages."""
    for path, text in texts(pack, ()):
        if lacking := text.lacking(pack.languages):
            yield Observation("text-missing", path, f"'{text}' is not written in {', '.join(lacking)}")
        elif len(text.parts) > len(pack.languages):
            yield Observation("text-missing", path, f"'{text}' has more parts than the pack has languages")


def texts(part: object, path: Path) -> Iterator[tuple[Path, Wording]]:
    """Every text in a part of a pack, with its place."""
    if isinstance(part, Wording):
        yield path, part
    elif isinstance(part, BaseModel):
        for name, field in type(part).model_fields.items():
            yield from texts(getattr(part, name), (*path, field.alias or name))
    elif isinstance(part, dict):
        for key, value in part.items():
            yield from texts(value, (*path, key))
    elif isinstance(part, list | tuple):
        for place, value in enumerate(part):
            yield from texts(value, (*path, place))


def check_rungs(pack: Pack) -> Iterator[Observation]:
    """Finding ``no-rung``: a rung stands at so many percent, at ``due``, or so long after it."""
    ladders: list[tuple[Path, tuple[Rung, ...]]] = [(("late",), pack.late)]
    ladders += [(("stages", name, "late"), stage.late or ()) for name, stage in pack.stages.items()]
    for code, kind in pack.kinds.items():
        ladders += [(("kinds", code, "stages", name, "late"), stage.late or ()) for name, stage in kind.stages.items()]
    for path, ladder in ladders:
        for place, rung in enumerate(ladder):
            found = AT.fullmatch(rung.at)
            try:
                later = found and found["later"] and read_span(found["later"])
            except NoTime as fault:
                yield Observation("no-rung", (*path, place, "at"), str(fault))
                continue
            if found is None:
                yield Observation(
                    "no-rung", (*path, place, "at"), f"'{rung.at}' is no time: '50 %', 'due' or 'due + 3 wd'"
                )
            if not later and not any((rung.warn, rung.slip, rung.tell, rung.begins, rung.opens)) and rung.at != "due":
                yield Observation("no-rung", (*path, place), f"nothing happens at '{rung.at}'")
