### What things look like, when no model is asked. $name is what it is called.

describe-somebody = stranger

describe-creature-short = { $name }, { $size } { $type }
describe-creature-opening-1 = Before you stands { $name }: { $type }, { $size } of build.
describe-creature-opening-2 = This is { $name }, { $size } and every bit a { $type }.
describe-creature-opening-3 = { $name } it is, { $size } for certain; { $type }, by the look of it.
describe-item-short = { $name }
describe-item-opening-1 = { $name }. It lies there as if it had been put down a moment ago.
describe-item-opening-2 = You turn it over once: { $name }, no more and no less.
describe-item-opening-3 = { $name }, plain to see, and plainly of some use to somebody.
describe-place-short = { $name }
describe-place-opening-1 = { $name } lies before you.
describe-place-opening-2 = So this is { $name }.
describe-place-opening-3 = You stand still for a moment and take in { $name }.
describe-thing-short = { $name }
describe-thing-opening-1 = { $name }: more cannot be made out.
describe-thing-opening-2 = Of { $name } there is little to see from here.
describe-thing-opening-3 = You look for { $name }, and find nothing that tells you more.

describe-feature-wings = Wings are folded at its back.
describe-feature-hovers = It does not touch the ground.
describe-feature-water = It moves as if water were its home.
describe-feature-earth = Soil clings to it, from ways that lie under ground.
describe-feature-climbs = No wall would hold it up for long.
describe-feature-armoured = There is hardly a gap for a blade.
describe-feature-strong = Its strength needs no proof.
describe-feature-quick = It is never quite where one has just looked.
describe-feature-clever = It looks back at you, and draws its conclusions.
describe-feature-uncanny = The air about it is wrong somehow.
describe-feature-lordly = Whatever else is here keeps its distance.

describe-state-whole = There is no scratch on it.
describe-state-grazed = It bleeds a little and does not mind.
describe-state-hurt = It is hurt, and careful with one side.
describe-state-dying = It can hardly stand.
describe-state-dead = It does not move any more.
describe-condition = It is { $condition }.
describe-mark = One thing about it stands out: { $mark }.

describe-light-bright = In this light nothing stays hidden.
describe-light-dim = The half-light keeps the details to itself.
describe-light-dark = In the dark one guesses more than one sees.
describe-season-spring = Everything is green and damp with spring.
describe-season-summer = Summer has dried the ground and the air hums.
describe-season-autumn = Leaves have gathered wherever the wind left them.
describe-season-winter = Winter has taken the colours away.
