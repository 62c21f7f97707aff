"""Situations for the tests of the rules: small ones made by hand, and arbitrary valid ones for hypothesis."""

from __future__ import annotations

from functools import cache
from pathlib import Path

from hypothesis import strategies as st
from hypothesis.strategies import DrawFn, SearchStrategy
from pydantic import TypeAdapter

from rules import Bestiary, Dice, Phrasebook, Situation
from schemas import (
    CONTENTS,
    EVENTS,
    Action,
    Character,
    CombatTurn,
    Condition,
    ConditionState,
    DecisionRequest,
    DiplomaticOffer,
    EmotionalTone,
    EntityKind,
    Faction,
    GameEvent,
    HitPoints,
    Lighting,
    LocationSnapshot,
    Place,
    Position,
    PresentEntity,
    Rank,
    Relationship,
    Scene,
    Tag,
    Traits,
    TreatyTerm,
    Weather,
    World,
    WorldInfo,
)

CONFIG = Path(__file__).parents[2] / "config"
KINDS = tuple(CONTENTS)
Way = tuple[DecisionRequest, World, Bestiary, Phrasebook, Relationship | None]
"""What a situation is made of, without its dice."""
_EVENT: TypeAdapter[GameEvent] = TypeAdapter(GameEvent)
_TERM: TypeAdapter[TreatyTerm] = TypeAdapter(TreatyTerm)


@cache
def bestiary() -> Bestiary:
    return Bestiary.load(CONFIG / "bestiary")


@cache
def phrasebook() -> Phrasebook:
    return Phrasebook.load(CONFIG / "locales")


def world(
    *,
    characters: tuple[Character, ...] = (),
    factions: tuple[Faction, ...] = (),
    places: tuple[Place, ...] = (),
    party: tuple[str, ...] = (),
    items: tuple[str, ...] = (),
    concepts: tuple[str, ...] = (),
) -> World:
    return World(
        info=WorldInfo(id="vale", name="The Vale", party=party, items=items, concepts=concepts),
        characters={one.id: one for one in characters},
        factions={one.id: one for one in factions},
        places={one.id: one for one in places},
    )


def situation(
    event: GameEvent,
    *present: PresentEntity,
    character: str = "marta",
    of: World | None = None,
    standing: float | None = None,
    scene: Scene | None = None,
    language: str = "en",
    seed: int = 7,
    book: Bestiary | None = None,
) -> Situation:
    """A situation at the inn; `standing` is how the character stands to the player."""
    request = DecisionRequest(
        id="one",
        kind="any",
        world="vale",
        character=character,
        event=event,
        scene=scene or Scene(location=LocationSnapshot(id="inn"), present=present),
        language=language,
        seed=seed,
    )
    tie = Relationship(character=character, toward="hero", affinity=standing, trust=standing) if standing else None
    return Situation(
        request=request,
        world=of or world(),
        bestiary=bestiary() if book is None else book,
        phrasebook=phrasebook(),
        standing=tie,
        dice=Dice.seeded(seed, "test"),
    )


def fighter(
    id_: str,
    side: str,
    template: str | None = "orc",
    *,
    hp: int = 15,
    of: int = 15,
    at: float | None = None,
    **more: object,
) -> PresentEntity:
    """Somebody with a stat block and a side, `at` so many feet to the east."""
    return PresentEntity.model_validate(
        {
            "id": id_,
            "side": side,
            "template": template,
            "hit_points": HitPoints(current=hp, maximum=max(15, hp)),
            "position": None if at is None else Position(x=at),
            **more,
        }
    )


# --- arbitrary ones ---------------------------------------------------------------------------------------------------

_PEOPLE = ("marta", "elias", "hero", "goblin", "the_crown", "the_hand", "nobody_known")
_PLACES = ("inn", "woods", "far_away")
_ITEMS = ("healing_potion", "rope", "silver_ring")
_TEMPLATES = (None, "goblin", "ogre", "wolf", "priest", "adult_red_dragon", "zombie", "no_such_beast")
_NAMES = st.sampled_from(("Marta", "Old Elias", "", "   ", "x" * 80, "Zoe & Co.", "\u00c9lo\u00efse", "1"))

