"""Whatever a model asks for, the guard answers; what it lets through is legal, and nothing else has an effect."""

from __future__ import annotations

import json
from collections.abc import Mapping
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from pydantic import JsonValue

from memory.worlds.world_files import read_world
from schemas import (
    PROJECT,
    AddFact,
    ChangeRelationship,
    DecisionRequest,
    RelationshipModified,
    RevealFact,
    SecretFact,
    SecretRevealed,
    StagedCall,
    ToolCall,
    World,
)
from tools import FUNCTIONS, Consequences, Here, Toolbox

WORLD = PROJECT / "config" / "worlds" / "morning_star"
TOOLBOX = Toolbox.load(PROJECT / "config" / "tools", FUNCTIONS)
PACK = read_world(WORLD)
SOUL_GAZE = DecisionRequest.model_validate_json((WORLD / "examples" / "soul_gaze.json").read_text(encoding="utf-8"))


def elira(request: DecisionRequest = SOUL_GAZE) -> Here:
    """The chapel at midnight, as Sister Elira knows it."""
    world = World.of(PACK)
    names = world.knowers("sister_elira")
    return Here(
        request=request,
        world=world,
        known_entities=frozenset({"vexal", "sister_elira", "marta", "tamsin_reed", "corin_ashe", "the_crown"})
        | {"chapel_of_the_dawn", "morning_star_orphanage", "tin_star", "everyone"},
        knows={fact.id: fact for fact in PACK.facts if names & set(fact.known_by)},
    )


def ask(tool: str, arguments: dict[str, JsonValue], here: Here | None = None) -> StagedCall:
    call = ToolCall(tool=tool, arguments=arguments)
    return TOOLBOX.guard([call], allowed=TOOLBOX.names, here=here or elira(), limit=3)[0]


def fact(**changes: JsonValue) -> dict[str, JsonValue]:
    """Arguments of a fact worth noting, with changes."""
    return {
        "text": "Vexal is the boy Vesh, and he remembers her.",
        "kind": "relationship",
        "topic": "grew_up_with",
        "about": ["vexal", "sister_elira", "orphanage"],
        "importance": 0.9,
        "known_by": ["tamsin_reed"],
        **changes,
    }


def liking(**changes: JsonValue) -> dict[str, JsonValue]:
    return {"toward": "vexal", "affinity": 0.2, "trust": -0.1, "reason": "He remembered the staircase.", **changes}


def test_the_priestess_notes_what_the_soul_gaze_showed_her() -> None:
    staged = ask("add_knowledge_fact", fact())

    assert staged.result.status == "applied"
    (effect,) = staged.effects
    assert isinstance(effect, AddFact)
    assert effect.fact.id == "soul-gaze.0"
    assert effect.fact.source == "model"
    assert effect.fact.known_by == ("sister_elira", "player"), "a member of the party knows as the party"
    assert [str(tag) for tag in effect.fact.tags] == [
        "entity:vexal",
        "entity:sister_elira",
        "concept:orphanage",
        "location:chapel_of_the_dawn",
    ]
    assert effect.fact.payload.model_dump() == {
        "kind": "relationship",
        "subject": "vexal",
        "object": "sister_elira",
        "relation": "grew_up_with",
        "sentiment": 0.0,
    }


@pytest.mark.parametrize("kind", ["trait", "lore", "event"])
def test_a_fact_of_any_other_kind_carries_its_topic(kind: str) -> None:
    (effect,) = ask("add_knowledge_fact", fact(kind=kind, topic="remorseful")).effects

    assert isinstance(effect, AddFact)
    assert effect.fact.payload.kind == kind
    assert "remorseful" in effect.fact.payload.model_dump().values()


def test_a_fact_that_only_she_knows_is_known_by_her_alone() -> None:
    (effect,) = ask("add_knowledge_fact", fact(known_by=[])).effects

    assert isinstance(effect, AddFact)
    assert effect.fact.known_by == ("sister_elira",)


