"""A world is read from its files: all of it, or every reason why not."""

from __future__ import annotations

import json
import shutil
from pathlib import Path

import pytest
from fluent.syntax import FluentParser
from fluent.syntax.ast import Junk, Message, TextElement
from pydantic import JsonValue

from memory.worlds.world_files import read_world, world_folders
from schemas import (
    EVERYONE,
    PROJECT,
    BadWorld,
    DecisionRequest,
    Tag,
    TagKind,
    UnknownThing,
    World,
    WorldPack,
)

MORNING_STAR = PROJECT / "config" / "worlds" / "morning_star"
PACK = read_world(MORNING_STAR)
SOUL_GAZE = MORNING_STAR / "examples" / "soul_gaze.json"
ORPHANAGE = Tag(kind=TagKind.CONCEPT, name="orphanage")


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """A copy of the Morning Star, to break."""
    return shutil.copytree(MORNING_STAR, tmp_path / "morning_star")


def edit(file: Path, old: str, new: str) -> None:
    text = file.read_text(encoding="utf-8")
    assert old in text
    file.write_text(text.replace(old, new, 1), encoding="utf-8")


def faults_of(folder: Path) -> list[str]:
    with pytest.raises(BadWorld) as caught:
        read_world(folder)
    return [str(fault) for fault in caught.value.faults]


def line_of(file: Path, text: str) -> int:
    lines = file.read_text(encoding="utf-8").splitlines()
    return next(number for number, line in enumerate(lines, 1) if text in line)


# --- the example world ------------------------------------------------------------------------------------------------


def test_the_morning_star_is_as_large_as_an_example_should_be() -> None:
    secrets = [fact for fact in PACK.facts if fact.is_secret]

    assert len(PACK.places) >= 8
    assert len(PACK.facts) >= 20
    assert len(secrets) >= 6
    assert len(PACK.associations) >= 30
    assert len(PACK.info.party) == 2
    assert all(EVERYONE not in secret.known_by for secret in secrets)


def test_its_opening_asks_for_one_decision_of_each_kind() -> None:
    kinds = [request.kind for request in PACK.opening]

    assert kinds == ["dialogue", "combat", "encounter", "quest", "diplomacy", "tactics", "description"]
    assert all(request.character in World.of(PACK).actors for request in PACK.opening)


def test_the_villain_and_the_priestess_lead_to_the_orphanage_by_one_way_each() -> None:
    request = DecisionRequest.model_validate_json(SOUL_GAZE.read_text(encoding="utf-8"))
    starts = set(request.event.tags)
    links: dict[Tag, dict[Tag, float]] = {}
    for link in PACK.associations:
        links.setdefault(link.a, {})[link.b] = link.weight
        links.setdefault(link.b, {})[link.a] = link.weight

    direct = {str(tag): weight for tag, weight in links[ORPHANAGE].items() if tag in starts}
    roundabout = [(start, via) for via in links[ORPHANAGE] for start in starts if start in links[via] and start != via]

    assert direct == {"entity:vexal": 0.9, "entity:sister_elira": 0.9}
    assert not roundabout, "with two steps, the orphanage gets 0.45 + 0.45 and nothing else"


def test_their_shared_childhood_is_a_secret_that_both_know_and_nobody_else() -> None:
    fact = next(fact for fact in PACK.facts if fact.id == "shared_childhood")

    assert fact.is_secret
    assert ORPHANAGE in fact.tags
    assert set(fact.known_by) == {"vexal", "sister_elira"}


def test_what_stands_in_every_prompt_tells_no_secret() -> None:
    everyones = f"{PACK.info.about} {' '.join(place.about for place in PACK.places)}".lower()

    assert not [word for word in ("vesh", "vexal", "elira", "regent", "order to burn") if word in everyones]


def messages(language: str) -> dict[str, int]:
    """The keys of the world's locale files, with the length of each text."""
    found: dict[str, int] = {}
    for file in sorted((MORNING_STAR / "locales" / language).glob("*.ftl")):
        for entry in FluentParser().parse(file.read_text(encoding="utf-8")).body:
            assert not isinstance(entry, Junk), entry.content
            if isinstance(entry, Message) and entry.value is not None:
                assert entry.id.name not in found, f"{entry.id.name} is there twice"
                texts = [part.value for part in entry.value.elements if isinstance(part, TextElement)]
                found[entry.id.name] = len("".join(texts))
    return found


