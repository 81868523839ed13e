"""The supervisor keeps its processes running, and leaves none behind."""

import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import psutil
import pytest

from deploy.dev.pidfile import ProcessMark, end_stale
from deploy.dev.process import Process
from deploy.dev.running import RestartPacing
from deploy.dev.supervisor import Supervisor
from deploy.dev.trouble import Trouble
from tests.support.waiting import eventually

QUICK = RestartPacing(first=0.01, longest=0.02, deaths=2)
FOREVER = "import time; time.sleep(600)"
DEAF = "import signal, time; signal.signal(signal.SIGTERM, signal.SIG_IGN); print('deaf', flush=True); time.sleep(600)"


def python(name: str, code: str, **more: object) -> Process:
    return Process(name=name, argv=(sys.executable, "-c", code), **{"ready": lambda: True, **more})  # type: ignore[arg-type]


def gone(pid: int) -> bool:
    return not psutil.pid_exists(pid) or psutil.Process(pid).status() == psutil.STATUS_ZOMBIE


@pytest.fixture
def said() -> list[str]:
    return []


@pytest.fixture
def keeper(tmp_path: Path, said: list[str]) -> Iterator[Supervisor]:
    keeper = Supervisor(tmp_path / "run", tmp_path / "logs", said.append, QUICK)
    yield keeper
    keeper.stop()


def pid_of(keeper: Supervisor, name: str) -> int:
    pid = keeper.pid(name)
    assert pid is not None
    return pid


def test_a_process_that_is_killed_is_started_again(keeper: Supervisor, said: list[str], tmp_path: Path) -> None:
    keeper.start([python("worker", FOREVER)])
    first = pid_of(keeper, "worker")

    psutil.Process(first).kill()
    keeper.watch(until=lambda: keeper.state("worker") == "ready" and keeper.pid("worker") not in (None, first))

    log = tmp_path / "logs" / "worker.log"
    assert f"worker was ended by SIGKILL; it is started again in 0.01 s (log: {log})" in said


@pytest.mark.parametrize(("death", "pause"), [(1, 0.5), (2, 1.0), (3, 2.0), (4, 4.0), (5, 8.0), (6, 8.0)])
def test_the_pause_before_a_restart_doubles_up_to_a_longest(death: int, pause: float) -> None:
    assert RestartPacing().pause(death) == pause


def test_a_process_that_keeps_dying_at_the_start_is_trouble_with_its_last_words(keeper: Supervisor) -> None:
    with pytest.raises(Trouble, match=r"worker does not start: read .*worker.log, which ends with\nno such folder"):
        keeper.start([python("worker", "import sys; sys.exit('no such folder')", ready=lambda: False)])


def test_a_process_given_up_later_leaves_the_others_running(keeper: Supervisor, tmp_path: Path) -> None:
    flag = tmp_path / "ill"
    until_ill = f"import os, time\nwhile not os.path.exists({str(flag)!r}): time.sleep(0.01)"
    keeper.start([python("sound", FOREVER), python("frail", until_ill)])

    flag.touch()
    keeper.watch(until=lambda: keeper.state("frail") == "failed")

    assert keeper.state("sound") == "ready"


def test_a_process_that_is_never_ready_is_ended(keeper: Supervisor, said: list[str]) -> None:
    with pytest.raises(Trouble):
        keeper.start([python("slow", FOREVER, ready=lambda: False, patience=0.05)])

    assert said[0] == "slow was not ready after 0 s and was ended"


def test_what_does_not_stop_in_time_is_killed(keeper: Supervisor, said: list[str], tmp_path: Path) -> None:
    log = tmp_path / "logs" / "stubborn.log"
    keeper.start([python("stubborn", DEAF, grace=0.2, ready=lambda: "deaf" in log.read_text("utf-8"))])
    pid = pid_of(keeper, "stubborn")

    keeper.stop()

    assert said[-1] == "stubborn did not stop in time and is killed"
    assert gone(pid)


def test_waves_stop_in_the_reverse_of_their_start(keeper: Supervisor, tmp_path: Path) -> None:
    book = tmp_path / "book"
    code = (
        "import signal, sys, time\n"
        f"def leave(*_):\n    open({str(book)!r}, 'a').write(sys.argv[1] + '\\n'); sys.exit()\n"
        "signal.signal(signal.SIGTERM, leave); print('ready', flush=True); time.sleep(600)"
    )
    for name in ("ground", "roof"):
        log = tmp_path / "logs" / f"{name}.log"
        argv = (sys.executable, "-c", code, name)
        keeper.start([Process(name, argv, ready=lambda log=log: "ready" in log.read_text("utf-8"))])  # type: ignore[misc]

    keeper.stop()

    assert book.read_text("utf-8").split() == ["roof", "ground"]


def test_no_process_outlives_a_killed_supervisor(tmp_path: Path) -> None:
    script = (
        "import sys; from pathlib import Path; from deploy.dev.process import Process; "
        "from deploy.dev.supervisor import Supervisor\n"
        f"keeper = Supervisor(Path({str(tmp_path / 'run')!r}), Path({str(tmp_path / 'logs')!r}), print)\n"
        f"keeper.start([Process('child', (sys.executable, '-c', {FOREVER!r}), lambda: True)])\n"
        "print(keeper.pid('child'), flush=True); keeper.watch()"
    )
    with subprocess.Popen([sys.executable, "-c", script], stdout=subprocess.PIPE, text=True) as supervisor:
        assert supervisor.stdout is not None
        lines = [supervisor.stdout.readline() for _ in range(2)]
        child = int(lines[-1])
        supervisor.kill()

    if sys.platform == "linux":
        eventually(lambda: gone(child), "the child ended with its supervisor")
    end_stale(tmp_path / "run")
    assert gone(child)


def test_a_left_over_process_is_found_by_its_pid_file_and_ended(tmp_path: Path) -> None:
    with subprocess.Popen([sys.executable, "-c", FOREVER]) as left:
        ProcessMark.of(left.pid).write(tmp_path / "left.pid")

        assert end_stale(tmp_path) == ("left",)

        assert gone(left.pid)
    assert list(tmp_path.iterdir()) == []


def test_a_pid_file_never_hits_another_process_with_the_same_number(tmp_path: Path) -> None:
    with subprocess.Popen([sys.executable, "-c", FOREVER]) as innocent:
        mark = ProcessMark.of(innocent.pid)
        ProcessMark(mark.pid, mark.started - 60).write(tmp_path / "gone.pid")

        assert end_stale(tmp_path) == ()

        assert innocent.poll() is None
        innocent.kill()


def test_a_torn_pid_file_is_nothing(tmp_path: Path) -> None:
    (tmp_path / "torn.pid").write_text('{"pid": 1', encoding="utf-8")

    assert end_stale(tmp_path) == ()
