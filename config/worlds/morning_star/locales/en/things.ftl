### What things are called.

item-grey-lantern = grey lantern
item-healing-draught = healing draught
item-orphans-register = orphans' register
item-sealed-writ = sealed writ
item-tin-star = tin star
item-toll-ledger = toll ledger
