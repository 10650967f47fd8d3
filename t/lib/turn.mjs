/*
 * Copyright (C) the project's authors, BSD-2-Clause.
 *
 * Meetings through TURN: pages that may use relays only.
 *
 *   await meetRelayed(browser, url, WAYS[0]);
 */

import { comes, join, seesVideo } from './browser.mjs';
import { is, ok } from './tap.mjs';


export const WAYS = [
    { name: 'UDP', scheme: 'turn:', transport: 'udp', protocol: 'udp' },
    { name: 'TCP', scheme: 'turn:', transport: 'tcp', protocol: 'tcp' },
    { name: 'TLS', scheme: 'turns:', transport: 'tcp', protocol: 'tls' },
];


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


/* a page in the meeting */

export async function openRelayed(browser, url, who, way, options) {
    const page = await browser.visit('about:blank', options);

    await page.addInitScript(restrict, way);
    await page.goto(url);
    await join(page, who);

    return page;
}


/*
 * In the page: the pair that each connection has selected, as "relay PROTOCOL"
 * or "TYPE PROTOCOL PORT" of the far end; undefined until all have one.
 * Firefox has no statistics of a transport, but says which pair is selected.
 */

export async function selectedPairs() {
    const found = [];
    const open = window.spied.filter((connection) =>
        connection.connectionState !== 'closed');

    for (const connection of open) {
        const stats = [...(await connection.getStats()).values()];
        const transport = stats.find((s) => s.type === 'transport');
        const pair = stats.find((s) => s.type === 'candidate-pair'
            && (s.selected || s.id === transport?.selectedCandidatePairId));
        const local = stats.find((s) => s.id === pair?.localCandidateId);
        const remote = stats.find((s) => s.id === pair?.remoteCandidateId);

        if (local?.candidateType === 'relay') {
            found.push(`relay ${local.relayProtocol}`);

        } else if (remote) {
            found.push(`${remote.candidateType} ${remote.protocol} `
                       + remote.port);
        }
    }

    return found.length === open.length ? found : undefined;
}


/* two people meet one way; options are those of visit() */

export async function meetRelayed(browser, url, way, options = {}) {
    const anna = await openRelayed(browser, url, 'Anna', way, options);
    const ben = await openRelayed(browser, url, 'Ben', way, options);

    ok(await seesVideo(anna, 'Ben', 30000), `${way.name}: video comes`);
    ok(await seesVideo(ben, 'Anna', 30000), `${way.name}: video goes`);
    await comes(anna, selectedPairs);
    is(await anna.evaluate(selectedPairs), [`relay ${way.protocol}`],
       `${way.name}: through a relay`);

    await anna.context().close();
    await ben.context().close();
}
