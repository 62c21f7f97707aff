"""The book itself: opened by its index, read where it is used, honest about what is broken."""

from __future__ import annotations

import json
import os
import pickle
from pathlib import Path

import pytest
from structlog.testing import capture_logs

from rules.bestiary import Bestiary
from schemas.creatures import CreatureTemplate
from schemas.errors import BadWorld, UnknownThing

FOLDER = Path(__file__).parents[3] / "config" / "bestiary"
BOOK = Bestiary.load(FOLDER)
GOBLIN = (FOLDER / "humanoid" / "goblin.toml").read_text(encoding="utf-8")
WOLF = (FOLDER / "beast" / "wolf.toml").read_text(encoding="utf-8")


def shelve(folder: Path, **pages: str) -> Path:
    for name, text in pages.items():
        file = folder / f"{name.replace('__', '/')}.toml"
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_text(text, encoding="utf-8")
    return folder


def test_creatures_are_found_by_challenge_type_and_tag() -> None:
    found = BOOK.find(challenge=(0.25, 2), type="undead", tags=["swamp"])

    assert [creature.id for creature in found] == ["zombie", "ghoul", "specter", "ghast", "ogre_zombie", "will_o_wisp"]
    assert [page.id for page in BOOK.find_pages(challenge=(24, 30))] == [
        "ancient_gold_dragon",
        "ancient_red_dragon",
        "tarrasque",
    ]
    assert {"kraken", "polar_bear"} <= {page.id for page in BOOK.find_pages(tags=["sea", "arctic"])}
    assert BOOK.find(tags=["moon"]) == ()
    assert len(BOOK.find_pages()) == len(BOOK)


def test_an_unknown_creature_is_named_with_the_nearest_one() -> None:
    with pytest.raises(UnknownThing, match="Did you mean 'owlbear'") as caught:
        _ = BOOK["owlbeer"]
    assert caught.value.kind == "creature"
    assert BOOK.get("owlbeer") is None
    assert "owlbear" in BOOK
    assert "owlbeer" not in BOOK


def test_a_page_torn_out_leaves_the_book_as_it_was() -> None:
    thinner = BOOK.without("lich")

    assert "lich" not in thinner
    assert "lich" in BOOK
    assert thinner["zombie"] == BOOK["zombie"]


def test_a_book_of_creatures_that_come_from_no_file_is_found_in_too() -> None:
    book = Bestiary(BOOK.find(type="giant"))

    assert [page.id for page in book.find_pages(challenge=(0, 2))] == ["ogre"]
    assert book.checked
    assert book.labels["ogre"] >= {"ogre", "giant", "hill"}


def test_a_book_travels_to_another_process() -> None:
    there = pickle.loads(pickle.dumps(BOOK))  # noqa: S301  # our own, made a moment ago

    assert list(there) == list(BOOK)
    assert there["wolf"] == BOOK["wolf"]


def test_looking_for_creatures_reads_no_stat_block(tmp_path: Path) -> None:
    broken = GOBLIN.replace('kind = "melee"', 'kind = "magic"')
    book = Bestiary.load(shelve(tmp_path, humanoid__goblin=broken, beast__wolf=WOLF))

    assert [page.id for page in book.find_pages(tags=["forest"])] == ["goblin", "wolf"]
    assert book.labels["goblin"] >= {"goblinoid", "forest"}
    assert isinstance(book["wolf"], CreatureTemplate)
    with pytest.raises(BadWorld, match=r"humanoid/goblin\.toml:actions\[0\]\.kind"):
        _ = book["goblin"]


def test_a_head_that_is_no_toml_by_itself_is_read_with_the_rest(tmp_path: Path) -> None:
    wrapped = WOLF.replace("subtypes = []\n", "").replace('id = "wolf"', 'id = "wolf"\nsubtypes = [\n"lupine",\n]')
    nested = WOLF.replace("skills = [{", "skills = [\n{").replace("}]\nsenses", "}\n\n]\nsenses")

    assert Bestiary.load(shelve(tmp_path / "a", beast__wolf=wrapped)).pages["wolf"].subtypes == ("lupine",)
    assert Bestiary.load(shelve(tmp_path / "b", beast__wolf=nested))["wolf"] == BOOK["wolf"]
    listed = WOLF.replace("languages", "spoken").replace('id = "wolf"', 'id = "wolf"\nlanguages = [\n["deep"],\n]')
    book = Bestiary.load(shelve(tmp_path / "c", beast__wolf=listed))
    with pytest.raises(BadWorld, match=r"languages\[0\]"):
        book.check()


