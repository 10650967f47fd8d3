/*
 * Copyright (C) the project's authors, BSD-2-Clause.
 *
 * English, of the test of the connection.
 */


export default {
    'test.title': 'Connection test',
    'test.text': 'Tries every way between this browser and the meetings. It '
        + 'takes up to a minute and uses neither camera nor microphone.',
    'test.start': 'Start the test',
    'test.again': 'Test again',
    'test.running': 'Testing…',
    'test.copy': 'Copy report',
    'test.copied': 'The report was copied.',
    'test.copy.failed': 'The browser does not allow copying. Select the '
        + 'report and copy it.',
    'test.report': 'Report',
    'test.legs': 'Ways to the meetings',

    'leg.websocket': 'WebSocket',
    'leg.websocket.text': 'Signalling: who is there, and what is sent',
    'leg.udp': 'UDP',
    'leg.udp.text': 'Video and audio on the direct way',
    'leg.tcp': 'TCP',
    'leg.tcp.text': 'Video and audio where UDP is blocked',
    'leg.turn-udp': 'Relay over UDP',
    'leg.turn-udp.text': 'TURN, for networks with few open ports',
    'leg.turn-tcp': 'Relay over TCP',
    'leg.turn-tcp.text': 'TURN, where UDP is blocked',
    'leg.turn-tls': 'Relay over TLS',
    'leg.turn-tls.text': 'TURN, looks like an ordinary secure website',

    'leg.idle': 'Waiting',
    'leg.running': 'Testing',
    'leg.works': 'Works',
    'leg.fails': 'Does not work',
    'leg.absent': 'Not offered',
    'leg.skipped': 'Not tested',

    'leg.websocket.hint': 'A proxy, a firewall or a browser extension holds '
        + 'up WebSockets. Without them no meeting is possible: allow '
        + 'WebSocket connections to this server.',
    'leg.udp.hint': 'A firewall seems to block UDP to the media ports of the '
        + 'server. Opening them gives the best quality.',
    'leg.tcp.hint': 'A firewall seems to block TCP to the media ports of the '
        + 'server.',
    'leg.turn-udp.hint': 'A firewall seems to block UDP to the TURN port of '
        + 'the server, or the relay does not reach the media ports.',
    'leg.turn-tcp.hint': 'A firewall seems to block TCP to the TURN port of '
        + 'the server.',
    'leg.turn-tls.hint': 'A firewall seems to block the TURN port over TLS, '
        + 'or the certificate of the TURN name is not trusted or not for it.',

    'leg.time': 'connected in {ms} ms',
    'leg.round': 'round trip {ms} ms',
    'leg.targets': 'To open: {targets}',
    'leg.details': 'Details',

    'verdict.good': 'You can take part. The best way is {way}.',
    'verdict.slow': 'You can take part, but video may be slow at times: the '
        + 'best way is {way}. Opening UDP in the firewall would help.',
    'verdict.blocked': 'You cannot take part from this network: no video '
        + 'and no audio gets through. Try another network, or give the '
        + 'report to whoever looks after your firewall.',
    'verdict.signal': 'You cannot take part: this browser cannot hold a '
        + 'connection to the server.',
    'verdict.away': 'The test could not begin. {reason}',
};
