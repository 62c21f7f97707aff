### Was ein Endgegner plant, und warum. { $stances } sind Namen von Haltungen.

stance-ambush = aus dem Hinterhalt zuschlagen
stance-keep-away = Abstand halten
stance-press = nachsetzen
stance-give-ground = zurückweichen und schießen
stance-stand-fast = standhalten
stance-zone-control = ihnen das Feld nehmen
stance-rush-the-healer = den Heiler überrennen
stance-burst-the-weakest = alle auf den Schwächsten
stance-silence-the-caster = den Zauberer zum Schweigen bringen
stance-spread-out = ausschwärmen
stance-hold-the-line = die Reihe halten
stance-call-many = viele rufen
stance-call-the-strong = die Starken rufen
stance-call-shooters = die Schützen rufen

tactics-unknown = Noch weiß niemand etwas über sie.
tactics-next-time = Beim nächsten Mal:
tactics-no-plan = Zu planen gibt es nichts; mögen die Waffen sprechen.
tactics-plan-new = Der Plan: { $stances }. Dann wird man sehen.
tactics-plan-tried =
    { $fights ->
        [one] Der Plan: { $stances }. In einem Kampf versucht { $won ->
            [0] und verloren
           *[other] und gewonnen
        }.
       *[other] Der Plan: { $stances }. So wurden { $won } von { $fights } Kämpfen gewonnen.
    }

tactics-habit-aggression-more = Sie kommen mit blankem Stahl auf uns zu.
tactics-habit-aggression-less = Freiwillig kommen sie nicht nah heran.
tactics-habit-caution-more = Sie decken und heilen sich mehr, als sie zuschlagen.
tactics-habit-caution-less = Auf ihre Deckung achten sie kein einziges Mal.
tactics-habit-skill-more = Sie schlagen gemeinsam zu und beenden, was sie beginnen.
tactics-habit-skill-less = Jeder von ihnen kämpft für sich.
tactics-habit-afar-more = Sie töten aus der Ferne.
tactics-habit-afar-less = Sie müssen in Reichweite kommen.
tactics-habit-areas-more = Sie verbrennen ganze Reihen auf einmal.
tactics-habit-areas-less = Sie treffen immer nur einen.
tactics-habit-mending-more = Jemand dort hält sie auf den Beinen.
tactics-habit-mending-less = Ihre Wunden heilt niemand.
tactics-habit-leader-more = Mich wollen sie.
tactics-habit-leader-less = Sie fangen bei denen an, die mir folgen.

## Ein Kampf, wie er erzählt wird: was jemand tut, der niemanden angreift.

told-dodge = bleibt in Deckung
told-dash = rückt vor
told-disengage = weicht zurück
told-flee = flieht
told-in-vain = verfehlt
