### Wie die Dinge heißen.

item-grey-lantern = graue Laterne
item-healing-draught = Heiltrank
item-orphans-register = Waisenregister
item-sealed-writ = versiegelter Erlass
item-tin-star = Blechstern
item-toll-ledger = Zollbuch
