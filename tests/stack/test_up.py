"""``redress up`` on real servers, with stubs for services: it starts, heals, stops, and starts again on its data."""

import signal
import socket
import sys
import tempfile
import urllib.request
from collections.abc import Iterator
from pathlib import Path

import psutil
import pytest

from deploy.dev.ports import LOOPBACK
from tests.stack import stub
from tests.support.started import Started, begin, start
from tests.support.waiting import eventually

STUB = (sys.executable, stub.__file__, "up")


@pytest.fixture(scope="module")
def folder() -> Iterator[Path]:
    with tempfile.TemporaryDirectory(prefix="redress-stub-", ignore_cleanup_errors=True) as made:
        yield Path(made) / "data"


@pytest.fixture(scope="module")
def stub_stack(folder: Path) -> Iterator[Started]:
    started = start(folder, STUB)
    yield started
    if started.process.poll() is None:
        started.stop()


def read(address: str) -> str:
    with urllib.request.urlopen(address, timeout=20) as response:
        return str(response.read().decode())


@pytest.mark.parametrize(
    ("path", "service"),
    [
        ("/api/intake/complaints", "intake"),
        ("/intake/cases/1/panel", "intake"),
        ("/intakes", "analytics"),
        ("/api/analytics/open", "analytics"),
        ("/cases/1", "analytics"),
        ("/", "analytics"),
    ],
)
def test_one_address_leads_to_every_service(stub_stack: Started, path: str, service: str) -> None:
    assert read(stub_stack.address + path) == f"{service} {path}"


def test_an_event_stream_is_passed_on_at_once(stub_stack: Started) -> None:
    with urllib.request.urlopen(f"{stub_stack.address}/stream", timeout=10) as stream:
        assert stream.readline() == b"data: first\n"


def test_a_missing_static_file_is_missing_and_not_kept(stub_stack: Started) -> None:
    with pytest.raises(urllib.error.HTTPError) as missing:
        read(f"{stub_stack.address}/static/none.css")

    assert (missing.value.code, missing.value.headers["Cache-Control"]) == (404, None)


def test_secrets_are_read_by_their_owner_only(stub_stack: Started) -> None:
    secret = [stub_stack.data / "keys.json", stub_stack.data / "run" / "environment.json"]

    assert [oct(path.stat().st_mode & 0o777) for path in secret] == ["0o600", "0o600"]


def test_status_shows_every_process(stub_stack: Started) -> None:
    shown = stub_stack.run("status")

    assert shown.returncode == 0
    assert [
        name for name in ("postgres", "kafka", "intake", "analytics", "front-door") if name not in shown.stdout
    ] == []


@pytest.mark.parametrize("name", ["intake", "kafka", "postgres", "front-door"])
def test_a_part_that_is_killed_comes_back(stub_stack: Started, name: str) -> None:
    killed = stub_stack.kill(name)

    stub_stack.await_restart(name, killed)

    assert read(f"{stub_stack.address}/intake/x") == "intake /intake/x"


def test_a_second_one_says_that_it_runs_already(stub_stack: Started, folder: Path) -> None:
    second = begin(folder.parent / "link", STUB, REDRESS_DATA=str(folder), REDRESS_PORT=stub_stack.address[-5:])

    assert second.process.wait(timeout=30) == 2
    assert second.told == (
        f"Redress is already running in {folder}: open {stub_stack.address}, or stop it with `make stop`.\n"
    )


def test_ctrl_c_stops_everything_and_the_next_start_finds_its_data(stub_stack: Started, folder: Path) -> None:
    parts = stub_stack.processes()
    assert len(parts) > 4

    assert stub_stack.stop(signal.SIGINT) == 0

    assert stub_stack.told.endswith("Stopping\nRedress has stopped; its data stays.\n")
    assert [part for part in parts if part.is_running()] == []
    (folder / "run" / "ports.json").unlink()
    again = start(folder, STUB)
    assert "Making PostgreSQL's data" not in again.told
    assert (folder / "loads").read_text("utf-8") == "loaded\n"
    assert again.run("stop").stdout == "Redress has stopped.\n"
    assert again.process.wait(timeout=5) == 0


def test_a_killed_supervisor_leaves_nothing_that_hinders_the_next_start(folder: Path) -> None:
    first = start(folder, STUB)
    parts = first.processes()
    first.process.kill()
    first.process.wait()

    second = start(folder, STUB)

    assert [part for part in parts if part.is_running() and part.status() != psutil.STATUS_ZOMBIE] == []
    assert second.stop(signal.SIGTERM) == 0


def test_stop_says_when_nothing_runs(folder: Path) -> None:
    started = start(folder, STUB)
    started.stop()

    assert started.run("stop").stdout == "Redress is not running.\n"
    assert started.run("status").returncode == 3


def test_a_taken_port_is_said_before_anything_starts(tmp_path: Path) -> None:
    with socket.create_server((LOOPBACK, 0)) as other:
        port = other.getsockname()[1]

        refused = begin(tmp_path / "data", STUB, REDRESS_PORT=str(port))

        assert refused.process.wait(timeout=30) == 2
    assert refused.told.splitlines()[-1].startswith(
        f"Port {port} is taken by another program: stop that one, or choose"
    )


def test_ctrl_c_before_anything_runs_ends_it_too(tmp_path: Path) -> None:
    started = begin(tmp_path / "data", STUB)
    eventually(lambda: "Making PostgreSQL" in started.told, "it has begun")

    started.stop()

    assert [
        child for child in psutil.process_iter(["cmdline"]) if str(tmp_path) in " ".join(child.info["cmdline"] or ())
    ] == []


def test_servers_of_ones_own_are_used_and_not_started(tmp_path: Path, postgres_url: str, kafka_bootstrap: str) -> None:
    started = start(tmp_path / "data", STUB, DATABASE_URL=postgres_url, KAFKA_BOOTSTRAP_SERVERS=kafka_bootstrap)

    shown = started.run("status", "--json").stdout

    assert '"postgres"' not in shown
    assert '"kafka"' not in shown
    assert started.stop() == 0
