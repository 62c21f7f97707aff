"""How a boss comes to know its players, and how it forgets."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from rules.boss import FEATURES, Sighting, after, count, features, learned, summed
from schemas import Lesson, PlayerModel

ARCHERY = count([Sighting("ada", "strike", range_ft=80, damage=("piercing",), at_leader=True)] * 8)
BRAWL = count([Sighting("bo", "strike", range_ft=5, damage=("slashing",), at_leader=False)] * 8)


def test_strangers_are_taken_to_be_as_usual() -> None:
    assert features(PlayerModel()) == dict.fromkeys(FEATURES, 0.0)


def test_what_is_seen_tells_archers_from_brawlers() -> None:
    archers, brawlers = features(ARCHERY), features(BRAWL)

    assert archers["afar"] > 0.25 > 0 > brawlers["afar"]
    assert brawlers["aggression"] > 0.25 > 0 > archers["aggression"]
    assert archers["leader"] > 0 > brawlers["leader"]
    assert ARCHERY.damage.favourite == "piercing"
    assert ARCHERY.openings.favourite is None, "nothing of it was the first of a fight"


def test_one_blow_says_less_than_many() -> None:
    once = count([Sighting("ada", "strike", range_ft=80)])

    assert 0 < features(once)["afar"] < features(ARCHERY)["afar"]


def test_fading_makes_less_sure_and_says_the_same() -> None:
    half = summed([(ARCHERY, 0.5)])

    assert half.ranges.weight == ARCHERY.ranges.weight / 2
    assert half.ranges.tally("far").seen / half.ranges.weight == 1.0
    assert 0 < features(half)["afar"] < features(ARCHERY)["afar"]


def test_players_who_change_their_style_are_known_anew_within_three_fights() -> None:
    player = PlayerModel()
    for _ in range(10):
        player = after(player, ARCHERY, rounds=4, fight_over=True)
    for _ in range(3):
        player = after(player, BRAWL, rounds=4, fight_over=True)

    assert features(player)["afar"] < -0.25
    assert features(player)["aggression"] > 0.25


sightings = st.lists(
    st.builds(
        Sighting,
        who=st.sampled_from(("ada", "bo")),
        doing=st.sampled_from(("strike", "area", "mend", "ward", "withdraw", "approach")),
        range_ft=st.none() | st.floats(0, 600),
        damage=st.sampled_from(((), ("fire",), ("cold", "slashing"))),
        at_leader=st.none() | st.booleans(),
        at_hurt=st.none() | st.booleans(),
        first=st.booleans(),
    ),
    max_size=40,
)


@given(sightings, st.floats(0, 1))
@settings(max_examples=60, deadline=None)
def test_features_stay_within_bounds_and_no_share_is_more_than_the_whole(seen: list[Sighting], factor: float) -> None:
    player = summed([(count(seen), factor)])

    assert all(-1 <= value <= 1 for value in features(player).values())
    for tally in (player.aggression, player.caution, player.skill):
        assert tally.seen <= tally.of


def test_a_study_reads_its_fights_as_if_it_had_watched_them_one_by_one() -> None:
    fights = [
        Lesson(
            fight=f"fight_{number}", rounds=number % 5 + 1, over=number % 3 == 0, seen=ARCHERY if number % 2 else BRAWL
        )
        for number in range(40)
    ]

    watched = PlayerModel()
    for fight in fights:
        watched = after(watched, fight.seen, rounds=fight.rounds, fight_over=fight.over)

    assert features(learned(fights).player) == pytest.approx(features(watched), abs=0.01)
