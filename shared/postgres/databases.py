"""Where a service's database is, and making it when there is none."""

import os
import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any
from urllib.parse import quote, urlencode

import psycopg
from psycopg import sql

from shared.postgres.addresses import BadAddress, read_address

_NAME = re.compile(r"[a-z][a-z0-9_]{0,62}")
PATIENCE = 15
"""Seconds after which the server gives up a statement, and the client a silent connection."""
CONNECT = 5
"""Seconds that a connection may take, unless the address says otherwise."""


@dataclass(frozen=True, slots=True)
class Database:
    """The address of one database on a server, or on several of which one answers.

    ``host`` and ``port`` are lists, divided by commas, where there are several; a host that is a path is the folder
    of a Unix socket. ``options`` are the other options of libpq that the address names.
    """

    host: str
    port: int | str
    user: str
    password: str
    name: str
    options: tuple[tuple[str, str], ...] = ()

    @property
    def hosts(self) -> list[str]:
        """Every host."""
        return self.host.split(",")

    @property
    def ports(self) -> list[int]:
        """The port of every host."""
        told = [int(port or 5432) for port in str(self.port).split(",")]
        return told * len(self.hosts) if len(told) == 1 else told

    @property
    def url(self) -> str:
        """The address as libpq and asyncpg read it."""
        user, password = quote(self.user, safe=""), quote(self.password, safe="")
        places = ",".join(f"{_host(host)}:{port}" for host, port in zip(self.hosts, self.ports, strict=True))
        rest = f"?{urlencode(self.options, quote_via=quote)}" if self.options else ""
        return f"postgresql://{user}:{password}@{places}/{self.name}{rest}"

    def parameters(self, purpose: str) -> dict[str, Any]:
        """What psycopg connects with: every wait bounded, the connection named after its ``purpose``."""
        told = dict(self.options)
        return told | {
            "host": self.host,
            "port": self.port,
            "user": self.user,
            "password": self.password or None,
            "dbname": self.name,
            "application_name": self.named(purpose),
            "connect_timeout": int(told.get("connect_timeout", CONNECT)),
            "tcp_user_timeout": PATIENCE * 1000,
            "keepalives_idle": PATIENCE,
            "keepalives_interval": 5,
            "keepalives_count": 3,
            "options": f"{told.get('options', '')} -c statement_timeout={PATIENCE}s"
            f" -c idle_in_transaction_session_timeout={PATIENCE}s".strip(),
        }

    def named(self, purpose: str) -> str:
        """What the server calls a connection with a purpose."""
        return f"{dict(self.options).get('application_name', self.name)} {purpose}"


def database_of(service: str, base_url: str, environment: Mapping[str, str] = os.environ) -> Database:
    """The database ``redress_<service>`` on the server that ``base_url`` (``DATABASE_URL``) names.

    Raises BadAddress (a ValueError) when the address or the name is none, or names what cannot be honoured.
    """
    told, name = read_address(base_url, environment), f"redress_{service}"
    if not _NAME.fullmatch(name):
        raise BadAddress(f"no address of a database: {name}")
    port = told.pop("port", "") or "5432"
    return Database(
        host=told.pop("host"),
        port=int(port) if port.isdecimal() else port,
        user=told.pop("user", "postgres"),
        password=told.pop("password", ""),
        name=name,
        options=tuple(sorted(told.items())),
    )


def ensure_database(database: Database) -> None:
    """Make the database unless it is there. Raises psycopg.Error when the server does not let us."""
    try:
        psycopg.connect(**database.parameters("look")).close()
        return
    except psycopg.OperationalError:
        if is_made(database):
            raise
    with _beside(database, "create") as connection:
        try:
            connection.execute(sql.SQL("CREATE DATABASE {}").format(sql.Identifier(database.name)))
        except (psycopg.errors.DuplicateDatabase, psycopg.errors.UniqueViolation):
            return


def is_made(database: Database) -> bool:
    """Whether the server has the database, asked when it lets nobody in: its reasons come in the server's language.

    Raises psycopg.Error when the server is not there or does not know us.
    """
    with _beside(database, "look") as connection:
        found = connection.execute("SELECT FROM pg_database WHERE datname = %s", (database.name,))
        return found.rowcount == 1


def lock_of(purpose: str) -> sql.Composed:
    """The statement that makes its connection, while that lives, the only one for a purpose; it answers whether."""
    return sql.SQL("SELECT pg_try_advisory_lock(hashtext({}))").format(f"redress {purpose}")


async def is_only(connection: psycopg.AsyncConnection[Any], purpose: str) -> bool:
    """Try to become the only one for a purpose in this database, as long as the connection lives."""
    cursor = await connection.execute(lock_of(purpose))
    return await cursor.fetchone() == (True,)


def _beside(database: Database, purpose: str) -> psycopg.Connection[Any]:
    """A connection to the database that every server has."""
    return psycopg.connect(**database.parameters(purpose) | {"dbname": "postgres"}, autocommit=True)


def _host(host: str) -> str:
    return f"[{host}]" if ":" in host else quote(host, safe="")
