### What the interface shows of a scene and of a decision.

weather-clear = clear sky
weather-clouds = overcast
weather-rain = rain
weather-storm = storm
weather-snow = snow
weather-fog = fog
weather-indoors = indoors

lighting-bright = bright light
lighting-dim = dim light
lighting-dark = darkness

season-spring = spring
season-summer = summer
season-autumn = autumn
season-winter = winter

tone-neutral = neutral
tone-friendly = friendly
tone-hostile = hostile
tone-fearful = fearful
tone-mysterious = mysterious
tone-sad = sad
tone-joyful = joyful
tone-sarcastic = sarcastic
tone-threatening = threatening

difficulty-trivial = trivial
difficulty-easy = easy
difficulty-medium = medium
difficulty-hard = hard
difficulty-deadly = deadly
difficulty-low = low
difficulty-moderate = moderate
difficulty-high = high

ending-success = success
ending-compromise = compromise
ending-failure = failure

answer-accept = accepted
answer-refuse = refused
answer-counter = counter-offer

stance-hostile = hostile
stance-wary = wary
stance-neutral = neutral
stance-cordial = cordial
stance-allied = allied
