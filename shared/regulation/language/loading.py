"""Reads packs from files; what cannot be read is told in a quality manager's words, with "did you mean"."""

from collections.abc import Iterator, Mapping, Sequence
from difflib import get_close_matches
from functools import lru_cache
from pathlib import Path
from typing import Any, get_args

from pydantic import BaseModel, ValidationError

from shared.regulation.language.document import Document, Fault, NoPack, read
from shared.regulation.language.document import Path as Place
from shared.regulation.language.model import Pack

PACKS = Path(__file__).parents[1] / "packs"
PARTS = Path(__file__).parents[1] / "parts"


def pack_files() -> tuple[Path, ...]:
    """The packs that come with the product, by name."""
    return tuple(sorted(PACKS.glob("*.yaml")))


def load_pack(source: str | Path) -> Pack:
    """A pack by its name (``bank-hq``) or from a file. Raises NoPack with every fault and where it stands."""
    path = source if isinstance(source, Path) else PACKS / f"{source}.yaml"
    try:
        return _loaded(path, path.stat().st_mtime_ns)
    except OSError as fault:
        near = near_to(path.stem, [each.stem for each in pack_files()])
        raise NoPack(str(path), (Fault(1, 1, f"there is no such file{near}"),)) from fault


@lru_cache(maxsize=64)
def _loaded(path: Path, changed: int) -> Pack:
    try:
        return pack_of(path.read_text("utf-8-sig"), str(path))
    except UnicodeDecodeError as fault:
        raise NoPack(str(path), (Fault(1, 1, f"the file is no UTF-8: {fault}"),)) from fault


def pack_of(text: str, source: str = "pack") -> Pack:
    """A pack from its text. Raises NoPack."""
    document = read(text, source)
    if not isinstance(document.content, Mapping):
        raise NoPack(source, (Fault(1, 1, "a pack begins with 'pack: its-name'"),))
    content = included(document)
    try:
        return Pack.model_validate(content, context={"document": document})
    except ValidationError as refused:
        raise NoPack(source, tuple(sorted(set(_faults(document, content, refused))))) from refused


def included(document: Document) -> Mapping[str, Any]:
    """The pack's content over that of the parts it includes; what the pack says itself comes first."""
    content: Mapping[str, Any] = document.content
    names = content.get("include") or []
    for name in reversed(names if isinstance(names, list) else [names]):
        path = PARTS / f"{name}.yaml"
        if not path.is_file():
            near = near_to(str(name), [each.stem for each in PARTS.glob("*.yaml")])
            raise NoPack(document.source, (Fault(*document.mark(("include",)), f"there is no part {name!r}{near}"),))
        content = over(read(path.read_text("utf-8"), str(path)).content, content)
    return content


def over(below: Mapping[str, Any], above: Mapping[str, Any]) -> Mapping[str, Any]:
    """Two contents as one: sections are put together, a thing that both name is the upper one's."""
    merged = {**below, **above}
    for key in below.keys() & above.keys():
        if isinstance(below[key], Mapping) and isinstance(above[key], Mapping):
            merged[key] = {**below[key], **above[key]}
    return merged


def near_to(name: str, known: Sequence[str]) -> str:
    """``; did you mean 'x'?``, or nothing."""
    near = get_close_matches(name, known, 1, 0.6)
    return f"; did you mean {near[0]!r}?" if near else ""


def _faults(document: Document, content: Any, refused: ValidationError) -> Iterator[Fault]:
    for fault in refused.errors():
        place = written_place(content, fault["loc"])
        named = ".".join(map(str, place)) or "the pack"
        yield Fault(*document.mark(place), _words(named, place, fault))


def written_place(content: Any, location: Sequence[int | str]) -> Place:
    """The place as it is written, without the names that the model puts between the levels."""
    kept: list[str | int] = []
    here = content
    for part in location:
        try:
            here = here[part]
        except (KeyError, IndexError, TypeError):
            continue
        kept.append(part)
    return tuple(kept)


def _words(named: str, place: Place, fault: Any) -> str:
    last = str(fault["loc"][-1])
    match fault["type"]:
        case "extra_forbidden":
            around = ".".join(map(str, place[:-1])) or "a pack"
            words = known_words(fault["loc"][:-1])
            hint = "" if fault["input"] is not None else " (a text with a comma in it stands in quotes)"
            return f"{around} knows no word {last!r}{near_to(last, words)}{hint}"
        case "missing":
            return f"{named} lacks {last!r}"
        case "string_pattern_mismatch":
            return f"{named}: {fault['input']!r} is no code: lower case, digits and hyphens, a letter first"
        case "literal_error":
            wanted = fault["ctx"]["expected"].replace(" or ", ", ").split(", ")
            near = near_to(str(fault["input"]), [each.strip("'") for each in wanted])
            return f"{named}: {fault['input']!r} is none of {fault['ctx']['expected']}{near}"
    return f"{named}: {fault['msg'].removeprefix('Value error, ')}"


def known_words(location: Sequence[int | str]) -> list[str]:
    """The words that the part of the model at a place knows."""
    models: list[Any] = [Pack]
    for step in location:
        models = [found for model in models for found in _inside(model, step)]
    parts = [each for model in models for each in _models(model)]
    return sorted({field.alias or name for part in parts for name, field in part.model_fields.items()})


def _inside(model: Any, step: int | str) -> Iterator[Any]:
    for part in _models(model):
        for name, field in part.model_fields.items():
            if step in (name, field.alias):
                yield field.annotation
                return
        if step == part.__name__:
            yield part
            return
    yield model


def _models(annotation: Any) -> list[type[BaseModel]]:
    """The models in an annotation, however deep."""
    if isinstance(annotation, type) and issubclass(annotation, BaseModel):
        return [annotation]
    return [found for inner in get_args(annotation) for found in _models(inner)]
