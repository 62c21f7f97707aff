### What a boss plans, and why. { $stances } are names of stances.

stance-ambush = strike from an ambush
stance-keep-away = keep away
stance-press = press the attack
stance-give-ground = give ground and shoot
stance-stand-fast = stand fast
stance-zone-control = take the field from them
stance-rush-the-healer = rush the healer
stance-burst-the-weakest = strike at the weakest first
stance-silence-the-caster = silence the caster
stance-spread-out = spread out
stance-hold-the-line = hold the line
stance-call-many = call many
stance-call-the-strong = call the strong
stance-call-shooters = call those who shoot

tactics-unknown = Nothing is known of them yet.
tactics-next-time = Next time:
tactics-no-plan = There is nothing to plan with; let it come to blows.
tactics-plan-new = We { $stances } and see.
tactics-plan-tried =
    { $fights ->
        [one] We { $stances }: tried in one fight, { $won ->
            [0] and lost
           *[other] and won
        }.
       *[other] We { $stances }: { $won } of { $fights } fights like that were won.
    }

tactics-habit-aggression-more = They come at us with bare steel.
tactics-habit-aggression-less = They do not come close of their own will.
tactics-habit-caution-more = They guard and mend more than they strike.
tactics-habit-caution-less = They never once look to their guard.
tactics-habit-skill-more = They strike together, and finish what they begin.
tactics-habit-skill-less = Each of them fights alone.
tactics-habit-afar-more = They kill from afar.
tactics-habit-afar-less = They have to come within reach.
tactics-habit-areas-more = They burn whole ranks at once.
tactics-habit-areas-less = They strike one at a time.
tactics-habit-mending-more = Somebody there keeps them on their feet.
tactics-habit-mending-less = Nobody mends their wounds.
tactics-habit-leader-more = It is me whom they want.
tactics-habit-leader-less = They begin with those who follow me.

## A fight as it is told: what somebody does who strikes at nobody.

told-dodge = keeps the guard up
told-dash = closes in
told-disengage = draws back
told-flee = flees
told-in-vain = missed
