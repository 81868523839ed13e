"""Records the corpus of a release from a real stack: ``python -m tests.contracts.recording <release>``.

Lives the lives of ``lives.py`` and keeps the bytes that the five stores then hold of each case. What is recorded
once stays as it is: a later release gets a folder of its own beside it. An event that occurs in no life needs a
place in one first.
"""

import asyncio
import sys
import tempfile
from pathlib import Path

from deploy.contracts.schemas import STORED_ONLY, Key, declared
from deploy.dev.settings import StackSettings
from deploy.dev.surroundings import adopt
from shared.audit.log_reader import reading
from shared.contracts.event import SERVICES
from shared.postgres.databases import database_of
from tests.contracts.corpus import CORPUS, Life, write_folders
from tests.contracts.lives import lives
from tests.journeys.case import Case
from tests.journeys.house import opened
from tests.support.started import Started, start


async def lived(stack: Started) -> dict[str, Case]:
    """The cases of the lives, at their ends."""
    async with opened(stack) as house:
        return await lives(house)


def keep(stack: Started, case: Case, folder: Path) -> None:
    """Write what each store holds of a case, a stored event a line, and the folders that come of it."""
    environment = dict(stack.environment)
    adopt(StackSettings.from_environment(environment), environment)
    folder.mkdir(parents=True)
    for service in SERVICES:
        with reading(database_of(service, environment["DATABASE_URL"])) as log:
            states = [entry.state for entry in log.stream(str(case.id))]
        if states:
            (folder / f"{service}.ndjson").write_bytes(b"".join(state + b"\n" for state in states))
    write_folders(Life(folder))


def record(release: Path) -> list[Key]:
    """Live and keep; the events that occurred in no life. Raises FileExistsError when the release has a corpus."""
    release.mkdir(parents=True)
    with tempfile.TemporaryDirectory(prefix="redress-", ignore_cleanup_errors=True) as place:
        Path(place).chmod(0o755)
        stack = start(Path(place) / "stack")
        try:
            for name, case in asyncio.run(lived(stack)).items():
                keep(stack, case, release / name)
        finally:
            stack.stop()
    return unlived(release)


def unlived(release: Path) -> list[Key]:
    """The declared events that were stored of no case of a release."""
    lived = set().union(*(Life(folder).schemas() for folder in release.iterdir()))
    return [key for key, cls in declared().items() if cls not in STORED_ONLY and key not in lived]


if __name__ == "__main__":
    missing = record(CORPUS / sys.argv[1])
    sys.exit(f"These occur in no life of lives.py: {missing}" if missing else 0)
