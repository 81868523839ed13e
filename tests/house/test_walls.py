"""The walls stand, and each is seen to catch somebody who leans on it."""

from pathlib import Path

import pytest

from tests.house.walls import WALLS, breaches, homeless

ROOT = Path(__file__).parents[2]

PLANTED = {
    "shared/eventstore/planted.py": ("from services.intake import domain", "lower floors know nothing of higher ones"),
    "shared/contracts/planted.py": ("import shared.http.app", "lower floors know nothing of higher ones"),
    "services/finance/planted.py": ("from services.intake.domain import Folder", "no department reaches into another"),
    "services/intake/domain/planted.py": ("import asyncio", "a domain is pure"),
    "services/approval/domain.py": ("from shared.commands.gate import Gate", "a domain is pure"),
    "services/finance/pages.py": ("import asyncpg", "a library stays in its room"),
    "shared/http/planted.py": ("from aiokafka import AIOKafkaProducer", "a library stays in its room"),
    "services/intake/planted.py": ("import faust", "a library stays in its room"),
    "deploy/planted.py": ("from eventsourcing.postgres import PostgresDatastore", "a library stays in its room"),
}


def test_the_house_has_no_breach() -> None:
    assert breaches(ROOT) == []


@pytest.mark.parametrize(("place", "line", "wall"), [(place, *planted) for place, planted in PLANTED.items()])
def test_a_planted_breach_is_caught(tmp_path: Path, place: str, line: str, wall: str) -> None:
    file = tmp_path / place
    file.parent.mkdir(parents=True)
    file.write_text(f"{line}\n", "utf-8")

    assert [found.split(":")[0] for found in breaches(tmp_path)] == [wall]


def test_every_wall_has_somebody_leaning_on_it() -> None:
    assert {wall for _, wall in PLANTED.values()} == set(WALLS)


def test_every_module_stands_on_a_floor() -> None:
    assert homeless(ROOT) == []


def test_a_module_on_no_floor_is_caught(tmp_path: Path) -> None:
    (tmp_path / "shared" / "attic").mkdir(parents=True)
    (tmp_path / "shared" / "attic" / "trunk.py").write_text("", "utf-8")
    (tmp_path / "shared" / "clock.py").write_text("", "utf-8")

    assert homeless(tmp_path) == ["shared.attic.trunk"]
