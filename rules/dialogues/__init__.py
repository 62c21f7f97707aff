"""Scripted dialogue: trees that carry a talk, lines that are gone on with, who hears whom, and how words are taken."""

from rules.dialogues.checking import Known, check
from rules.dialogues.drawing import draw_tree
from rules.dialogues.hearing import CARRIES, hearers, hears, was_heard
from rules.dialogues.reading import Written, declare_tree, load_trees, read_tree
from rules.dialogues.resuming import interrupted, led_back_to, rest_of
from rules.dialogues.taking_turns import next_speaker
from rules.dialogues.walking import Passage, open_answers, walk

__all__ = [
    "CARRIES",
    "Known",
    "Passage",
    "Written",
    "check",
    "declare_tree",
    "draw_tree",
    "hearers",
    "hears",
    "interrupted",
    "led_back_to",
    "load_trees",
    "next_speaker",
    "open_answers",
    "read_tree",
    "rest_of",
    "walk",
    "was_heard",
]
