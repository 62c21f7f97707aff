"""A clock says how long to wait by it: what is real takes its seconds, what stands takes for ever."""

from __future__ import annotations

import math

import pytest

from nodes import Clock, FrozenClock, SystemClock


def test_a_clock_that_stands_moves_only_when_it_is_told() -> None:
    clock = FrozenClock(at=5.0)
    assert (clock.now(), clock.now()) == (5.0, 5.0)
    clock.advance(0.5)
    assert clock.now() == 5.5


def test_by_the_machines_clock_so_many_seconds_are_waited() -> None:
    clock = SystemClock()
    assert clock.now() <= clock.now()
    assert clock.limit(0.3) == 0.3


def test_by_a_clock_that_stands_there_is_no_end_to_waiting() -> None:
    assert FrozenClock().limit(0.001) == math.inf


@pytest.mark.parametrize("clock", [SystemClock(), FrozenClock()])
@pytest.mark.parametrize("left", [0.0, -0.1])
def test_where_no_time_is_left_nothing_is_waited_for(clock: Clock, left: float) -> None:
    assert clock.limit(left) == 0
