### Was die Regeln sagen, wenn kein Modell gefragt wird: Gespräch, Gründe im Kampf, Begegnungen, Aufträge, Diplomatie.

## Sätze, die jede Figur sagen kann. $name spricht, $other hört zu, $place ist der Ort.

talk-common-neutral-1 = Ja? Was gibt es?
talk-common-neutral-2 = { $other }. Sag, weshalb du gekommen bist.
talk-common-neutral-3 = Ein wenig Zeit habe ich. Sprich.
talk-common-friendly-1 = { $other }! Wie gut, ein liebes Gesicht zu sehen.
talk-common-friendly-2 = Komm, setz dich. { $place } ist gleich ein besserer Ort.
talk-common-friendly-3 = Für dich habe ich immer einen Augenblick. Was kann ich tun?
talk-common-hostile-1 = Dir habe ich nichts zu sagen, { $other }.
talk-common-hostile-2 = Sag es und geh. Lieber sehe ich die Wand an.
talk-common-hostile-3 = Dass du dich hierher traust.
talk-common-fearful-1 = Bitte, ich will keinen Ärger. Sag, was du brauchst, ich kümmere mich darum.
talk-common-fearful-2 = Nicht so laut. Jemand könnte uns hören.
talk-common-fearful-3 = Die Hände dorthin, wo ich sie sehe, { $other }. Ich bitte dich.
talk-common-mysterious-1 = Du hast den langen Weg genommen, { $other }. Das tun sie alle.
talk-common-mysterious-2 = Dann frag. Aber wäge die Frage, denn ich wäge die Antwort.
talk-common-mysterious-3 = { $place } hat Ohren, und einige davon gehören mir.
talk-common-sad-1 = Verzeih. Es ist kein Tag zum Reden.
talk-common-sad-2 = Du hast es also auch gehört. Ich weiß nicht, was ich sagen soll.
talk-common-sad-3 = Ich sehe immer wieder zur Tür, als könnte sie noch einmal aufgehen.
talk-common-joyful-1 = { $other }! Gerade heute kommst du. Wunderbar!
talk-common-joyful-2 = Ha! Eben dachte ich an dich, und da stehst du.
talk-common-joyful-3 = Diesen Tag verdirbt nichts mehr. Erzähl mir alles.
talk-common-sarcastic-1 = Ach, { $other }. Und ich hatte schon einen ruhigen Tag befürchtet.
talk-common-sarcastic-2 = Nur weiter. Ich werde überrascht tun.
talk-common-sarcastic-3 = Besuch. Wie aufmerksam, und wie plötzlich.
talk-common-threatening-1 = Wähle deine nächsten Worte gut, { $other }. Andere könnten sie für dich behalten müssen.
talk-common-threatening-2 = Du stehst sehr nah bei mir für jemanden, der so weit weg von Hilfe ist.
talk-common-threatening-3 = Ich weiß, wo du schläfst. Nun, was wolltest du?

## Was die Spielerin oder der Spieler antworten kann.

talk-answer-neutral-1 = Bleiben wir bei der Sache.
talk-answer-neutral-2 = Sag mir, was du weißt, und ich gehe meiner Wege.
talk-answer-friendly-1 = Ich komme in Freundschaft, { $name }.
talk-answer-friendly-2 = Lass mich helfen, wenn du magst.
talk-answer-hostile-1 = Ich habe genug von deiner Zunge, { $name }.
talk-answer-hostile-2 = Geh mir aus dem Weg.
talk-answer-fearful-1 = Ich wollte nichts Böses. Bitte, lass mich gehen.
talk-answer-fearful-2 = Es muss doch einen Weg geben, bei dem niemand leidet.
talk-answer-mysterious-1 = Vielleicht weiß ich mehr, als ich sage.
talk-answer-mysterious-2 = Manche Türen öffnet man besser bei Nacht.
talk-answer-sad-1 = Es tut mir leid. Ich wünschte, es wäre anders.
talk-answer-sad-2 = Auch ich habe jemanden verloren.
talk-answer-joyful-1 = Das zu hören tut mir im Herzen wohl!
talk-answer-joyful-2 = Dann lass uns darauf trinken!
talk-answer-sarcastic-1 = Was für ein warmer Empfang. Ich bin gerührt.
talk-answer-sarcastic-2 = Wahrlich, { $place } ist berühmt für feine Sitten.
talk-answer-threatening-1 = Überleg es dir, solange du noch kannst.
talk-answer-threatening-2 = Ich frage einmal, { $name }. Nur einmal.

