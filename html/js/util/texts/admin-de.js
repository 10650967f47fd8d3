/*
 * Copyright (C) the project's authors, BSD-2-Clause.
 *
 * German, of the settings, the users and one's own account.
 */


export default {
    'account.menu': 'Konto von {name}',
    'account.password': 'Passwort ändern',

    'view.all': 'Ansichten',
    'view.rooms': 'Räume',
    'view.settings': 'Einstellungen',
    'view.users': 'Benutzer',
    'view.test': 'Verbindungstest',

    'role.admin': 'Administrator',
    'role.member': 'Mitglied',

    'password.of': 'Neues Passwort für {name}',
    'password.old': 'Jetziges Passwort',
    'password.old.wrong': 'Bitte geben Sie das Passwort ein, mit dem Sie '
        + 'sich angemeldet haben.',
    'password.old.no': 'Das jetzige Passwort ist falsch.',
    'password.password': 'Neues Passwort',
    'password.password.wrong': 'Bitte geben Sie mindestens 8 Zeichen ein.',
    'password.repeat': 'Neues Passwort noch einmal',
    'password.repeat.wrong': 'Die beiden sind nicht gleich.',
    'password.text': 'Alle Sitzungen und API-Token dieses Benutzers enden.',
    'password.own.text': 'Ihre anderen Sitzungen und alle Ihre API-Token '
        + 'enden.',
    'password.changed': 'Ihr Passwort wurde geändert.',

    'users.new': 'Neuer Benutzer',
    'users.count': '{count} Benutzer',
    'users.count.one': 'Ein Benutzer',
    'users.you': 'Sie',

    'user.edit': 'Benutzer bearbeiten',
    'user.password': 'Neues Passwort setzen',
    'user.delete': 'Löschen',
    'user.name': 'Benutzername',
    'user.name.wrong': 'Bitte geben Sie einen Namen ein.',
    'user.email': 'E-Mail',
    'user.email.wrong': 'Das ist keine E-Mail-Adresse.',
    'user.password.wrong': 'Bitte geben Sie mindestens 8 Zeichen ein.',
    'user.role': 'Rolle',
    'user.role.text': 'Mitglieder sehen ihre eigenen Räume. Administratoren '
        + 'sehen alle Räume, die Einstellungen und die Benutzer.',
    'user.role.last': 'Es muss einen Administrator geben, und dieser ist der '
        + 'einzige.',
    'user.create': 'Benutzer anlegen',
    'user.created': '„{name}“ wurde angelegt.',
    'user.saved': '„{name}“ wurde gespeichert.',
    'user.deleted': '„{name}“ wurde gelöscht.',
    'user.delete.text': 'Dieser Benutzer kann sich nicht mehr anmelden, '
        + 'seine API-Token gelten nicht mehr. Das lässt sich nicht '
        + 'rückgängig machen.',
    'user.delete.do': 'Benutzer löschen',

    'settings.version': 'Version {version}',

    'names.title': 'Namen',
    'names.text': 'Unter diesen Namen finden Menschen und Programme diesen '
        + 'Server. Es darf überall derselbe sein.',
    'names.no.agent': 'Auf dem Server richtet das installierte Paket die '
        + 'Namen ein. Diese Instanz läuft ohne es: Namen werden gespeichert, '
        + 'sonst geschieht nichts.',
    'names.one': 'Ein Name für alles',
    'names.domain_name': 'Domain',
    'names.domain_name.text': 'Übersicht, Besprechungen und API.',
    'names.domain_name.example': 'meet.example.com',
    'names.streaming_domain_name': 'Streaming-Domain',
    'names.streaming_domain_name.text': 'Livestreams und Player.',
    'names.streaming_domain_name.example': 'live.example.com',
    'names.webrtc_domain_name': 'WebRTC-Domain',
    'names.webrtc_domain_name.text': 'Steuerung der Besprechungen, WHIP und '
        + 'WHEP.',
    'names.webrtc_domain_name.example': 'rtc.example.com',
    'names.turn_domain_name': 'TURN-Domain',
    'names.turn_domain_name.text': 'Relais für Menschen hinter Firewalls.',
    'names.turn_domain_name.example': 'turn.example.com',
    'names.cdn_domain_name': 'CDN-Domain (freiwillig)',
    'names.cdn_domain_name.text': 'Ein Verteilnetz vor der Streaming-Domain.',
    'names.cdn_domain_name.example': 'cdn.example.com',
    'names.wrong': 'Das ist kein Name eines Servers. Er sieht aus wie '
        + 'meet.example.com.',
    'names.missing': 'Bitte geben Sie einen Namen ein.',
    'names.save': 'Namen speichern',
    'names.check': 'Noch einmal prüfen',
    'names.saved': 'Die Namen wurden gespeichert.',
    'names.queued': 'Die Namen wurden gespeichert. Der Server wird dafür '
        + 'eingerichtet.',
    'names.moved': 'Die Übersicht ist umgezogen, und Links mit dem alten '
        + 'Namen gehen nicht mehr. Melden Sie sich hier neu an:',
    'names.checking': 'Die Namen werden geprüft.',
    'names.role.domain': 'Web',
    'names.role.streaming': 'Streaming',
    'names.role.webrtc': 'WebRTC',
    'names.role.turn': 'TURN',

    'dns.ok': 'DNS führt zu diesem Server ({addresses})',
    'dns.wrong': 'DNS führt anderswohin: {addresses}',
    'dns.none': 'DNS kennt diesen Namen nicht: legen Sie einen Eintrag an',
    'dns.unknown': 'DNS wurde noch nicht geprüft',
    'reach.checking': 'HTTPS wird von diesem Browser aus probiert …',
    'reach.yes': 'HTTPS geht von diesem Browser aus',
    'reach.no': 'Kein HTTPS von diesem Browser aus: prüfen Sie Port 443 und '
        + 'das Zertifikat',
    'certificate.ok': 'Zertifikat von {issuer}, bis {until} ({count} Tage)',
    'certificate.ok.one': 'Zertifikat von {issuer}, bis {until} (ein Tag)',
    'certificate.expiring': 'Das Zertifikat von {issuer} endet am {until}, '
        + 'in {count} Tagen',
    'certificate.expiring.one': 'Das Zertifikat von {issuer} endet am '
        + '{until}, in einem Tag',
    'certificate.expired': 'Das Zertifikat von {issuer} ist am {until} '
        + 'abgelaufen',
    'certificate.missing': 'Für diesen Namen gibt es kein Zertifikat',

    'job.all': 'Arbeit auf dem Server',
    'job.http': 'Namen',
    'job.letsencrypt': 'Let’s Encrypt',
    'job.keep': 'Zertifikat',
    'job.dns': 'DNS',
    'job.queued': 'wartet',
    'job.running': 'läuft …',
    'job.done': 'fertig',
    'job.failed': 'fehlgeschlagen',

    'ssl.title': 'Zertifikat',
    'ssl.text': 'Kamera und Mikrofon geben Browser nur sicheren Seiten. Ein '
        + 'Zertifikat gilt für alle Namen.',
    'ssl.letsencrypt': 'Let’s Encrypt',
    'ssl.own': 'Eigenes Zertifikat',
    'ssl.expiring': 'Das Zertifikat von {name} endet in {count} Tagen. '
        + 'Erneuern Sie es, sonst sehen alle Warnungen statt ihrer '
        + 'Besprechung.',
    'ssl.expiring.one': 'Das Zertifikat von {name} endet in einem Tag. '
        + 'Erneuern Sie es, sonst sehen alle Warnungen statt ihrer '
        + 'Besprechung.',
    'ssl.expired': 'Das Zertifikat von {name} ist abgelaufen. Browser öffnen '
        + 'die Seite nicht: erneuern Sie es jetzt.',
    'ssl.no.agent': 'Let’s Encrypt braucht das installierte Paket. Diese '
        + 'Instanz läuft ohne es; ein eigenes Zertifikat geht.',
    'ssl.no.names': 'Speichern Sie zuerst die Namen: das Zertifikat wird für '
        + 'sie gemacht.',
    'ssl.email': 'E-Mail (freiwillig)',
    'ssl.email.text': 'Dorthin schreibt Let’s Encrypt, wenn mit dem '
        + 'Zertifikat etwas nicht stimmt.',
    'ssl.staging': 'Nur üben (Staging)',
    'ssl.staging.text': 'Macht ein Zertifikat, dem Browser nicht trauen, um '
        + 'zu sehen, ob alles bereit ist. Vom echten gibt es nur wenige '
        + 'Versuche in der Woche.',
    'ssl.acme': 'ACME-Server',
    'ssl.server': 'ACME-Server',
    'ssl.server.text': 'Die Adresse seines Verzeichnisses. Leer: Let’s '
        + 'Encrypt.',
    'ssl.request': 'Zertifikat holen',
    'ssl.queued': 'Das Zertifikat wurde angefordert. Das dauert etwa eine '
        + 'Minute.',
    'ssl.for': 'Für',
    'ssl.for.all': 'Alle Namen',
    'ssl.store': 'Dieses Zertifikat benutzen',
    'ssl.stored': 'Das Zertifikat ist in Gebrauch für {names}.',

    'pem.file': 'Datei wählen',
    'pem.missing': 'Bitte fügen Sie den Text ein oder wählen Sie eine Datei.',
    'pem.certificate': 'Zertifikatskette',
    'pem.certificate.text': 'In PEM: zuerst das Zertifikat des Servers, dann '
        + 'die Zwischenzertifikate (fullchain.pem).',
    'pem.certificate.example': '-----BEGIN CERTIFICATE-----',
    'pem.key': 'Privater Schlüssel',
    'pem.key.text': 'In PEM, ohne Passwort (privkey.pem). Er wird '
        + 'verschlüsselt gespeichert und nie wieder angezeigt.',
    'pem.key.example': '-----BEGIN PRIVATE KEY-----',

    'brand.title': 'Marke',
    'brand.text': 'Wie Besprechungen aussehen und welche Seiten sie zeigen '
        + 'dürfen.',
    'brand.name': 'Name',
    'brand.logo': 'Logo',
    'brand.logo.choose': 'Bild wählen',
    'brand.logo.remove': 'Entfernen',
    'brand.logo.text': 'PNG, JPEG, WebP oder SVG. Es wird klein genug '
        + 'gemacht.',
    'brand.logo.wrong': 'Dieses Bild lässt sich nicht benutzen. Ein SVG darf '
        + 'höchstens 24 KB haben.',
    'brand.accent': 'Farbe',
    'brand.accent.pick': 'Farbe aussuchen',
    'brand.accent.text': 'Schaltflächen haben sie; Texte darin werden lesbar '
        + 'gemacht.',
    'brand.accent.wrong': 'Eine Farbe sieht aus wie #3b5bdb.',
    'brand.embedding': 'Wer Besprechungen in einem Rahmen zeigen darf',
    'brand.embedding.all': 'Jede Seite',
    'brand.embedding.some': 'Nur diese Seiten',
    'brand.embedding.none': 'Keine Seite',
    'brand.origins': 'Seiten, eine je Zeile',
    'brand.origins.wrong': '„{origin}“ ist keine Seite. Sie sieht aus wie '
        + 'https://www.example.com.',
    'brand.saved': 'Die Marke wurde gespeichert.',

    'keys.title': 'API-Zugang',
    'keys.text': 'Für Programme, die Räume anlegen oder an Besprechungen '
        + 'teilnehmen.',
    'keys.livekit': 'LiveKit-Schlüsselpaar',
    'keys.livekit.text': 'LiveKit-SDKs unterschreiben damit ihre '
        + 'Zugangs-Token.',
    'keys.key': 'API-Schlüssel',
    'keys.secret': 'API-Geheimnis',
    'keys.rotate': 'Paar ersetzen',
    'keys.rotate.title': 'Das Schlüsselpaar ersetzen?',
    'keys.rotate.text': 'Das jetzige Paar gilt sofort nicht mehr: ändern Sie '
        + 'jedes Programm, das es benutzt. Laufende Besprechungen gehen '
        + 'weiter.',
    'keys.rotate.do': 'Jetzt ersetzen',
    'keys.rotated': 'Das Schlüsselpaar wurde ersetzt.',
    'keys.token': 'API-Token anzeigen',
    'keys.others': 'Weitere Schlüssel',
    'keys.others.text': 'Einer je Programm: er wird für sich ersetzt oder '
        + 'entfernt. Alle gelten wie das Paar darüber.',
    'keys.new': 'Neuer Schlüssel',
    'keys.create': 'Schlüssel anlegen',
    'keys.label': 'Wofür er ist',
    'keys.label.text': 'Für Sie; Programme sehen es nicht.',
    'keys.label.example': 'Buchungsseite',
    'keys.no.label': 'Ohne Namen',
    'keys.made': 'Der Schlüssel wurde angelegt.',
    'keys.renewed': 'Das Geheimnis wurde ersetzt.',
    'keys.pair': 'Schlüssel und Geheimnis',
    'keys.once': 'Kopieren Sie das Geheimnis jetzt: es wird verschlüsselt '
        + 'gespeichert und nicht mehr angezeigt.',
    'keys.done': 'Fertig',
    'keys.renew': 'Neues Geheimnis',
    'keys.renew.title': 'Neues Geheimnis für „{name}“?',
    'keys.renew.text': 'Das jetzige Geheimnis gilt sofort nicht mehr: ändern '
        + 'Sie das Programm, das es verwendet. Laufende Besprechungen gehen '
        + 'weiter.',
    'keys.renew.do': 'Neues Geheimnis erzeugen',
    'keys.remove': 'Entfernen',
    'keys.remove.title': '„{name}“ entfernen?',
    'keys.remove.text': 'Programme mit diesem Schlüssel können nichts mehr '
        + 'tun. Laufende Besprechungen gehen weiter. Das lässt sich nicht '
        + 'rückgängig machen.',
    'keys.remove.do': 'Schlüssel entfernen',
    'keys.removed': 'Der Schlüssel wurde entfernt.',

    'hooks.title': 'Webhooks',
    'hooks.text': 'Programme, die erfahren, was in Räumen geschieht: wer '
        + 'kommt und geht, was gesendet wird.',
    'hooks.urls': 'Adressen, eine je Zeile',
    'hooks.wrong': '„{url}“ ist keine Adresse. Sie sieht aus wie '
        + 'https://backend.example.com/events.',
    'hooks.many': 'Es können höchstens {count} Adressen sein.',
    'hooks.key': 'Unterschrieben mit',
    'hooks.key.own': 'Dem LiveKit-Schlüsselpaar dieses Servers',
    'hooks.key.text': 'Damit prüft das Programm, dass es dieser Server war.',
    'hooks.saved': 'Die Webhooks wurden gespeichert.',

    'backup.title': 'Sicherung',
    'backup.text': 'Alle Räume, Benutzer und Einstellungen in einer Datei.',
    'backup.keys': 'Mit privaten Schlüsseln',
    'backup.keys.text': 'Auch Zertifikate und Geheimnisse kommen in die '
        + 'Datei. Verwahren Sie sie so sicher wie den Server selbst.',
    'backup.export': 'Exportieren',
    'backup.import': 'Datei importieren',
    'backup.wrong': '„{name}“ ist kein Export dieses Produkts.',
    'backup.import.title': '„{file}“ importieren?',
    'backup.import.text': 'Alle Räume, Benutzer und Einstellungen dieses '
        + 'Servers werden durch die der Datei ersetzt (Räume: {rooms}, '
        + 'Benutzer: {users}). Zertifikate und Schlüssel bleiben. Das lässt '
        + 'sich nicht rückgängig machen.',
    'backup.import.keys': 'Alle Räume, Benutzer, Einstellungen, Zertifikate '
        + 'und Schlüssel dieses Servers werden durch die der Datei ersetzt '
        + '(Räume: {rooms}, Benutzer: {users}). Das lässt sich nicht '
        + 'rückgängig machen.',
    'backup.import.name': 'Der Server bekommt auch ihre Namen: {name}.',
    'backup.import.do': 'Alles ersetzen',
    'backup.exported': 'Der Export liegt bei Ihren Downloads.',
    'backup.imported': 'Importiert. Räume: {rooms}, Benutzer: {users}.',
};
