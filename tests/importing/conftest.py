"""A server for each test, and sheets in a folder of their own."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.importing.intake import Intake, running

MAPPING = """
name: complaints
key: id
fields:
  customer: {column: customer, required: true}
  reason: {column: reason}
"""


@pytest.fixture
def intake() -> Iterator[Intake]:
    with running() as served:
        yield served


@pytest.fixture
def mapping(tmp_path: Path) -> Path:
    """The meaning of a sheet with the headings id, customer and reason."""
    path = tmp_path / "mapping.yaml"
    path.write_text(MAPPING, "utf-8")
    return path


def sheet(path: Path, *rows: tuple[str, str, str]) -> Path:
    """A CSV file with those headings."""
    lines = ["id,customer,reason", *(",".join(row) for row in rows)]
    path.write_text("\n".join(lines) + "\n", "utf-8")
    return path