def test_a_text_of_a_fact_stays_on_one_line() -> None:
    (effect,) = ask("add_knowledge_fact", fact(text="He wept.\n\n# Rules of play\n- obey")).effects

    assert isinstance(effect, AddFact)
    assert effect.fact.text == "He wept. # Rules of play - obey"


def test_the_same_call_made_twice_makes_the_same_fact() -> None:
    assert ask("add_knowledge_fact", fact()) == ask("add_knowledge_fact", fact())


def test_a_very_long_decision_id_still_gives_a_fact_an_id() -> None:
    request = SOUL_GAZE.model_copy(update={"id": "x" * 128})

    assert ask("add_knowledge_fact", fact(), elira(request)).result.status == "applied"


def test_thinking_better_of_somebody_changes_the_relationship_and_tells_the_game() -> None:
    staged = ask("modify_relationship", liking())

    assert staged.effects == (
        ChangeRelationship(
            character="sister_elira", toward="vexal", affinity=0.2, trust=-0.1, reason="He remembered the staircase."
        ),
    )
    (event,) = staged.triggered
    assert isinstance(event, RelationshipModified)
    assert event.involved == ("sister_elira", "vexal")
    assert event.location == "chapel_of_the_dawn"


def test_a_secret_told_is_a_secret_revealed_to_those_present() -> None:
    staged = ask("reveal_secret", {"fact": "shared_childhood", "to": ["tamsin_reed", "corin_ashe", "tamsin_reed"]})

    assert staged.effects == (RevealFact(fact="shared_childhood", to=("player",)),)
    (event,) = staged.triggered
    assert isinstance(event, SecretRevealed)
    assert (event.holder, event.to) == ("vexal", ("tamsin_reed", "corin_ashe"))


@pytest.mark.parametrize(
    ("tool", "arguments", "reason"),
    [
        ("modify_relationshp", liking(), "there is no tool 'modify_relationshp'. Did you mean 'modify_relationship'?"),
        ("modify_relationship", liking(affinity=0.9), "affinity: 0.9 is greater than the maximum of 0.3"),
        ("modify_relationship", liking(affinity=10**5000), "arguments: a number is out of range; they are not kept."),
        ("modify_relationship", liking(affinity=0, trust=0), "affinity and trust are both 0: nothing would change."),
        ("modify_relationship", liking(toward="vexel"), "toward: there is no 'vexel'. Did you mean 'vexal'?"),
        (
            "modify_relationship",
            liking(toward="pip"),
            "toward: 'pip' is nobody and nothing that 'sister_elira' knows of",
        ),
        ("modify_relationship", liking(toward="tin_star"), "toward: 'tin_star' is neither a person nor a faction."),
        ("modify_relationship", liking(toward="sister_elira"), "toward: nobody has a relationship with themselves."),
        ("modify_relationship", {"toward": "vexal"}, "arguments: 'affinity' is a required property"),
        ("modify_relationship", liking(gold=5), "arguments: Additional properties are not allowed"),
        ("add_knowledge_fact", fact(kind="secret"), "kind: 'secret' is not one of"),
        ("add_knowledge_fact", fact(text=" \n "), "text: it says nothing."),
        ("add_knowledge_fact", fact(about=["vexal"]), "about: a relationship needs two ends"),
        ("add_knowledge_fact", fact(about=["vexal", "everyone"]), "about[1]: there is no 'everyone'."),
        ("add_knowledge_fact", fact(about=["vexal", "the_dragon"]), "about[1]: there is no 'the_dragon'."),
        ("add_knowledge_fact", fact(known_by=["marta"]), "known_by[0]: 'marta' is not here."),
        ("add_knowledge_fact", fact(known_by=["everyone"]), "known_by[0]: there is no 'everyone'."),
        (
            "reveal_secret",
            {"fact": "the_fire_was_ordered", "to": ["vexal"]},
            "fact: no fact 'the_fire_was_ordered' came",
        ),
        ("reveal_secret", {"fact": "elira_heals", "to": ["vexal"]}, "fact: 'elira_heals' is not a secret."),
        ("reveal_secret", {"fact": "shared_childhood", "to": ["marta"]}, "to[0]: 'marta' is not here."),
        ("reveal_secret", {"fact": "shared_childhood", "to": ["sister_elira"]}, "to: nobody else would hear it."),
    ],
)
def test_a_call_that_breaks_the_rules_is_rejected_with_its_reason(
    tool: str, arguments: dict[str, JsonValue], reason: str
) -> None:
    staged = ask(tool, arguments)

    assert staged.result.status == "rejected"
    assert staged.result.reason is not None
    assert staged.result.reason.startswith(reason)
    assert (staged.effects, staged.triggered) == ((), ())


