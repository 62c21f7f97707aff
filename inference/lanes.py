"""Who goes first when more is asked than the endpoints can answer."""

from __future__ import annotations

from enum import IntEnum


class Lane(IntEnum):
    """The priority of a question: lower goes first, in our queue and in the server's."""

    PLAYER = 0
    """A player waits for it."""
    BOSS = 2
    """The fight turns on it: a boss, an elite, a leader, the encounter itself."""
    CROWD = 5
    """One of many; rules speak for it when there is no room."""
    BACKGROUND = 10
    """Nobody waits: summaries, tidying."""


def share_of_queue(priority: int) -> float:
    """How much of the queue a priority may fill, 0 to 1: the less urgent it is, the sooner it is sent away."""
    if priority <= Lane.PLAYER:
        return 1.0
    return 0.75 if priority <= Lane.BOSS else 0.25


def lane_named(priority: int) -> str:
    """What a priority is called in figures: the name of its lane."""
    return min((lane for lane in Lane if lane >= priority), default=Lane.BACKGROUND).name.lower()
