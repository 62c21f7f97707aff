### Was in den geschriebenen Gesprächen gesagt wird.

## Marta an der Theke: dialogues/marta_at_the_bar.yaml.

marta-bar-welcome = Setzt Euch, { $other }, ehe Ihr umfallt. Es gibt Flusspastete, und es gibt Flusspastete. Bis sie warm ist: Was wollt Ihr wissen? Nur wegen der Pastete kommt keiner.
marta-bar-welcome-again = Noch hungrig oder noch neugierig? Dann fragt.
marta-bar-ask-bell = Was ist das für eine Glocke, von der sie reden?
marta-bar-ask-river = Wie meint es der Fluss mit dir?
marta-bar-threaten = Rede, sonst leidet dein Geschirr.
marta-bar-hint-threaten = Sie hat schon Größere hinausgeworfen.
marta-bar-leave = Danke, Marta. Wir müssen los.
marta-bar-anything-else = Reden wir von etwas anderem.
marta-bar-bell-friend = Nicht so laut. Pip hat sie zwei Nächte hintereinander gehört, aus dem Aschwald, wo seit vor seiner Geburt keine Glocke mehr hängt. Ich sagte ihm, es sei der Wind. Er sah mich an, wie man eine Lügnerin ansieht.
marta-bar-bell-friend-again = Was ich davon weiß, habe ich gesagt. Der Junge hört eine Glocke, und ich höre den Jungen.
marta-bar-promise = Wir haben ein Auge auf Pip.
marta-bar-hint-promise = Das würde ihr viel bedeuten.
marta-bar-bell-stranger = Eine Glocke? Über meiner Tür hängt eine, die klingelt, wenn jemand zahlt. Heute Abend habe ich sie noch nicht gehört.
marta-bar-press = Die Leute haben Angst, Marta. Du auch.
marta-bar-pressed = Vor dem Winter, ja, und vor Gästen, die meine Ängste zählen. Kommt wieder, wenn ich Euch kenne.
marta-bar-promised = Dann esst Ihr umsonst, heute und morgen. Sagt es nicht den Flößern, und sagt ihm nicht, dass ich darum gebeten habe.
marta-bar-river = Er steigt, er fällt, er nimmt sich ein Boot im Jahr und gibt die Planken zurück. Ich rechne nach Schüsseln ab, was er auch treibt.
marta-bar-river-again = Nach dem Fluss habt Ihr gefragt, und ich habe geantwortet, und er fließt noch immer bergab.
marta-bar-back = So. Was tragt Ihr noch mit Euch herum?
marta-bar-back-again = Sonst noch etwas, oder soll ich nach dem Ofen sehen?
marta-bar-threatened = Unter dieser Theke liegt ein Hackbeil, das älter ist als Ihr. Esst aus und sucht die Tür, oder sagt das noch einmal und leiser.
marta-bar-sorry = Das war hässlich gesagt. Verzeih.
marta-bar-leave-angry = Behalt deine Pastete.
marta-bar-farewell = Geht warm und kommt hungrig wieder. Zwei Stühle halte ich Euch frei.
