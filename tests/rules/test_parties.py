"""Party archetypes: heroes whose figures follow from their level."""

from __future__ import annotations

from pathlib import Path

import pytest
from fluent.syntax import FluentParser, ast

from rules.parties import find_party, hero_sheet, load_parties, load_party, party_sheets
from schemas import Ability, BadWorld, Hero, UnknownThing
from tests.rules.situations import CONFIG

FOLDER = CONFIG / "parties"
PARTIES = load_parties(FOLDER)


def hero(party: str, name: str) -> Hero:
    return next(one for one in PARTIES[party].members if one.id == name)


def test_there_are_four_archetypes_of_four() -> None:
    assert {name: len(party.members) for name, party in PARTIES.items()} == dict.fromkeys(
        ("archers", "casters", "rush", "tank_and_healer"), 4
    )


@pytest.mark.parametrize(
    ("level", "hit_points", "attack", "damage", "sword_strokes"),
    [
        (1, 12, 5, "2d6+1+3", 1),  # strength 16: +3, practice +2
        (5, 44, 8, "2d6+1+5", 2),  # strength 18: +4, practice +3, a sword +1
        (12, 112, 11, "2d6+1+7", 3),  # strength 20: +5, practice +4, a sword +2; constitution 16 from here on
    ],
)
def test_a_champion_grows_as_the_rules_say(
    level: int, hit_points: int, attack: int, damage: str, sword_strokes: int
) -> None:
    sheet = hero_sheet(hero("tank_and_healer", "champion"), level)
    sword = next(deed for deed in sheet.deeds if deed.id == "greatsword")
    several = [deed for deed in sheet.deeds if deed.parts and deed.parts[0] is sword]

    assert (sheet.hit_points, sword.action.attack_bonus, sword.action.damage[0].dice) == (hit_points, attack, damage)
    assert [len(deed.parts) for deed in several] == ([sword_strokes] if sword_strokes > 1 else [])
    assert sheet.hero


def test_a_spell_is_learnt_at_its_level_and_its_dc_rises_with_practice() -> None:
    def fireball(level: int) -> list[tuple[int, int | None]]:
        sheet = hero_sheet(hero("casters", "evoker"), level)
        return [(one.save.dc, one.action.uses_per_day) for one in sheet.deeds if one.id == "fireball" and one.save]

    assert fireball(4) == []
    assert fireball(5) == [(15, 2)]  # 8 + 3 + 4
    assert fireball(9) == [(17, 3)]  # 8 + 4 + 5


def test_saves_with_practice_add_it_and_others_do_not() -> None:
    sheet = hero_sheet(hero("tank_and_healer", "cleric"), 5)

    assert sheet.saves[Ability.WISDOM] == 4 + 3
    assert sheet.saves[Ability.DEXTERITY] == 0


@pytest.mark.parametrize("name", PARTIES)
def test_nobody_grows_weaker_with_a_level(name: str) -> None:
    before = party_sheets(PARTIES[name], 1)
    for level in range(2, 21):
        now = party_sheets(PARTIES[name], level)
        for old, new in zip(before, now, strict=True):
            assert new.hit_points > old.hit_points
            assert new.armor_class >= old.armor_class
            assert {deed.id.rsplit("_", 1)[0] for deed in old.deeds} <= {
                deed.id.rsplit("_", 1)[0] for deed in new.deeds
            }
        before = now


@pytest.mark.parametrize("level", [0, 21, -3])
def test_a_level_that_is_none_is_refused(level: int) -> None:
    with pytest.raises(ValueError, match="levels are 1 to 20"):
        party_sheets(PARTIES["rush"], level)


def test_what_is_wrong_with_a_file_is_told_with_file_and_field(tmp_path: Path) -> None:
    good = (FOLDER / "rush.toml").read_text(encoding="utf-8")
    (tmp_path / "rush.toml").write_text(good.replace("hit_die = 12", "hit_die = 7"), encoding="utf-8")
    (tmp_path / "other.toml").write_text(good, encoding="utf-8")
    (tmp_path / "broken.toml").write_text("id = ", encoding="utf-8")
    with pytest.raises(BadWorld) as caught:
        load_parties(tmp_path)

    told = str(caught.value)
    assert "rush.toml:members[0].hit_die" in told
    assert "other.toml:id: the file is named 'other'" in told
    assert "broken.toml: this is not TOML" in told


def test_a_party_is_found_by_name_or_by_file_and_the_nearest_name_is_told(tmp_path: Path) -> None:
    assert find_party("rush", FOLDER) == find_party(str(FOLDER / "rush.toml"), tmp_path) == PARTIES["rush"]
    with pytest.raises(UnknownThing, match="Did you mean 'archers'"):
        find_party("archer", FOLDER)
    with pytest.raises(BadWorld, match="cannot be read"):
        load_party(tmp_path / "none.toml")


@pytest.mark.parametrize("language", ["en", "de"])
def test_all_that_a_party_is_called_has_words(language: str) -> None:
    text = (CONFIG / "locales" / language / "parties.ftl").read_text(encoding="utf-8")
    known = {entry.id.name for entry in FluentParser().parse(text).body if isinstance(entry, ast.Message)}
    needed = {party.name_key for party in PARTIES.values()}
    for party in PARTIES.values():
        for member in party.members:
            needed |= {member.name_key, *(action.name_key for action in member.actions)}

    assert needed == known