talk-hint-neutral = Lässt alles, wie es ist.
talk-hint-friendly = Könnte sie für dich einnehmen.
talk-hint-hostile = Wird so bald nicht verziehen.
talk-hint-fearful = Zeigt, dass man dich drängen kann.
talk-hint-mysterious = Macht neugierig auf dich.
talk-hint-sad = Rührt vielleicht an etwas.
talk-hint-joyful = Hebt die Stimmung.
talk-hint-sarcastic = Darüber lacht nicht jeder.
talk-hint-threatening = Könnte mit Hieben enden.

## Wenn ein Skript das Gespräch trägt: was zu einem abgebrochenen Satz zurückführt, und was die Lücken füllt.

talk-bridge-1 = Wie ich eben sagte:
talk-bridge-2 = Wo war ich? Ach ja:
talk-bridge-3 = Um weiterzuerzählen:
talk-where-1 = Also gut. Wo waren wir?
talk-where-2 = Wir zwei waren noch nicht fertig.
talk-cut-1 = Merk dir, was du sagen wolltest.
talk-cut-2 = Nicht jetzt. Später.
talk-unheard-1 = Hm? Das habe ich nicht verstanden.
talk-unheard-2 = Wie war das? Noch einmal, und deutlich.
talk-parting-1 = Dann lebt wohl.
talk-parting-2 = Bis zum nächsten Mal.
talk-go-on-1 = Sprich weiter.
talk-go-on-2 = Ich höre zu.
talk-why-kind = freundliche Worte
talk-why-harsh = harte Worte

## Warum jemand im Kampf tut, was er tut. $what ist eine Fähigkeit oder ein Gegenstand, $target das Ziel.

fight-reason-attack = { $target } ist in Reichweite, und das hier schmerzt am meisten: { $what }.
fight-reason-finish = { $target } fällt bald; das hier sollte genügen: { $what }.
fight-reason-several = Das hier trifft mehr als nur { $target }: { $what }.
fight-reason-hinder = Danach richtet { $target } weniger Schaden an: { $what }.
fight-reason-legendary = Ein Augenblick zwischen zwei Atemzügen genügt: { $what } gegen { $target }.
fight-reason-heal = { $target } hält ohne Hilfe nicht mehr lange durch: { $what }.
fight-reason-item = { $target } braucht das jetzt dringender, als es aufgehoben werden muss: { $what }.
fight-reason-flee = Dafür lohnt es sich nicht zu sterben.
fight-reason-helpless = Es bleibt nichts, als es zu ertragen.
fight-reason-waits = Der Augenblick ist nicht günstig; besser abwarten.
fight-reason-out-of-reach = Von hier aus ist niemand zu treffen; besser in Deckung bleiben.
fight-reason-calm = Niemand ist da, gegen den zu kämpfen wäre; Wachsamkeit genügt.

## Wie eine Begegnung in Sicht kommt.

list-and = { $first } und { $last }
encounter-group =
    { $count ->
        [one] { $creature }
       *[other] { $creature } ({ $count } davon)
    }
encounter-weather-clear = Die Luft ist klar und trägt jeden Laut.
encounter-weather-clouds = Die Wolken hängen tief, und der Tag hat keine Kanten mehr.
encounter-weather-rain = Regen trommelt auf alles und verschluckt jeden Schritt.
encounter-weather-storm = Der Sturm zerrt an Mantel und Ruf zugleich.
encounter-weather-snow = Der Schnee hat die Spuren verschluckt und die meisten Laute dazu.
encounter-weather-fog = Der Nebel lässt nur Umrisse durch.
encounter-weather-indoors = Die Wände werfen jeden Laut zurück.
encounter-light-bright = Es ist hell genug, um sie zu zählen.
encounter-light-dim = Im Zwielicht bewegt sich etwas.
encounter-light-dark = Es ist dunkel, und das Dunkel atmet.
encounter-arrival = Jemand steht im Weg ({ $place }): { $creatures }.

## Aufträge. $giver bittet, $about ist, worum es geht, $place der Ort, $target das Ziel eines Schritts.

quest-step-reach = Den Weg finden: { $target }
quest-step-talk = Ein Gespräch führen: { $target }
quest-step-collect = Finden und gut verwahren: { $target }
quest-step-deliver = Ans Ziel bringen: { $target }
quest-step-defeat = Bezwingen: { $target }
quest-step-protect = Vor Schaden bewahren: { $target }
quest-step-learn = Mehr herausfinden: { $target }

