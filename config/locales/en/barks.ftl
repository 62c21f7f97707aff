### Remarks of a crowd in passing. $other is who passes.

bark-common-1 = Mind the puddle.
bark-common-2 = Bread is up again.
bark-common-3 = Did you feed the goat?
bark-common-4 = My back tells me winter.
bark-common-5 = Not from here, by the boots.
bark-common-6 = Two coppers, and not one less.
bark-common-7 = I said so, and who listened?
bark-common-8 = Look who is out of bed.
bark-common-9 = They say the toll goes up.
bark-common-10 = Hush, they can hear you.
bark-common-11 = That is no way to carry a sack.
bark-common-12 = Off to somewhere, I suppose.

bark-death-1 = There is somebody dead, and nobody sweeps.
bark-death-2 = Cover the face, at least.
bark-death-3 = I knew that one. Knew, I say.
bark-death-4 = Keep the children inside.

bark-fight-1 = Blades out. I am going home.
bark-fight-2 = Did you see that? I saw nothing.
bark-fight-3 = Call the watch. You call them.
bark-fight-4 = Stay behind me. No, further.

bark-night-1 = Who goes about at such an hour?
bark-night-2 = Bolt the door after me.
bark-night-3 = Lamp oil does not grow on trees.
bark-night-4 = I heard something. Did you?

bark-rain-1 = Rain again. The river will like it.
bark-rain-2 = My roof has more holes than roof.
bark-rain-3 = Wet feet, wet bread, wet everything.

bark-storm-1 = That was close. Count the next one.
bark-storm-2 = Get the shutters!
bark-storm-3 = The gods are moving furniture.

bark-snow-1 = Snow. And who shovels? I do.
bark-snow-2 = You can hear the cold today.
bark-snow-3 = White roofs, blue toes.

bark-fog-1 = I cannot see my own hand, and it owes me money.
bark-fog-2 = Sing out when you turn the corner.
bark-fog-3 = Fog eats bells. Listen.