@pytest.mark.parametrize("language", ["en", "de"])
def test_everybody_has_a_script_that_can_be_said_in_every_language(language: str) -> None:
    lines = messages(language)

    for character in PACK.characters:
        keys = [key for keys in character.script.values() for key in keys]
        assert len(keys) >= 3, character.id
        assert not [key for key in keys if key not in lines]
        assert all(0 < lines[key] <= 280 for key in keys)
    assert {f"item-{item}".replace("_", "-") for item in PACK.info.items} <= lines.keys()


def test_both_languages_have_the_same_keys() -> None:
    assert messages("en").keys() == messages("de").keys()


def test_worlds_are_found_by_the_names_of_their_folders() -> None:
    assert world_folders(PROJECT / "config")["morning_star"] == MORNING_STAR


# --- reading ----------------------------------------------------------------------------------------------------------


def toml(value: JsonValue) -> str:
    """A JSON value as TOML on one line."""
    if isinstance(value, dict):
        inner = ", ".join(f"{json.dumps(key)} = {toml(one)}" for key, one in value.items() if one is not None)
        return f"{{ {inner} }}"
    if isinstance(value, list):
        return f"[{', '.join(toml(one) for one in value)}]"
    return json.dumps(value, ensure_ascii=False)


def write_world(pack: WorldPack, folder: Path) -> None:
    """A pack as files, the other way round."""
    raw = pack.model_dump(mode="json", exclude_none=True)
    for place in ("characters", "opening"):
        (folder / place).mkdir(parents=True)

    def tables(rows: dict[str, JsonValue]) -> str:
        return "\n".join(f"{json.dumps(name)} = {toml(row)}" for name, row in rows.items() if row is not None)

    def write(file: str, text: str) -> None:
        (folder / file).write_text(text, encoding="utf-8")

    write("world.toml", tables(raw["info"]))
    for character in raw["characters"]:
        write(f"characters/{character['id']}.toml", tables(character))
    for kind in ("factions", "places", "facts"):
        write(f"{kind}.toml", tables({row["id"]: row for row in raw[kind]}))
    ties: dict[str, dict[str, JsonValue]] = {}
    for tie in raw["relationships"]:
        ties.setdefault(tie.pop("character"), {})[tie.pop("toward")] = tie
    write("relationships.toml", tables({**ties}))
    links: dict[str, list[JsonValue]] = {}
    for link in pack.associations:
        links.setdefault(link.kind.value, []).append([str(link.a), str(link.b), link.weight])
    write("associations.toml", tables({**links}))
    for request in pack.opening:
        write(f"opening/{request.id}.json", request.model_dump_json())


def test_a_world_written_to_files_and_read_again_is_the_same_world(tmp_path: Path) -> None:
    write_world(PACK, tmp_path / "morning_star")

    assert read_world(tmp_path / "morning_star") == PACK


def test_a_world_of_one_page_is_a_world(tmp_path: Path) -> None:
    (tmp_path / "void").mkdir()
    (tmp_path / "void" / "world.toml").write_text('id = "void"\nname = "The Void"\n', encoding="utf-8")

    assert read_world(tmp_path / "void").characters == ()


def test_a_world_that_does_not_exist_names_the_nearest(folder: Path) -> None:
    with pytest.raises(UnknownThing, match="there is no world 'mourning_star'"):
        read_world(folder.parent / "mourning_star")


