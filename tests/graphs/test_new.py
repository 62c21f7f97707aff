"""A new graph starts as a copy of one that works."""

from __future__ import annotations

from pathlib import Path

import pytest

from graphs import check, new, read
from nodes import Catalogue
from schemas import BadDeclaration, UnknownThing


@pytest.fixture
def library(tmp_path: Path, story: str) -> Path:
    folder = tmp_path / "library"
    folder.mkdir()
    (folder / "combat.yaml").write_text("# yaml-language-server: $schema=../graph.schema.json\n" + story)
    return folder


def test_a_copy_has_its_own_name_and_keeps_the_comments(library: Path, tmp_path: Path, catalogue: Catalogue) -> None:
    file = new("ambush", "combat", tmp_path / "mine", library=library)
    text = file.read_text()
    assert file == tmp_path / "mine" / "ambush.yaml"
    assert "# yaml-language-server" in text
    assert "# the interesting ones" in text
    copy, model = read(file), read("combat", library=library)
    assert (copy.name, copy.version) == ("ambush", 1)
    assert copy.about == "Begun as a copy of combat: What an enemy does on its turn."
    assert copy.nodes == model.nodes
    assert check(copy, catalogue, contents=["CombatDecision"], tools=["add_knowledge_fact"]) == []


def test_a_graph_that_is_there_is_never_overwritten(library: Path) -> None:
    before = (library / "combat.yaml").read_text()
    with pytest.raises(BadDeclaration, match="there already"):
        new("combat", "combat", library, library=library)
    assert (library / "combat.yaml").read_text() == before


@pytest.mark.parametrize("name", ["", "Big Name", "../ambush", "a/b", "end", "a:b", "x" * 200])
def test_a_bad_name_is_refused_before_anything_is_written(library: Path, tmp_path: Path, name: str) -> None:
    with pytest.raises(BadDeclaration, match="not a name for a graph"):
        new(name, "combat", tmp_path / "mine", library=library)
    assert not (tmp_path / "mine").exists()


def test_an_unknown_model_is_answered_with_the_nearest(library: Path, tmp_path: Path) -> None:
    with pytest.raises(UnknownThing, match="Did you mean 'combat'"):
        new("ambush", "combatt", tmp_path, library=library)
