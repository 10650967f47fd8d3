#!/usr/bin/env node
/*
 * Copyright (C) the project's authors, BSD-2-Clause.
 *
 * The test of the connection, with stand-ins for livekit-client and the
 * browser's connections.
 */

import { candidateProtocol, filterCandidates, serverOf }
    from '../../html/js/session/probe.js';
import { LEGS, SelfTest, turnLeg, wayOf }
    from '../../html/js/session/self-test.js';
import { done, is, ok } from '../lib/tap.mjs';


const SDP = ['v=0', 'a=candidate:1 1 udp 2130706431 192.0.2.1 7882 typ host',
             'a=candidate:2 1 TCP 1671430143 192.0.2.1 7882 typ host '
             + 'tcptype passive', 'a=end-of-candidates', ''].join('\r\n');

const SERVERS = [{
    urls: ['turn:turn.a.de:3478?transport=udp',
           'turn:turn.a.de:3478?transport=tcp',
           'turns:turn.a.de:443?transport=tcp'],
    username: 'u', credential: 'c',
}];

const CheckStatus = { SUCCESS: 3, FAILED: 4 };


/* a browser and a network with some ways open */

function setUp({ open, offered = 'udp tcp', iceServers = SERVERS, token }) {
    const scope = {
        RTCPeerConnection: class extends EventTarget {
            constructor(config) {
                super();
                this.config = config;
            }

            async setRemoteDescription({ sdp }) {
                this.sdp = sdp;
            }

            /* the way that this connection is left with */

            get way() {
                if (this.config.iceTransportPolicy === 'relay') {
                    return turnLeg(this.config.iceServers[0].urls[0]);
                }

                return / udp /i.test(this.sdp) ? 'udp' : 'tcp';
            }

            async getStats() {
                return new Map([
                    ['p', { type: 'candidate-pair', selected: true,
                            localCandidateId: 'l', remoteCandidateId: 'r',
                            currentRoundTripTime: 0.012 }],
                    ['l', { id: 'l', candidateType: 'host' }],
                    ['r', { id: 'r', address: '2001:db8::1', port: 7882,
                            protocol: this.way }],
                ]);
            }
        },
    };

    class Checker {
        constructor() {
            this.logs = [];
            this.room = { once() {} };
        }

        async connect() {
            const connection = new scope.RTCPeerConnection(
                this.connectOptions.rtcConfig);
            const lines = SDP.split('\r\n').filter((line) =>
                !line.startsWith('a=candidate')
                || offered.includes(candidateProtocol(line)));

            await connection.setRemoteDescription({
                type: 'offer', sdp: lines.join('\r\n') });

            if (!open.includes(connection.way)) {
                throw new Error('could not connect');
            }
        }
    }

    class ConnectionCheck {
        on(name, handler) {
            this.handler = handler;
        }

        removeAllListeners() {}

        async checkWebsocket() {
            const good = open.includes('websocket');
            const logs = [{ level: good ? 'info' : 'error', message: 'M' }];

            this.handler(0, { logs });

            return { logs,
                     status: CheckStatus[good ? 'SUCCESS' : 'FAILED'] };
        }

        async createAndRunCheck(Check) {
            const check = new Check();

            try {
                await check.perform();
                return { logs: [], status: CheckStatus.SUCCESS };

            } catch (error) {
                return { status: CheckStatus.FAILED,
                         logs: [{ level: 'error', message: error.message }] };
            }
        }
    }

    const Real = scope.RTCPeerConnection;
    const test = new SelfTest({
        livekit: { Checker, ConnectionCheck, CheckStatus }, scope,
        createTestToken: token ?? (async () => ({ token: 't', url: 'wss://x',
                                                  iceServers })),
    });

    return { test, restored: () => scope.RTCPeerConnection === Real };
}

async function outcome(parts) {
    const { test, restored } = setUp(parts);

    await test.run();
    ok(restored() && !test.running, 'nothing is left of the test');

    return [test.verdict, test.best,
            test.legs.map((leg) => leg.state).join(' ')];
}