def test_all_faults_of_all_files_are_named_at_once(tmp_path: Path) -> None:
    pages = {
        "humanoid__goblin": GOBLIN.replace("hit_points = 7", "hit_points = 9"),
        "humanoid__boblin": GOBLIN,
        "beast__goblin": GOBLIN,
        "beast__wolf": "id = ",
        "undead__ghost": GOBLIN.replace("armor_class = 15", 'armor_class = "high"').replace('"small"', '"puny"'),
        "undead__noise": "",
    }
    shelve(tmp_path, **pages)
    (tmp_path / "undead" / "bytes.toml").write_bytes(b"\xff\xfe")

    with pytest.raises(BadWorld) as caught:
        Bestiary.load(tmp_path)

    places = {fault.where for fault in caught.value.faults}
    assert places >= {
        "humanoid/goblin.toml",
        "humanoid/boblin.toml:id",
        "beast/goblin.toml:type",
        "beast/wolf.toml",
        "undead/bytes.toml",
        "undead/ghost.toml:armor_class",
        "undead/ghost.toml:size",
        "undead/noise.toml:id",
    }


def test_a_check_names_what_is_wrong_below_the_heads(tmp_path: Path) -> None:
    wounded, mute = GOBLIN.replace("hit_points = 7", "hit_points = 9"), WOLF.replace('id = "bite"', 'id = "Bite!"')
    book = Bestiary.load(shelve(tmp_path, humanoid__goblin=wounded, beast__wolf=mute))

    with pytest.raises(BadWorld) as caught:
        book.check()

    assert {fault.where for fault in caught.value.faults} >= {"humanoid/goblin.toml", "beast/wolf.toml:actions[0].id"}
    assert not book.checked


def test_a_missing_folder_is_a_fault_of_the_caller(tmp_path: Path) -> None:
    with pytest.raises(BadWorld, match="no such folder"):
        Bestiary.load(tmp_path / "nowhere")


def test_an_index_spares_reading_until_a_file_changes(tmp_path: Path) -> None:
    folder, index = (
        shelve(tmp_path / "book", humanoid__goblin=GOBLIN, beast__wolf=WOLF),
        tmp_path / "home" / "index.json",
    )
    Bestiary.load(folder, index=index).check()
    kept = json.loads(index.read_text("utf-8"))
    kept["pages"][0]["tags"] = ["moon"]
    index.write_text(json.dumps(kept), encoding="utf-8")

    again = Bestiary.load(folder, index=index)
    assert again.checked
    assert again.find_pages(tags=["moon"])[0].id == "goblin"

    os.utime(folder / "beast" / "wolf.toml", ns=(1, 1))
    changed = Bestiary.load(folder, index=index)
    assert not changed.checked
    assert changed.pages["goblin"].tags == BOOK.pages["goblin"].tags
    (folder / "beast" / "wolf.toml").unlink()
    assert list(Bestiary.load(folder, index=index)) == ["goblin"]


@pytest.mark.parametrize("rubbish", ["", "{", '{"format": 1}', "[1, 2]", '{"format": 99, "pages": "many"}', "\x00\x01"])
def test_an_index_that_cannot_be_read_is_logged_and_made_anew(tmp_path: Path, rubbish: str) -> None:
    folder, index = shelve(tmp_path / "book", beast__wolf=WOLF), tmp_path / "index.json"
    index.write_text(rubbish, encoding="utf-8")

    with capture_logs() as logs:
        assert list(Bestiary.load(folder, index=index)) == ["wolf"]

    assert [line["event"] for line in logs] == ["bestiary_index_unreadable"]
    with capture_logs() as quiet:
        Bestiary.load(folder, index=index)
    assert not quiet


def test_an_index_that_cannot_be_written_costs_only_time(tmp_path: Path) -> None:
    folder = shelve(tmp_path / "book", beast__wolf=WOLF)
    (tmp_path / "file").write_text("in the way", encoding="utf-8")

    with capture_logs() as logs:
        assert "wolf" in Bestiary.load(folder, index=tmp_path / "file" / "index.json")

    assert [line["event"] for line in logs if line["log_level"] == "warning"][-1] == "bestiary_index_not_written"
