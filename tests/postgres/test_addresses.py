"""What an address says of a server is done by both drivers, or refused by name: nothing is dropped in silence."""

from dataclasses import replace
from pathlib import Path

import asyncpg
import psycopg
import pytest

from shared.postgres.addresses import HONOURED, WITHOUT_EFFECT, BadAddress, read_address
from shared.postgres.databases import Database, database_of, ensure_database
from shared.postgres.pool import open_pool
from tests.postgres.conftest import Doors

REFUSED = (psycopg.OperationalError, OSError, asyncpg.PostgresError, asyncpg.ClientConfigurationError)


def by_psycopg(database: Database) -> bool:
    """Whether the connection of the stores is encrypted."""
    ensure_database(database)
    with psycopg.connect(**database.parameters("test")) as connection:
        assert connection.execute("SELECT 1").fetchone() == (1,)
        return bool(connection.pgconn.ssl_in_use)


async def by_asyncpg(database: Database) -> bool:
    """Whether the connection of the read models is encrypted."""
    async with await open_pool(database, size=1) as pool, pool.acquire() as connection:
        assert await connection.fetchval("SELECT 1") == 1
        return connection._con._transport.get_extra_info("ssl_object") is not None


async def encrypted(url: str, **environment: str) -> bool:
    """Whether both drivers encrypt; that they do the same is seen to."""
    database = database_of("addresses", url, environment)
    first, second = by_psycopg(database), await by_asyncpg(database)
    assert first == second
    return first


async def let_in(url: str) -> tuple[bool, bool]:
    """Whether each driver gets a connection."""
    database, answers = database_of("postgres", url, {}), []
    try:
        psycopg.connect(**database.parameters("test") | {"dbname": "postgres"}).close()
        answers.append(True)
    except REFUSED:
        answers.append(False)
    try:
        async with await open_pool(replace(database, name="postgres"), size=1) as pool:
            await pool.fetchval("SELECT 1")
        answers.append(True)
    except REFUSED:
        answers.append(False)
    return answers[0], answers[1]


async def test_a_server_is_verified_in_full_by_both_drivers(doors: Doors) -> None:
    assert await encrypted(doors.url(sslmode="verify-full", sslrootcert=str(doors.trusted)))
    assert await encrypted(doors.url(sslmode="verify-ca", sslrootcert=str(doors.trusted)))
    assert await encrypted(doors.url(sslmode="require"))


@pytest.mark.parametrize("mode", ["verify-full", "verify-ca"])
async def test_another_certificate_lets_neither_driver_in(doors: Doors, mode: str) -> None:
    assert await let_in(doors.url(sslmode=mode, sslrootcert=str(doors.other))) == (False, False)


async def test_another_name_is_refused_only_by_a_full_verification(doors: Doors) -> None:
    for mode, answer in (("verify-full", False), ("verify-ca", True)):
        url = doors.url("localhost", sslmode=mode, sslrootcert=str(doors.trusted))
        assert await let_in(url) == (answer, answer)


async def test_who_asks_for_no_encryption_has_none(doors: Doors, postgres_url: str) -> None:
    assert await let_in(doors.url(sslmode="disable")) == (False, False)
    assert not await encrypted(f"{postgres_url}/?sslmode=prefer")


async def test_a_server_without_encryption_is_not_taken_for_one_with_it(postgres_url: str) -> None:
    assert await let_in(f"{postgres_url}/?sslmode=require") == (False, False)
    assert await let_in(f"{postgres_url}/?sslmode=prefer") == (True, True)


async def test_a_unix_socket_is_a_folder(doors: Doors) -> None:
    folder = str(doors.sockets).replace("/", "%2F")
    for url in (
        f"postgresql://redress:secret@{folder}:{doors.plain}",
        f"postgresql://redress:secret@/?host={folder}&port={doors.plain}",
        f"host='{doors.sockets}' port={doors.plain} user=redress password=secret",
    ):
        assert not await encrypted(url)


async def test_of_several_hosts_the_one_that_answers_is_used(doors: Doors) -> None:
    url = f"postgresql://redress:secret@127.0.0.1:1,127.0.0.1:{doors.tls}/?sslmode=require"
    assert await encrypted(url)
    assert await encrypted(f"{url}&target_session_attrs=read-write")
    assert await let_in(f"{url}&target_session_attrs=standby") == (False, False)


async def test_a_password_comes_out_of_a_file(doors: Doors, tmp_path: Path) -> None:
    passwords = tmp_path / "passwords"
    passwords.write_text("*:*:*:redress:secret\n")
    passwords.chmod(0o600)
    assert await encrypted(f"postgresql://redress@127.0.0.1:{doors.tls}/?passfile={passwords}")