people = st.sampled_from(_PEOPLE)
anything = st.sampled_from((*_PEOPLE, *_PLACES, *_ITEMS, "scimitar", "greataxe"))


def _some(values: SearchStrategy[str], least: int = 0, most: int = 3) -> SearchStrategy[tuple[str, ...]]:
    return st.lists(values, min_size=least, max_size=most).map(tuple)


_days = st.sampled_from((1, 30, 365, 3650))
_gold = st.sampled_from((1, 20, 500, 1_000_000))
_sides = st.sampled_from(("the_crown", "the_hand", "the_crown", "the_hand", "nobody_known"))
terms: SearchStrategy[TreatyTerm] = st.one_of(
    st.fixed_dictionaries({"kind": st.sampled_from(("peace", "alliance")), "days": _days}),
    st.fixed_dictionaries({"kind": st.just("trade"), "days": _days, "gold": _gold}),
    st.fixed_dictionaries({"kind": st.just("tribute"), "days": _days, "gold": _gold, "payer": _sides}),
    st.fixed_dictionaries({"kind": st.just("passage"), "days": _days, "grantor": _sides, "place": anything}),
    st.fixed_dictionaries({"kind": st.just("joint_war"), "days": _days, "against": people}),
    st.fixed_dictionaries({"kind": st.just("vassalage"), "days": _days, "vassal": _sides}),
    st.fixed_dictionaries({"kind": st.just("prisoner_exchange"), "days": _days, "prisoners": _some(people, 1)}),
    st.fixed_dictionaries({"kind": st.just("marriage"), "days": _days, "spouses": _some(people, 2, 2)}),
).map(_TERM.validate_python)

_FIELDS: dict[str | tuple[str, str], SearchStrategy[object]] = {
    "combatants": _some(people, 1),
    "round": st.integers(1, 9),
    "targets": _some(people),
    "survivors": _some(people),
    "fallen": _some(people),
    "amount": st.integers(0, 50),
    "text": st.text(min_size=1, max_size=40),
    "tone": st.sampled_from(tuple(EmotionalTone)).map(str),
    "reason": st.just("left"),
    "within_hours": st.sampled_from((None, 1, 48)),
    "party_levels": st.lists(st.integers(1, 20), min_size=1, max_size=12).map(tuple),
    "difficulty": st.sampled_from((None, "easy", "medium", "hard", "deadly", "low", "moderate", "high")),
    "themes": _some(st.sampled_from(("forest", "undead", "moon", "the_crown"))),
    "xp_today": st.sampled_from((0, 300, 1_000_000)),
    "met_lately": _some(st.sampled_from(("wolf", "goblin", "moon"))),
    "terms": st.lists(terms, min_size=1, max_size=8).map(tuple),
    "answer": st.sampled_from(("open", "accept", "refuse", "counter")),
    "came": st.booleans(),
    "gold": st.integers(1, 99),
    "speakers": _some(people, 1, 3),
    "heard": st.integers(0, 99),
    "loudness": st.sampled_from(("whisper", "speak", "shout")),
    "minutes": st.integers(1, 99),
    "day": st.integers(0, 99),
    "season": st.just("winter"),
    "affinity": st.floats(-1, 1),
    "trust": st.floats(-1, 1),
    "to": _some(people, 1, 3),
    "others": _some(people),
    "message": st.none(),
    "data": st.just({"any": [1, None, "thing"]}),
    "at": st.none(),
    "concepts": _some(st.sampled_from(("soul_gaze", "orphanhood"))),
    "location": st.sampled_from((None, *_PLACES)),
}


@st.composite
def events(draw: DrawFn) -> GameEvent:
    """Any event, `Custom` too, about people who may or may not exist."""
    kind = draw(st.sampled_from(tuple(EVENTS)))
    fields: dict[str, object] = {"type": kind}
    for name in EVENTS[kind].model_fields:
        if name != "type":
            fields[name] = draw(_FIELDS.get((kind, name)) or _FIELDS.get(name, anything))
    return _EVENT.validate_python(fields)