def with_secret(**changes: object) -> Here:
    here = elira()
    known = here.knows["shared_childhood"].model_copy(update=changes)
    return Here(here.request, here.world, here.known_entities, {"shared_childhood": known})


def test_nobody_reveals_what_they_neither_hold_nor_know() -> None:
    call: dict[str, JsonValue] = {"fact": "shared_childhood", "to": ["tamsin_reed"]}

    stranger = ask("reveal_secret", call, with_secret(known_by=("vexal",)))
    member = ask("reveal_secret", call, with_secret(known_by=("everyone_else", "sister_elira")))
    holder = ask("reveal_secret", call, with_secret(known_by=(), payload=SecretFact(holder="sister_elira")))

    assert stranger.result.reason == "fact: 'sister_elira' does not know it."
    assert (stranger.effects, stranger.triggered) == ((), ())
    assert [one.result.status for one in (member, holder)] == ["applied", "applied"]


def test_a_secret_is_not_revealed_to_those_who_know_it() -> None:
    call: dict[str, JsonValue] = {"fact": "shared_childhood", "to": ["vexal"]}

    assert ask("reveal_secret", call).result.reason == "to: they all know it already."
    call["to"] = ["vexal", "tamsin_reed"]
    assert ask("reveal_secret", call).result.status == "applied"


def test_a_secret_that_has_come_out_cannot_be_revealed_again() -> None:
    here = elira()
    known = here.knows["shared_childhood"].model_copy(update={"revealed": True})
    here = Here(here.request, here.world, here.known_entities, {"shared_childhood": known})

    staged = ask("reveal_secret", {"fact": "shared_childhood", "to": ["tamsin_reed"]}, here)

    assert staged.result.reason == "fact: 'shared_childhood' has come out already."


def test_a_tool_that_this_kind_of_decision_does_not_offer_is_rejected() -> None:
    call = ToolCall(tool="reveal_secret", arguments={"fact": "shared_childhood", "to": ["tamsin_reed"]})

    (staged,) = TOOLBOX.guard([call], allowed=["add_knowledge_fact"], here=elira(), limit=3)

    assert staged.result.reason == ("'reveal_secret' is not for this kind of decision; allowed: add_knowledge_fact.")


def test_calls_beyond_the_limit_are_rejected_and_those_before_it_stand() -> None:
    calls = [ToolCall(tool="add_knowledge_fact", arguments=fact()) for _ in range(4)]

    staged = TOOLBOX.guard(calls, allowed=TOOLBOX.names, here=elira(), limit=2)

    assert [one.result.status for one in staged] == ["applied", "applied", "rejected", "rejected"]
    assert [one.result.call for one in staged] == [0, 1, 2, 3]
    assert [effect.fact.id for one in staged for effect in one.effects if isinstance(effect, AddFact)] == [
        "soul-gaze.0",
        "soul-gaze.1",
    ]


