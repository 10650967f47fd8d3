#!/usr/bin/env node
/*
 * Copyright (C) the project's authors, BSD-2-Clause.
 *
 * People on a host from which nothing gets out but to TCP 443 meet, with four
 * names and with one, by ICE and by TURN.
 */

import { join, openBrowser, seesVideo } from '../lib/browser.mjs';
import { waitFor } from '../lib/instance.mjs';
import { Client443, OwnServer } from '../lib/own_server.mjs';
import { diag, done, is, ok } from '../lib/tap.mjs';
import { openRelayed, selectedPairs, WAYS } from '../lib/turn.mjs';


const [meet, ...others] = ['meet', 'hls', 'rtc', 'turn'].map((name) =>
    `${name}.example.test`);
const roles = ['--streaming-domain', '--webrtc-domain', '--turn-domain'];
const tls = WAYS.find(({ name }) => name === 'TLS');

const server = await OwnServer.start(import.meta.url);
const client = new Client443();


/* a certificate of a root that the browser knows, for the names of now */

async function setUp(names) {
    await server.setUp('--no-cert', '--domain', meet,
                       ...roles.flatMap((role, i) => [role, names[i]]));
    await server.api('/api/application/updateSSLCertificate', {
        ssl_type: 'SSL_TYPE_CUSTOM', ...await server.issue(meet, ...names) });
}


/* one who takes the best way, and one who may use a relay only */

async function meets(browser, what) {
    const { _id: id } = await server.createRoom({ name: what });
    const url = `https://${meet}/conferences/${id}`;
    const options = { permissions: ['camera', 'microphone'] };

    const anna = await browser.visit(url, options);

    await join(anna, 'Anna');

    const ben = await openRelayed(browser, url, 'Ben', tls, options);

    ok(await seesVideo(anna, 'Ben', 30000), `${what}: video goes from TURN`);
    ok(await seesVideo(ben, 'Anna', 30000), `${what}: video goes to TURN`);

    await uses(anna, 'host tcp 443', `${what}: ICE over TCP`);
    await uses(ben, 'relay tls', `${what}: TURN over TLS`);

    await anna.context().close();
    await ben.context().close();
}


/* the connection of a page; what comes first need not be the best */

async function uses(page, wanted, what) {
    const found = () => page.evaluate(selectedPairs);

    await waitFor(async () => (await found())?.every((pair) =>
        pair === wanted), 30000);
    is(await found(), [wanted], what);
}


await setUp(others);

const browser = await openBrowser('chromium',
                                  { executablePath: client.chromium });

await meets(browser, 'four names');
await setUp([meet, meet, meet]);
await meets(browser, 'one name');

const { dropped_udp: udp, dropped_tcp: tcp } = client.dropped();

ok(udp > 0, 'the browser has tried UDP in vain');
diag(`${udp} packets of UDP and ${tcp} of TCP were dropped`);

is(await browser.close(), [], 'no problem in the pages');
is(await server.problems(), [], 'none in the log');

done();
