"""The walls of the house: which room may import what, as data, and the search for imports that pass through."""

import ast
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from fnmatch import fnmatch
from pathlib import Path

FLOORS: tuple[tuple[str, ...], ...] = (
    (
        "shared.contracts",
        "shared.worktime",
        "shared.clock",
        "shared.loop",
        "shared.digits",
        "shared.durable",
        "shared.money",
        "shared.text",
    ),
    ("shared.procedures", "shared.regulation", "shared.postgres", "shared.observability", "shared.files"),
    ("shared.eventstore",),
    ("shared.audit",),
    ("shared.commands",),
    ("shared.messaging",),
    ("shared.recovery",),
    ("shared.readmodels", "shared.http", "shared.printing"),
    ("shared.web",),
    ("shared.runtime",),
    ("services",),
    ("deploy",),
)
"""Ground up: a room imports rooms of its own floor and of the floors below."""

DOMAIN_MAY = ("shared.contracts", "shared.procedures", "shared.worktime")

KEPT_TO: dict[str, tuple[str, ...]] = {
    "eventsourcing": ("shared.eventstore.*", "shared.commands.*"),
    "aiokafka": ("shared.messaging.*", "shared.recovery.*"),
    "faust": ("services.analytics", "services.analytics.*"),
    "opentelemetry": ("shared.observability.tracing", "shared.observability.spans"),
    "olefile": ("shared.files.content",),
    "PIL": ("shared.files.drawing",),
    "pillow_heif": ("shared.files.drawing",),
    "asyncpg": ("shared.postgres.*", "shared.readmodels.*", "services.*.projections", "services.analytics.*"),
}
"""A library and the only rooms that know it."""


@dataclass(frozen=True)
class Import:
    """One import statement: where it stands and what it names."""

    file: Path
    line: int
    importer: str
    imported: str

    def __str__(self) -> str:
        return f"{self.file}:{self.line}: {self.importer} imports {self.imported}"


def modules_of(root: Path) -> Iterator[tuple[str, Path]]:
    """Every module of the packages ``services``, ``shared`` and ``deploy`` below ``root``, and its file."""
    for top in ("services", "shared", "deploy"):
        for file in sorted((root / top).rglob("*.py")):
            yield ".".join(file.relative_to(root).with_suffix("").parts).removesuffix(".__init__"), file


def imports_of(root: Path) -> Iterator[Import]:
    """Every import of the packages ``services``, ``shared`` and ``deploy`` below ``root``."""
    for module, file in modules_of(root):
        for node in ast.walk(ast.parse(file.read_text("utf-8"))):
            if isinstance(node, ast.Import):
                for name in node.names:
                    yield Import(file, node.lineno, module, name.name)
            elif isinstance(node, ast.ImportFrom):
                for name in node.names:
                    yield Import(file, node.lineno, module, f"{node.module}.{name.name}")


def inside(module: str, room: str) -> bool:
    """Whether a module is the room or lies in it."""
    return module == room or module.startswith(room + ".")


def floor_of(module: str) -> int | None:
    """The floor a module stands on, counted from the ground; None outside the house."""
    for height, rooms in enumerate(FLOORS):
        if any(inside(module, room) for room in rooms):
            return height
    return None


def homeless(root: Path) -> list[str]:
    """The modules of the house that stand on no floor; its three packages themselves hold nothing."""
    modules = {module for module, _ in modules_of(root)}
    return sorted(module for module in modules - {"services", "shared", "deploy"} if floor_of(module) is None)


def goes_up(found: Import) -> bool:
    """An arrow from a lower floor to a higher one."""
    here, there = floor_of(found.importer), floor_of(found.imported)
    return here is not None and there is not None and there > here


def crosses_services(found: Import) -> bool:
    """One department reaching into another."""
    here, there = found.importer.split("."), found.imported.split(".")
    return here[0] == there[0] == "services" and len(there) > 1 and here[1] != there[1]


def spoils_domain(found: Import) -> bool:
    """A domain that knows more than the standard library and the rules."""
    parts = found.importer.split(".")
    if parts[0] != "services" or len(parts) < 3 or parts[2] != "domain":
        return False
    own = ".".join(parts[:3])
    if inside(found.imported, own) or any(inside(found.imported, room) for room in DOMAIN_MAY):
        return False
    return found.imported.split(".")[0] not in sys.stdlib_module_names - {"asyncio", "os", "socket", "subprocess"}


def leaks_library(found: Import) -> bool:
    """A library used outside the rooms that keep it."""
    for library, rooms in KEPT_TO.items():
        if inside(found.imported, library):
            return not any(fnmatch(found.importer, room) for room in rooms)
    return False


WALLS = {
    "lower floors know nothing of higher ones": goes_up,
    "no department reaches into another": crosses_services,
    "a domain is pure": spoils_domain,
    "a library stays in its room": leaks_library,
}


def breaches(root: Path) -> list[str]:
    """Every import that passes through a wall, with the wall's name."""
    return [f"{name}: {found}" for found in imports_of(root) for name, through in WALLS.items() if through(found)]