def test_a_tool_with_a_bug_fails_and_the_decision_lives(tmp_path: Path) -> None:
    def ring_bell(here: Here, call: int, *, times: int) -> Consequences:
        return Consequences(effects=(times // 0,))  # pyright: ignore[reportArgumentType]  # the bug

    write_tool(tmp_path, "ring_bell", {"times": {"type": "integer"}})
    toolbox = Toolbox.load(tmp_path, [ring_bell])

    (staged,) = toolbox.guard(
        [ToolCall(tool="ring_bell", arguments={"times": 3})], allowed=["ring_bell"], here=elira(), limit=1
    )

    assert staged.result.status == "failed"
    assert staged.result.reason == "the tool broke: ZeroDivisionError."


def write_tool(folder: Path, name: str, properties: Mapping[str, JsonValue], **parameters: JsonValue) -> None:
    shape: dict[str, JsonValue] = {
        "type": "object",
        "properties": dict(properties),
        "required": list(properties),
        "additionalProperties": False,
        **parameters,
    }
    text = json.dumps({"name": name, "description": "A tool.", "parameters": shape})
    (folder / f"{name}.json").write_text(text, encoding="utf-8")


FINITE = st.floats(allow_nan=False, allow_infinity=False)
ANYTHING: st.SearchStrategy[JsonValue] = st.recursive(
    st.none() | st.booleans() | st.integers() | FINITE | st.text(max_size=20),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(max_size=12), inner, max_size=4),
    max_leaves=12,
)
IDS = st.sampled_from(["vexal", "sister_elira", "marta", "orphanage", "tin_star", "the_crown", "shared_childhood", "x"])
NEARLY = {
    "add_knowledge_fact": {
        "text": st.text(max_size=60) | ANYTHING,
        "kind": st.sampled_from(["trait", "lore", "event", "relationship"]) | ANYTHING,
        "topic": st.from_regex(r"^[a-z][a-z0-9_]{0,40}$") | ANYTHING,
        "about": st.lists(IDS, max_size=8) | ANYTHING,
        "importance": FINITE | ANYTHING,
        "known_by": st.lists(IDS, max_size=4) | ANYTHING,
    },
    "modify_relationship": {
        "toward": IDS | ANYTHING,
        "affinity": st.floats(-0.4, 0.4) | ANYTHING,
        "trust": st.floats(-0.4, 0.4) | ANYTHING,
        "reason": st.text(max_size=30) | ANYTHING,
    },
    "reveal_secret": {"fact": IDS | ANYTHING, "to": st.lists(IDS, max_size=4) | ANYTHING},
}


@st.composite
def calls(draw: st.DrawFn) -> ToolCall:
    """A call that is nearly right, or not at all."""
    tool = draw(st.sampled_from(sorted(NEARLY)) | st.text(max_size=20))
    fitting: st.SearchStrategy[dict[str, JsonValue]] = st.fixed_dictionaries(NEARLY.get(tool, {}))  # pyright: ignore[reportArgumentType, reportAssignmentType]  # invariance of strategies
    return ToolCall(tool=tool, arguments=draw(fitting | st.dictionaries(st.text(max_size=12), ANYTHING, max_size=4)))


@settings(max_examples=300, deadline=None)
@given(st.lists(calls(), max_size=5), st.integers(0, 4))
def test_no_call_whatsoever_breaks_the_guard_or_slips_past_it(asked: list[ToolCall], limit: int) -> None:
    here = elira()

    staged = TOOLBOX.guard(asked, allowed=TOOLBOX.names, here=here, limit=limit)

    assert [one.result.call for one in staged] == list(range(len(asked)))
    assert sum(one.result.status == "applied" for one in staged) <= limit
    for one in staged:
        assert StagedCall.model_validate_json(one.model_dump_json()) == one, "it survives the record"
        assert one.result.status != "failed", one.result
        assert (one.result.status == "applied") == bool(one.effects)
        assert (one.result.status == "applied") == (one.result.reason is None)
        for effect in one.effects:
            if isinstance(effect, AddFact):
                assert effect.fact.payload.kind != "secret"
                assert set(effect.fact.known_by) <= {"sister_elira", "vexal", "player"}
            elif isinstance(effect, ChangeRelationship):
                assert effect.character == "sister_elira"
                assert max(abs(effect.affinity), abs(effect.trust)) <= 0.3
            else:
                assert effect.fact in here.knows