def test_every_fault_of_every_file_is_told_at_once(folder: Path) -> None:
    edit(folder / "facts.toml", "[elira_heals]", "[elira_heals")
    edit(folder / "characters" / "marta.toml", 'rank = "named"', 'rank = "famous"\nhomme = "here"')
    edit(folder / "places.toml", 'within = "lanternford"', 'within = "lantern_ford"')
    edit(folder / "opening" / "2_combat.json", '"round": 2,', '"round": 0,')
    edit(folder / "opening" / "3_encounter.json", '"seed": 103,', '"seed": 103')
    (folder / "faction.toml").write_text("", encoding="utf-8")

    cut = line_of(folder / "facts.toml", "[elira_heals")
    missing_comma = line_of(folder / "opening" / "3_encounter.json", '"language"')

    told = faults_of(folder)

    expected = [
        "morning_star/faction.toml: no such file belongs to a world. Did you mean 'factions.toml'?",
        "characters/marta.toml:2, rank: Input should be",
        "characters/marta.toml:3, homme: there is no field 'homme'. Did you mean 'home'?",
        f"facts.toml:{cut}: this is not TOML",
        "opening/2_combat.json, event.CombatTurn.round: Input should be greater than or equal to 1.",
        f"opening/3_encounter.json:{missing_comma}: this is not JSON",
        "drowned_lantern: there is no place 'lantern_ford'. Did you mean 'lanternford'?",
    ]
    assert len(told) >= len(expected)
    for part in expected:
        assert [one for one in told if part in one], (part, told)
    assert not [one for one in told if "there is no character" in one], "what refers to a broken file is not at fault"


@pytest.mark.parametrize(
    ("file", "old", "new", "fault"),
    [
        ("facts.toml", 'known_by = ["vexal"]', 'known_by = ["vexel"]', "there is no character or faction 'vexel'."),
        (
            "characters/pip.toml",
            'home = "drowned_lantern"',
            'home = "moon"',
            "pip.toml:4, home: there is no place 'moon'.",
        ),
        ("characters/pip.toml", "name =", 'id = "pup"\nname =', "id: 'pup' is not the file's name, 'pip'."),
        ("factions.toml", 'leader = "vexal"', 'leader = "vexa"', "factions.toml:34, pale_choir.leader"),
        ("associations.toml", "concept:orphanage", "concept:orphange", "Did you mean 'orphanage'?"),
        ("associations.toml", '"concept:orphanage", 0.9', '"concept:orphanage", 9', "direct[0].weight"),
        ("associations.toml", '"concept:orphanage", 0.9', '"concept:orphanage"', "a link is two tags and a weight."),
        ("associations.toml", "semantic =", "semantics =", "no kind of association. Did you mean 'semantic'?"),
        (
            "relationships.toml",
            "sister_elira = {",
            "sister_elia = {",
            "vexal.sister_elia: there is no character or faction",
        ),
        ("relationships.toml", "affinity = 0.5", "affinity = 5", "relationships.toml:4, vexal.sister_elira.affinity"),
        ("world.toml", 'id = "morning_star"', 'id = "evening_star"', "is not the folder's name, 'morning_star'."),
        ("world.toml", "party =", "partee =", "there is no field 'partee'. Did you mean 'party'?"),
        (
            "opening/1_dialogue.json",
            '"character": "marta"',
            '"character": "martha"',
            "1_dialogue.json, character: there is",
        ),
        ("opening/1_dialogue.json", '"world": "morning_star"', '"world": "elsewhere"', "'elsewhere' is not this world"),
        ("opening/1_dialogue.json", '"DialogueStarted"', '"DialogStarted"', "1_dialogue.json, event"),
    ],
)
def test_a_slip_in_a_file_is_told_with_its_place(folder: Path, file: str, old: str, new: str, fault: str) -> None:
    edit(folder / file, old, new)

    told = faults_of(folder)

    assert [one for one in told if fault in one and file.split("/")[-1] in one], told


def test_a_file_that_is_not_text_is_a_fault(folder: Path) -> None:
    (folder / "facts.toml").write_bytes(b"\xff\xfe\x00")

    assert "facts.toml: it cannot be read" in faults_of(folder)[0]


def test_a_folder_without_a_title_page_says_that_it_is_missing(folder: Path) -> None:
    (folder / "world.toml").unlink()

    assert faults_of(folder) == ["morning_star/world.toml: it is missing."]


def test_the_examples_are_requests_to_this_world() -> None:
    request = DecisionRequest.model_validate_json(SOUL_GAZE.read_text(encoding="utf-8"))

    assert (request.world, request.kind, request.character) == ("morning_star", "dialogue", "sister_elira")
    assert not PACK.model_copy(update={"opening": (*PACK.opening, request)}).faults()
