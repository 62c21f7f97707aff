"""The JSON Schema for editors says what the checker says."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from jsonschema import Draft202012Validator
from ruamel.yaml import YAML

from graphs import declaration_schema, write_schema
from nodes import Catalogue

TOOLS, CONTENTS = ["add_knowledge_fact"], ["CombatDecision"]


def valid(text: str, catalogue: Catalogue) -> bool:
    schema = declaration_schema(catalogue, TOOLS, CONTENTS)
    Draft202012Validator.check_schema(schema)
    yaml: Any = YAML(typ="safe")
    return bool(Draft202012Validator(schema).is_valid(yaml.load(text)))  # pyright: ignore[reportUnknownMemberType]  # untyped there


def test_a_sound_graph_fits_the_schema(story: str, catalogue: Catalogue) -> None:
    assert valid(story, catalogue)


@pytest.mark.parametrize(
    ("old", "new"),
    [
        ("use: recall", "use: recal"),
        ("memories: 3", "memorys: 3"),
        ("memories: 3", "memories: three"),
        ("role: tactician", "role: poet"),
        ("share: 0.05", "share: 5"),
        ("accepted: remember, ", ""),
        ("    then: { model: recall, rules: decide_by_rules }", "    then: recall"),
        ("    timeout: 1s\n    on_error: decide_by_rules\n", ""),
        ("CombatDecision", "KombatDecision"),
        ("add_knowledge_fact", "add_fact"),
        ("deadline: 2s", "deadline: 2"),
        ("version: 1\n", ""),
        ("at_most:", "at_least:"),
    ],
)
def test_what_the_checker_refuses_the_editor_marks(story: str, catalogue: Catalogue, old: str, new: str) -> None:
    assert old in story
    assert not valid(story.replace(old, new), catalogue)


def test_every_node_is_offered_with_what_it_is_for(catalogue: Catalogue, tmp_path: Path) -> None:
    text = write_schema(catalogue, TOOLS, CONTENTS, file=tmp_path / "s.json").read_text()
    for spec in catalogue.values():
        assert f'"const": "{spec.name}"' in text
        assert spec.about in text
