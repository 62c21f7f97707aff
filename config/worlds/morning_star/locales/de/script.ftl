### Was die Leute des Morgensterns sagen, wenn kein Modell für sie spricht.

vexal-neutral-1 = Ein weiter Weg, um zu hören, was ihr längst wisst.
vexal-mysterious-1 = Horcht. Unter dem Wind. Heute Nacht treffen sie den Ton.
vexal-mysterious-2 = Ich habe hineingesehen, und etwas in dir sah zurück. Es erinnert sich an mich.
vexal-threatening-1 = Haltet fest, was ihr habt. Bald werdet ihr etwas von ihnen festhalten wollen.
vexal-threatening-2 = Ich habe keine Eile. Die zweiundzwanzig auch nicht.
vexal-sad-1 = Hier war eine Treppe. Ich setze den Fuß noch immer dorthin, wo die dritte Stufe lag.
vexal-hostile-1 = Dann sei unter den Stummen.

sister-elira-neutral-1 = Herein, Vorsicht mit dem Eimer. Wer ist verletzt?
sister-elira-friendly-1 = Ihr seht aus, als hättet ihr in einer Hecke geschlafen. Erst gibt es Suppe, dann Fragen.
sister-elira-friendly-2 = Setzt euch ans Fenster. Dort kommt der Morgen zuerst herein.
sister-elira-fearful-1 = Seht ihm nicht in die Augen. Seht mich an. Bleibt bei mir.
sister-elira-fearful-2 = Diese Erinnerung war meine. Wie kommst du an sie?
sister-elira-sad-1 = Ich habe für jedes einen Stein gelegt. Dreiundzwanzig. Bei einem war ich mir nie sicher.
sister-elira-hostile-1 = Du bekommst kein einziges Kind mehr. Nicht von meinem Boden.

marta-neutral-1 = Was darf es sein: Bett, Essen oder jemand, bei dem man sich beklagen kann?
marta-neutral-2 = Der Fluss ist gestiegen, die Preise nicht. Nutzt es aus.
marta-friendly-1 = Da seid ihr ja! Stiefel aus, Ellbogen auf den Tisch, die Pastete kommt gleich.
marta-friendly-2 = Für euch den Stuhl am Ofen. Ich musste nur zwei Flößer umsetzen.
marta-joyful-1 = Ein volles Haus und ein trockener Keller. Trinkt darauf, ehe der Fluss uns hört.
marta-sarcastic-1 = Oh, Helden. Soll ich es zur Rechnung der anderen Helden schreiben?
marta-fearful-1 = Leise. Letzte Nacht hat sie wieder geläutet, und ich sage nicht, was.
marta-hostile-1 = Die Tür ist noch da, wo ihr sie gelassen habt. Benutzt sie.

captain-roake-neutral-1 = Was führt euch her?
captain-roake-neutral-2 = Das Tor schließt bei Sonnenuntergang. Seid dann auf der richtigen Seite.
captain-roake-friendly-1 = Ihr haltet Wort. Damit sind wir zwölf.
captain-roake-hostile-1 = Keinen Schritt weiter. Auf beiden Türmen stehen Armbrüste.
captain-roake-sad-1 = Ich stand in jener Nacht in der Eimerkette. Uns ging der Fluss aus.
captain-roake-threatening-1 = Ich habe eine freie Zelle und eine sehr lange Liste. Denkt nach, bevor ihr sprecht.

orla-fenn-neutral-1 = Nennt eure Summe. Ich sage euch, ob sie schwimmt.
orla-fenn-friendly-1 = Gutes Wasser euch. Kommt an Bord, der Kai hat Ohren.
orla-fenn-sarcastic-1 = Eine Münze von acht. Dafür könntet ihr wenigstens rudern.
orla-fenn-threatening-1 = Ein Fluss findet um jede Mauer einen Weg. Fragt die Mauern.

caspar-wyle-neutral-1 = Die Häuser werden es bedenken, so lange, wie es das verdient.
caspar-wyle-friendly-1 = Seid an diesem Herd willkommen. Wir haben ihn für euch brennen lassen, was nicht billig war.
caspar-wyle-hostile-1 = Mein Großvater hatte für solche Angebote ein Tor. Es geht auf die Schlucht hinaus.
caspar-wyle-sarcastic-1 = Wie großzügig. Ihr bietet uns unseren eigenen Fluss an.

queen-maerwyn-neutral-1 = Fahrt fort. Man sagt uns, ihr fasst euch kurz.
queen-maerwyn-threatening-1 = Wir bitten nicht zweimal. Das erste Mal ist eine Höflichkeit.
queen-maerwyn-mysterious-1 = Jede Herrschaft kennt einen Brief, der nie hätte geschrieben werden dürfen. Bringt ihn heim.

marshal-dray-neutral-1 = Ich habe ein Papier, auf dem eure Namen stehen. Können wir das im Sitzen erledigen?
marshal-dray-threatening-1 = Ich habe schon Leute gefunden, die es weniger wollten. Kommt mit.
marshal-dray-sad-1 = Riecht ihr Rauch? Nein. Nein, natürlich nicht.

grelda-thorn-neutral-1 = Wegzoll, Freunde! Ein kleiner, und ich singe beim Kassieren.
grelda-thorn-hostile-1 = Also Klingen! Ich hatte auf den Beutel ohne die Leibesübung gehofft.
grelda-thorn-joyful-1 = Ha! Habt ihr das gesehen? Erzählt es im Gasthaus, und macht mich größer.
grelda-thorn-fearful-1 = Zurück, alle zurück! Kein Beutel ist dieses Singen wert.
grelda-thorn-threatening-1 = Drei Pfeile auf euch und ein Ausweg. Ich rechne schlecht, aber das kann ich.

brother-sallow-neutral-1 = Nimm eine Kerze. Such deinen Platz. Sie ist gleich da.
brother-sallow-sad-1 = Sie setzte immer einen halben Schlag zu spät ein. Daran erkenne ich sie überall.
brother-sallow-hostile-1 = Still! Ihr redet über sie hinweg!
brother-sallow-mysterious-1 = Noch eine Nacht. Die Glocke kennt alle ihre Namen.

pip-neutral-1 = Tränken oder füttern oder beides, beides macht zwei Kupfer, der Braune drei, weil er tritt.
pip-friendly-1 = Ich hab sie zweimal gestriegelt und ihr gesagt, dass ihr kommt, und sie freut sich, das sieht man an den Ohren.
pip-fearful-1 = Das war eine Glocke, ich kenn doch Glocken, und da draußen ist keine, sagt Marta.