async def test_a_service_names_a_server_and_the_address_goes_before_it(doors: Doors, tmp_path: Path) -> None:
    file = tmp_path / "services"
    file.write_text(
        f"# ours\n[main]\nhost=127.0.0.1\nport={doors.tls}\nuser=redress\npassword=secret\nsslmode=disable\n"
    )
    assert await encrypted("postgresql://?service=main&sslmode=require", PGSERVICEFILE=str(file))
    with pytest.raises(BadAddress, match="service=other"):
        read_address("postgresql://?service=other", {"PGSERVICEFILE": str(file)})


async def test_what_the_environment_says_holds_for_both_drivers(doors: Doors) -> None:
    plain = f"postgresql://redress:secret@127.0.0.1:{doors.tls}"
    assert database_of("intake", plain, {"PGSSLMODE": "verify-full", "PGSSLROOTCERT": "/x"}).options == (
        ("sslmode", "verify-full"),
        ("sslrootcert", "/x"),
    )
    assert await encrypted(plain, PGSSLMODE="verify-ca", PGSSLROOTCERT=str(doors.trusted))


async def test_settings_of_the_session_and_a_name_of_ones_own_reach_the_server(doors: Doors) -> None:
    url = doors.url(sslmode="require", options="-c%20work_mem%3D5MB", application_name="ours", connect_timeout="7")
    database = database_of("addresses", url, {})
    ensure_database(database)
    asked = "SELECT current_setting('work_mem') || ' ' || current_setting('application_name')"
    with psycopg.connect(**database.parameters("test")) as connection:
        assert connection.execute(asked).fetchone() == ("5MB ours test",)
        assert connection.execute("SHOW statement_timeout").fetchone() == ("15s",)
    async with await open_pool(database, size=1) as pool:
        assert await pool.fetchval(asked) == "5MB ours readmodel"


@pytest.mark.parametrize(
    ("option", "told"),
    [
        ("require_auth=scram-sha-256", "require_auth"),
        ("channel_binding=require", "channel_binding=require"),
        ("gssencmode=require", "gssencmode=require"),
        ("hostaddr=10.0.0.1", "hostaddr"),
        ("sslcrldir=/x", "sslcrldir"),
        ("requirepeer=postgres", "requirepeer"),
        ("client_encoding=BIG5", "client_encoding=BIG5"),
        ("load_balance_hosts=random", "load_balance_hosts=random"),
        ("keepalives_idle=1", "keepalives_idle"),
        ("sslrootcert=system", "sslrootcert=system"),
        ("connect_timeout=0", "connect_timeout=0"),
        ("sslmod=require", "sslmod"),
    ],
)
def test_what_both_cannot_do_is_refused_by_its_name(option: str, told: str) -> None:
    with pytest.raises(BadAddress) as refused:
        read_address(f"postgresql://u:hidden@h/?{option}", {})
    assert told in str(refused.value)
    assert "hidden" not in str(refused.value)


def test_every_option_that_libpq_knows_is_honoured_or_refused() -> None:
    for each in psycopg.pq.Conninfo.get_defaults():
        name = each.keyword.decode()
        if name in HONOURED:
            continue
        for value in WITHOUT_EFFECT.get(name, ()):
            assert read_address(f"postgresql://h/?{name}={value}", {}) == {"host": "h"}
        with pytest.raises(BadAddress, match=name):
            read_address(f"postgresql://h/?{name}=1x", {})


def test_a_variable_of_the_environment_that_cannot_be_honoured_is_refused_too() -> None:
    with pytest.raises(BadAddress, match="require_auth"):
        read_address("postgresql://h", {"PGREQUIREAUTH": "none"})


@pytest.mark.parametrize(
    "url",
    [
        "postgresql://u:hidden@h:port",
        "postgresql://u:hidden@h:0",
        "postgresql://u:hidden@h:1,h2:2,h3:3,",
        "host=h password=hidden port=1,2",
        "hidden",
        "postgresql://u:hidden@@/x",
        "postgresql://u:hidden%zz@h",
    ],
)
def test_a_bad_address_is_told_without_its_password(url: str) -> None:
    with pytest.raises(BadAddress, match="no address") as refused:
        read_address(url, {})
    assert "hidden" not in str(refused.value)


@pytest.mark.parametrize("host", ["h", "::1", "/var/run/postgresql", "h1,h2"])
def test_an_address_is_read_back_as_it_was(host: str) -> None:
    port = "1,2" if "," in host else 1
    database = Database(host, port, "u", "p@/:?#% ", "redress_intake", (("options", "-c a=b"), ("sslmode", "require")))
    assert database_of("intake", database.url, {}) == database