/* candidates */

is(candidateProtocol('candidate:1 1 UDP 1 192.0.2.1 7882 typ host'), 'udp',
   'the protocol of a candidate');
is(candidateProtocol(''), '', 'of none');

{
    const { sdp, kept, all } = filterCandidates(SDP, (line) =>
        candidateProtocol(line) === 'tcp');

    is([kept, all, sdp.includes(' udp '), sdp.endsWith('\r\n')],
       [['192.0.2.1:7882'], 2, false, true],
       'only one kind of candidates is left');
}


/* TURN servers */

is(SERVERS[0].urls.map(turnLeg), ['turn-udp', 'turn-tcp', 'turn-tls'],
   'three ways to a relay');
is(['turn:a.de', 'turns:a.de', 'turns:a.de?transport=udp', 'stun:a.de', '']
   .map(turnLeg), ['turn-udp', 'turn-tls', null, null, null],
   'defaults, and what is none');
is(wayOf('turn-tcp', SERVERS).rtcConfig,
   { iceServers: [{ ...SERVERS[0], urls: [SERVERS[0].urls[1]] }],
     iceTransportPolicy: 'relay' }, 'one way to a relay and nothing else');
is(wayOf('turn-udp', [{ urls: 'turn:a.de' }]).rtcConfig.iceServers.length, 1,
   'a single address');
is(wayOf('turn-tls', []), null, 'no relay');
is(wayOf('udp', SERVERS).rtcConfig, { iceServers: [] },
   'the direct way has no relay');
is(serverOf('turns:[2001:db8::1]:443?transport=tcp'), '[2001:db8::1]:443',
   'where a relay is');


/* what a network lets through, and what it means */

is(await outcome({ open: LEGS }),
   ['good', 'udp', 'works works works works works works'], 'everything');
is(await outcome({ open: ['websocket', 'tcp', 'turn-tls'] }),
   ['slow', 'tcp', 'works fails works fails fails works'], 'no UDP');
is(await outcome({ open: ['websocket', 'turn-tls'] }),
   ['slow', 'turn-tls', 'works fails fails fails fails works'],
   'nothing but TLS');
is(await outcome({ open: ['websocket', 'turn-udp'] }),
   ['good', 'turn-udp', 'works fails fails works fails fails'],
   'a relay over UDP');
is(await outcome({ open: ['websocket'] }),
   ['blocked', null, 'works fails fails fails fails fails'], 'no media');
is(await outcome({ open: ['udp'] }),
   ['signal', null, 'fails skipped skipped skipped skipped skipped'],
   'no WebSocket');
is(await outcome({ open: LEGS, offered: 'udp', iceServers: [] }),
   ['good', 'udp', 'works works absent absent absent absent'],
   'a server without TCP and TURN');
is(await outcome({ open: LEGS, token: async () => {
    throw Object.assign(new Error('Wait.'), { name: 'ApiError',
                                              status: 429 });
} }), ['away', null, Array(6).fill('skipped').join(' ')], 'no token');


/* what is found and reported */

{
    const { test } = setUp({ open: ['websocket', 'udp'] });

    is(test.verdict, null, 'no result before the test');
    await test.run();

    const [socket, udp, tcp] = test.legs;

    ok(socket.ms !== null && udp.ms !== null, 'times are taken');
    is([udp.address, udp.protocol, udp.roundTrip],
       ['[2001:db8::1]:7882', 'udp', 12], 'what the connection used');

    const report = test.report('https://a.de/connection-test', 'Browser/1');

    ok(/^udp +works: udp, \[2001:db8::1\]:7882, \d+ ms, round trip 12 ms$/m
        .test(report), 'a way that works');
    ok(report.includes('fails: could not connect, needs 192.0.2.1:7882'),
       'one that does not');
    ok(report.includes('Browser/1') && report.includes('best way: udp'),
       'and the result');

    await test.run();
    is(tcp === test.legs[2], false, 'a second test begins anew');
}

done();
