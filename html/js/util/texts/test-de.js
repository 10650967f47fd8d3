/*
 * Copyright (C) the project's authors, BSD-2-Clause.
 *
 * German, of the test of the connection.
 */


export default {
    'test.title': 'Verbindungstest',
    'test.text': 'Probiert jeden Weg zwischen diesem Browser und den '
        + 'Besprechungen. Das dauert höchstens eine Minute und braucht weder '
        + 'Kamera noch Mikrofon.',
    'test.start': 'Test starten',
    'test.again': 'Noch einmal testen',
    'test.running': 'Test läuft …',
    'test.copy': 'Bericht kopieren',
    'test.copied': 'Der Bericht wurde kopiert.',
    'test.copy.failed': 'Der Browser erlaubt das Kopieren nicht. Markieren '
        + 'Sie den Bericht und kopieren Sie ihn.',
    'test.report': 'Bericht',
    'test.legs': 'Wege zu den Besprechungen',

    'leg.websocket': 'WebSocket',
    'leg.websocket.text': 'Steuerung: wer da ist und was gesendet wird',
    'leg.udp': 'UDP',
    'leg.udp.text': 'Bild und Ton auf dem direkten Weg',
    'leg.tcp': 'TCP',
    'leg.tcp.text': 'Bild und Ton, wo UDP gesperrt ist',
    'leg.turn-udp': 'Relais über UDP',
    'leg.turn-udp.text': 'TURN, für Netze mit wenigen offenen Ports',
    'leg.turn-tcp': 'Relais über TCP',
    'leg.turn-tcp.text': 'TURN, wo UDP gesperrt ist',
    'leg.turn-tls': 'Relais über TLS',
    'leg.turn-tls.text': 'TURN, sieht aus wie eine gewöhnliche sichere '
        + 'Webseite',

    'leg.idle': 'Wartet',
    'leg.running': 'Wird getestet',
    'leg.works': 'Geht',
    'leg.fails': 'Geht nicht',
    'leg.absent': 'Nicht angeboten',
    'leg.skipped': 'Nicht getestet',

    'leg.websocket.hint': 'Ein Proxy, eine Firewall oder eine Erweiterung '
        + 'des Browsers hält WebSockets auf. Ohne sie geht keine '
        + 'Besprechung: erlauben Sie WebSocket-Verbindungen zu diesem '
        + 'Server.',
    'leg.udp.hint': 'Wohl sperrt eine Firewall UDP zu den Medien-Ports des '
        + 'Servers. Sind sie offen, ist die Qualität am besten.',
    'leg.tcp.hint': 'Wohl sperrt eine Firewall TCP zu den Medien-Ports des '
        + 'Servers.',
    'leg.turn-udp.hint': 'Wohl sperrt eine Firewall UDP zum TURN-Port des '
        + 'Servers, oder das Relais erreicht die Medien-Ports nicht.',
    'leg.turn-tcp.hint': 'Wohl sperrt eine Firewall TCP zum TURN-Port des '
        + 'Servers.',
    'leg.turn-tls.hint': 'Wohl sperrt eine Firewall den TURN-Port über TLS, '
        + 'oder das Zertifikat des TURN-Namens ist nicht vertrauenswürdig '
        + 'oder gilt nicht für ihn.',

    'leg.time': 'verbunden in {ms} ms',
    'leg.round': 'hin und zurück {ms} ms',
    'leg.targets': 'Zu öffnen: {targets}',
    'leg.details': 'Einzelheiten',

    'verdict.good': 'Sie können teilnehmen. Der beste Weg ist {way}.',
    'verdict.slow': 'Sie können teilnehmen, aber das Bild stockt vielleicht '
        + 'zeitweise: der beste Weg ist {way}. UDP in der Firewall zu öffnen '
        + 'würde helfen.',
    'verdict.blocked': 'Aus diesem Netz können Sie nicht teilnehmen: weder '
        + 'Bild noch Ton kommen durch. Versuchen Sie ein anderes Netz oder '
        + 'geben Sie den Bericht dem, der Ihre Firewall betreut.',
    'verdict.signal': 'Sie können nicht teilnehmen: dieser Browser kann keine '
        + 'Verbindung zum Server halten.',
    'verdict.away': 'Der Test konnte nicht beginnen. {reason}',
};
