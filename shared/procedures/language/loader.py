"""Loads procedure packs from YAML, each once."""

from functools import lru_cache
from pathlib import Path

from shared.procedures.language.lines import Unreadable, read_document
from shared.procedures.language.pack import Pack

PACKS = Path(__file__).parents[1] / "packs"


def pack_files() -> tuple[Path, ...]:
    """The files of all packs that come with the product, by name."""
    return tuple(sorted(PACKS.glob("*.yaml")))


def load_pack(source: str | Path, version: int | None = None) -> Pack:
    """Load a pack by its id (``glzd194``), in its newest version or the one asked for, or from a file's path.

    A version lives in ``packs/<id>.yaml`` while it is the newest and moves to ``packs/<id>@<version>.yaml``
    when the next one comes. Raises :class:`Unreadable` with the line of every fault.
    """
    return _load(source if isinstance(source, Path) else _file(source, version))


@lru_cache
def _load(path: Path) -> Pack:
    return read_document(path).into(Pack)


def _file(pack: str, version: int | None) -> Path:
    newest = PACKS / f"{pack}.yaml"
    if version is None or load_pack(newest).version == version:
        return newest
    kept = PACKS / f"{pack}@{version}.yaml"
    if not kept.exists():
        raise Unreadable(str(kept), ((1, f"there is no version {version} of {pack}"),))
    return kept