quest-ask-warm = Wer hier bittet, meint es gut mit euch.
quest-ask-cold = Niemand hier bittet gerade euch gern darum; es ist nur sonst niemand da.
quest-ask-again = Beim letzten Mal ging es gut aus: { $title }.
quest-ask-failed = Beim letzten Mal wurde nichts daraus: { $title }. Hier ist die Gelegenheit, das gutzumachen.
quest-ask-follows = Es ist noch nicht vorbei: { $title }. { $hook }.

quest-hunt-title = Die Jagd: { $about }
quest-hunt-summary = Seit dem letzten Mond gibt es Ärger damit: { $about }. Die Spuren führen hierher: { $place }. { $giver } will ein Ende davon sehen und würde noch mehr zahlen, um zu wissen, warum es anfing.
quest-hunt-success = Der Ärger hat ein Ende
quest-hunt-compromise = Die Ursache ist gefunden, die Jagd abgeblasen
quest-hunt-failure = Die Jagd wird aufgegeben
quest-hunt-hook = Jemand hat es aus seinem alten Revier vertrieben

quest-fetch-title = Verloren und gesucht: { $about }
quest-fetch-summary = { $giver } vermisst dies und schläft schlecht ohne: { $about }. Zuletzt gesehen wurde es hier: { $place }. Bringt es zurück, oder wenigstens die Wahrheit darüber.
quest-fetch-success = Es ist wieder, wo es hingehört
quest-fetch-compromise = Es bleibt verloren, aber seine Geschichte ist bekannt
quest-fetch-failure = Die Suche wird aufgegeben
quest-fetch-hook = Noch jemand hat danach gefragt

quest-escort-title = Sicheres Geleit: { $about }
quest-escort-summary = { $about } muss reisen und sollte nicht allein reisen. Der Weg führt hierher: { $place }. { $giver } sucht Schwerter, die auch schweigen können.
quest-escort-success = Sicher angekommen
quest-escort-compromise = Zurück hinter festen Mauern, für einen anderen Tag
quest-escort-failure = Die Reise wird abgesagt
quest-escort-hook = Jemand wusste, welchen Weg sie nehmen würden

quest-confront-title = Eine Abrechnung: { $about }
quest-confront-summary = { $giver } hat Dinge gehört, die man nicht länger ruhen lassen kann. Findet heraus, was dahintersteckt, und stellt euch dem: { $about }. Der Ort ist bekannt: { $place }.
quest-confront-success = Mit Gewalt geregelt
quest-confront-compromise = Mit Worten geregelt
quest-confront-failure = Alles bleibt, wie es ist
quest-confront-hook = So etwas tut niemand allein

quest-errand-title = Nach dem Rechten sehen: { $place }
quest-errand-summary = Jemand sollte nachsehen, wie es steht. Geht hin, seht euch um und kommt zurück, um zu berichten: { $place }. Es ist wenig Arbeit für wenig Lohn.
quest-errand-success = Ein vollständiger Bericht
quest-errand-compromise = Etwas gefunden, wonach niemand gefragt hat
quest-errand-failure = Zurück, ohne dort gewesen zu sein
quest-errand-hook = Frische Spuren führen von dort weiter

## Diplomatie. $us antwortet, $them hat angeboten.

diplomacy-nobody = niemand
diplomacy-accept = Das Angebot wurde gehört, und die Antwort ({ $us }) ist ja. Es werde niedergeschrieben und besiegelt.
diplomacy-counter = Das Angebot wurde gehört, und dies ist die Antwort ({ $us }): nicht zu diesen Bedingungen, aber es gibt andere, die wir unterschreiben würden.
diplomacy-open = Wir ({ $us }) sind gekommen, um zu reden, und legen dies auf den Tisch: Lasst hören, was ihr davon haltet.
diplomacy-refuse = Das Angebot wurde gehört, und die Antwort ({ $us }) ist nein.
diplomacy-stance-hostile = Zwischen uns steht Blut, und Tinte wäscht es nicht ab.
diplomacy-stance-wary = Eine Hand bleibt auf dem Tisch, die andere am Heft.
diplomacy-stance-neutral = Wir hegen weder Liebe noch Groll gegen euch.
diplomacy-stance-cordial = Wir denken gut von euch und möchten dabei bleiben.
diplomacy-stance-allied = So etwas darf ein Freund von einem Freund erbitten.

## Was von nun an bekannt ist. $who ist, um wen oder was es geht, $whom, wer es nun hat.

fact-entity-died = { $who } ist tot.
fact-place-destroyed = { $who } gibt es nicht mehr.
fact-item-given = { $who } wurde weitergegeben: { $whom } hat es nun.
fact-item-picked-up = { $who } wurde mitgenommen: { $whom } hat es nun.
