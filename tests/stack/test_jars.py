"""Kafka's jars are those that the lock file names, or none at all."""

import hashlib
from pathlib import Path

import pytest
from jgo.env import LockFile
from jgo.maven import Artifact, MavenContext

from deploy.dev.jars import LOCK, fetch
from deploy.dev.ports import free_port
from deploy.dev.trouble import Trouble

RIGHT = b"the jar"
SHA256 = hashlib.sha256(RIGHT).hexdigest()


class Shelf:
    """A resolver that has one file, and counts who asks."""

    def __init__(self, content: bytes) -> None:
        self.content = content
        self.asked = 0

    def download(self, wanted: Artifact) -> Path:
        self.asked += 1
        path = Path(str(wanted.cached_path))
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(self.content)
        return path


def jar(folder: Path, shelf: Shelf | None = None, repository: str = "") -> Artifact:
    context = MavenContext(shelf, repo_cache=folder, local_repos=[], remote_repos={"shelf": repository})  # type: ignore[arg-type]
    return context.project("org.example", "thing").at_version("1.0").artifact()


def test_every_jar_of_the_lock_has_a_checksum_and_no_place() -> None:
    assert [locked for locked in LockFile.load(LOCK).dependencies if not locked.sha256] == []
    assert "://" not in LOCK.read_text("utf-8")


def test_a_jar_is_fetched_once(tmp_path: Path) -> None:
    shelf = Shelf(RIGHT)

    paths = {fetch(jar(tmp_path, shelf), SHA256) for _ in range(2)}

    assert [path.read_bytes() for path in paths] == [RIGHT]
    assert shelf.asked == 1


def test_a_half_fetched_jar_is_fetched_again(tmp_path: Path) -> None:
    Shelf(b"the j").download(jar(tmp_path))

    assert fetch(jar(tmp_path, Shelf(RIGHT)), SHA256).read_bytes() == RIGHT


def test_a_jar_that_is_not_the_one_named_is_thrown_away(tmp_path: Path) -> None:
    wanted = jar(tmp_path, Shelf(b"something else"))

    with pytest.raises(Trouble, match=r"thing-1\.0\.jar is not the file that kafka\.lock\.toml names"):
        fetch(wanted, SHA256)

    assert not Path(str(wanted.cached_path)).exists()


def test_without_a_network_the_sentence_says_what_to_do(tmp_path: Path) -> None:
    nobody = f"http://127.0.0.1:{free_port()}"

    with pytest.raises(Trouble, match=r"thing-1\.0\.jar could not be downloaded: connect to the network"):
        fetch(jar(tmp_path, repository=nobody), SHA256)
