### Was eine Menge im Vorbeigehen sagt. $other ist, wer vorbeigeht.

bark-common-1 = Vorsicht, Pfütze.
bark-common-2 = Das Brot ist schon wieder teurer.
bark-common-3 = Hast du die Ziege gefüttert?
bark-common-4 = Mein Rücken sagt, es wird Winter.
bark-common-5 = Den Stiefeln nach nicht von hier.
bark-common-6 = Zwei Kupfer, und keins weniger.
bark-common-7 = Ich habe es gesagt, und wer hat zugehört?
bark-common-8 = Sieh an, wer schon auf den Beinen ist.
bark-common-9 = Es heißt, der Zoll steigt.
bark-common-10 = Still, die hören dich.
bark-common-11 = So trägt man doch keinen Sack.
bark-common-12 = Die haben wohl noch was vor.

bark-death-1 = Da liegt ein Toter, und keiner räumt auf.
bark-death-2 = Deckt wenigstens das Gesicht zu.
bark-death-3 = Den kannte ich. Kannte, sage ich.
bark-death-4 = Lasst die Kinder nicht hinaus.

bark-fight-1 = Blanke Klingen. Ich gehe heim.
bark-fight-2 = Hast du das gesehen? Ich nicht.
bark-fight-3 = Ruf die Wache. Ruf du sie.
bark-fight-4 = Bleib hinter mir. Nein, weiter hinten.

bark-night-1 = Wer ist denn um die Zeit noch unterwegs?
bark-night-2 = Schieb den Riegel vor, wenn ich draußen bin.
bark-night-3 = Lampenöl wächst nicht auf Bäumen.
bark-night-4 = Ich habe was gehört. Du auch?

bark-rain-1 = Schon wieder Regen. Den Fluss wird es freuen.
bark-rain-2 = Mein Dach hat mehr Löcher als Dach.
bark-rain-3 = Nasse Füße, nasses Brot, alles nass.

bark-storm-1 = Das war nah. Zähl den nächsten.
bark-storm-2 = Die Läden zu!
bark-storm-3 = Die Götter rücken Möbel.

bark-snow-1 = Schnee. Und wer schaufelt? Ich.
bark-snow-2 = Heute hört man die Kälte.
bark-snow-3 = Weiße Dächer, blaue Zehen.

bark-fog-1 = Ich sehe die Hand vor Augen nicht, und sie schuldet mir Geld.
bark-fog-2 = Ruf, wenn du um die Ecke biegst.
bark-fog-3 = Nebel frisst Glocken. Horch.
