### What the System Reference Document 5.1 names: abilities, skills, conditions, sizes and types.

## Abilities

ability-strength = Strength
ability-dexterity = Dexterity
ability-constitution = Constitution
ability-intelligence = Intelligence
ability-wisdom = Wisdom
ability-charisma = Charisma

## Skills

skill-acrobatics = Acrobatics
skill-animal-handling = Animal Handling
skill-arcana = Arcana
skill-athletics = Athletics
skill-deception = Deception
skill-history = History
skill-insight = Insight
skill-intimidation = Intimidation
skill-investigation = Investigation
skill-medicine = Medicine
skill-nature = Nature
skill-perception = Perception
skill-performance = Performance
skill-persuasion = Persuasion
skill-religion = Religion
skill-sleight-of-hand = Sleight of Hand
skill-stealth = Stealth
skill-survival = Survival

## Damage types

damage-type-acid = acid
damage-type-bludgeoning = bludgeoning
damage-type-cold = cold
damage-type-fire = fire
damage-type-force = force
damage-type-lightning = lightning
damage-type-necrotic = necrotic
damage-type-piercing = piercing
damage-type-poison = poison
damage-type-psychic = psychic
damage-type-radiant = radiant
damage-type-slashing = slashing
damage-type-thunder = thunder

## Conditions

condition-blinded = blinded
condition-charmed = charmed
condition-deafened = deafened
condition-exhaustion = exhausted
condition-frightened = frightened
condition-grappled = grappled
condition-incapacitated = incapacitated
condition-invisible = invisible
condition-paralyzed = paralysed
condition-petrified = petrified
condition-poisoned = poisoned
condition-prone = prone
condition-restrained = restrained
condition-stunned = stunned
condition-unconscious = unconscious

## Sizes

size-tiny = tiny
size-small = small
size-medium = medium
size-large = large
size-huge = huge
size-gargantuan = gargantuan

## Types of creature

creature-type-aberration = aberration
creature-type-beast = beast
creature-type-celestial = celestial
creature-type-construct = construct
creature-type-dragon = dragon
creature-type-elemental = elemental
creature-type-fey = fey
creature-type-fiend = fiend
creature-type-giant = giant
creature-type-humanoid = humanoid
creature-type-monstrosity = monstrosity
creature-type-ooze = ooze
creature-type-plant = plant
creature-type-undead = undead

## Rarities

rarity-common = common
rarity-uncommon = uncommon
rarity-rare = rare
rarity-very-rare = very rare
rarity-legendary = legendary
rarity-artifact = artifact
