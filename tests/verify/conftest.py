"""A store on the session's real PostgreSQL: 3 cases of 6 events each, which stand in the log by turns."""

from pathlib import Path
from uuid import UUID, uuid4

import psycopg
import pytest

from shared.audit.checkpoint_signing import take_checkpoint
from shared.audit.checkpoints import CheckpointHistory, Statement, read_history
from shared.audit.evidence import CheckpointEvidence, LogEntry
from shared.audit.log_reader import reading
from shared.audit.signing import SigningKey, keyring
from shared.audit.verification import Verdict, verify
from shared.clock import SystemClock
from shared.eventstore.chain import digest
from shared.postgres.databases import Database, database_of
from tests.verify.exports import exported
from tests.verify.generating import fill, store_of

CASES, LENGTH = 3, 6


class Kept:
    """A store, what verification says of it, and its checkpoints."""

    def __init__(self, database: Database, folder: Path) -> None:
        self.database = database
        self.folder = folder / "checkpoints"
        self.key = SigningKey.of(folder / "key.pem")

    def do(self, *statements: str) -> None:
        """Whatever somebody does with psql."""
        with psycopg.connect(self.database.url) as connection:
            for statement in statements:
                connection.execute(statement.encode())

    def rewrite(self, case: UUID, version: int) -> None:
        """Alter an event, and make the chain anew after it, as somebody does who knows how it works."""
        with reading(self.database) as log:
            entries = log.stream(str(case))
        states = [entry.state for entry in entries]
        states[version - 1] = states[version - 1].replace(b"coating", b"varnish")
        for place in range(version, len(states)):
            was, now = digest(entries[place - 1].state), digest(states[place - 1])
            states[place] = states[place].replace(was.encode(), now.encode())
        with psycopg.connect(self.database.url) as connection:
            for entry, state in zip(entries, states, strict=True):
                connection.execute(
                    "UPDATE stored_events SET state = %b WHERE notification_id = %b", (state, entry.position)
                )

    def record(self, *entries: LogEntry) -> None:
        """More events, as a service records them."""
        with psycopg.connect(self.database.url) as connection:
            for entry in entries:
                connection.execute(
                    "INSERT INTO stored_events (originator_id, originator_version, topic, state) "
                    "VALUES (%b, %b, %b, %b)",
                    (UUID(entry.stream), entry.version, entry.topic, entry.state),
                )
                connection.execute(
                    "INSERT INTO commands (id, digest, subject, version_before, version_after) "
                    "VALUES (gen_random_uuid(), '', %b, %b, %b)",
                    (UUID(entry.stream), entry.version - 1, entry.version),
                )

    def checkpoint(self) -> Statement:
        """One more checkpoint."""
        return take_checkpoint(self.folder, self.key, {"testing": self.database}, SystemClock()).statement

    def history(self) -> CheckpointHistory:
        """The checkpoints."""
        return read_history(self.folder, keyring(self.folder.glob("*.pem")))

    def verdict(self, signed: CheckpointEvidence | None = None) -> Verdict:
        """What verification says, against the checkpoints there are."""
        with reading(self.database) as log:
            return verify("testing", log, self.history().signed("testing") if signed is None else signed)


@pytest.fixture(scope="session")
def recorded(postgres_url: str) -> Database:
    """A database with such a store, and a copy of its tables."""
    database = database_of(f"verify_{uuid4().hex[:10]}", postgres_url)
    fill(database, store_of(CASES, LENGTH))
    with psycopg.connect(database.url) as connection:
        connection.execute("CREATE TABLE events_as_recorded AS SELECT * FROM stored_events")
        connection.execute("CREATE TABLE commands_as_recorded AS SELECT * FROM commands")
    return database


@pytest.fixture
def kept(recorded: Database, tmp_path: Path) -> Kept:
    """The store as it was recorded, with no checkpoint."""
    kept = Kept(recorded, tmp_path)
    kept.do(
        "TRUNCATE stored_events, commands",
        "INSERT INTO stored_events (originator_id, originator_version, topic, state, notification_id) "
        "SELECT originator_id, originator_version, topic, state, notification_id FROM events_as_recorded",
        "INSERT INTO commands SELECT * FROM commands_as_recorded",
        f"SELECT setval(pg_get_serial_sequence('stored_events', 'notification_id'), {CASES * LENGTH})",
    )
    return kept


@pytest.fixture(scope="module")
def key(tmp_path_factory: pytest.TempPathFactory) -> SigningKey:
    return SigningKey.of(tmp_path_factory.mktemp("keys") / "key.pem")


@pytest.fixture(scope="module")
def pem(key: SigningKey, tmp_path_factory: pytest.TempPathFactory) -> bytes:
    return key.public.write(tmp_path_factory.mktemp("public")).read_bytes()


@pytest.fixture(scope="module")
def content(key: SigningKey) -> bytes:
    """An export of which the checkpoint covers everything."""
    return exported(key)
