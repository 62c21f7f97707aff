### What the rules say when no model is asked: talk, reasons in a fight, encounters, quests, diplomacy.

## Lines that any character may say. $name speaks, $other listens, $place is where.

talk-common-neutral-1 = Yes? What is it you want?
talk-common-neutral-2 = { $other }. Say what you came for.
talk-common-neutral-3 = I have a little time. Go on.
talk-common-friendly-1 = { $other }! It is good to see a face I like.
talk-common-friendly-2 = Come, sit a while. { $place } is the better for your coming.
talk-common-friendly-3 = For you I always have a moment. What can I do?
talk-common-hostile-1 = I have nothing to say to you, { $other }.
talk-common-hostile-2 = Say it and leave. I would rather look at the wall.
talk-common-hostile-3 = You have some nerve to show yourself here.
talk-common-fearful-1 = Please, I want no trouble. Tell me what you need and I will see to it.
talk-common-fearful-2 = Not so loud. Somebody might hear us.
talk-common-fearful-3 = Keep your hands where I can see them, { $other }. I beg you.
talk-common-mysterious-1 = You came by the long road, { $other }. They always do.
talk-common-mysterious-2 = Ask, then. But weigh the question first, for I shall weigh the answer.
talk-common-mysterious-3 = { $place } has ears, and some of them are mine.
talk-common-sad-1 = Forgive me. It has not been a day for talking.
talk-common-sad-2 = You too have heard, then. I do not know what to say.
talk-common-sad-3 = I keep looking at the door, as if it might still open.
talk-common-joyful-1 = { $other }! Of all days, you come on this one. Wonderful!
talk-common-joyful-2 = Ha! I was just thinking of you, and here you stand.
talk-common-joyful-3 = Nothing can spoil this day now. Tell me everything.
talk-common-sarcastic-1 = Oh, { $other }. And I had so feared a quiet day.
talk-common-sarcastic-2 = Do go on. I shall pretend to be surprised.
talk-common-sarcastic-3 = A visit. How very thoughtful, and how very sudden.
talk-common-threatening-1 = Choose your next words well, { $other }. They may be remembered for you.
talk-common-threatening-2 = You stand very close to me for somebody so far from help.
talk-common-threatening-3 = I know where you sleep. Now, what was it that you wanted?

## What a player may answer.

talk-answer-neutral-1 = Let us keep to the matter at hand.
talk-answer-neutral-2 = Tell me what you know, and I shall be on my way.
talk-answer-friendly-1 = I come as a friend, { $name }.
talk-answer-friendly-2 = Let me help, if you will have it.
talk-answer-hostile-1 = I am tired of your tongue, { $name }.
talk-answer-hostile-2 = Get out of my way.
talk-answer-fearful-1 = I meant no harm. Please, let me go.
talk-answer-fearful-2 = There must be a way that nobody gets hurt.
talk-answer-mysterious-1 = Perhaps I know more than I say.
talk-answer-mysterious-2 = Some doors are better opened at night.
talk-answer-sad-1 = I am sorry. I wish that it were otherwise.
talk-answer-sad-2 = I have lost somebody, too.
talk-answer-joyful-1 = It does my heart good to hear you!
talk-answer-joyful-2 = Then let us drink to it!
talk-answer-sarcastic-1 = What a warm welcome. I am touched.
talk-answer-sarcastic-2 = Truly, { $place } is famous for its manners.
talk-answer-threatening-1 = Think again, while you still can.
talk-answer-threatening-2 = I ask once, { $name }. Only once.

talk-hint-neutral = Keeps things as they are.
talk-hint-friendly = May warm them to you.
talk-hint-hostile = Will not be forgiven soon.
talk-hint-fearful = Shows that you can be pushed.
talk-hint-mysterious = Makes them wonder about you.
talk-hint-sad = May touch something in them.
talk-hint-joyful = Lifts the mood.
talk-hint-sarcastic = Not everybody laughs at this.
talk-hint-threatening = Could come to blows.

## When a script carries the talk: what leads back to a line that was cut short, and what fills the gaps.

talk-bridge-1 = As I was saying:
talk-bridge-2 = Where was I? Ah, yes:
talk-bridge-3 = To go on with it:
talk-where-1 = Now then. Where were we?
talk-where-2 = We were not done, you and I.
talk-cut-1 = Hold that thought.
talk-cut-2 = Not now. Later.
talk-unheard-1 = Hm? I did not catch that.
talk-unheard-2 = What was that? Say it again, and clearly.
talk-parting-1 = Go well, then.
talk-parting-2 = Until next time.
talk-go-on-1 = Go on.
talk-go-on-2 = I am listening.
talk-why-kind = kind words
talk-why-harsh = harsh words

## Why somebody does what they do in a fight. $what is an ability or an item, $target whom it is for.