_conditions: SearchStrategy[ConditionState] = st.one_of(
    st.builds(
        ConditionState,
        condition=st.sampled_from([one for one in Condition if one is not Condition.EXHAUSTION]),
        source=st.one_of(st.none(), people),
    ),
    st.builds(ConditionState, condition=st.just(Condition.EXHAUSTION), level=st.integers(1, 6)),
)

_HOMEBREW = tuple(
    Action.model_validate({"name_key": "no-such-name", **fields})
    for fields in (
        {"id": "mend", "kind": "heal", "heal": "1d8+1", "range_ft": 30},
        {"id": "gaze", "kind": "save", "save": {"ability": "wisdom", "dc": 14, "conditions": ["frightened"]}},
        {"id": "shout", "kind": "utility"},
        {"id": "swipe", "kind": "melee", "attack_bonus": 5, "reach_ft": 5, "damage": [{"dice": "1d4", "type": "fire"}]},
        {"id": "flurry", "kind": "multiattack", "sequence": ["swipe", "swipe", "unheard_of"]},
        {
            "id": "tail", "kind": "melee", "attack_bonus": 9, "reach_ft": 15, "legendary_cost": 1,
            "damage": [{"dice": "2d6", "type": "bludgeoning"}],
        },
        {
            "id": "burst", "kind": "save", "targets": 5, "recharge": 5, "uses_per_day": 1,
            "save": {"ability": "dexterity", "dc": 12, "damage": [{"dice": "3d6", "type": "cold"}]},
        },
    )
)  # fmt: skip


@st.composite
def entities(draw: DrawFn, id_: str) -> PresentEntity:
    """Somebody or something: dead or alive, with or without figures."""
    maximum = draw(st.integers(1, 300))
    points = st.builds(HitPoints, current=st.integers(0, maximum), maximum=st.just(maximum))
    return PresentEntity(
        id=id_,
        kind=draw(st.sampled_from((*EntityKind, EntityKind.CHARACTER, EntityKind.CREATURE))),
        name=draw(st.one_of(st.none(), _NAMES)),
        name_key=draw(st.sampled_from((None, "no-such-name", "talk-hint-sad"))),
        template=draw(st.sampled_from(_TEMPLATES)),
        side=draw(st.sampled_from(("party", "foes", "party", "foes", "neutral"))),
        hit_points=draw(st.one_of(st.none(), points)),
        armor_class=draw(st.integers(0, 40)),
        speed_ft=draw(st.sampled_from((0, 30, 30, 500))),
        conditions=tuple(draw(st.one_of(st.just([]), st.lists(_conditions, max_size=2)))),
        actions=tuple(draw(st.lists(st.sampled_from(_HOMEBREW), max_size=4))),
        items=draw(_some(st.sampled_from(_ITEMS))),
        position=draw(
            st.one_of(st.none(), st.none(), st.builds(Position, x=st.floats(-200, 200), y=st.floats(-200, 200)))
        ),
    )


@st.composite
def scenes(draw: DrawFn, most: int = 6) -> Scene:
    """Any scene, empty ones too."""
    least = draw(st.sampled_from((0, 3, most)))
    ids = draw(st.lists(st.sampled_from((*_PEOPLE, "e1", "e2", "e3")), unique=True, min_size=least, max_size=most))
    return Scene(
        location=LocationSnapshot(
            id=draw(st.sampled_from(_PLACES)),
            name=draw(st.one_of(st.none(), _NAMES)),
            tags=draw(st.sampled_from(((), (Tag.model_validate("concept:forest"),)))),
            exits=draw(_some(st.sampled_from(_PLACES))),
        ),
        weather=draw(st.sampled_from(Weather)),
        lighting=draw(st.sampled_from(Lighting)),
        present=tuple(draw(entities(id_)) for id_ in ids),
        recent_events=tuple(draw(st.lists(events(), max_size=2))),
    )


@st.composite
def characters(draw: DrawFn, id_: str) -> Character:
    """Anybody, from meek to fierce, with a script that may point nowhere."""
    unit = st.floats(0, 1)
    return Character(
        id=id_,
        name=draw(_NAMES.filter(bool)),
        rank=draw(st.sampled_from(Rank)),
        faction=draw(st.sampled_from((None, "the_crown", "the_hand", "nobody_known"))),
        home=draw(st.sampled_from((None, *_PLACES))),
        template=draw(st.sampled_from(_TEMPLATES)),
        traits=Traits(openness=draw(unit), extraversion=draw(unit), agreeableness=draw(unit), neuroticism=draw(unit)),
        script={draw(st.sampled_from(EmotionalTone)): ("no-such-line", "talk-hint-joyful")},
    )


