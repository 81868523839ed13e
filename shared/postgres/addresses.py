"""What ``DATABASE_URL`` says: read as libpq reads it, and honoured by both drivers, or refused by the option's name."""

from collections.abc import Iterator, Mapping
from configparser import ConfigParser
from configparser import Error as NoServiceFile
from pathlib import Path

from psycopg import Error as PsycopgError
from psycopg import conninfo, pq

HONOURED = frozenset(
    {
        "host",
        "port",
        "user",
        "password",
        "passfile",
        "service",
        "dbname",
        "options",
        "application_name",
        "connect_timeout",
        "target_session_attrs",
        "sslmode",
        "sslcert",
        "sslkey",
        "sslrootcert",
        "sslcrl",
        "sslpassword",
        "sslnegotiation",
        "ssl_min_protocol_version",
        "ssl_max_protocol_version",
        "krbsrvname",
        "gsslib",
    }
)
"""Options of libpq that asyncpg knows as well, or that are carried over to it."""
WITHOUT_EFFECT = {
    "channel_binding": ("disable", "prefer"),
    "client_encoding": ("utf8", "utf-8"),
    "gssdelegation": ("0",),
    "gssencmode": ("disable", "prefer"),
    "load_balance_hosts": ("disable",),
    "sslcertmode": ("allow",),
    "sslcompression": ("0",),
    "sslsni": ("1",),
}
"""Values of other options that ask for nothing but what is so without them."""
SYSTEM_ROOTS = "system"


class BadAddress(ValueError):
    """``DATABASE_URL`` is no address of a PostgreSQL server, or asks for what cannot be honoured; it says which."""


def read_address(url: str, environment: Mapping[str, str]) -> dict[str, str]:
    """The options that the address names, else its service, else the environment (``PGSSLMODE`` and its like).

    The database is left out. Raises BadAddress, which never tells the password.
    """
    told = parsed(url)
    around = dict(surrounding(environment))
    if service := told.pop("service", around.pop("service", "")):
        told = served(service, environment) | told
    told = around | told
    for name, value in told.items():
        require_honoured(name, value)
    require_places(told)
    return {name: value for name, value in told.items() if name in HONOURED and name != "dbname"}


def parsed(url: str) -> dict[str, str]:
    """The options that stand in an address. Raises BadAddress."""
    try:
        return {name: str(value) for name, value in conninfo.conninfo_to_dict(url).items() if value != ""}
    except PsycopgError as error:
        reason = f": {error}".strip() if "query parameter" in str(error) else ""
        raise BadAddress(f"no address of a PostgreSQL server{reason}") from None


def surrounding(environment: Mapping[str, str]) -> Iterator[tuple[str, str]]:
    """The options that libpq takes from environment variables."""
    for each in pq.Conninfo.get_defaults():
        if each.envvar and (value := environment.get(each.envvar.decode(), "")):
            yield each.keyword.decode(), value


def served(service: str, environment: Mapping[str, str]) -> dict[str, str]:
    """The options of a service, from the first file that has it. Raises BadAddress."""
    for file in service_files(environment):
        sections = ConfigParser(interpolation=None, delimiters=("=",), comment_prefixes=("#",), strict=False)
        try:
            sections.read(file, encoding="utf-8")
        except (NoServiceFile, OSError, UnicodeDecodeError) as error:
            raise BadAddress(f"DATABASE_URL: {file} cannot be read: {type(error).__name__}") from None
        if sections.has_section(service):
            return dict(sections[service])
    raise BadAddress(f"DATABASE_URL: no file of services defines service={service}")


def service_files(environment: Mapping[str, str]) -> Iterator[Path]:
    """Where libpq looks for services."""
    if own := environment.get("PGSERVICEFILE"):
        yield Path(own)
    elif home := environment.get("HOME"):
        yield Path(home) / ".pg_service.conf"
    if system := environment.get("PGSYSCONFDIR"):
        yield Path(system) / "pg_service.conf"


def require_honoured(name: str, value: str) -> None:
    """Raises BadAddress for what asyncpg could not do as libpq does it."""
    if name in HONOURED:
        if (name, value) == ("sslrootcert", SYSTEM_ROOTS):
            raise BadAddress("DATABASE_URL: sslrootcert=system cannot be honoured; name the file of certificates")
        if name == "connect_timeout" and not (value.isdecimal() and int(value) > 0):
            raise BadAddress(f"DATABASE_URL: connect_timeout={value} is no number of seconds that ends")
    elif value.lower() not in WITHOUT_EFFECT.get(name, ()):
        told = f"{name}={value}" if name in WITHOUT_EFFECT else name
        raise BadAddress(f"DATABASE_URL: {told} cannot be honoured by both drivers; leave it out")


def require_places(told: Mapping[str, str]) -> None:
    """Raises BadAddress unless there are hosts, and one port for all of them or each its own."""
    hosts, ports = told.get("host", "").split(","), told.get("port", "").split(",")
    if not all(hosts) or any(host.startswith("@") for host in hosts):
        raise BadAddress("no address of a PostgreSQL server: it must name its host")
    if len(ports) not in (1, len(hosts)):
        raise BadAddress("no address of a PostgreSQL server: it must name one port, or one for each host")
    if not all(port == "" or (port.isdecimal() and 0 < int(port) < 65536) for port in ports):
        raise BadAddress("no address of a PostgreSQL server: a port is a number from 1 to 65535")
