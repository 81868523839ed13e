"""PostgreSQL and Kafka of a stack: one's own where the environment names them, else started here."""

import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass

import psycopg

from deploy.dev import jars, kafka, postgres
from deploy.dev.keys import Keys
from deploy.dev.ports import LOOPBACK
from deploy.dev.probes import serves_kafka
from deploy.dev.process import Process
from deploy.dev.settings import StackSettings
from deploy.dev.trouble import Trouble
from shared.postgres.addresses import BadAddress
from shared.postgres.databases import database_of

Say = Callable[[str], None]


@dataclass(frozen=True, slots=True)
class Servers:
    """Where they are, and the processes to start for them (none for one's own)."""

    database_url: str
    kafka: str
    processes: tuple[Process, ...]


def prepare(settings: StackSettings, keys: Keys, ports: Mapping[str, int], say: Say) -> Servers:
    """Make ready what both need; fetches Kafka at the first start.

    Raises ``Trouble`` when a server of one's own does not answer, or one cannot be made ready here.
    """
    processes: list[Process] = []
    database_url, bootstrap = settings.database_url, settings.kafka
    if database_url is None:
        folder = settings.data / "postgres"
        if not folder.exists():
            say("Making PostgreSQL's data")
        postgres.prepare(folder, keys.database)
        processes.append(postgres.process(folder, ports["postgres"]))
        database_url = postgres.url(ports["postgres"], keys.database)
    else:
        require_postgres(database_url)
    if bootstrap is None:
        fetched = jars.fetch_all(settings.jars, say)
        kafka.prepare(settings.data / "kafka", ports["kafka"], ports["kafka-controller"], fetched)
        processes.append(kafka.process(settings.data / "kafka", ports["kafka"], fetched))
        bootstrap = f"{LOOPBACK}:{ports['kafka']}"
    else:
        require_kafka(bootstrap)
    return Servers(database_url, bootstrap, tuple(processes))


def require_postgres(url: str) -> None:
    """Raises ``Trouble`` when nobody can log in there."""
    try:
        psycopg.connect(**database_of("start", url).parameters("start") | {"dbname": "postgres"}).close()
    except BadAddress as error:
        raise Trouble(f"DATABASE_URL cannot be used ({error}): correct it, or unset it to have one started.") from error
    except psycopg.Error as error:
        reason = str(error).strip().splitlines()[-1]
        raise Trouble(
            f"DATABASE_URL names a PostgreSQL that cannot be used ({reason}): "
            "correct it, or unset it to have one started."
        ) from error


def require_kafka(servers: str, patience: float = 5.0) -> None:
    """Raises ``Trouble`` when none of the brokers answers."""
    deadline = time.monotonic() + patience
    brokers = [server.rpartition(":") for server in servers.split(",")]
    if all(port.isdecimal() for _, _, port in brokers):
        while time.monotonic() < deadline:
            if any(serves_kafka(host, int(port))() for host, _, port in brokers):
                return
            time.sleep(0.2)
    raise Trouble(
        f"KAFKA_BOOTSTRAP_SERVERS names {servers}, where no Kafka answers: correct it, or unset it to have one started."
    )
