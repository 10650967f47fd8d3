#!/usr/bin/env node
/*
 * Copyright (C) the project's authors, BSD-2-Clause.
 *
 * People who get through to one TCP port only meet there, whichever workers
 * they are in.
 */

import { comes, join, openBrowser, seesVideo } from '../lib/browser.mjs';
import { ownHost, startInstance } from '../lib/instance.mjs';
import { onePort } from '../lib/one_port.mjs';
import { done, is, ok } from '../lib/tap.mjs';
import { fillTwo } from '../lib/workers.mjs';


/* in the page: of the server's candidates those at that port, no TURN */

function restrict(port) {
    const Real = window.RTCPeerConnection;
    const known = (line) =>
        line.includes(` ${port} typ host tcptype passive`);

    window.RTCPeerConnection = class extends Real {
        constructor(config, ...values) {
            super({ ...config, iceServers: [] }, ...values);
        }

        setRemoteDescription({ type, sdp }) {
            return super.setRemoteDescription({
                type,
                sdp: sdp.split('\r\n').filter((line) =>
                    !line.startsWith('a=candidate:') || known(line))
                    .join('\r\n'),
            });
        }

        async addIceCandidate(init) {
            if (known(init.candidate)) {
                await super.addIceCandidate(init);
            }
        }
    };
}


/* in the page: the far end of the pair that each connection uses */

async function through(port) {
    const found = [];

    for (const connection of window.spied) {
        const stats = [...(await connection.getStats()).values()];
        const transport = stats.find((s) => s.type === 'transport');
        const pair = stats.find((s) =>
            s.id === transport?.selectedCandidatePairId);
        const remote = stats.find((s) => s.id === pair?.remoteCandidateId);

        if (remote) {
            found.push(`${remote.protocol} ${remote.port}`);
        }
    }

    return found.length > 0 && found.every((text) => text === `tcp ${port}`);
}


const { port, conf } = await onePort();
const instance = await startInstance({ RTC_IP: ownHost(import.meta.url),
                                       WORKERS: 2 }, conf);
const { _id: id } = await instance.createRoom({ name: 'one port' });

const browser = await openBrowser('chromium', {
    args: ['--webrtc-ip-handling-policy=disable_non_proxied_udp'],
});

const people = await fillTwo(instance, async (n) => {
    const page = await browser.visit('about:blank', {
        permissions: ['camera', 'microphone'],
    });

    await page.addInitScript(restrict, port);
    await page.goto(`${instance.url}/conferences/${id}`);
    await join(page, `P${n}`);

    return { page, name: `P${n}` };
});

/* the last one is alone in its worker, the first is in the other */

const [first, last] = [people[0].client, people.at(-1).client];

ok(people[0].pid !== people.at(-1).pid, 'they are in two workers');
ok(await seesVideo(last.page, first.name, 30000), 'video goes from one');
ok(await seesVideo(first.page, last.name, 30000), '.. and from the other');
ok(await comes(first.page, through, port), 'the first uses the one port');
ok(await comes(last.page, through, port), 'so does the last');

is(await browser.close(), [], 'no problem in the pages');
is(await instance.stop(), [], 'nothing in the log');

done();
