"""Fixtures of the graph tests."""

from __future__ import annotations

import pytest

from graphs import Declaration, declare
from nodes import Catalogue
from tests.graphs.stage import (
    STORY,
    Stage,
    choose_policy,
    decide_by_rules,
    generate,
    judge,
    recall,
    remember,
    repair,
)


@pytest.fixture
def catalogue() -> Catalogue:
    return Catalogue(
        [choose_policy, recall, generate, judge, repair, decide_by_rules, remember],
        asks_model=[generate, repair],
        decides=[decide_by_rules],
    )


@pytest.fixture
def stage() -> Stage:
    return Stage()


@pytest.fixture
def story() -> str:
    """The text of a sound graph, to be changed by a test."""
    return STORY


@pytest.fixture
def combat(story: str) -> Declaration:
    return declare(story, file="combat.yaml")
