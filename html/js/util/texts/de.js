/*
 * Copyright (C) the project's authors, BSD-2-Clause.
 *
 * German.
 */


export default {
    'product': 'Konferenz',

    'lobby.title': 'Bereit?',
    'lobby.speaker': 'Gleich nehmen Sie teil an',
    'lobby.view': 'Gleich sehen Sie zu bei',
    'lobby.name': 'Ihr Name',
    'lobby.name.example': 'Wie andere Sie nennen',
    'lobby.name.missing': 'Bitte geben Sie einen Namen ein, damit andere Sie '
        + 'erkennen.',
    'lobby.join': 'Teilnehmen',
    'lobby.joining': 'Verbinden …',
    'lobby.preview': 'Ihre Kamera',
    'lobby.level': 'Pegel Ihres Mikrofons',

    'device.microphone': 'Mikrofon',
    'device.camera': 'Kamera',
    'device.speaker': 'Lautsprecher',
    'device.default': 'Standardgerät',
    'device.number': 'Gerät {number}',
    'device.insecure': 'Diese Seite wird nicht über HTTPS geladen, darum '
        + 'gibt der Browser weder Kamera noch Mikrofon frei. Zusehen und '
        + 'zuhören können Sie trotzdem.',
    'device.microphone.refused': 'Der Browser darf das Mikrofon nicht '
        + 'benutzen. Erlauben Sie es in der Adresszeile und schalten Sie es '
        + 'hier ein.',
    'device.microphone.missing': 'Es wurde kein Mikrofon gefunden. Sie '
        + 'können ohne teilnehmen oder eines anschließen.',
    'device.microphone.busy': 'Ein anderes Programm benutzt das Mikrofon. '
        + 'Beenden Sie es und versuchen Sie es noch einmal.',
    'device.microphone.failed': 'Das Mikrofon ließ sich nicht öffnen. '
        + 'Versuchen Sie ein anderes.',
    'device.camera.refused': 'Der Browser darf die Kamera nicht benutzen. '
        + 'Erlauben Sie es in der Adresszeile und schalten Sie sie hier ein.',
    'device.camera.missing': 'Es wurde keine Kamera gefunden. Sie können '
        + 'ohne teilnehmen oder eine anschließen.',
    'device.camera.busy': 'Ein anderes Programm benutzt die Kamera. Beenden '
        + 'Sie es und versuchen Sie es noch einmal.',
    'device.camera.failed': 'Die Kamera ließ sich nicht öffnen. Versuchen '
        + 'Sie eine andere.',
    'device.screen.refused': 'Der Browser darf den Bildschirm nicht teilen.',
    'device.screen.missing': 'Es gibt keinen Bildschirm zum Teilen.',
    'device.screen.busy': 'Der Bildschirm konnte nicht aufgenommen werden. '
        + 'Versuchen Sie es noch einmal.',
    'device.screen.failed': 'Der Bildschirm konnte nicht geteilt werden. '
        + 'Versuchen Sie es noch einmal.',
    'device.speaker.failed': 'Dieser Lautsprecher geht nicht. Wählen Sie '
        + 'einen anderen.',
    'publish.microphone': 'Ihr Mikrofon konnte nicht übertragen werden.',
    'publish.camera': 'Ihre Kamera konnte nicht übertragen werden.',

    'control.microphone': 'Mikrofon',
    'control.microphone.on': 'Mikrofon einschalten',
    'control.microphone.off': 'Mikrofon ausschalten',
    'control.microphone.choose': 'Mikrofon und Lautsprecher wählen',
    'control.camera': 'Kamera',
    'control.camera.on': 'Kamera einschalten',
    'control.camera.off': 'Kamera ausschalten',
    'control.camera.choose': 'Kamera wählen',
    'control.screen': 'Bildschirm teilen',
    'control.screen.on': 'Den Bildschirm teilen',
    'control.screen.off': 'Den Bildschirm nicht mehr teilen',
    'control.hand': 'Hand heben',
    'control.hand.up': 'Die Hand heben',
    'control.hand.down': 'Die Hand senken',
    'control.leave': 'Die Besprechung verlassen',

    'panel.chat': 'Chat',
    'panel.chat.unread': 'Chat, {count} ungelesene Nachrichten',
    'panel.chat.unread.one': 'Chat, eine ungelesene Nachricht',
    'panel.people': 'Personen',
    'panel.people.count': 'Personen, {count} sind da',
    'panel.close': 'Schließen',
    'panel.full.on': 'Ganzer Bildschirm',
    'panel.full.off': 'Ganzen Bildschirm verlassen',

    'chat.empty': 'Noch hat niemand geschrieben. Alle, die da sind, sehen '
        + 'die Nachrichten.',
    'chat.write': 'An alle schreiben',
    'chat.send': 'Senden',
    'chat.you': 'Sie',
    'chat.left': 'noch {count} Zeichen',
    'chat.failed': 'Ihre Nachricht wurde nicht gesendet. Versuchen Sie es '
        + 'noch einmal.',

    'people.you': '{name} (Sie)',
    'people.came': '{name} ist da',
    'people.went': '{name} ist gegangen',
    'people.watches': 'sieht zu',
    'people.microphone.on': 'Mikrofon an',
    'people.microphone.off': 'Mikrofon aus',
    'people.camera.on': 'Kamera an',
    'people.camera.off': 'Kamera aus',

    'hand.up': 'Hand gehoben',
    'hand.failed': 'Ihre Hand konnte nicht gehoben werden. Versuchen Sie es '
        + 'noch einmal.',

    'tile.video': 'Bild von {name}',
    'tile.muted': 'Mikrofon aus',
    'tile.large': 'Groß zeigen',
    'tile.small': 'Wieder einordnen',
    'quality.poor': 'Schwache Verbindung',
    'screen.own': 'Sie teilen Ihren Bildschirm',
    'screen.of': '{name} teilt einen Bildschirm',

    'stage.people': 'Personen in der Besprechung',
    'stage.audience': 'Zuschauer',
    'stage.more': 'und {count} weitere',
    'stage.empty': 'Noch spricht niemand. Sobald jemand dazukommt, beginnt '
        + 'es hier.',
    'stage.listen': 'Klicken, um zu hören',
    'stage.listen.why': 'Der Browser wartet auf einen Klick, bevor er Ton '
        + 'abspielt.',
    'stage.controls': 'Bedienung der Besprechung',

    'state.returning': 'Verbindung verloren. Wird wiederhergestellt …',

    'refused.full': 'Die Besprechung ist voll. Versuchen Sie es wieder, wenn '
        + 'jemand gegangen ist.',
    'refused.closed': 'Die Besprechung ist geschlossen. Bitten Sie den '
        + 'Gastgeber, sie zu öffnen.',
    'refused.link': 'Für diese Besprechung brauchen Sie den ganzen Link. '
                    + 'Bitten Sie den Gastgeber darum.',
    'refused.unknown': 'Diese Besprechung gibt es nicht. Prüfen Sie den Link '
        + 'oder bitten Sie um einen neuen.',
    'refused.taken': 'Jemand ist mit Ihrer Kennung schon da. Versuchen Sie '
        + 'es noch einmal.',
    'refused.busy': 'Gerade kommen zu viele auf einmal. Versuchen Sie es in '
        + 'einigen Sekunden wieder.',
    'refused.away': 'Der Server antwortet nicht. Prüfen Sie Ihre Verbindung '
        + 'und versuchen Sie es noch einmal.',
    'refused.media': 'Die Verbindung kam nicht zustande. Vielleicht sperrt '
        + 'sie eine Firewall. Versuchen Sie es noch einmal oder in einem '
        + 'anderen Netz.',
    'refused.other': 'Sie können jetzt nicht teilnehmen: {detail}',

    'trouble.test': 'Verbindung testen',

    'end.left': 'Sie haben die Besprechung verlassen',
    'end.elsewhere': 'Sie nehmen in einem anderen Fenster oder auf einem '
        + 'anderen Gerät teil',
    'end.shutdown': 'Der Server wurde angehalten',
    'end.removed': 'Sie wurden aus der Besprechung entfernt',
    'end.deleted': 'Der Gastgeber hat die Besprechung gelöscht',
    'end.closed': 'Der Gastgeber hat die Besprechung geschlossen',
    'end.lost': 'Die Verbindung ist abgerissen',
    'end.again': 'Wieder teilnehmen',

    'error.title': 'Hier ist nichts',
    'error.text': 'Diese Seite gibt es nicht. Prüfen Sie den Link.',
    'error.room.title': 'Diese Besprechung gibt es nicht',
    'error.room.text': 'Prüfen Sie den Link oder bitten Sie um einen neuen.',
    'error.server.title': 'Der Server kann gerade nicht antworten',
    'error.server.text': 'Er startet neu oder erreicht seine Datenbank '
        + 'nicht. Versuchen Sie es gleich noch einmal.',
    'error.home': 'Zur Übersicht',
    'error.again': 'Noch einmal',

    'sign.title': 'Anmelden',
    'sign.text': 'Räume anlegen und mit einem Link teilen.',
    'sign.user': 'Benutzername oder E-Mail',
    'sign.password': 'Passwort',
    'sign.in': 'Anmelden',
    'sign.out': 'Abmelden',
    'sign.wrong': 'Benutzername oder Passwort sind falsch.',
    'sign.ended': 'Ihre Sitzung ist abgelaufen. Bitte melden Sie sich wieder '
        + 'an.',

    'api.away': 'Der Server antwortet nicht. Prüfen Sie Ihre Verbindung und '
        + 'versuchen Sie es noch einmal.',
    'api.failed': 'Das ging nicht. Versuchen Sie es noch einmal.',

    'rooms.title': 'Räume',
    'rooms.count': '{count} Räume',
    'rooms.count.one': 'Ein Raum',
    'rooms.search': 'Räume suchen',
    'rooms.new': 'Neuer Raum',
    'rooms.loading': 'Räume werden geladen …',
    'rooms.empty.title': 'Noch keine Räume',
    'rooms.empty.text': 'Ein Raum ist eine Besprechung mit eigenem Link. '
        + 'Legen Sie den ersten an und verschicken Sie den Link.',
    'rooms.none': 'Kein Raum passt zu „{search}“.',
    'rooms.before': 'Neuere',
    'rooms.after': 'Ältere',
    'rooms.range': '{from}–{to} von {count}',
    'rooms.pages': 'Seiten der Liste',

    'room.active': 'Offen',
    'room.inactive': 'Geschlossen',
    'room.audio': 'Nur Ton',
    'room.people': '{count} von {max} Personen',
    'room.people.any': 'Personen: {count}',
    'room.since': 'angelegt am {day}',
    'room.open': 'Teilnehmen',
    'room.share': 'Teilen',
    'room.edit': 'Bearbeiten',
    'room.close': 'Raum schließen',
    'room.reopen': 'Raum öffnen',
    'room.delete': 'Löschen',
    'room.closed': '„{name}“ ist geschlossen. Alle wurden hinausgeschickt.',
    'room.opened': '„{name}“ ist offen.',
    'room.deleted': '„{name}“ wurde gelöscht.',
    'room.saved': '„{name}“ wurde gespeichert.',
    'room.created': '„{name}“ wurde angelegt.',

    'form.new': 'Neuer Raum',
    'form.edit': 'Raum bearbeiten',
    'form.name': 'Name',
    'form.name.example': 'Wochenbesprechung',
    'form.name.wrong': 'Bitte geben Sie einen Namen von höchstens 200 '
        + 'Zeichen ein.',
    'form.max': 'Höchstens so viele Personen',
    'form.max.any': 'keine Grenze',
    'form.max.wrong': 'Bitte geben Sie eine Zahl von 1 bis 10000 ein.',
    'form.media': 'Was man senden kann',
    'form.media.video': 'Bild und Ton',
    'form.media.audio': 'Nur Ton',
    'form.active': 'Offen: man kann teilnehmen',
    'form.chat': 'Chat',
    'form.screen': 'Bildschirm teilen',
    'form.advanced': 'Erweitert',
    'form.webhook': 'Webhook-Adresse',
    'form.webhook.text': 'Dieses Programm erfährt, was im Raum geschieht.',
    'form.webhook.wrong': 'Das ist keine Adresse. Sie sieht aus wie '
        + 'https://backend.example.com/events.',
    'form.cancel': 'Abbrechen',
    'form.create': 'Raum anlegen',
    'form.save': 'Speichern',

    'delete.title': '„{name}“ löschen?',
    'delete.text': 'Alle darin werden hinausgeschickt, die Links gelten '
        + 'nicht mehr. Das lässt sich nicht rückgängig machen.',
    'delete.do': 'Raum löschen',

    'share.title': '„{name}“ teilen',
    'share.speaker': 'Link zur Besprechung',
    'share.speaker.text': 'Wer ihn öffnet, kann sprechen und zeigen.',
    'share.view': 'Link zum Zusehen',
    'share.view.text': 'Wer ihn öffnet, kann zusehen und schreiben.',
    'share.iframe': 'In eine Seite einbetten',
    'share.iframe.text': 'Fügen Sie das in das HTML Ihrer Seite ein.',
    'share.close': 'Fertig',

    'copy.do': 'Kopieren',
    'copy.done': 'Kopiert',
    'copy.failed': 'Der Browser erlaubt das Kopieren nicht. Markieren Sie '
        + 'den Text und kopieren Sie ihn.',

    'token.title': 'API-Token',
    'token.text': 'Programme senden ihn im Kopf x-access-token. Halten Sie '
        + 'ihn geheim: wer ihn hat, kann alles, was Sie können.',
    'token.show': 'Anzeigen',
    'token.hide': 'Verbergen',
    'token.rotate': 'Token ersetzen',
    'token.rotate.text': 'Der jetzige Token gilt sofort nicht mehr: ändern '
        + 'Sie jedes Programm, das ihn benutzt.',
    'token.rotate.do': 'Jetzt ersetzen',
    'token.rotated': 'Der Token wurde ersetzt.',
};
