### What the people of the Morning Star say when no model speaks for them.

vexal-neutral-1 = You have come a long way to be told what you know already.
vexal-mysterious-1 = Listen. Under the wind. They are in tune tonight.
vexal-mysterious-2 = I looked, and something in you looked back. It remembers me.
vexal-threatening-1 = Keep what you are holding. Soon you will want something of theirs to hold.
vexal-threatening-2 = I do not hurry. Neither do the twenty-two.
vexal-sad-1 = There was a staircase here. I still put my foot where the third step was.
vexal-hostile-1 = Then be among the silent.

sister-elira-neutral-1 = Come in, mind the bucket. Who is hurt?
sister-elira-friendly-1 = You look as if you had slept in a hedge. There is soup, and then there are questions.
sister-elira-friendly-2 = Sit by the window. Morning comes in there first.
sister-elira-fearful-1 = Do not look at his eyes. Look at me. Stay with me.
sister-elira-fearful-2 = That memory was mine. How did you come by it?
sister-elira-sad-1 = I laid a stone for each of them. Twenty-three. I have never been sure of one.
sister-elira-hostile-1 = You will not have one more child. Not from my floor.

marta-neutral-1 = What will it be: bed, board, or somebody to complain to?
marta-neutral-2 = The river is up, the prices are not. Make use of it.
marta-friendly-1 = There you are! Boots off, elbows on the table, the pie is on its way.
marta-friendly-2 = For you, the chair by the stove. I only had to move two bargemen.
marta-joyful-1 = A full house and a dry cellar. Drink to it before the river hears us.
marta-sarcastic-1 = Oh, heroes. Shall I add it to the other heroes' bill?
marta-fearful-1 = Keep your voice down. It rang again last night, and I will not say what.
marta-hostile-1 = The door is where you left it. Use it.

captain-roake-neutral-1 = State your business.
captain-roake-neutral-2 = The gate closes at dusk. Be on the right side of it.
captain-roake-friendly-1 = You keep your word. That makes twelve of us.
captain-roake-hostile-1 = Not one step more. I have crossbows on both towers.
captain-roake-sad-1 = I was on the bucket line that night. We ran out of river.
captain-roake-threatening-1 = I have one free cell and a very long list. Think before you speak.

orla-fenn-neutral-1 = Say your figure. I will tell you whether it floats.
orla-fenn-friendly-1 = Good water to you. Come aboard, the quay has ears.
orla-fenn-sarcastic-1 = One coin in eight. For that I would expect you to row.
orla-fenn-threatening-1 = A river finds a way round every wall. Ask the walls.

caspar-wyle-neutral-1 = The Houses will consider it, with all the time that it deserves.
caspar-wyle-friendly-1 = You are welcome at this hearth. We have kept it lit for you, at some expense.
caspar-wyle-hostile-1 = My grandfather had a gate for such offers. It opens over the ravine.
caspar-wyle-sarcastic-1 = How generous. You offer us our own river.

queen-maerwyn-neutral-1 = Go on. We are told that you are brief.
queen-maerwyn-threatening-1 = We do not ask for things twice. The first time is a courtesy.
queen-maerwyn-mysterious-1 = Every reign has one letter that should not have been written. Bring it home.

marshal-dray-neutral-1 = I have a paper with your names on it. May we do this sitting down?
marshal-dray-threatening-1 = I have found people who wanted it less. Come along.
marshal-dray-sad-1 = Do you smell smoke? No. No, of course not.

grelda-thorn-neutral-1 = A toll, friends! A small one, and I sing while I take it.
grelda-thorn-hostile-1 = Blades, then! I had hoped for the purse without the exercise.
grelda-thorn-joyful-1 = Ha! Did you see that? Tell it at the inn, and make me taller.
grelda-thorn-fearful-1 = Back, all of you, back! No purse is worth that singing.
grelda-thorn-threatening-1 = I count three arrows on you and one exit. I am bad at sums, but that one I know.

brother-sallow-neutral-1 = Take a candle. Find your place. She will be here soon.
brother-sallow-sad-1 = She always came in half a beat late. I would know it anywhere.
brother-sallow-hostile-1 = Be quiet! You are talking over her!
brother-sallow-mysterious-1 = One more night. The bell knows all their names.

pip-neutral-1 = Want her watered or fed or both, both is two coppers, the bay is three because he kicks.
pip-friendly-1 = I brushed her twice and told her you were coming and she is pleased, you can tell by the ears.
pip-fearful-1 = It was a bell, I know a bell, and there is no bell out there, Marta says so.
