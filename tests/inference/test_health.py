"""An endpoint's past is remembered, and forgiven."""

from __future__ import annotations

import pytest

from inference import Health


def test_latency_moves_towards_what_is_seen_and_fades_when_nothing_is() -> None:
    clock = [0.0]
    health = Health(now=lambda: clock[0])
    assert health.usual_latency == 0
    health.answered(2.0)
    assert health.usual_latency == 2.0
    health.answered(1.0)
    assert 1.0 < health.usual_latency < 2.0
    before = health.usual_latency
    clock[0] += 30
    assert health.usual_latency == pytest.approx(before / 2)


def test_an_answer_ends_the_cool_down() -> None:
    health = Health(cool_down=60, now=lambda: 0.0)
    health.refused()
    assert not health.available
    health.answered(0.1)
    assert health.available
