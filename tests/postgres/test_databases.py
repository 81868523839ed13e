"""Where a service's database is."""

from typing import Any

import psycopg
import pytest

from shared.audit.log_reader import reading
from shared.postgres.databases import Database, database_of, ensure_database


@pytest.mark.parametrize(
    ("url", "expected"),
    [
        ("postgresql://u:p@h:5433/", Database("h", 5433, "u", "p", "redress_intake")),
        (
            "postgresql://u:p@h:5433/other?sslmode=disable",
            Database("h", 5433, "u", "p", "redress_intake", (("sslmode", "disable"),)),
        ),
        ("postgres://h", Database("h", 5432, "postgres", "", "redress_intake")),
        ("postgresql://u%40x:p%2F%3A@h:1", Database("h", 1, "u@x", "p/:", "redress_intake")),
    ],
)
def test_it_is_told_from_the_server_and_the_service(url: str, expected: Database) -> None:
    assert database_of("intake", url) == expected


@pytest.mark.parametrize("url", ["", "h:5432", "mysql://h/", "postgresql:///x"])
def test_what_is_no_address_of_a_server_is_refused(url: str) -> None:
    with pytest.raises(ValueError, match="no address"):
        database_of("intake", url)


@pytest.mark.parametrize("service", ["Intake", "a-b", "a;b", "x" * 60])
def test_what_is_no_name_of_a_service_is_refused(service: str) -> None:
    with pytest.raises(ValueError, match="no address"):
        database_of(service, "postgresql://h")


def test_the_address_can_be_read_back_whatever_the_password() -> None:
    database = Database("h", 1, "u", "p@/:?#%", "redress_intake")
    assert database_of("intake", database.url) == database


def test_a_missing_database_is_made_and_a_present_one_left(postgres_url: str) -> None:
    database = database_of("newly_made", postgres_url)
    for _ in range(2):
        ensure_database(database)
    with psycopg.connect(**database.parameters("test")) as connection:
        assert connection.execute("SELECT current_database()").fetchone() == ("redress_newly_made",)


@pytest.fixture
def abroad(monkeypatch: pytest.MonkeyPatch) -> None:
    """The server gives its reasons in another language than English."""
    connect = psycopg.connect

    def translated(**parameters: Any) -> psycopg.Connection[Any]:
        try:
            return connect(**parameters)
        except psycopg.OperationalError as error:
            raise psycopg.OperationalError(str(error).replace("does not exist", "existiert nicht")) from None

    monkeypatch.setattr(psycopg, "connect", translated)


@pytest.mark.usefixtures("abroad")
def test_a_missing_database_is_known_in_every_language(postgres_url: str) -> None:
    database = database_of("made_abroad", postgres_url)
    with reading(database) as log:
        assert log.length() == 0

    ensure_database(database)

    psycopg.connect(**database.parameters("test")).close()


def test_a_missing_role_is_no_missing_database(monkeypatch: pytest.MonkeyPatch, postgres_url: str) -> None:
    def refuse(**_: Any) -> None:
        raise psycopg.OperationalError('FATAL: role "redress" does not exist')

    monkeypatch.setattr(psycopg, "connect", refuse)
    database = database_of("never_made", postgres_url)

    with pytest.raises(psycopg.OperationalError, match="role"), reading(database):
        pass
    with pytest.raises(psycopg.OperationalError, match="role"):
        ensure_database(database)
