"""What stands in the way of a start is said in one sentence that tells what to do."""

import errno
import shutil
from pathlib import Path
from types import SimpleNamespace

import pytest

from deploy.dev import ground
from deploy.dev.keys import Keys
from deploy.dev.ports import BELOW_EPHEMERAL, free_port, free_ports
from deploy.dev.servers import require_kafka, require_postgres
from deploy.dev.settings import StackSettings
from deploy.dev.surroundings import adopt, environment, publish
from deploy.dev.trouble import Trouble


def settings(data: Path) -> StackSettings:
    return StackSettings(data=data, cache=data)


def test_a_folder_is_held_by_one_stack_at_a_time(tmp_path: Path) -> None:
    with ground.occupy(settings(tmp_path / "data")), pytest.raises(Trouble, match="already running"):
        ground.occupy(settings(tmp_path / "data"))

    ground.occupy(settings(tmp_path / "data")).close()
    assert not ground.is_occupied(settings(tmp_path / "data"))


@pytest.mark.parametrize(("free", "enough"), [(ground.ROOM, True), (ground.ROOM - 1, False)])
def test_a_full_disk_is_said(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, free: int, enough: bool) -> None:
    monkeypatch.setattr(shutil, "disk_usage", lambda _: SimpleNamespace(free=free))

    if enough:
        ground.occupy(settings(tmp_path)).close()
    else:
        with pytest.raises(
            Trouble, match=f"Less than 1 GB is free where {tmp_path} is: make room, or set REDRESS_DATA"
        ):
            ground.occupy(settings(tmp_path))


def test_a_file_where_the_folder_should_be_is_said(tmp_path: Path) -> None:
    (tmp_path / "data").write_text("")

    with pytest.raises(Trouble, match="is not a folder: move it away"):
        ground.occupy(settings(tmp_path / "data"))


@pytest.mark.parametrize(
    ("number", "told"),
    [
        (errno.EACCES, "/x cannot be written: make it yours, or set REDRESS_DATA to a folder of your own."),
        (errno.EROFS, "/x cannot be written: make it yours, or set REDRESS_DATA to a folder of your own."),
        (errno.ENOSPC, "There is no room left to write /x: make room and start again."),
        (errno.EIO, "None"),
    ],
)
def test_an_error_of_the_system_is_told_if_a_person_can_mend_it(number: int, told: str) -> None:
    assert str(ground.explained(OSError(number, "reason", "/x"))) == told


@pytest.mark.parametrize("port", ["0", "65536", "-1", "http", "8.1"])
def test_a_port_that_is_none_is_refused(port: str) -> None:
    with pytest.raises(Trouble, match="set it to a number from 1 to 65535"):
        StackSettings.from_environment({"REDRESS_PORT": port})


@pytest.mark.parametrize("port", ["1", "65535"])
def test_the_first_and_the_last_port_are_ports(port: str) -> None:
    assert StackSettings.from_environment({"REDRESS_PORT": port}).port == int(port)


def test_a_database_of_ones_own_that_does_not_answer_is_said() -> None:
    with pytest.raises(Trouble, match="DATABASE_URL names a PostgreSQL that cannot be used"):
        require_postgres(f"postgresql://somebody@127.0.0.1:{free_port()}")


@pytest.mark.parametrize("servers", [f"127.0.0.1:{free_port()}", "nowhere", ""])
def test_a_kafka_of_ones_own_that_does_not_answer_is_said(servers: str) -> None:
    with pytest.raises(Trouble, match=r"KAFKA_BOOTSTRAP_SERVERS names .* where no Kafka answers"):
        require_kafka(servers, patience=0.1)


def test_servers_of_ones_own_are_accepted(postgres_url: str, kafka_bootstrap: str) -> None:
    require_postgres(postgres_url)
    require_kafka(f"127.0.0.1:{free_port()},{kafka_bootstrap}")


def test_ports_stay_the_same_while_they_are_free_and_clear_of_outgoing_connections() -> None:
    chosen = free_ports(("a", "b"), {}, promised=8300)

    assert free_ports(("a", "b"), chosen, promised=8300) == chosen
    assert chosen["a"] != chosen["b"]
    assert set(chosen.values()) <= set(BELOW_EPHEMERAL)


def test_the_front_doors_port_is_given_to_nobody_else() -> None:
    chosen = free_ports(("a", "b"), {}, promised=8300)

    moved = free_ports(("a", "b"), chosen, promised=chosen["a"])

    assert chosen["a"] not in moved.values()


@pytest.mark.parametrize(("told", "found"), [("own.yaml", ["own.yaml"]), ("", [])])
def test_commands_find_the_company_that_the_stack_was_started_with(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, told: str, found: list[str]
) -> None:
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("REDRESS_COMPANY", told)
    settings = StackSettings.from_environment({"REDRESS_DATA": str(tmp_path)})
    settings.run.mkdir(parents=True)
    publish(settings, environment(settings, Keys.of(tmp_path), "postgresql://here", "here:9092"))

    command: dict[str, str] = {}
    adopt(settings, command)

    assert [command[name] for name in command if name == "REDRESS_COMPANY"] == [str(tmp_path / each) for each in found]


def test_secrets_are_made_once(tmp_path: Path) -> None:
    made = Keys.of(tmp_path)

    assert Keys.of(tmp_path) == made
    assert (tmp_path / "keys.json").stat().st_mode & 0o777 == 0o600
    assert len(made.login) >= 32