@st.composite
def factions(draw: DrawFn, id_: str) -> Faction:
    """A power, rich or poor, at war or not."""
    return Faction(
        id=id_,
        name=draw(_NAMES.filter(bool)),
        leader=draw(st.sampled_from((None, "marta", "elias"))),
        strength=draw(st.sampled_from((0.0, 1.0, 50.0))),
        gold=draw(st.sampled_from((0, 10, 5_000, 10_000_000))),
        standings=draw(st.dictionaries(people, st.floats(-1, 1), max_size=2)),
        at_war_with=draw(_some(people, most=2)),
    )


@st.composite
def worlds(draw: DrawFn) -> World:
    """Any world, from an empty one on."""
    chosen = draw(st.sets(st.sampled_from(("marta", "elias", "hero"))))
    powers = draw(st.sampled_from((("the_crown", "the_hand"), ("the_crown", "the_hand"), ("the_hand",), ())))
    return world(
        characters=tuple(draw(characters(id_)) for id_ in sorted(chosen)),
        factions=tuple(draw(factions(id_)) for id_ in powers),
        places=tuple(
            Place(id=id_, name=id_, holds=draw(_some(st.sampled_from(_ITEMS), most=2)), themes=("forest",))
            for id_ in sorted(draw(st.sets(st.sampled_from(_PLACES))))
        ),
        party=draw(st.sampled_from(((), ("hero",)))),
        items=draw(_some(st.sampled_from(_ITEMS))),
        concepts=draw(_some(st.sampled_from(("soul_gaze", "orphanhood")))),
    )


_offers = st.builds(
    DiplomaticOffer,
    offering=st.just("the_hand"),
    receiving=st.just("the_crown"),
    terms=st.lists(terms, min_size=1, max_size=2).map(tuple),
)


@st.composite
def requests(draw: DrawFn, about: str = "") -> DecisionRequest:
    """Any valid request of anybody, about anything, anywhere; half of them `about` what a content is made for."""
    fitting = draw(st.booleans())
    scene, event = draw(scenes()), draw(_offers if fitting and about == "DiplomacyDecision" else events())
    likely = [one.id for one in scene.present] or ["marta"]
    if isinstance(event, DiplomaticOffer):
        likely = ["the_crown", "the_crown", "marta"]
    elif fitting and about == "CombatDecision":
        event = draw(st.sampled_from([CombatTurn(actor=likely[0]), CombatTurn(actor=likely[-1])]))
    return DecisionRequest(
        id="any",
        kind="any",
        world="vale",
        character=likely[0] if fitting else draw(people),
        event=event,
        scene=scene,
        seed=draw(st.integers(0, 2**63 - 1)),
        language=draw(st.sampled_from(("en", "de", "de-AT", "tlh"))),
    )


@st.composite
def ways_to_ask(draw: DrawFn, about: str = "") -> Way:
    """What a situation is made of, so that the same one can be made twice."""
    request = draw(requests(about))
    shelf = draw(st.sampled_from(("all", "all", "dragons", "none")))
    book = bestiary() if shelf == "all" else Bestiary(bestiary().find(type="dragon") if shelf == "dragons" else ())
    unit = st.floats(-1, 1)
    ties = st.builds(Relationship, character=st.just(request.character), toward=people, affinity=unit, trust=unit)
    words = draw(st.sampled_from((phrasebook(), Phrasebook({}))))
    return request, draw(worlds()), book, words, draw(st.one_of(st.none(), ties))


def asked(way: Way) -> Situation:
    """A fresh situation with dice of its own."""
    request, of, book, words, tie = way
    return Situation(
        request=request,
        world=of,
        bestiary=book,
        phrasebook=words,
        standing=tie,
        dice=Dice.seeded(request.seed, "decide_by_rules"),
    )
