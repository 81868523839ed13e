"""Where a service's database is, and making it when there is none."""

import re
from dataclasses import dataclass
from typing import Any
from urllib.parse import quote, unquote, urlsplit

import psycopg
from psycopg import sql

_NAME = re.compile(r"[a-z][a-z0-9_]{0,62}")
PATIENCE = 15
"""Seconds after which the server gives up a statement, and the client a silent connection."""


@dataclass(frozen=True, slots=True)
class Database:
    """The address of one database on a server."""

    host: str
    port: int
    user: str
    password: str
    name: str

    @property
    def url(self) -> str:
        """The address as libpq and asyncpg read it."""
        user, password = quote(self.user, safe=""), quote(self.password, safe="")
        return f"postgresql://{user}:{password}@{self.host}:{self.port}/{self.name}"

    def parameters(self, purpose: str) -> dict[str, Any]:
        """What psycopg connects with: every wait bounded, the connection named after its ``purpose``."""
        return {
            "host": self.host,
            "port": self.port,
            "user": self.user,
            "password": self.password,
            "dbname": self.name,
            "application_name": f"{self.name} {purpose}",
            "connect_timeout": 5,
            "tcp_user_timeout": PATIENCE * 1000,
            "keepalives_idle": PATIENCE,
            "keepalives_interval": 5,
            "keepalives_count": 3,
            "options": f"-c statement_timeout={PATIENCE}s -c idle_in_transaction_session_timeout={PATIENCE}s",
        }


def database_of(service: str, base_url: str) -> Database:
    """The database ``redress_<service>`` on the server that ``base_url`` (``DATABASE_URL``) names.

    Raises ValueError when the address or the name is none.
    """
    parts = urlsplit(base_url)
    name = f"redress_{service}"
    if parts.scheme not in ("postgresql", "postgres") or not parts.hostname or not _NAME.fullmatch(name):
        raise ValueError(f"no address of a PostgreSQL server: {parts.scheme}://{parts.hostname}/{name}")
    return Database(
        host=parts.hostname,
        port=parts.port or 5432,
        user=unquote(parts.username or "postgres"),
        password=unquote(parts.password or ""),
        name=name,
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
