"""`loomwright bestiary`: find, show, check and import, for people and for programs."""

from __future__ import annotations

import json
import shutil
from pathlib import Path

import pytest

from rules.bestiary import Bestiary
from schemas import PROJECT, BadWorld, Settings
from service.assemble import checked_bestiary
from tests.support.command_line import Loomwright

OWL = {
    "name": "Bell Owl",
    "size": "Small",
    "type": "beast",
    "armor_class": 12,
    "hit_points": 7,
    "hit_dice": "2d6",
    "speed": {"walk": "5 ft.", "fly": "60 ft."},
    "strength": 6,
    "dexterity": 14,
    "constitution": 10,
    "intelligence": 4,
    "wisdom": 14,
    "charisma": 9,
    "senses": {"passive_perception": 12},
    "challenge_rating": 0.25,
    "special_abilities": [{"name": "Muffled Bells", "desc": "They ring when it wants them to."}],
    "actions": [
        {
            "name": "Talons",
            "attack_bonus": 4,
            "damage": [{"damage_dice": "1d4+2", "damage_type": {"index": "slashing"}}],
        }
    ],
}


def test_creatures_are_found_by_challenge_type_tag_and_role(loomwright: Loomwright) -> None:
    code, out, _ = loomwright("bestiary", "find", "--cr", "1/4..2", "--type", "undead", "--tag", "forest")
    assert code == 0
    assert [line.split()[0] for line in out.splitlines()] == ["id", "will_o_wisp", "1"]

    _, out, _ = loomwright("bestiary", "find", "--cr", "17..", "--tag", "mountain", "--role", "leader", "--json")
    found = [json.loads(line) for line in out.splitlines()]
    assert [one["id"] for one in found][:2] == ["adult_gold_dragon", "adult_red_dragon"]
    assert all(one["challenge"] >= 17 and "leader" in one["roles"] for one in found)

    _, out, _ = loomwright("bestiary", "find", "--cr", "1", "--tag", "pack", "--language", "de")
    assert "Schreckenswolf" in out


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (("--cr", "1/3"), "--cr: there is no challenge '1/3'. Did you mean '1/4'?"),
        (("--cr", "31"), "Did you mean '30'?"),
        (("--cr", "hard"), "They are 0, 1/8, 1/4, 1/2 and 1 to 30."),
        (("--cr", "nan"), "there is no challenge 'nan'"),
        (("--cr", "5..2"), "Did you mean '2..5'?"),
        (("--type", "undad"), "there is no type of creature 'undad'. Did you mean 'undead'?"),
        (("--tag", "forrest"), "there is no tag 'forrest'. Did you mean 'forest'?"),
        (("--role", "brut"), "there is no role 'brut'. Did you mean 'brute'?"),
    ],
)
def test_what_is_asked_wrongly_is_answered_with_the_nearest_right_thing(
    loomwright: Loomwright, arguments: tuple[str, str], said: str
) -> None:
    code, _, err = loomwright("bestiary", "find", *arguments)

    assert code == 2
    assert said in err


def test_a_stat_block_is_shown(loomwright: Loomwright) -> None:
    code, out, _ = loomwright("bestiary", "show", "troll")
    assert code == 0
    assert "AC 15  HP 84 (8d10+40)  Speed 30 ft" in out
    assert "multiattack: bite, claw, claw" in out
    assert "regeneration: 10, acid, fire" in out

    _, out, _ = loomwright("bestiary", "show", "ancient_red_dragon", "--language", "de")
    assert "Feuerodem (recharge 5-6): range 90 ft, 90-foot cone, DC 24" in out

    _, out, _ = loomwright("bestiary", "show", "knight", "--json")
    assert json.loads(out)["reactions"][0]["value"] == 2
    code, _, err = loomwright("bestiary", "show", "unicorm")
    assert (code, "Did you mean 'unicorn'?" in err) == (2, True)


def test_a_game_brings_its_own_creatures_and_their_names(loomwright: Loomwright, tmp_path: Path) -> None:
    file = tmp_path / "owls.json"
    file.write_text(json.dumps([OWL, OWL | {"name": "Lead Owl", "size": "Puny"}]), encoding="utf-8")

    code, out, err = loomwright("bestiary", "import", "owls.json", "--to", "game/bestiary")

    assert code == 1
    assert "wrote 1 creatures to game/bestiary" in out
    assert "Lead Owl: size" in err
    assert Bestiary.load(tmp_path / "game" / "bestiary")["bell_owl"].speeds.fly == 60
    names = (tmp_path / "game" / "locales" / "en" / "owls.ftl").read_text("utf-8")
    assert "creature-bell-owl = Bell Owl" in names
    assert "trait-muffled-bells = Muffled Bells" in names
    assert "action-talons" not in names  # the phrasebook knows them

    code, _, err = loomwright("bestiary", "import", "owls.json", "--to", "game/bestiary")
    assert code == 1
    assert "bell_owl.toml: is there already. `--force` replaces it." in err
    code, out, _ = loomwright("bestiary", "import", "owls.json", "--to", "game/bestiary", "--force", "--json")
    assert (code, len(json.loads(out)["files"])) == (1, 1)


def test_a_file_that_is_not_there_or_not_of_the_format_is_said_so(loomwright: Loomwright, tmp_path: Path) -> None:
    (tmp_path / "poem.json").write_text("Tyger tyger", encoding="utf-8")

    assert "poem.json: this is not JSON" in loomwright("bestiary", "import", "poem.json", "--to", "game")[2]
    assert "cannot be read" in loomwright("bestiary", "import", "gone.json", "--to", "game")[2]


def test_all_files_are_checked_when_a_game_opens_and_when_asked(loomwright: Loomwright, tmp_path: Path) -> None:
    assert "321 creatures, all valid" in loomwright("bestiary", "check")[1]

    folder = tmp_path / "config" / "bestiary"
    shutil.copytree(PROJECT / "config" / "bestiary" / "giant", folder / "giant")
    ogre = folder / "giant" / "ogre.toml"
    ogre.write_text(ogre.read_text("utf-8").replace('kind = "melee"', 'kind = "magic"'), encoding="utf-8")
    with pytest.raises(BadWorld, match=r"giant/ogre\.toml:actions\[0\]\.kind"):
        checked_bestiary(Settings(config=tmp_path / "config", home=tmp_path / "home"))