fight-reason-attack = { $target } is within reach, and { $what } will hurt the most.
fight-reason-finish = { $target } is close to falling; { $what } should be enough.
fight-reason-several = { $what } catches more than one of them, { $target } first.
fight-reason-hinder = { $target } does less harm after this: { $what }.
fight-reason-legendary = A moment between two breaths is enough: { $what } against { $target }.
fight-reason-heal = { $target } will not stand much longer without { $what }.
fight-reason-item = { $target } needs this more than it needs keeping: { $what }.
fight-reason-flee = This is not worth dying for.
fight-reason-helpless = There is nothing to do but to endure.
fight-reason-waits = The moment is not right; better to wait and watch.
fight-reason-out-of-reach = Nobody can be hurt from here; better to keep the guard up.
fight-reason-calm = There is nobody to fight; a raised guard is enough.

## How an encounter comes into view.

list-and = { $first } and { $last }
encounter-group =
    { $count ->
        [one] { $creature }
       *[other] { $creature } ({ $count } of them)
    }
encounter-weather-clear = The air is clear and carries every sound.
encounter-weather-clouds = Clouds hang low and the day has lost its edges.
encounter-weather-rain = Rain drums on everything and hides every step.
encounter-weather-storm = The storm tears at cloak and cry alike.
encounter-weather-snow = Snow has swallowed the tracks, and most of the sound.
encounter-weather-fog = The fog lets nothing through but shapes.
encounter-weather-indoors = The walls throw every sound back.
encounter-light-bright = There is light enough to count them.
encounter-light-dim = In the half-light something moves.
encounter-light-dark = It is dark, and the dark is breathing.
encounter-arrival = Somebody is in the way at { $place }: { $creatures }.

## Quests. $giver asks, $about is whom or what it is about, $place is where, $target is what a step is about.

quest-step-reach = Find the way: { $target }
quest-step-talk = Speak with { $target }
quest-step-collect = Find this and keep it safe: { $target }
quest-step-deliver = Bring it to its end: { $target }
quest-step-defeat = Overcome { $target }
quest-step-protect = Let no harm come to { $target }
quest-step-learn = Find out more: { $target }

quest-ask-warm = You have a friend who asks this of you.
quest-ask-cold = Nobody here wants to ask you of all people; there is nobody else.
quest-ask-again = It went well the last time: { $title }.
quest-ask-failed = The last time it came to nothing: { $title }. Here is a chance to make up for it.
quest-ask-follows = It is not over: { $title }. { $hook }.

quest-hunt-title = The hunt: { $about }
quest-hunt-summary = Since the last moon there has been trouble with this: { $about }. The tracks lead here: { $place }. { $giver } wants it ended, and would pay still more to know why it began.
quest-hunt-success = The trouble is over
quest-hunt-compromise = The cause is found, and the hunt called off
quest-hunt-failure = The hunters give up
quest-hunt-hook = Somebody drove it out of its old hunting ground

quest-fetch-title = Lost and wanted: { $about }
quest-fetch-summary = { $giver } misses this and sleeps badly without it: { $about }. It was last seen here: { $place }. Bring it back, or at least the truth about it.
quest-fetch-success = It is back where it belongs
quest-fetch-compromise = It stays lost, but its story is known
quest-fetch-failure = The search is given up
quest-fetch-hook = Somebody else has been asking for it

quest-escort-title = Safely there: { $about }
quest-escort-summary = { $about } has to travel and should not travel alone. The way leads here: { $place }. { $giver } asks for swords that can also keep quiet.
quest-escort-success = Safe arrival
quest-escort-compromise = Back behind safe walls, to try another day
quest-escort-failure = The journey is called off
quest-escort-hook = Somebody knew which road they would take

quest-confront-title = A reckoning: { $about }
quest-confront-summary = { $giver } has heard of something that must not go on. Learn what { $about } is up to, then go and face it. The place is known: { $place }.
quest-confront-success = Settled by force
quest-confront-compromise = Settled by words
quest-confront-failure = Things are left as they are
quest-confront-hook = Nobody does such a thing alone

quest-errand-title = A look around: { $place }
quest-errand-summary = Somebody should see how things stand. Go, look around and come back to tell: { $place }. It is little work, for little pay.
quest-errand-success = A full report
quest-errand-compromise = Something was found that nobody asked for
quest-errand-failure = Back without having been there
quest-errand-hook = Fresh tracks lead on from there

## Diplomacy. $us answers, $them offered.

diplomacy-nobody = nobody
diplomacy-accept = The offer was heard, and the answer of { $us } is yes. Let it be written down and sealed.
diplomacy-counter = The offer was heard, and this is the answer of { $us }: not on these terms, but there are others that we would sign.
diplomacy-open = { $us } came to talk, and puts this on the table: let us see what you make of it.
diplomacy-refuse = The offer was heard, and the answer of { $us } is no.
diplomacy-stance-hostile = There is blood between us, and ink does not wash it off.
diplomacy-stance-wary = We shall keep one hand on the table and the other on the hilt.
diplomacy-stance-neutral = We bear you neither love nor grudge.
diplomacy-stance-cordial = We think well of you, and would like to go on doing so.
diplomacy-stance-allied = A friend may ask such a thing of a friend.

## What is known from now on. $who is whom or what it is about, $whom is who has it by then.

fact-entity-died = { $who } is dead.
fact-place-destroyed = { $who } is no more.
fact-item-given = { $who } was given away: { $whom } has it.
fact-item-picked-up = { $who } was taken: { $whom } has it.
