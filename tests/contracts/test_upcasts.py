"""A fact gets another shape: what was stored in the old one is read in the new one, event by event and case by case."""

from collections.abc import Iterator
from decimal import Decimal
from typing import Any

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from deploy.contracts.golden import read_golden
from shared.contracts import event, intake
from shared.contracts.event import declarations, type_registry
from shared.eventstore import codec
from shared.eventstore.codec import UnreadableEvent, decode, upcast
from tests.contracts.corpus import CORPUS, Life, folded
from tests.contracts.differing import differences

DECLINED = Life(CORPUS / "0.1.0" / "declined")
QUANTITY = "intake.quantity-determined"
EXAMPLE = next(each for each in read_golden() if each.key == (QUANTITY, 1))


@pytest.fixture
def tomorrow() -> Iterator[None]:
    """What a test declares is declared in that test only."""
    tables: tuple[dict[Any, Any], ...] = (type_registry, declarations, codec._upcasts)
    today = [dict(table) for table in tables]
    yield
    for table, entries in zip(tables, today, strict=True):
        table.clear()
        table.update(entries)
    codec._decoder.cache_clear()


@pytest.fixture
def quantity_with_unit(tomorrow: None, monkeypatch: pytest.MonkeyPatch) -> type:
    """Version 2 of a released event, as intake and everybody else would know it."""

    @event(QUANTITY, version=2)
    class QuantityDetermined:
        """The quantity is known, and so is what it counts."""

        defective: Decimal
        unit: str

    monkeypatch.setattr(intake, "QuantityDetermined", QuantityDetermined)
    return QuantityDetermined


def add_unit(data: dict[str, Any]) -> dict[str, Any]:
    """What nobody asked for when version 1 was said."""
    return data | {"unit": "piece"}


@pytest.mark.parametrize("kept", [True, False], ids=["version 1 stays declared", "version 1 is declared no longer"])
def test_an_old_stream_folds_when_an_event_of_it_has_a_new_version(kept: bool, quantity_with_unit: type) -> None:
    upcast(QUANTITY, 1)(add_unit)
    if not kept:
        del type_registry[QUANTITY, 1]

    assert decode(EXAMPLE.state).event == quantity_with_unit(defective=Decimal(12), unit="piece")
    assert list(differences(DECLINED.folders, folded(DECLINED))) == []
    assert folded(DECLINED)["history"]["sheets"][QUANTITY] == {"defective": "12", "unit": "piece"}


def test_a_new_version_without_an_upcast_is_caught_by_the_old_streams(quantity_with_unit: type) -> None:
    assert list(differences(DECLINED.folders, folded(DECLINED))) == [".intake.defective was '12', is None"]


def test_a_version_that_is_declared_no_longer_is_unreadable_without_an_upcast(quantity_with_unit: type) -> None:
    del type_registry[QUANTITY, 1]
    codec._decoder.cache_clear()

    with pytest.raises(UnreadableEvent, match=f"{QUANTITY} version 1 is not declared here"):
        folded(DECLINED)


@event("testing.weighed", version=3)
class Weighed:
    """In grams, on a scale; version 1 was in whole kilograms, version 2 knew no scale."""

    grams: Decimal
    scale: str


@upcast("testing.weighed", 1)
def _in_grams(data: dict[str, Any]) -> dict[str, Any]:
    return {"grams": str(1000 * data["kilograms"])}


@upcast("testing.weighed", 2)
def _on_the_only_scale(data: dict[str, Any]) -> dict[str, Any]:
    return data | {"scale": "gate"}


said = st.one_of(
    st.integers(0, 10**6).map(lambda it: (1, {"kilograms": it}, Weighed(Decimal(1000 * it), "gate"))),
    st.integers(0, 10**6).map(lambda it: (2, {"grams": str(it)}, Weighed(Decimal(it), "gate"))),
    st.integers(0, 10**6).map(lambda it: (3, {"grams": str(it), "scale": "yard"}, Weighed(Decimal(it), "yard"))),
)
"""A version, the data that was stored in it, and what it means today."""


@given(st.lists(said, max_size=20))
def test_a_stream_of_all_versions_reads_as_if_it_had_always_been_the_newest(
    stream: list[tuple[int, dict[str, Any], Weighed]],
) -> None:
    stored = [stored_as(version, data) for version, data, _ in stream]

    assert [decode(state).event for state in stored] == [meant for _, _, meant in stream]
    assert [decode(state).envelope.schema for state in stored] == [version for version, _, _ in stream]


def stored_as(version: int, data: dict[str, Any]) -> bytes:
    """The bytes of an event of this version."""
    return msgspec.json.encode(EXAMPLE.envelope | {"type": "testing.weighed", "dataversion": version, "data": data})
