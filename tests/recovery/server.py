"""A PostgreSQL that archives its log, copies of it, and its return to a moment: what an operator does by hand."""

import os
import pwd
import shutil
import subprocess
from datetime import datetime
from pathlib import Path
from typing import Any

import psycopg

from deploy.dev import postgres
from deploy.dev.ports import LOOPBACK, free_port
from deploy.dev.supervisor import Supervisor
from tests.recovery import manual
from tests.support.waiting import eventually

PASSWORD = "secret"


class Server:
    """One server, always at the same address; its data, archive and copies lie in ``folder``."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.archive = folder / "archive"
        self.archive.mkdir()
        self._copies = folder / "backup"
        self._copies.mkdir()
        self._data = folder / "postgres"
        self._port = free_port()
        postgres.prepare(self._data, PASSWORD)
        own(self.archive, self._data)
        with (self._data / "postgresql.conf").open("a") as settings:
            settings.write(manual.block("archive_mode", {"/archive": self.archive}))
        self._start()

    @property
    def url(self) -> str:
        return postgres.url(self._port, PASSWORD)

    def back_up(self) -> None:
        """A base backup of everything, taken while it works."""
        self._follow(manual.block("pg_basebackup", {"/backup": self._copies}))

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
        """Put the base backup in its place, and go on from it up to a moment."""
        (copy,) = self._copies.iterdir()
        places = {"/backup/2026-11-21": copy, "/archive": self.archive, "2026-11-21 16:00:00+00": until.isoformat()}
        self._follow(manual.block("recovery.signal", places))
        own(self._data, self._data)
        self._start()
        eventually(lambda: not self._ask("SELECT pg_is_in_recovery()"), "the restored server takes writes")

    def stop(self) -> None:
        self._supervisor.stop()

    def _start(self) -> None:
        self._supervisor = Supervisor(self.folder / "run", self.folder / "logs", print)
        self._supervisor.start([postgres.process(self._data, self._port)])

    def _follow(self, commands: str) -> None:
        """Have a shell do what the manual says."""
        told = {"PGHOST": LOOPBACK, "PGPORT": str(self._port), "PGUSER": postgres.USER, "PGPASSWORD": PASSWORD}
        programs = f"{postgres.programs()}:{os.environ['PATH']}"
        environment = os.environ | told | {"PGDATA": str(self._data), "PATH": programs}
        done = subprocess.run(
            ["sh", "-e", "-c", commands], env=environment, capture_output=True, text=True, check=False
        )
        assert done.returncode == 0, done.stderr

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
