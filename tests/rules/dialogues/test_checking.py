"""A dialogue with faults says all of them, each with its line and the nearest right answer."""

from __future__ import annotations

from pathlib import Path

import pytest

from memory import read_world
from rules import Phrasebook
from rules.dialogues import Known, check, declare_tree, draw_tree, load_trees
from schemas import BadWorld, World
from service.assemble import arguments_of, languages_of, make_phrasebook
from tools import FUNCTIONS, Toolbox

CONFIG = Path(__file__).parents[3] / "config"

SOUND = """\
dialogue: at_the_well
character: marta
about: A talk at the well.
start: hello
nodes:
  hello:
    line: { en: "Well?", de: "Nun?" }
    choices:
      - { id: ask, say: { en: "What?", de: "Was?" }, to: more }
      - { id: leave, say: { en: "Bye.", de: "Leb wohl." }, to: end }
  more:
    line: { en: "Nothing.", de: "Nichts." }
    then: hello
"""


def faults(text: str, known: Known | None = None) -> list[str]:
    try:
        return [str(one) for one in check(declare_tree(text, "well.yaml"), known)]
    except BadWorld as error:
        return [str(one) for one in error.faults]


def test_a_sound_dialogue_has_no_fault() -> None:
    assert faults(SOUND, Known(languages=("en", "de"))) == []


@pytest.mark.parametrize(
    ("was", "becomes", "told"),
    [
        ("to: more", "to: moer", "well.yaml:9: the jump to 'moer' leads nowhere. Did you mean 'more'?"),
        ("start: hello", "start: helo", "well.yaml:4: the jump to 'helo' leads nowhere. Did you mean 'hello'?"),
        ("to: more", "to: end", "well.yaml:11: node 'more' is never reached."),
        ("to: end", "to: hello", "well.yaml:6: from node 'hello' there is no way to an end."),
        ("then: hello", "then: more", "well.yaml:11: more -> more goes round without a choice of the player's."),
        ("then: hello", "then: [{ to: hello, when: { flags: [seen] } }]", "no node sets the flag 'seen'."),
        (
            "then: hello",
            "then: [{ to: hello, when: { standing_below: 0 } }]",
            "no jump is left when no condition holds",
        ),
        ("id: leave", "id: ask", "well.yaml:10: node 'hello' has two choices called 'ask'."),
        ("to: more }", "to: more, when: { standing_at_leats: 0.5 } }", "Did you mean 'standing_at_least'?"),
        ("to: more }", "to: more, tone: cheerful }", "'choices.0.tone'"),
        ('de: "Nichts."', 'fr: "Rien."', "well.yaml:12: this has no words in 'de'. Add `de: ...`."),
        ('en: "Nothing."', 'en: "Nothing, { $who }."', "'who' is nothing that can be filled in."),
        ("about: A talk at the well.\n", "", "the dialogue lacks 'about'."),
        ("then: hello", "than: hello", "a key 'than', which is not supported. Did you mean 'then'?"),
        ("character: marta", "character: [marta", "this is not YAML"),
        ("character: marta", "character: marta\ncharacter: pip", "'character' is given twice (first in line 2)."),
    ],
)
def test_each_fault_names_its_line_and_what_would_be_right(was: str, becomes: str, told: str) -> None:
    found = faults(SOUND.replace(was, becomes, 1), Known(languages=("en", "de")))
    assert any(told in one for one in found), found


def test_all_faults_are_told_at_once_in_the_order_of_their_lines() -> None:
    text = (
        SOUND.replace("to: more", "to: moer").replace("start: hello", "start: helo").replace('de: "Nichts."', 'de: ""')
    )
    text = text.replace('{ en: "Nothing.", de: "" }', "no-such-phrase")
    found = faults(text, Known(Phrasebook({"en": ["some-phrase = Words."]}), ("en",)))
    lines = [int(one.split(":")[1]) for one in found]
    assert lines == sorted(lines)
    assert {4, 9, 12} <= set(lines)


def test_a_phrase_that_one_language_lacks_is_a_fault_there() -> None:
    text = SOUND.replace('{ en: "Nothing.", de: "Nichts." }', "well-nothing")
    book = Phrasebook({"en": ["well-nothing = Nothing."], "de": ["well-nichts = Nichts."]})
    assert faults(text, Known(book, ("en", "de"))) == [
        "well.yaml:12: the phrase 'well-nothing' is not there in 'de'. Did you mean 'well-nichts'?"
    ]


def test_a_line_too_long_for_a_bubble_is_a_fault_before_it_is_ever_cut() -> None:
    found = faults(SOUND.replace('"Well?"', f'"{"Well, " * 90}{{ $other }} and {{ $place }}"'))
    assert any("600 is the most" in one or "at most 600" in one for one in found), found


def test_effects_name_tools_and_arguments_that_there_are() -> None:
    effect = "    effects: [{ tool: modify_relationshp, arguments: {} }]\n    then: hello"
    known = Known(tools={"modify_relationship": ("toward", "affinity", "trust", "reason")})
    assert any(
        "Did you mean 'modify_relationship'?" in one for one in faults(SOUND.replace("    then: hello", effect), known)
    )
    named = effect.replace("relationshp", "relationship").replace("{} }", "{ toward: $player, afinity: 0.1 } }")
    found = faults(SOUND.replace("    then: hello", named), known)
    assert any("there is no argument 'afinity'. Did you mean 'affinity'?" in one for one in found)
    assert any("needs the argument 'reason'" in one for one in found)


def test_the_dialogues_that_come_along_are_sound_in_every_way() -> None:
    folder = CONFIG / "worlds" / "morning_star"
    pack = read_world(folder)
    known = Known(
        make_phrasebook(CONFIG),
        languages_of(folder),
        World.of(pack),
        {fact.id for fact in pack.facts},
        arguments_of(Toolbox.load(CONFIG / "tools", FUNCTIONS)),
    )
    trees = load_trees(folder / "dialogues", known)
    assert {tree.character for tree in trees} >= {"marta", "captain_roake"}
    assert set(known.languages) == {"de", "en"}


def test_a_drawing_has_every_node_choice_and_condition() -> None:
    folder = CONFIG / "worlds" / "morning_star"
    book = make_phrasebook(CONFIG)
    for tree in load_trees(folder / "dialogues", Known()):
        drawing = draw_tree(tree, book)
        assert drawing.startswith("flowchart TD\n")
        assert all(f"<b>{name}</b>" in drawing for name in tree.nodes)
        assert drawing.count("-->|") == sum(len(node.choices) for node in tree.nodes.values())
    roake = next(tree for tree in load_trees(folder / "dialogues", Known()) if tree.character == "captain_roake")
    assert "[not warned]" in draw_tree(roake)
    assert "Öffnet das Tor" in draw_tree(roake, book, "de")
