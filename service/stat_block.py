"""A stat block as people read it, one line at a time."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator

from schemas import Ability, Action, CreatureTemplate, DamageRoll, SaveEffect, Trait

Say = Callable[[str], str]
"""The displayed text of a locale key."""


def stat_block(creature: CreatureTemplate, say: Say) -> Iterator[str]:
    """The lines of a stat block, in the order of SRD 5.1."""
    subtypes = f" ({', '.join(creature.subtypes)})" if creature.subtypes else ""
    yield f"{say(creature.name_key)} - {say(f'size-{creature.size}')} {say(f'creature-type-{creature.type}')}{subtypes}"
    yield f"AC {creature.armor_class}  HP {creature.hit_points} ({creature.hit_dice})  Speed {_speeds(creature)}"
    yield "  ".join(f"{one[:3].upper()} {_score(creature, one)}" for one in Ability)
    yield from _facts(creature, say)
    yield f"Challenge {creature.challenge} ({creature.challenge.xp:,} XP)"
    parts: tuple[tuple[str, Iterable[str]], ...] = (
        ("Traits", (_trait(one, say) for one in creature.traits)),
        ("Actions", (_action(one, say) for one in creature.actions)),
        ("Reactions", (_trait(one, say) for one in creature.reactions)),
        ("Legendary actions", (_action(one, say) for one in creature.legendary_actions)),
    )
    for title, lines in parts:
        listed = [f"  {line}" for line in lines]
        if listed:
            yield from ("", title, *listed)
    yield ""
    yield f"Roles: {', '.join(creature.roles)}. Tags: {', '.join(creature.tags) or 'none'}."


def _facts(creature: CreatureTemplate, say: Say) -> Iterator[str]:
    modifiers, senses = creature.damage_modifiers, creature.senses
    lists = {
        "Saving throws": [f"{say(f'ability-{one.ability}')} {one.bonus:+d}" for one in creature.saving_throws],
        "Skills": [f"{say(_key('skill', one.skill))} {one.bonus:+d}" for one in creature.skills],
        "Vulnerable to": [say(f"damage-type-{one}") for one in modifiers.vulnerabilities],
        "Resistant to": [
            *(say(f"damage-type-{one}") for one in modifiers.resistances),
            *(f"nonmagical {say(f'damage-type-{one}')}" for one in modifiers.nonmagical_resistances),
        ],
        "Immune to": [
            *(say(f"damage-type-{one}") for one in modifiers.immunities),
            *(f"nonmagical {say(f'damage-type-{one}')}" for one in modifiers.nonmagical_immunities),
            *(say(f"condition-{one}") for one in modifiers.condition_immunities),
        ],
        "Senses": [
            *(f"{name} {feet} ft" for name in ("darkvision", "blindsight", "tremorsense", "truesight")
              if (feet := getattr(senses, f"{name}_ft"))),
            f"passive Perception {senses.passive_perception}",
        ],
        "Languages": [one.replace("_", " ") for one in creature.languages],
    }  # fmt: skip
    for title, words in lists.items():
        if words:
            yield f"{title}: {', '.join(words)}"


def _key(prefix: str, word: str) -> str:
    return f"{prefix}-{word}".replace("_", "-")


def _speeds(creature: CreatureTemplate) -> str:
    speeds = creature.speeds
    others = [f"{way} {feet} ft" for way in ("burrow", "climb", "fly", "swim") if (feet := getattr(speeds, way))]
    return ", ".join([f"{speeds.walk} ft", *others]) + (" (hovers)" if speeds.hover else "")


def _score(creature: CreatureTemplate, ability: Ability) -> str:
    return f"{getattr(creature.abilities, ability.value)} ({creature.abilities.modifier(ability):+d})"


def _action(action: Action, say: Say) -> str:
    limits = [
        *([f"recharge {action.recharge}-6" if action.recharge < 6 else "recharge 6"] if action.recharge else []),
        *([f"{action.uses_per_day}/day"] if action.uses_per_day else []),
        *([f"costs {action.legendary_cost}"] if (action.legendary_cost or 0) > 1 else []),
        *(["bonus action"] if action.bonus else []),
        *(["concentration"] if action.concentration else []),
    ]
    name = say(action.name_key) + (f" ({', '.join(limits)})" if limits else "")
    if action.sequence:
        return f"{name}: {', '.join(one.replace('_', ' ') for one in action.sequence)}"
    reach = [f"reach {action.reach_ft} ft"] if action.reach_ft else []
    if action.range_ft:
        reach.append(f"range {action.range_ft}{f'/{action.long_range_ft}' if action.long_range_ft else ''} ft")
    parts = [
        *([f"{action.attack_bonus:+d} to hit"] if action.attack_bonus is not None else []),
        *reach,
        *([f"{action.area.size_ft}-foot {action.area.shape}"] if action.area else []),
        *_rolls(action.damage, say),
        *(say(f"condition-{one}") for one in action.conditions),
        *([_save(action.save, say)] if action.save else []),
        *([f"heals {action.heal}"] if action.heal else []),
    ]
    return f"{name}: {', '.join(parts)}" if parts else name


def _trait(trait: Trait, say: Say) -> str:
    parts = [
        *([str(trait.value)] if trait.value is not None else []),
        *([f"{trait.range_ft} ft"] if trait.range_ft else []),
        *_rolls(trait.damage, say),
        *([_save(trait.save, say)] if trait.save else []),
        *(say(f"damage-type-{one}") for one in trait.damage_types),
    ]
    return f"{say(trait.name_key)}: {', '.join(parts)}" if parts else say(trait.name_key)


def _save(save: SaveEffect, say: Say) -> str:
    harm = [*_rolls(save.damage, say), *(say(f"condition-{one}") for one in save.conditions)]
    half = ", half on a success" if save.half_on_success else ""
    return f"DC {save.dc} {say(f'ability-{save.ability}')} save" + (f" or {', '.join(harm)}{half}" if harm else "")


def _rolls(rolls: Iterable[DamageRoll], say: Say) -> Iterator[str]:
    return (f"{roll.dice} {say(f'damage-type-{roll.type}')}" for roll in rolls)
