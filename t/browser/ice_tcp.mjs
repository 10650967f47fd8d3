#!/usr/bin/env node
/*
 * Copyright (C) the project's authors, BSD-2-Clause.
 *
 * Where UDP is blocked media goes over TCP (RFC 6544).
 */

import { comes, join, openBrowser, seesVideo } from '../lib/browser.mjs';
import { startInstance } from '../lib/instance.mjs';
import { done, is, ok } from '../lib/tap.mjs';


const instance = await startInstance();
const { _id: id } = await instance.createRoom({ name: 'TCP' });

const blocked = await openBrowser('chromium', {
    args: ['--webrtc-ip-handling-policy=disable_non_proxied_udp'],
});
const open = await openBrowser();

const anna = await blocked.visit(`${instance.url}/conferences/${id}`,
                                 { permissions: ['camera', 'microphone'] });

/* a TURN server over TCP would be another way */

await anna.addInitScript(() => {
    const RealConnection = window.RTCPeerConnection;

    window.RTCPeerConnection = class extends RealConnection {
        constructor(configuration) {
            super({ ...configuration, iceServers: [] });
        }

        setConfiguration(configuration) {
            super.setConfiguration({ ...configuration, iceServers: [] });
        }
    };
});
await anna.reload();

const ben = await open.visit(`${instance.url}/conferences/${id}`,
                             { permissions: ['camera', 'microphone'] });

await join(anna, 'Anna');
await join(ben, 'Ben');

ok(await seesVideo(anna, 'Ben'), 'video comes over TCP');
ok(await seesVideo(ben, 'Anna'), 'video goes over TCP');

/* the protocol of the pair that the page's connection uses */

async function protocols(wanted) {
    const found = [];

    for (const connection of window.spied) {
        const stats = [...(await connection.getStats()).values()];
        const transport = stats.find((s) => s.type === 'transport');
        const pair = stats.find((s) =>
            s.id === transport?.selectedCandidatePairId);

        if (pair) {
            found.push(stats.find((s) => s.id === pair.remoteCandidateId)
                       ?.protocol);
        }
    }

    return found.length > 0 && found.every((name) => name === wanted);
}

ok(await comes(anna, protocols, 'tcp'), 'the connection is TCP');
ok(await comes(ben, protocols, 'udp'), 'elsewhere it is UDP');

is(await blocked.close(), [], 'no problem in the page without UDP');
is(await open.close(), [], 'none in the other');
is(await instance.stop(), [], 'nothing in the log');

done();
