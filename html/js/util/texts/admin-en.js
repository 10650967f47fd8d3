/*
 * Copyright (C) the project's authors, BSD-2-Clause.
 *
 * English, of the settings, the users and one's own account.
 */


export default {
    'account.menu': 'Account of {name}',
    'account.password': 'Change password',

    'view.all': 'Views',
    'view.rooms': 'Rooms',
    'view.settings': 'Settings',
    'view.users': 'Users',
    'view.test': 'Connection test',

    'role.admin': 'Administrator',
    'role.member': 'Member',

    'password.of': 'New password for {name}',
    'password.old': 'Current password',
    'password.old.wrong': 'Please enter the password you signed in with.',
    'password.old.no': 'The current password is wrong.',
    'password.password': 'New password',
    'password.password.wrong': 'Please enter at least 8 characters.',
    'password.repeat': 'New password again',
    'password.repeat.wrong': 'The two are not the same.',
    'password.text': 'All sessions and API tokens of this user end.',
    'password.own.text': 'Your other sessions and all your API tokens end.',
    'password.changed': 'Your password was changed.',

    'users.new': 'New user',
    'users.count': '{count} users',
    'users.count.one': 'One user',
    'users.you': 'you',

    'user.edit': 'Edit user',
    'user.password': 'Set a new password',
    'user.delete': 'Delete',
    'user.name': 'User name',
    'user.name.wrong': 'Please enter a name.',
    'user.email': 'E-mail',
    'user.email.wrong': 'This is no e-mail address.',
    'user.password.wrong': 'Please enter at least 8 characters.',
    'user.role': 'Role',
    'user.role.text': 'Members see their own rooms. Administrators see all '
        + 'rooms, the settings and the users.',
    'user.role.last': 'There has to be an administrator, and this is the '
        + 'only one.',
    'user.create': 'Create user',
    'user.created': '“{name}” was created.',
    'user.saved': '“{name}” was saved.',
    'user.deleted': '“{name}” was deleted.',
    'user.delete.text': 'This user can no longer sign in, and the API tokens '
        + 'stop working. This cannot be undone.',
    'user.delete.do': 'Delete user',

    'settings.version': 'Version {version}',

    'names.title': 'Names',
    'names.text': 'Under these names people and programs find this server. '
        + 'They may all be the same.',
    'names.no.agent': 'Names are set up on the server by the installed '
        + 'package. This instance runs without it: names are stored and '
        + 'nothing else happens.',
    'names.one': 'One name for everything',
    'names.domain_name': 'Domain',
    'names.domain_name.text': 'Dashboard, meeting pages and API.',
    'names.domain_name.example': 'meet.example.com',
    'names.streaming_domain_name': 'Streaming domain',
    'names.streaming_domain_name.text': 'Live streams and players.',
    'names.streaming_domain_name.example': 'live.example.com',
    'names.webrtc_domain_name': 'WebRTC domain',
    'names.webrtc_domain_name.text': 'Signalling of meetings, WHIP and WHEP.',
    'names.webrtc_domain_name.example': 'rtc.example.com',
    'names.turn_domain_name': 'TURN domain',
    'names.turn_domain_name.text': 'Relay for people behind firewalls.',
    'names.turn_domain_name.example': 'turn.example.com',
    'names.cdn_domain_name': 'CDN domain (optional)',
    'names.cdn_domain_name.text': 'A content delivery network in front of '
        + 'the streaming domain.',
    'names.cdn_domain_name.example': 'cdn.example.com',
    'names.wrong': 'This is no name of a host. It looks like '
        + 'meet.example.com.',
    'names.missing': 'Please enter a name.',
    'names.save': 'Save names',
    'names.check': 'Check again',
    'names.saved': 'The names were saved.',
    'names.queued': 'The names were saved. The server is being set up for '
        + 'them.',
    'names.moved': 'The dashboard has moved, and links with the old name no '
        + 'longer work. Sign in again at',
    'names.checking': 'The names are being checked.',
    'names.role.domain': 'Web',
    'names.role.streaming': 'Streaming',
    'names.role.webrtc': 'WebRTC',
    'names.role.turn': 'TURN',

    'dns.ok': 'DNS leads to this server ({addresses})',
    'dns.wrong': 'DNS leads somewhere else: {addresses}',
    'dns.none': 'DNS does not know this name: add a record',
    'dns.unknown': 'DNS has not been checked',
    'reach.checking': 'Trying HTTPS from this browser…',
    'reach.yes': 'HTTPS works from this browser',
    'reach.no': 'No HTTPS from this browser: check port 443 and the '
        + 'certificate',
    'certificate.ok': 'Certificate of {issuer}, until {until} ({count} days)',
    'certificate.ok.one': 'Certificate of {issuer}, until {until} (one day)',
    'certificate.expiring': 'Certificate of {issuer} ends on {until}, in '
        + '{count} days',
    'certificate.expiring.one': 'Certificate of {issuer} ends on {until}, in '
        + 'one day',
    'certificate.expired': 'Certificate of {issuer} has ended on {until}',
    'certificate.missing': 'There is no certificate for this name',

    'job.all': 'Work on the server',
    'job.http': 'Names',
    'job.letsencrypt': 'Let’s Encrypt',
    'job.keep': 'Certificate',
    'job.dns': 'DNS',
    'job.queued': 'waiting',
    'job.running': 'running…',
    'job.done': 'done',
    'job.failed': 'failed',

    'ssl.title': 'Certificate',
    'ssl.text': 'Browsers give camera and microphone to secure pages only. '
        + 'One certificate covers all names.',
    'ssl.letsencrypt': 'Let’s Encrypt',
    'ssl.own': 'Own certificate',
    'ssl.expiring': 'The certificate of {name} ends in {count} days. Renew '
        + 'it, or people will see warnings instead of their meeting.',
    'ssl.expiring.one': 'The certificate of {name} ends in one day. Renew '
        + 'it, or people will see warnings instead of their meeting.',
    'ssl.expired': 'The certificate of {name} has ended. Browsers refuse to '
        + 'open it: renew it now.',
    'ssl.no.agent': 'Let’s Encrypt needs the installed package. This '
        + 'instance runs without it; an own certificate works.',
    'ssl.no.names': 'Save the names first: the certificate is made for them.',
    'ssl.email': 'E-mail (optional)',
    'ssl.email.text': 'Let’s Encrypt writes there when something is wrong '
        + 'with the certificate.',
    'ssl.staging': 'Practise only (staging)',
    'ssl.staging.text': 'Makes a certificate that browsers do not trust, to '
        + 'see whether everything is ready. The real one is limited to a few '
        + 'tries per week.',
    'ssl.acme': 'ACME server',
    'ssl.server': 'ACME server',
    'ssl.server.text': 'The address of its directory. Empty: Let’s Encrypt.',
    'ssl.request': 'Get certificate',
    'ssl.queued': 'The certificate was asked for. It takes about a minute.',
    'ssl.for': 'For',
    'ssl.for.all': 'All names',
    'ssl.store': 'Use this certificate',
    'ssl.stored': 'The certificate is in use for {names}.',

    'pem.file': 'Choose a file',
    'pem.missing': 'Please paste it, or choose a file.',
    'pem.certificate': 'Certificate chain',
    'pem.certificate.text': 'In PEM: the certificate of the server first, '
        + 'then those in between (fullchain.pem).',
    'pem.certificate.example': '-----BEGIN CERTIFICATE-----',
    'pem.key': 'Private key',
    'pem.key.text': 'In PEM, without a password (privkey.pem). It is stored '
        + 'encrypted and never shown again.',
    'pem.key.example': '-----BEGIN PRIVATE KEY-----',

    'brand.title': 'Brand',
    'brand.text': 'How meetings look, and which sites may show them.',
    'brand.name': 'Name',
    'brand.logo': 'Logo',
    'brand.logo.choose': 'Choose a picture',
    'brand.logo.remove': 'Remove',
    'brand.logo.text': 'PNG, JPEG, WebP or SVG. It is made small enough.',
    'brand.logo.wrong': 'This is no picture that can be used. An SVG may '
        + 'have at most 24 KB.',
    'brand.accent': 'Colour',
    'brand.accent.pick': 'Pick a colour',
    'brand.accent.text': 'Buttons have it; texts in it are made readable.',
    'brand.accent.wrong': 'A colour looks like #3b5bdb.',
    'brand.embedding': 'Who may show meetings in a frame',
    'brand.embedding.all': 'Every site',
    'brand.embedding.some': 'Only these sites',
    'brand.embedding.none': 'No site',
    'brand.origins': 'Sites, one per line',
    'brand.origins.wrong': '“{origin}” is no site. It looks like '
        + 'https://www.example.com.',
    'brand.saved': 'The brand was saved.',

    'keys.title': 'API access',
    'keys.text': 'For programs that make rooms or join meetings.',
    'keys.livekit': 'LiveKit key pair',
    'keys.livekit.text': 'LiveKit SDKs sign their access tokens with it.',
    'keys.key': 'API key',
    'keys.secret': 'API secret',
    'keys.rotate': 'Replace the pair',
    'keys.rotate.title': 'Replace the key pair?',
    'keys.rotate.text': 'The present pair stops working at once: update '
        + 'every program that uses it. Meetings that run go on.',
    'keys.rotate.do': 'Replace it now',
    'keys.rotated': 'The key pair was replaced.',
    'keys.token': 'Show the API token',
    'keys.others': 'Further keys',
    'keys.others.text': 'One for each program: it is replaced or removed '
        + 'alone. All of them are as good as the pair above.',
    'keys.new': 'New key',
    'keys.create': 'Create key',
    'keys.label': 'What it is for',
    'keys.label.text': 'For you; programs do not see it.',
    'keys.label.example': 'Booking website',
    'keys.no.label': 'Without a name',
    'keys.made': 'The key was made.',
    'keys.renewed': 'The secret was replaced.',
    'keys.pair': 'Key and secret',
    'keys.once': 'Copy the secret now: it is stored encrypted and not shown '
        + 'again.',
    'keys.done': 'Done',
    'keys.renew': 'New secret',
    'keys.renew.title': 'New secret for “{name}”?',
    'keys.renew.text': 'The present secret stops working at once: update the '
        + 'program that uses it. Meetings that run go on.',
    'keys.renew.do': 'Make a new secret',
    'keys.remove': 'Remove',
    'keys.remove.title': 'Remove “{name}”?',
    'keys.remove.text': 'Programs with this key can no longer do anything. '
        + 'Meetings that run go on. This cannot be undone.',
    'keys.remove.do': 'Remove key',
    'keys.removed': 'The key was removed.',

    'hooks.title': 'Webhooks',
    'hooks.text': 'Programs that are told what happens in rooms: who comes '
        + 'and leaves, what is sent.',
    'hooks.urls': 'Addresses, one per line',
    'hooks.wrong': '“{url}” is no address. It looks like '
        + 'https://backend.example.com/events.',
    'hooks.many': 'There can be {count} addresses at most.',
    'hooks.key': 'Signed with',
    'hooks.key.own': 'The LiveKit key pair of this server',
    'hooks.key.text': 'The program checks with this key that it was this '
        + 'server.',
    'hooks.saved': 'The webhooks were saved.',

    'backup.title': 'Backup',
    'backup.text': 'All rooms, users and settings in one file.',
    'backup.keys': 'With private keys',
    'backup.keys.text': 'Certificates and secrets go into the file, too. '
        + 'Keep it as safe as the server itself.',
    'backup.export': 'Export',
    'backup.import': 'Import a file',
    'backup.wrong': '“{name}” is no export of this product.',
    'backup.import.title': 'Import “{file}”?',
    'backup.import.text': 'All rooms, users and settings of this server are '
        + 'replaced by those of the file (rooms: {rooms}, users: {users}). '
        + 'Certificates and keys stay. This cannot be undone.',
    'backup.import.keys': 'All rooms, users, settings, certificates and keys '
        + 'of this server are replaced by those of the file (rooms: '
        + '{rooms}, users: {users}). This cannot be undone.',
    'backup.import.name': 'The server gets its names, too: {name}.',
    'backup.import.do': 'Replace everything',
    'backup.exported': 'The export is in your downloads.',
    'backup.imported': 'Imported. Rooms: {rooms}, users: {users}.',
};
