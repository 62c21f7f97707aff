"""The words that files of creatures use: what traits mean to the rules, where creatures live, what they belong to."""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType

RULE_TAGS: Mapping[str, str] = MappingProxyType(
    {
        # attacks
        "advantage_with_ally": "Advantage on attacks while an ally is within 5 feet of the target (pack tactics).",
        "advantage_against_wounded": "Advantage on melee attacks against whoever lacks hit points.",
        "advantage_against_grappled": "Advantage on attacks against whom it has grappled.",
        "advantage_against_surprised": "Advantage on attacks against whoever has not had a turn yet.",
        "critical_on_surprise": "A hit on a surprised creature is critical.",
        "reckless": "May have advantage on its melee attacks of a turn; attacks on it then have advantage too.",
        "extra_damage_with_ally": "`damage` more once a turn while an ally is within 5 feet of the target.",
        "sneak_attack": "That extra damage comes with advantage too, without an ally.",
        "damage_on_surprise": "`damage` more against whoever is surprised in the first round.",
        "charges": "After running `range_ft` straight at the target: `damage` more, and `save`.",
        "bonus_attack_on_kill": "When it brings somebody down: half its speed, and a bite as a bonus action.",
        "magic_weapons": "Its weapon attacks are magical (their actions say so as well).",
        # saving throws
        "advantage_on_magic_saves": "Advantage on saving throws against spells and other magic.",
        "advantage_on_mental_magic_saves": "The same, for intelligence, wisdom and charisma only.",
        "spell_immunity": "Spells of level `value` and below do not touch it.",
        "legendary_resistance": "May turn a failed saving throw into a success, `value` times a day.",
        "advantage_against_charmed": "Advantage on saving throws against being charmed.",
        "advantage_against_frightened": "Advantage on saving throws against being frightened.",
        "advantage_against_poisoned": "Advantage on saving throws against poison.",
        "advantage_against_paralyzed": "Advantage on saving throws against being paralysed.",
        "advantage_against_stunned": "Advantage on saving throws against being stunned or knocked unconscious.",
        "advantage_against_prone": "Advantage on saving throws against being knocked prone.",
        "evasion": "Nothing instead of half on a dexterity save that succeeds, half on one that fails.",
        # staying alive
        "regeneration": "Regains `value` hit points at the start of its turn, unless hurt by one of `damage_types`.",
        "clings_to_life": "At 0 hit points: constitution save of 5 + damage, else by radiance or a critical, for 1.",
        "relentless": "Once a day, damage of at most `value` that would bring it down leaves 1 hit point.",
        "absorbs": "Heals by the damage of `damage_types` instead of suffering it.",
        "damage_transfer": "Half of the damage that it takes goes to somebody bound to it.",
        "swarm": "Shares its target's space; half damage at half its hit points; cannot be healed.",
        "split": "Lightning or slashing damage splits it in two, with half of its hit points each.",
        "invisible": "Cannot be seen without magic.",
        "incorporeal": "Moves through creatures and things.",
        # others near it
        "aura": "Whoever starts a turn within `range_ft` suffers `damage`, or `save`.",
        "damage_on_touch": "Whoever hits it in melee from within 5 feet suffers `damage`.",
        "damage_on_grapple": "Whom it grapples, or who grapples it, suffers `damage` at the start of its turn.",
        "death_burst": "When it dies, `save` for all within `range_ft`.",
        # movement and reactions
        "flyby": "Provokes no opportunity attack by flying away.",
        "nimble": "May disengage or hide as a bonus action.",
        "cunning": "May dash, disengage or hide as a bonus action.",
        "aggressive": "May move up to its speed towards an enemy as a bonus action.",
        "ambusher": "Not to be told from its surroundings until it moves.",
        "sunlight_sensitivity": "Disadvantage on attacks in sunlight.",
        "sunlight_weakness": "Disadvantage on all attacks, checks and saving throws in sunlight.",
        "reaction_each_turn": "One reaction in every turn instead of one a round.",
        "parry": "A reaction: adds `value` to its armour class against one melee hit.",
    }
)
"""What a trait's or a reaction's tags tell the rules; `damage`, `save`, `value`... are the trait's own figures.

A trait without a tag is told to players and to the model, and changes no roll.
"""

TERRAINS: tuple[str, ...] = (
    "arctic", "cave", "city", "coast", "desert", "forest", "hill", "jungle", "lake", "mountain", "plain", "plane",
    "river", "ruin", "sea", "sewer", "sky", "swamp", "underdark", "village", "volcano",
)  # fmt: skip
"""Where creatures of ours are met; a game's own files may say more."""

THEMES: tuple[str, ...] = (
    "angel", "castle", "crypt", "cult", "demon", "devil", "drow", "farm", "fire", "genie", "goblinoid", "golem",
    "guardian", "hag", "heaven", "hell", "ice", "labyrinth", "lycanthrope", "magic", "mount", "outlaw", "pack",
    "raider", "road", "shapechanger", "soldier", "storm", "swarm", "temple", "tower", "tribe", "undead", "venom",
    "winged",
)  # fmt: skip
"""What creatures of ours have in common with others."""
