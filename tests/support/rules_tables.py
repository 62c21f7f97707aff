"""The tables of docs/rules.md that come from the code: how dice are written, what conditions and traits do."""

from __future__ import annotations

from collections.abc import Iterator

from rules import DEEDS, load_stances
from rules.bestiary import RULE_TAGS
from rules.mechanics import CONDITION_PLIGHTS, EXHAUSTION_PLIGHTS, Plight
from schemas import PROJECT, Ability, Condition, DiceExpression, Stance

DICE = {
    "2d6+3": "two six-sided dice and three",
    "d8": "one die",
    "d%": "percentile dice: a d100",
    "8d6-1d4": "one thing less another",
    "4d6kh3": "the highest three of four (`kh` without a number: the highest one)",
    "4d6kl3": "the lowest three of four",
    "4d6dl1": "all but the lowest one (`dl`), the same as `4d6kh3`",
    "4d6dh1": "all but the highest one (`dh`)",
    "d20adv+5": "with advantage, the same as `2d20kh1+5`",
    "d20dis+5": "with disadvantage, the same as `2d20kl1+5`",
    "3d6!": "exploding: a six is rolled again and added, ten times a die at most",
}


def dice() -> str:
    """How dice are written, with what comes of them."""
    rows = (
        f"| `{text}` | {about} | {dice.minimum} | {dice.average:.5g} | {dice.maximum} |"
        for text, about in DICE.items()
        for dice in (DiceExpression(text),)
    )
    return "\n".join(("| written | what it is | least | mean | most |", "| --- | --- | --- | --- | --- |", *rows))


def trait_tags() -> str:
    """What the tags of traits mean."""
    rows = (f"| `{tag}` | {meaning} |" for tag, meaning in RULE_TAGS.items())
    return "\n".join(("| tag | what it does |", "| --- | --- |", *rows))


def conditions() -> str:
    """What each condition, and each level of exhaustion, does."""
    named = {f"`{one}`": plight for one, plight in CONDITION_PLIGHTS.items() if one is not Condition.EXHAUSTION}
    levels = {f"`exhaustion` {level}": plight for level, plight in enumerate(EXHAUSTION_PLIGHTS) if level}
    rows = (
        f"| {name} | {'; '.join((*_BESIDES.get(name, ()), *_does(plight)))} |"
        for name, plight in (named | levels).items()
    )
    return "\n".join(("| condition | what it does |", "| --- | --- |", *rows))


_BESIDES = {"`charmed`": ("does not attack its charmer",), "`frightened`": ("does not walk up to what it fears",)}
"""What depends on who brought the condition about: `rules/moves.py` sees to it."""


def stances() -> str:
    """The stances of a boss."""
    rows = (
        f"| `{one.id}` | {one.axis} | {'before a fight' if one.before else 'at any time'} | "
        f"{', '.join(one.needs).replace('_', ' ')} | {_suits(one)} |"
        for one in load_stances(PROJECT / "config" / "tactics.toml").values()
    )
    head = ("| stance | axis | when | needs | is thought to suit players with |", "| --- | --- | --- | --- | --- |")
    return "\n".join((*head, *rows))


def _suits(stance: Stance) -> str:
    return ", ".join(f"{'more' if value > 0 else 'less'} {name}" for name, value in stance.suits.items()) or "any"


def _does(plight: Plight) -> Iterator[str]:
    said = {
        "no actions or reactions": plight.no_actions,
        "does not move": plight.no_movement,
        "half speed": plight.slowed,
        "standing up costs half the speed": plight.prone,
        "disadvantage on attacks": plight.aims_badly or plight.blind or plight.prone,
        "advantage on attacks": plight.unseen,
        "disadvantage on attacks and checks while that is in sight": plight.afraid,
        "disadvantage on checks": plight.clumsy,
        "fails checks that need sight": plight.blind,
        "fails checks that need hearing": plight.deaf,
        "attacks against it have advantage": plight.exposed or plight.blind,
        "attacks against it have disadvantage": plight.unseen,
        "attacks against it have advantage within 5 feet, else disadvantage": plight.prone and not plight.exposed,
        "but neither from farther than 5 feet": plight.prone and plight.exposed,
        "hits within 5 feet are critical": plight.helpless,
        f"fails {_abilities(plight.fails_saves)} saves": bool(plight.fails_saves),
        f"disadvantage on {_abilities(plight.weak_saves)} saves": bool(plight.weak_saves),
        "resists all damage, immune to poison": plight.stony,
        "half the hit point maximum": plight.frail,
        "dead": plight.dead,
    }
    return (what for what, so in said.items() if so)


def _abilities(some: frozenset[Ability]) -> str:
    return "all" if len(some) == len(Ability) else " and ".join(one for one in Ability if one in some)


def deeds() -> str:
    """What each kind of objective is about, needs and makes, and which events finish it."""
    rows = [
        f"| `{kind}` | {deed.target} | {deed.needs} | {deed.makes} | {deed.finished_by} |"
        for kind, deed in DEEDS.items()
    ]
    return "\n".join(("| kind | target | needs | makes | finished by |", "| --- | --- | --- | --- | --- |", *rows))
