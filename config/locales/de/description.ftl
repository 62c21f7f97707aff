### Wie Dinge aussehen, wenn kein Modell gefragt wird. $name ist, wie man es nennt.

describe-somebody = Unbekannt

describe-creature-short = { $name } ({ $type }, { $size })
describe-creature-opening-1 = Vor euch: { $name }. Art: { $type }, Wuchs: { $size }.
describe-creature-opening-2 = Das also ist { $name }: { $type }, { $size }.
describe-creature-opening-3 = { $name }, kein Zweifel. { $type }, und { $size } dazu.
describe-item-short = { $name }
describe-item-opening-1 = { $name }. Es liegt da, als hätte man es eben erst abgelegt.
describe-item-opening-2 = Einmal in der Hand gewendet: { $name }, nicht mehr und nicht weniger.
describe-item-opening-3 = { $name }, gut zu sehen, und sicher für jemanden von Nutzen.
describe-place-short = { $name }
describe-place-opening-1 = Vor euch liegt: { $name }.
describe-place-opening-2 = Das also ist { $name }.
describe-place-opening-3 = Ihr bleibt einen Augenblick stehen und seht euch um: { $name }.
describe-thing-short = { $name }
describe-thing-opening-1 = { $name }: Mehr ist nicht zu erkennen.
describe-thing-opening-2 = Von { $name } ist von hier aus wenig zu sehen.
describe-thing-opening-3 = Ihr haltet Ausschau nach { $name } und findet nichts, was mehr verriete.

describe-feature-wings = Auf dem Rücken liegen Flügel an.
describe-feature-hovers = Den Boden berührt es nicht.
describe-feature-water = Es bewegt sich, als wäre Wasser sein Zuhause.
describe-feature-earth = Erde haftet daran, von Wegen unter Tage.
describe-feature-climbs = Keine Wand hielte es lange auf.
describe-feature-armoured = Für eine Klinge bleibt kaum eine Lücke.
describe-feature-strong = Seine Kraft braucht keinen Beweis.
describe-feature-quick = Es ist nie ganz dort, wo man eben noch hinsah.
describe-feature-clever = Es sieht zurück und zieht seine Schlüsse.
describe-feature-uncanny = Mit der Luft darum stimmt etwas nicht.
describe-feature-lordly = Was sonst noch hier ist, hält Abstand.

describe-state-whole = Nicht ein Kratzer ist zu sehen.
describe-state-grazed = Es blutet ein wenig und achtet nicht darauf.
describe-state-hurt = Es ist verletzt und schont eine Seite.
describe-state-dying = Es kann sich kaum noch halten.
describe-state-dead = Es regt sich nicht mehr.
describe-condition = Sein Zustand: { $condition }.
describe-mark = Eines fällt daran auf: { $mark }.

describe-light-bright = In diesem Licht bleibt nichts verborgen.
describe-light-dim = Das Zwielicht behält die Einzelheiten für sich.
describe-light-dark = Im Dunkeln ahnt man mehr, als man sieht.
describe-season-spring = Alles ist grün und feucht vom Frühling.
describe-season-summer = Der Sommer hat den Boden getrocknet, und die Luft summt.
describe-season-autumn = Laub liegt, wo der Wind es gelassen hat.
describe-season-winter = Der Winter hat die Farben genommen.
