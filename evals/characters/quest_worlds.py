"""Random worlds to ask for quests in: one-way roads, people, items, the dead and the burnt, all from a seed."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import lru_cache
from random import Random
from typing import Any

from rules import Bestiary, Dice, Phrasebook, Situation
from schemas import (
    PROJECT,
    Character,
    DecisionRequest,
    EntityDied,
    EntityKind,
    LocationSnapshot,
    Place,
    PresentEntity,
    QuestInShort,
    QuestRequested,
    Relationship,
    Scene,
    Tidings,
    World,
    WorldInfo,
)

HERO = "hero"
CONCEPTS = ("the_old_debt", "the_fire")
_KINDS = ("reach", "talk", "collect", "deliver", "defeat", "protect", "learn")


@dataclass(frozen=True)
class Wild:
    """A world in plain values: what whoever checks a plan knows, without anything of ours."""

    start: str
    roads: Mapping[str, tuple[str, ...]]
    """Where one can go from each place; one way."""
    districts: Mapping[str, str]
    """By place: the one that it lies in."""
    homes: Mapping[str, str | None]
    """Where everybody lives; None: on the road."""
    items: Mapping[str, str | None]
    """Where an item lies, or who has it; None: nobody knows."""
    dead: frozenset[str]
    burnt: frozenset[str]
    giver: str


def wild(seed: int, *, places: int | None = None) -> Wild:
    """A world of 3 to 24 places (or as many as are asked for), half as many people, and some items."""
    dice = Random(seed)
    number = places or dice.randint(3, 24)
    names = [f"place_{one}" for one in range(number)]
    roads: dict[str, list[str]] = {name: [] for name in names}
    for index, name in enumerate(names[1:], 1):
        other = names[dice.randrange(index)]
        roads[other].append(name)
        if dice.random() < 0.85:
            roads[name].append(other)
    for _ in range(number // 2):
        one, other = dice.sample(names, 2)
        if other not in roads[one]:
            roads[one].append(other)
    for name in names:
        if not roads[name]:  # a place that names no way out is a question of its own
            roads[name].append(dice.choice([one for one in names if one != name]))
    districts = {name: dice.choice(names[:2]) for name in names[2:] if dice.random() < 0.15}
    people = [f"person_{one}" for one in range(max(3, number // 2))]
    homes = {name: None if dice.random() < 0.1 else dice.choice(names) for name in people}
    holders: list[str | None] = [*names, *people, None]
    items = {f"item_{one}": dice.choice(holders) for one in range(max(2, number // 3))}
    dead = frozenset(name for name in people[1:] if dice.random() < 0.15)
    start = dice.choice(names)
    burnt = frozenset(name for name in names if name != start and dice.random() < 0.1)
    inner = frozenset(name for name, outer in districts.items() if outer in burnt and name != start)
    return Wild(
        start, {name: tuple(to) for name, to in roads.items()}, districts, homes, items, dead, burnt | inner, people[0]
    )


@lru_cache(maxsize=1)
def _books() -> tuple[Bestiary, Phrasebook]:
    return Bestiary.load(PROJECT / "config" / "bestiary"), Phrasebook.load(PROJECT / "config" / "locales")


def situation_in(wild: Wild, seed: int) -> Situation:
    """The situation in which the giver of a world is asked for a quest; some of what it must heed only the record
    knows, some only the scene."""
    dice = Random(seed)
    bestiary, phrasebook = _books()
    placed = {item: place for item, place in wild.items.items() if place in wild.roads}
    world = World(
        info=WorldInfo(id="wild", name="The Wild", party=(HERO,), items=tuple(wild.items), concepts=CONCEPTS),
        characters={name: Character(id=name, name=name, home=home) for name, home in wild.homes.items()},
        factions={},
        places={
            name: Place(
                id=name,
                name=name,
                exits=exits,
                within=wild.districts.get(name),
                holds=tuple(item for item, place in placed.items() if place == name),
            )
            for name, exits in wild.roads.items()
        },
    )
    told, seen = list[str](), list[str]()
    for name in sorted(wild.dead):
        (told if dice.random() < 0.7 else seen).append(name)
    held = {item: holder for item, holder in wild.items.items() if holder is not None and holder in wild.homes}
    ledger = tuple(
        QuestInShort(quest=f"old_{n}", status=dice.choice(("completed", "failed")), title="An old one", plot=plot)
        for n, plot in enumerate(dice.sample(("hunt", "fetch", "escort", "confront"), dice.randint(0, 3)))
    )
    present = [PresentEntity(id=HERO, kind=EntityKind.PLAYER, side="party")]
    request = DecisionRequest(
        id=f"wild-{seed}",
        kind="quest",
        world="wild",
        character=wild.giver,
        event=QuestRequested(actor=HERO, giver=wild.giver, party_levels=(dice.randint(1, 20),) * dice.randint(1, 5)),
        scene=Scene(
            location=LocationSnapshot(id=wild.start),
            present=tuple(present),
            recent_events=tuple(EntityDied(entity=name) for name in seen),
        ),
        seed=seed,
    )
    standing = dice.uniform(-1, 1)
    return Situation(
        request=request,
        world=world,
        bestiary=bestiary,
        phrasebook=phrasebook,
        standing=Relationship(character=wild.giver, toward=HERO, affinity=standing, trust=standing),
        dice=Dice.seeded(seed, "evals"),
        tidings=Tidings(
            dead=tuple(told), gone=tuple(sorted(wild.burnt)), held=held, unaware=frozenset(told[:1]), quests=ledger
        ),
    )


def idea(wild: Wild, seed: int) -> dict[str, Any]:
    """What a model could propose: 3 to 7 objectives about what there is (or was), each after some of those before it,
    and 3 to 5 ways to end. Many cannot be finished."""
    dice = Random(seed)
    people, places, items = list(wild.homes), list(wild.roads), list(wild.items)
    about = {
        "reach": places, "talk": people, "collect": items, "deliver": [*people, *places, *items],
        "defeat": [*people, "wolf"], "protect": [*people, *places, *items],
        "learn": [*people, *places, *items, *CONCEPTS],
    }  # fmt: skip
    objectives: list[dict[str, Any]] = []
    for number in range(dice.randint(4, 7)):
        kind = dice.choice(_KINDS)
        before = [one["id"] for one in objectives]
        after = dice.sample(before, min(len(before), dice.choice((0, 0, 1, 1, 2))))
        target = dice.choice(about[kind])
        if kind == "deliver":
            found = [one for one in objectives if one["kind"] == "collect"]
            after = sorted({*after, *(one["id"] for one in found[-1:])})
        objectives.append({"id": f"o{number}", "kind": kind, "target": target, "description": "Do it", "after": after})
    deciders = dice.sample([one["id"] for one in objectives], min(len(objectives), dice.randint(3, 5)))
    endings = ["success", "compromise", "failure", "compromise", "failure"]
    branches = [
        {"id": f"b{number}", "name": "An end", "ending": endings[number], "decided_by": id_}
        for number, id_ in enumerate(deciders)
    ]
    return {
        "title": "An idea",
        "giver": wild.giver,
        "summary": "Somebody wants something.",
        "objectives": objectives,
        "branches": branches,
        "rewards": {"xp": dice.randint(0, 100), "gold": dice.randint(0, 10), "items": []},
        "hooks": ["More"],
    }
