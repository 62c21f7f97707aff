"""Which stances there are, which go together, and what is said against those that do not."""

from __future__ import annotations

from pathlib import Path
from typing import get_args

import pytest

from rules import load_stances
from rules.arena import Order, Weights
from rules.boss import Repertoire
from rules.boss.drill import START_FT, ordered, places, stances_of, weighed
from schemas import BadWorld, Need, Stance
from tests.rules.situations import CONFIG, phrasebook

BOOK = load_stances(CONFIG / "tactics.toml")
ALL: frozenset[Need] = frozenset(get_args(Need))


def test_every_stance_has_a_name_in_every_language() -> None:
    for stance in BOOK.values():
        assert phrasebook().has(stance.name_key, "en"), stance.name_key
    assert not [key for _, key in phrasebook().missing() if key.startswith(("stance-", "tactics-"))]


def test_a_plan_has_one_stance_of_an_axis_and_three_at_most() -> None:
    plans = Repertoire(BOOK, ALL).plans()

    assert () in plans
    assert len(set(plans)) == len(plans) > 100
    for plan in plans:
        axes = [BOOK[name].axis for name in plan]
        assert len(plan) <= 3
        assert len(set(axes)) == len(axes), plan


def test_without_what_it_needs_a_stance_is_not_possible() -> None:
    alone = Repertoire(BOOK, frozenset[Need](("strikers",)))

    assert {name for plan in alone.plans() for name in plan} == {"ambush", "press"}


def test_in_a_fight_ground_and_company_stay_as_they_were_chosen() -> None:
    begun = Repertoire(BOOK, ALL, begun=True, held=("ambush", "call_many", "press"))
    plans = begun.plans()

    assert ("ambush", "call_many") in plans
    assert all(set(plan) >= {"ambush", "call_many"} for plan in plans)
    assert not any(BOOK[name].before for plan in plans for name in plan if name not in begun.held)


@pytest.mark.parametrize(
    ("stances", "code"),
    [
        (("ambush", "keep_away"), "contradiction"),
        (("press", "press"), "repeated"),
        (("charge",), "unknown_stance"),
        (("rush_the_healer",), "not_possible"),
    ],
)
def test_what_does_not_fit_is_said_with_what_would(stances: tuple[str, ...], code: str) -> None:
    here = Repertoire(BOOK, ALL - {"healer_there"})
    said = list(here.objections(stances))

    assert [one.code for one in said] == [code]
    assert code == "contradiction" or code == "repeated" or "possible: ambush" in said[0].what


def test_what_fits_nobody_objects_to() -> None:
    here = Repertoire(BOOK, ALL)

    assert not [one for plan in here.plans() for one in here.objections(plan)]


def test_stances_become_weights_orders_and_places() -> None:
    plain, pressed = Weights(), weighed(stances_of(BOOK, ("press",)), Weights())

    assert pressed.aggression == 1.0
    assert pressed.safety < plain.safety
    assert ordered(stances_of(BOOK, ("rush_the_healer",)), "ada") == Order("focus", "ada")
    assert ordered(stances_of(BOOK, ("rush_the_healer",)), None) is None
    assert ordered(stances_of(BOOK, ("stand_fast",)), None) == Order("hold")
    assert places(2, ()) == [(START_FT, 0), (START_FT, -5)]
    assert places(1, stances_of(BOOK, ("ambush",)))[0][0] == 15
    assert len(set(places(30, stances_of(BOOK, ("spread_out",))))) == 30


def test_faults_of_a_file_come_all_at_once_with_file_and_field(tmp_path: Path) -> None:
    file = tmp_path / "tactics.toml"
    file.write_text(
        '[press]\nname_key = "stance-press"\naxis = "temper"\nagainst = ["pres"]\n'
        '[lurk]\nname_key = "stance-lurk"\naxis = "mood"\n'
        '[call]\nname_key = "stance-call"\naxis = "company"\nbefore = true\n'
    )
    with pytest.raises(BadWorld) as bad:
        load_stances(file)

    said = str(bad.value)
    assert len(bad.value.faults) == 3
    for part in ("tactics.toml:press.against", "Did you mean 'press'?", "tactics.toml:lurk.axis", "tactics.toml:call"):
        assert part in said


def test_a_file_that_is_no_toml_or_not_there_is_said_so(tmp_path: Path) -> None:
    (tmp_path / "tactics.toml").write_text("[press")
    with pytest.raises(BadWorld, match="not TOML"):
        load_stances(tmp_path / "tactics.toml")
    with pytest.raises(BadWorld, match="cannot be read"):
        load_stances(tmp_path / "nowhere.toml")


def test_one_stance_that_is_against_another_keeps_both_apart_in_either_order() -> None:
    bold = Stance(id="bold", name_key="stance-press", axis="temper", against=("sly",))
    sly = Stance(id="sly", name_key="stance-press", axis="aim")
    for book in ({"bold": bold, "sly": sly}, {"sly": sly, "bold": bold}):
        repertoire = Repertoire(book, frozenset())

        assert sorted(repertoire.plans()) == [(), ("bold",), ("sly",)]
        assert [one.code for one in repertoire.objections(tuple(book))] == ["contradiction"]
