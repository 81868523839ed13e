"""``redress stop``: stop a stack that runs elsewhere, or what is left of one."""

import time

from deploy.dev import ground
from deploy.dev.pidfile import ProcessMark, end_stale
from deploy.dev.settings import StackSettings

BOUND = 90.0


def stop() -> None:
    """Stop the running stack and wait until it has ended."""
    settings = StackSettings.from_environment()
    mark = ProcessMark.read(settings.run / "supervisor.pid")
    supervisor = mark.find() if mark is not None else None
    if supervisor is not None:
        supervisor.terminate()
        deadline = time.monotonic() + BOUND
        while ground.is_occupied(settings) and time.monotonic() < deadline:
            time.sleep(0.1)
        if supervisor.is_running() and ground.is_occupied(settings):
            supervisor.kill()
    left = end_stale(settings.run)
    print("Redress has stopped." if supervisor is not None or left else "Redress is not running.")
