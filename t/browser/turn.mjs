#!/usr/bin/env node
/*
 * Copyright (C) the project's authors, BSD-2-Clause.
 *
 * A meeting through TURN: browsers that may use relays only, over UDP, TCP and
 * TLS.
 */

import { comes, join, openBrowser, seesVideo } from '../lib/browser.mjs';
import { startInstance } from '../lib/instance.mjs';
import { done, is, ok } from '../lib/tap.mjs';


const instance = await startInstance();
const { _id: id } = await instance.createRoom({ name: 'TURN' });

const { iceServers } = await instance.joinToken(id);

is(iceServers.length, 1, 'createToken tells of TURN');
is(iceServers[0].urls.map((url) => url.replace(/:.*=/, ' ')),
   ['turn udp', 'turn tcp', 'turns tcp'], 'over UDP, TCP and TLS');

/* the certificate is of nobody a browser knows */

const browser = await openBrowser('chromium', {
    args: ['--ignore-certificate-errors'],
});

/* in the page: relays only, and one way to TURN only */

function restrict(wanted) {
    const Real = window.RTCPeerConnection;

    window.RTCPeerConnection = class extends Real {
        constructor(config, ...values) {
            super(restricted(config), ...values);
        }

        setConfiguration(config) {
            super.setConfiguration(restricted(config));
        }
    };

    function restricted(config) {
        return {
            ...config,
            iceTransportPolicy: 'relay',
            iceServers: config.iceServers?.map((server) => ({
                ...server,
                urls: server.urls.filter((url) => url.startsWith(wanted.scheme)
                    && url.endsWith(wanted.transport)),
            })),
        };
    }
}

/* the protocol between browser and relay of each connection in use */

async function protocols(wanted) {
    const found = [];

    for (const connection of window.spied) {
        const stats = [...(await connection.getStats()).values()];
        const transport = stats.find((s) => s.type === 'transport');
        const pair = stats.find((s) =>
            s.id === transport?.selectedCandidatePairId);
        const local = stats.find((s) => s.id === pair?.localCandidateId);

        if (local) {
            found.push(`${local.candidateType} ${local.relayProtocol}`);
        }
    }

    return found.length === 2 && found.every((text) =>
        text === `relay ${wanted}`);
}

for (const [name, scheme, transport, protocol] of [
    ['UDP', 'turn:', 'udp', 'udp'],
    ['TCP', 'turn:', 'tcp', 'tcp'],
    ['TLS', 'turns:', 'tcp', 'tls'],
]) {
    const open = async (who) => {
        const page = await browser.visit('about:blank', {
            permissions: ['camera', 'microphone'],
        });

        await page.addInitScript(restrict, { scheme, transport });
        await page.goto(`${instance.url}/conferences/${id}`);
        await join(page, who);

        return page;
    };

    const anna = await open('Anna');
    const ben = await open('Ben');

    ok(await seesVideo(anna, 'Ben', 30000), `${name}: video comes`);
    ok(await seesVideo(ben, 'Anna', 30000), `${name}: video goes`);
    ok(await comes(anna, protocols, protocol), `${name}: through a relay`);

    await anna.context().close();
    await ben.context().close();
}

const metrics = await (await fetch(`${instance.url}/metrics`)).text();

ok(/^rtc_turn_allocated_total [1-9]/m.test(metrics), 'they are counted');

is(await browser.close(), [], 'no problem in the pages');
is(await instance.stop(), [], 'nothing in the log');

done();
