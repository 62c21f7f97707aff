"""Deterministic play: dice, fights, encounters, quests, bargains and scripted talk, and the judge of all proposals."""

from rules.arena import Fights, Meeting, Tally, summed_up
from rules.bestiary import Bestiary
from rules.boss import load_stances, study_of
from rules.boss.carrying import Carried, carried
from rules.boss.planning import Council, notable, plan_fight
from rules.boss.telling import experience_of
from rules.budget import (
    BUDGETS,
    DIFFICULTIES,
    Figures,
    daily_xp,
    difficulty_of,
    most_xp,
    multiplier,
    quest_gold,
    quest_xp,
    threshold,
)
from rules.choices import choices
from rules.decide import DECIDERS, decide
from rules.describe import look_at
from rules.dice import (
    NO_MODIFIERS,
    Dice,
    LoadedDice,
    Roll,
    critical_chance,
    expected_damage,
    expected_multiattack_damage,
    expected_save_damage,
    hit_chance,
    save_chance,
)
from rules.diplomacy import answer_offer, plain_answer
from rules.encounters import aim_of, balance, fights_with, left_open, pacing_of, party_named, prepare_encounter
from rules.fight import choose_move
from rules.judge import PLAY_FLOOR, complete, judge
from rules.moves import Moves, moves_open
from rules.objection import Objection
from rules.parties import find_party, load_parties, party_sheets
from rules.phrasebook import Phrasebook, read_out
from rules.quests import (
    DEEDS,
    OVER,
    Around,
    Ground,
    Proof,
    choose,
    draw_quest,
    due_of,
    follow,
    ground_of,
    offer_quest,
    open_objectives,
    prove,
    prove_here,
    take,
    time_passed,
    told_to,
)
from rules.situation import Situation
from rules.skirmish import Skirmish, skirmish
from rules.taint import Sought, hidden_from, names_of, wordings_of
from rules.talk import speak
from rules.words import SILENCE, TOLD, out_of_character, silenced, telling, words_of

__all__ = [
    "BUDGETS",
    "DECIDERS",
    "DEEDS",
    "DIFFICULTIES",
    "NO_MODIFIERS",
    "OVER",
    "PLAY_FLOOR",
    "SILENCE",
    "TOLD",
    "Around",
    "Bestiary",
    "Carried",
    "Council",
    "Dice",
    "Fights",
    "Figures",
    "Ground",
    "LoadedDice",
    "Meeting",
    "Moves",
    "Objection",
    "Phrasebook",
    "Proof",
    "Roll",
    "Situation",
    "Skirmish",
    "Sought",
    "Tally",
    "aim_of",
    "answer_offer",
    "balance",
    "carried",
    "choices",
    "choose",
    "choose_move",
    "complete",
    "critical_chance",
    "daily_xp",
    "decide",
    "difficulty_of",
    "draw_quest",
    "due_of",
    "expected_damage",
    "expected_multiattack_damage",
    "expected_save_damage",
    "experience_of",
    "fights_with",
    "find_party",
    "follow",
    "ground_of",
    "hidden_from",
    "hit_chance",
    "judge",
    "left_open",
    "load_parties",
    "load_stances",
    "look_at",
    "most_xp",
    "moves_open",
    "multiplier",
    "names_of",
    "notable",
    "offer_quest",
    "open_objectives",
    "out_of_character",
    "pacing_of",
    "party_named",
    "party_sheets",
    "plain_answer",
    "plan_fight",
    "prepare_encounter",
    "prove",
    "prove_here",
    "quest_gold",
    "quest_xp",
    "read_out",
    "save_chance",
    "silenced",
    "skirmish",
    "speak",
    "study_of",
    "summed_up",
    "take",
    "telling",
    "threshold",
    "time_passed",
    "told_to",
    "wordings_of",
    "words_of",
]
