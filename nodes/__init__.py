"""The steps a graph can be built from. To add one: write it, then add it to `CATALOGUE`."""

from nodes.act import act
from nodes.await_reply import await_reply
from nodes.balance import balance
from nodes.catalogue import Catalogue, Knob, NodeFunction, NodeSpec
from nodes.choose_policy import choose_policy
from nodes.clock import Clock, FrozenClock, SystemClock
from nodes.compose import compose, opening_of
from nodes.confirm import confirm
from nodes.context import Context
from nodes.decide_by_rules import decide_by_rules
from nodes.feel import feel
from nodes.follow_talk import follow_talk
from nodes.foresee import foresee
from nodes.gauge import gauge
from nodes.generate import generate
from nodes.judge import judge
from nodes.keep_look import keep_look
from nodes.keep_place import keep_place
from nodes.look_abroad import look_abroad
from nodes.look_up import look_up
from nodes.notes import note
from nodes.pressure import Pressure
from nodes.prompts import Prompt, PromptLibrary
from nodes.prove import prove
from nodes.recall import recall
from nodes.remember import remember
from nodes.repair import repair
from nodes.ring import Ring
from nodes.size_up import size_up
from nodes.speaking import SPEAKING, Speaking, sentences, speaking_now
from nodes.state import SCHEMA_VERSION, DecisionState
from nodes.step import Step
from nodes.study import study
from nodes.summaries import summariser_of
from nodes.survey import survey
from nodes.weigh_offer import weigh_offer
from nodes.weigh_standing import weigh_standing

CATALOGUE = Catalogue(
    [
        act,
        await_reply,
        balance,
        choose_policy,
        compose,
        confirm,
        decide_by_rules,
        follow_talk,
        feel,
        foresee,
        gauge,
        generate,
        judge,
        keep_look,
        keep_place,
        look_abroad,
        look_up,
        prove,
        recall,
        remember,
        repair,
        size_up,
        study,
        survey,
        weigh_offer,
        weigh_standing,
    ],
    asks_model=[generate, repair],
    decides=[decide_by_rules],
    waits=[await_reply],
)

__all__ = [
    "CATALOGUE",
    "SCHEMA_VERSION",
    "SPEAKING",
    "Catalogue",
    "Clock",
    "Context",
    "DecisionState",
    "FrozenClock",
    "Knob",
    "NodeFunction",
    "NodeSpec",
    "Pressure",
    "Prompt",
    "PromptLibrary",
    "Ring",
    "Speaking",
    "Step",
    "SystemClock",
    "act",
    "await_reply",
    "balance",
    "choose_policy",
    "compose",
    "confirm",
    "decide_by_rules",
    "feel",
    "follow_talk",
    "foresee",
    "gauge",
    "generate",
    "judge",
    "keep_look",
    "keep_place",
    "look_abroad",
    "look_up",
    "note",
    "opening_of",
    "prove",
    "recall",
    "remember",
    "repair",
    "sentences",
    "size_up",
    "speaking_now",
    "study",
    "summariser_of",
    "survey",
    "weigh_offer",
    "weigh_standing",
]
