"""The hybrid logical clock: text order is causal order."""

from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from shared.eventstore.hybrid_clock import HybridClock


class Hands:
    """A clock that is set by hand."""

    def __init__(self) -> None:
        self.time = datetime(2026, 11, 2, tzinfo=UTC)

    def now(self) -> datetime:
        return self.time


def test_the_stamp_shows_time_count_and_service() -> None:
    clock = HybridClock(Hands(), "intake")
    assert [clock.tick(), clock.tick()] == ["001793577600000.000000.intake", "001793577600000.000001.intake"]


@given(st.lists(st.integers(-(10**9), 10**9), max_size=50))
def test_stamps_grow_whatever_the_clock_does(jumps: list[int]) -> None:
    hands = Hands()
    clock = HybridClock(hands, "intake")
    stamps = []
    for jump in jumps:
        hands.time += timedelta(milliseconds=jump)
        stamps.append(clock.tick())
    assert stamps == sorted(set(stamps))


@given(st.lists(st.tuples(st.integers(0, 2), st.integers(0, 2), st.integers(-5000, 5000)), max_size=60))
def test_an_effect_is_stamped_after_its_cause_on_machines_whose_clocks_differ(
    messages: list[tuple[int, int, int]],
) -> None:
    hands = [Hands(), Hands(), Hands()]
    clocks = [HybridClock(hand, f"service-{number}") for number, hand in enumerate(hands)]
    for sender, receiver, jump in messages:
        hands[sender].time += timedelta(milliseconds=jump)
        cause = clocks[sender].tick()
        clocks[receiver].observe(cause)
        assert clocks[receiver].tick() > cause


def test_a_full_count_carries_over_into_the_time() -> None:
    clock = HybridClock(Hands(), "intake")
    clock.observe("001793577600000.999998.approval")
    assert [clock.tick(), clock.tick(), clock.tick()] == [
        "001793577600000.999999.intake",
        "001793577600001.000000.intake",
        "001793577600001.000001.intake",
    ]


def test_an_older_stamp_does_not_turn_it_back() -> None:
    clock = HybridClock(Hands(), "intake")
    before = clock.tick()
    clock.observe("000000000000001.000000.approval")
    assert clock.tick() > before


@pytest.mark.parametrize("stamp", ["", "no stamp", "1.x.intake"])
def test_what_is_no_stamp_is_refused(stamp: str) -> None:
    with pytest.raises(ValueError, match=r"."):
        HybridClock(Hands(), "intake").observe(stamp)
