### What is said in the scripted dialogues.

## Marta at the bar: dialogues/marta_at_the_bar.yaml.

marta-bar-welcome = Sit, { $other }, before you fall. There is river pie and there is river pie. While it warms: what do you want to know? Nobody comes here for the pie alone.
marta-bar-welcome-again = Still hungry, or still curious? Ask, then.
marta-bar-ask-bell = What is that bell that they talk of?
marta-bar-ask-river = How does the river treat you?
marta-bar-threaten = Talk, or your crockery will suffer.
marta-bar-hint-threaten = She has thrown out bigger ones.
marta-bar-leave = Thank you, Marta. We must go.
marta-bar-anything-else = Let us speak of something else.
marta-bar-bell-friend = Keep your voice down. Pip has heard it two nights in a row, out of the Ashwood, where there has been no bell since before he was born. I told him it was the wind. He looked at me as one looks at a liar.
marta-bar-bell-friend-again = I have told you what I know of it. The boy hears a bell, and I hear the boy.
marta-bar-promise = We will keep an eye on Pip.
marta-bar-hint-promise = It would mean much to her.
marta-bar-bell-stranger = A bell? There is one over my door, and it rings when somebody pays. I have not heard it yet tonight.
marta-bar-press = People are afraid, Marta. You are, too.
marta-bar-pressed = Of the winter, yes, and of guests who count my fears. Come back when I know you.
marta-bar-promised = Then you eat for nothing, tonight and tomorrow. Do not tell the bargemen, and do not tell him that I asked.
marta-bar-river = It rises, it falls, it takes a boat a year and gives back the planks. I charge by the bowl, whatever it does.
marta-bar-river-again = You asked about the river, and I answered, and it still goes downhill.
marta-bar-back = So. What else do you carry on your mind?
marta-bar-back-again = Anything more, or shall I see to the stove?
marta-bar-threatened = There is a cleaver under this bar that is older than you. Finish your bowl and find the door, or say that again more softly.
marta-bar-sorry = That was ill said. I am sorry.
marta-bar-leave-angry = Keep your pie.
marta-bar-farewell = Go warm and come back hungry. I will keep you two chairs.
