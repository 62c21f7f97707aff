### Was das System Reference Document 5.1 benennt: Attribute, Fertigkeiten, Zustände, Größen und Arten.

## Attribute

ability-strength = Stärke
ability-dexterity = Geschicklichkeit
ability-constitution = Konstitution
ability-intelligence = Intelligenz
ability-wisdom = Weisheit
ability-charisma = Charisma

## Fertigkeiten

skill-acrobatics = Akrobatik
skill-animal-handling = Mit Tieren umgehen
skill-arcana = Arkane Kunde
skill-athletics = Athletik
skill-deception = Täuschen
skill-history = Geschichte
skill-insight = Motiv erkennen
skill-intimidation = Einschüchtern
skill-investigation = Nachforschungen
skill-medicine = Heilkunde
skill-nature = Naturkunde
skill-perception = Wahrnehmung
skill-performance = Auftreten
skill-persuasion = Überzeugen
skill-religion = Religion
skill-sleight-of-hand = Fingerfertigkeit
skill-stealth = Heimlichkeit
skill-survival = Überlebenskunst

## Schadensarten

damage-type-acid = Säure
damage-type-bludgeoning = Wucht
damage-type-cold = Kälte
damage-type-fire = Feuer
damage-type-force = Energie
damage-type-lightning = Blitz
damage-type-necrotic = Nekrose
damage-type-piercing = Stich
damage-type-poison = Gift
damage-type-psychic = Psyche
damage-type-radiant = Licht
damage-type-slashing = Hieb
damage-type-thunder = Schall

## Zustände

condition-blinded = blind
condition-charmed = bezaubert
condition-deafened = taub
condition-exhaustion = erschöpft
condition-frightened = verängstigt
condition-grappled = gepackt
condition-incapacitated = kampfunfähig
condition-invisible = unsichtbar
condition-paralyzed = gelähmt
condition-petrified = versteinert
condition-poisoned = vergiftet
condition-prone = liegend
condition-restrained = festgesetzt
condition-stunned = betäubt
condition-unconscious = bewusstlos

## Größen

size-tiny = winzig
size-small = klein
size-medium = mittelgroß
size-large = groß
size-huge = riesig
size-gargantuan = gigantisch

## Kreaturenarten

creature-type-aberration = Aberration
creature-type-beast = Tier
creature-type-celestial = Himmelswesen
creature-type-construct = Konstrukt
creature-type-dragon = Drache
creature-type-elemental = Elementar
creature-type-fey = Feenwesen
creature-type-fiend = Unhold
creature-type-giant = Riese
creature-type-humanoid = Humanoider
creature-type-monstrosity = Monstrosität
creature-type-ooze = Schlick
creature-type-plant = Pflanze
creature-type-undead = Untoter

## Seltenheit

rarity-common = gewöhnlich
rarity-uncommon = ungewöhnlich
rarity-rare = selten
rarity-very-rare = sehr selten
rarity-legendary = legendär
rarity-artifact = Artefakt
