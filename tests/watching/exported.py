"""What the processes really give to Prometheus: the figures of this program, as ``/metrics`` writes them."""

import re

from prometheus_client import REGISTRY, generate_latest

import services.analytics.main
import services.analytics.worker.process
import services.intake.main  # noqa: F401  (whoever is imported declares figures)

OF_PROMETHEUS = {"up": {"job", "instance", "process"}}
"""What Prometheus itself adds about every target."""
OF_NODES = {name: {"job", "instance", "mountpoint", "fstype"} for name in
            ("node_filesystem_avail_bytes", "node_filesystem_size_bytes")}  # fmt: skip
"""What node_exporter tells of a machine."""
OF_OTHERS = OF_PROMETHEUS | OF_NODES
OF_TARGETS = {"job", "instance", "process"}
NAME = re.compile(r"\b(?:redress_\w+|process_\w+|node_\w+|up)\b")
GROUPING = re.compile(r"\b(?:by|without) \(([\w, ]*)\)")
MATCHERS = re.compile(r"\b(\w+)\{([^}]*)\}")
MATCHER = re.compile(r"(\w+)(?:=~|!~|!=|=)")
STRINGS = re.compile(r'"[^"]*"')


def exported() -> dict[str, set[str]]:
    """The series of a process by name, each with the names of its labels, those of the target included."""
    found = {name: set(labels) for name, labels in OF_OTHERS.items()}
    written = re.findall(r"^# TYPE (\w+) (\w+)$", generate_latest().decode(), re.M)
    labels = {name: set(getattr(collector, "_labelnames", ())) for name, collector in registered().items()}
    for name, kind in written:
        own = labels.get(name, set()) | OF_TARGETS
        for suffix, more in {"histogram": {"_bucket": {"le"}, "_sum": set(), "_count": set()}}.get(
            kind, {"": set[str]()}
        ).items():
            found[name + suffix] = own | more
    return found


def registered() -> dict[str, object]:
    """Everything that was declared, by every name under which it appears."""
    return dict(REGISTRY._names_to_collectors)


def names_in(expression: str) -> set[str]:
    """The series that an expression asks for."""
    return set(NAME.findall(STRINGS.sub('""', GROUPING.sub("", expression))))


def unknown_in(expression: str) -> set[str]:
    """Series and labels of an expression that no process has."""
    known = exported()
    names = names_in(expression)
    unknown = names - known.keys()
    labels = set().union(*(known.get(name, set()) for name in names))
    for grouped in GROUPING.findall(expression):
        unknown |= {label.strip() for label in grouped.split(",")} - labels
    for name, matchers in MATCHERS.findall(expression):
        unknown |= set(MATCHER.findall(STRINGS.sub('""', matchers))) - known.get(name, set())
    return unknown
