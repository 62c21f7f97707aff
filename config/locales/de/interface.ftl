### Was die Oberfläche von einer Szene und einer Entscheidung zeigt.

weather-clear = klarer Himmel
weather-clouds = bewölkt
weather-rain = Regen
weather-storm = Sturm
weather-snow = Schnee
weather-fog = Nebel
weather-indoors = drinnen

lighting-bright = helles Licht
lighting-dim = Dämmerlicht
lighting-dark = Dunkelheit

season-spring = Frühling
season-summer = Sommer
season-autumn = Herbst
season-winter = Winter

tone-neutral = neutral
tone-friendly = freundlich
tone-hostile = feindselig
tone-fearful = ängstlich
tone-mysterious = rätselhaft
tone-sad = traurig
tone-joyful = fröhlich
tone-sarcastic = spöttisch
tone-threatening = drohend

difficulty-trivial = belanglos
difficulty-easy = leicht
difficulty-medium = mittel
difficulty-hard = schwer
difficulty-deadly = tödlich
difficulty-low = gering
difficulty-moderate = mäßig
difficulty-high = hoch

ending-success = Erfolg
ending-compromise = Kompromiss
ending-failure = Scheitern

answer-accept = angenommen
answer-refuse = abgelehnt
answer-counter = Gegenangebot

stance-hostile = feindlich
stance-wary = misstrauisch
stance-neutral = neutral
stance-cordial = wohlwollend
stance-allied = verbündet
