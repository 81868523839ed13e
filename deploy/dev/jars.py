"""Kafka's jars: fetched by jgo as the lock file beside this one names them, each checked against its SHA-256.

``python -m deploy.dev.jars`` resolves Kafka's dependencies anew and rewrites the lock file.
"""

import hashlib
from collections.abc import Callable
from pathlib import Path

from jgo.config import GlobalSettings
from jgo.env import LockedDependency, LockFile
from jgo.maven import Artifact, Dependency, MavenContext, PythonResolver

from deploy.dev.trouble import Trouble

LOCK = Path(__file__).with_name("kafka.lock.toml")
WANTED = (("org.apache.kafka", "kafka_2.13", "4.3.1"), ("org.slf4j", "slf4j-simple", "1.7.36"))

Say = Callable[[str], None]


def maven(folder: Path) -> MavenContext:
    """Maven with this folder as its cache, and the repositories of the user's jgo configuration if there are any."""
    repositories = GlobalSettings.load().repositories or None
    return MavenContext(repo_cache=folder, resolver=PythonResolver(), remote_repos=repositories, timeout=60)


def artifact(context: MavenContext, locked: LockedDependency) -> Artifact:
    """The file that a line of the lock means."""
    component = context.project(locked.groupId, locked.artifactId).at_version(locked.version)
    return component.artifact(locked.classifier or "", locked.packaging)


def is_right(path: Path, sha256: str) -> bool:
    """Whether the file is there and whole."""
    if not path.exists():
        return False
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest() == sha256


def fetch(wanted: Artifact, sha256: str) -> Path:
    """The jar's path, downloaded unless the right file is there; a broken one is thrown away first.

    Raises ``Trouble`` without a network, or when what arrives is not the file that the lock names.
    """
    path = Path(str(wanted.cached_path))
    if is_right(path, sha256):
        return path
    path.unlink(missing_ok=True)
    try:
        wanted.resolve()
    except (OSError, RuntimeError) as error:
        raise Trouble(
            f"{wanted.filename} could not be downloaded: connect to the network (or name a Maven mirror in "
            "~/.config/jgo.conf), or set KAFKA_BOOTSTRAP_SERVERS to a Kafka of your own, and start again."
        ) from error
    if not is_right(path, sha256):
        path.unlink(missing_ok=True)
        raise Trouble(f"{wanted.filename} is not the file that {LOCK.name} names; it was thrown away: start again.")
    return path


def fetch_all(folder: Path, say: Say) -> tuple[Path, ...]:
    """Every jar of the lock file, in this folder; says how far it is while it downloads."""
    context = maven(folder)
    wanted = [(artifact(context, locked), str(locked.sha256)) for locked in LockFile.load(LOCK).dependencies]
    missing = sum(1 for file, _ in wanted if not Path(str(file.cached_path)).exists())
    if missing:
        say(f"Fetching Kafka: {missing} jars, about 45 MB, into {folder}")
    paths = []
    for number, (file, sha256) in enumerate(wanted, start=1):
        paths.append(fetch(file, sha256))
        if missing and (number % 10 == 0 or number == len(wanted)):
            say(f"  {number} of {len(wanted)} jars")
    return tuple(paths)


def lock(folder: Path) -> None:
    """Resolve what Kafka needs and write the lock file: coordinates and checksums."""
    context = maven(folder)
    roots = [
        Dependency(context.project(group, name).at_version(version).artifact(), raw=True)
        for group, name, version in WANTED
    ]
    inputs, transitive = context.resolver.resolve(roots)
    LockFile.from_resolved_dependencies([*inputs, *transitive], environment_name="kafka").save(LOCK)


if __name__ == "__main__":
    from deploy.dev.settings import StackSettings

    lock(StackSettings.from_environment().jars)
