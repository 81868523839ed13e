"""``redress pack try``, ``new`` and ``schema``: what the writer of a regulation works with."""

import json
import sys
from datetime import datetime
from pathlib import Path
from typing import Annotated

import typer

from deploy.dev.settings import PROJECT
from deploy.dev.trouble import Trouble
from deploy.regulation.reference import reference
from deploy.regulation.rules import rules
from deploy.regulation.skeleton import SKELETON
from deploy.regulation.terminal import Terminal
from shared.clock import SystemClock
from shared.regulation.language.document import NoPack
from shared.regulation.language.loading import load_pack
from shared.regulation.language.model import Pack
from shared.regulation.play import OFFICE, Play


def opened(pack: str) -> Pack:
    """A pack by name or file. Raises Trouble with its faults."""
    try:
        return load_pack(Path(pack) if pack.endswith((".yaml", ".yml")) else pack)
    except NoPack as fault:
        raise Trouble(str(fault)) from fault


def try_pack(
    pack: Annotated[str, typer.Argument(help="Name or file of a pack.")],
    kind: Annotated[str, typer.Option(help="The kind of case; the pack's first one without.")] = "",
    begins: Annotated[str, typer.Option(help="When the case begins, as 2026-11-02T09:30; now without.")] = "",
    language: Annotated[str, typer.Option("--lang", help="en, zh-CN or zh-TW.")] = "en",
) -> None:
    """Play a case under a pack: see who has it, until when and why; move the clock. No server is needed."""
    found = opened(pack)
    chosen = kind or next(iter(found.courses))
    if chosen not in found.courses:
        raise Trouble(f"{pack} has no kind {chosen!r}: {', '.join(found.courses)}")
    try:
        moment = datetime.fromisoformat(begins) if begins else SystemClock().now()
    except ValueError as fault:
        raise Trouble(f"--begins {begins}: {fault}") from fault
    moment = moment if moment.tzinfo else moment.replace(tzinfo=OFFICE.zone)
    Terminal(Play(found, chosen, moment), _ask, print, language).run()


def _ask(question: str) -> str:
    if sys.stdin.isatty():
        return input(question)
    typed = input()
    print(f"{question}{typed}")
    return typed


def new_pack(
    name: Annotated[str, typer.Argument(help="The pack's name: lower case, digits and hyphens.")],
    folder: Annotated[Path, typer.Option(help="Where the file is made.")] = Path(),
) -> None:
    """Begin a pack: a small regulation that is sound, to be changed step by step."""
    path = folder / f"{name}.yaml"
    if path.exists():
        raise Trouble(f"{path} is there already; nothing was changed")
    path.write_text(SKELETON.replace("NAME", name), encoding="utf-8")
    opened(str(path))
    print(f"{path}: change it, then: redress pack lint {path}; redress pack try {path}")


def schema() -> None:
    """Print the JSON Schema of packs, for completion in an editor."""
    print(json.dumps(Pack.model_json_schema(by_alias=True), ensure_ascii=False, indent=2))


def write_reference() -> None:
    """Write ``docs/pack-language/reference.md`` from the model."""
    path = PROJECT / "docs" / "pack-language" / "reference.md"
    path.write_text(reference(), encoding="utf-8")
    print(path)


def write_rules() -> None:
    """Write ``docs/rules.md``: where each rule of the source documents stands."""
    path = PROJECT / "docs" / "rules.md"
    path.write_text(rules(), encoding="utf-8")
    print(path)
