"""A PostgreSQL that archives its log, copies of it, and its return to a moment: what an operator does by hand."""

import os
import pwd
import shutil
import subprocess
from dataclasses import replace
from datetime import datetime
from pathlib import Path
from typing import Any

import psycopg

from deploy.dev import postgres
from deploy.dev.ports import LOOPBACK, free_port
from deploy.dev.process import Process
from deploy.dev.supervisor import Supervisor
from tests.waiting import eventually

PASSWORD = "secret"


class Server:
    """One server; its data, archive and copies lie in ``folder``."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.archive = folder / "archive"
        self.archive.mkdir()
        self._data = folder / "postgres"
        postgres.prepare(self._data, PASSWORD)
        own(self.archive, self._data)
        self._start()

    @property
    def url(self) -> str:
        return postgres.url(self._port, PASSWORD)

    def back_up(self) -> None:
        """A base backup of everything, taken while it works."""
        argv = [str(postgres.programs() / "pg_basebackup"), "--checkpoint=fast", f"--pgdata={self.folder / 'base'}",
                f"--host={LOOPBACK}", f"--port={self._port}", f"--username={postgres.USER}"]  # fmt: skip
        subprocess.run(argv, env=os.environ | {"PGPASSWORD": PASSWORD}, check=True, capture_output=True)

    def moment(self) -> datetime:
        """The present moment, as the server has it."""
        moment: datetime = self._ask("SELECT clock_timestamp()")
        return moment

    def lose(self) -> None:
        """The data is lost; what was archived, and the base backup, are what there is."""
        segment = self._ask("SELECT pg_walfile_name(pg_switch_wal())")
        archived = "SELECT last_archived_wal >= %s FROM pg_stat_archiver"
        eventually(lambda: self._ask(archived, segment), "the log is archived")
        self.stop()
        shutil.rmtree(self._data)

    def restore(self, until: datetime) -> None:
        """Put the base backup in its place, and go on from it up to a moment; where it listens has changed."""
        shutil.copytree(self.folder / "base", self._data)
        (self._data / "recovery.signal").touch()
        with (self._data / "postgresql.auto.conf").open("a") as settings:
            settings.write(f'restore_command = \'cp "{self.archive}/%f" "%p"\'\n')
            settings.write(f"recovery_target_time = '{until.isoformat()}'\n")
            settings.write("recovery_target_action = 'promote'\n")
        own(self._data, self._data)
        self._start()
        eventually(lambda: not self._ask("SELECT pg_is_in_recovery()"), "the restored server takes writes")

    def stop(self) -> None:
        self._supervisor.stop()

    def _start(self) -> None:
        self._port = free_port()
        self._supervisor = Supervisor(self.folder / "run", self.folder / "logs", print)
        self._supervisor.start([self._archiving(postgres.process(self._data, self._port))])

    def _archiving(self, process: Process) -> Process:
        command = f'archive_command=test ! -f "{self.archive}/%f" && cp "%p" "{self.archive}/%f"'
        return replace(process, argv=(*process.argv, "-c", "archive_mode=on", "-c", command))

    def _ask(self, statement: str, *parameters: object) -> Any:
        with psycopg.connect(self.url, dbname="postgres", autocommit=True) as connection:
            row = connection.execute(statement.encode(), parameters).fetchone()
            return None if row is None else row[0]


def own(folder: Path, data: Path) -> None:
    """Give a folder to the user that the server runs as, where that is not ours."""
    user = postgres.substitute(data)
    if user is None:
        return
    entry = pwd.getpwnam(user)
    for path in (folder, *folder.rglob("*")):
        os.chown(path, entry.pw_uid, entry.pw_gid)
