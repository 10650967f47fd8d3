#!/usr/bin/env node
/*
 * Copyright (C) the project's authors, BSD-2-Clause.
 *
 * Certificates are replaced, by uploads and by certbot, under a call with its
 * signalling, a relay of TURN over TLS and 50 requests per second: nobody
 * notices.  REPLACE=20 replaces as many.
 */

import { spawn } from 'node:child_process';
import { X509Certificate } from 'node:crypto';
import { readFileSync, statSync } from 'node:fs';
import { dirname, join as joinPath } from 'node:path';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';

import { join, openBrowser, seesVideo } from '../lib/browser.mjs';
import { waitFor } from '../lib/instance.mjs';
import { ADDRESS, OwnServer } from '../lib/own_server.mjs';
import { diag, done, is, ok } from '../lib/tap.mjs';
import { TlsLoad } from '../lib/tls_load.mjs';
import { openRelayed, selectedPairs, WAYS } from '../lib/turn.mjs';


const count = Number(process.env.REPLACE ?? 3);
const names = ['meet', 'hls', 'rtc', 'turn'].map((name) =>
    `${name}.example.test`);
const [meet, hls, rtc, turn] = names;
const lib = joinPath(dirname(fileURLToPath(import.meta.url)), '../lib');
const pem = '/etc/conference/certificate.pem';

const server = await OwnServer.start(import.meta.url);
const acme = await server.call('acme_server');

/* the root of uploads is known before the browser starts */

await server.issue(meet);
await server.setUp('--domain', meet, '--streaming-domain', hls,
                   '--webrtc-domain', rtc, '--turn-domain', turn,
                   '--acme-server', acme, '--email', 'root@example.test');

const { _id: id } = await server.createRoom({ name: 'replaced' });


/* a call: one through TURN over TLS, one directly */

const browser = await openBrowser();
const url = `https://${meet}/conferences/${id}`;
const options = { permissions: ['camera', 'microphone'] };
const anna = await openRelayed(browser, url, 'Anna', WAYS.at(-1), options);
const ben = await browser.visit(url, options);

await join(ben, 'Ben');

ok(await seesVideo(anna, 'Ben', 30000), 'Anna sees Ben');
ok(await seesVideo(ben, 'Anna', 30000), 'Ben sees Anna');
await waitFor(() => anna.evaluate(selectedPairs));
is(await anna.evaluate(selectedPairs), ['relay tls'],
   'she uses TURN over TLS');


/* in the page: whatever ends, and how long the picture has stood still */

function watch(who) {
    const video = document.querySelector(`[data-name="${who}"] video`);

    window.ended = [];
    window.gap = 0;

    for (const connection of window.spied) {
        connection.addEventListener('connectionstatechange', () => {
            window.ended.push(`media: ${connection.connectionState}`);
        });
    }

    for (const socket of window.sockets) {
        socket.addEventListener('close', () => {
            window.ended.push('signalling: closed');
        });
    }

    let last = performance.now();

    const next = () => {
        const now = performance.now();

        window.gap = Math.max(window.gap, now - last);
        last = now;
        video.requestVideoFrameCallback(next);
    };

    next();

    return [window.spied.length, window.sockets.length];
}


const before = [await anna.evaluate(watch, 'Ben'),
                await ben.evaluate(watch, 'Anna')];


/* a relay whose messages are counted */

const { iceServers: [{ username, credential }] } = await server.joinToken(id);
const relay = spawn(joinPath(lib, 'turn-relay'),
                    [ADDRESS, turn, username, credential, '7945'],
                    { stdio: ['pipe', 'pipe', 'inherit'] });
const relayed = createInterface({ input: relay.stdout })
    [Symbol.asyncIterator]();

is((await relayed.next()).value, 'ready', 'a relay over TLS');


/* others */

const load = new TlsLoad(ADDRESS, server.roots, [
    { name: meet, path: '/healthz', status: 200 },
    { name: hls, path: '/', status: 302 },
    { name: rtc, path: '/rtc/validate', status: 401 },
    { name: turn, path: '/', status: 302 },
], [{ name: turn, alpn: ['stun.turn'] }, { name: turn }, { name: meet },
    { name: rtc, alpn: ['stun.turn'] }, { name: hls }]);

const workers = await server.call('must', 'pgrep', '-f', 'nginx: worker');


/* ways to replace it; each answers the new one's serial number, and when */

function serialOf(text) {
    return new X509Certificate(text).serialNumber;
}


/* as certbot and the agent leave it */

function stored() {
    return { serial: serialOf(readFileSync(pem)),
             since: Math.floor(statSync(pem).mtimeMs) };
}


async function upload() {
    const { certificate, private_key: key } = await server.issue(...names);
    const since = Date.now();

    await server.api('/api/application/updateSSLCertificate', {
        ssl_type: 'SSL_TYPE_CUSTOM', certificate, private_key: key });

    return { serial: serialOf(certificate), since };
}


async function backToAcme() {
    const { job } = await server.api('/api/application/updateSSLCertificate',
                                     { ssl_type: 'SSL_TYPE_LETSENCRYPT' });

    const state = await waitFor(async () => {
        const [of, is] = await server.call('redis', 'HMGET',
            'conf:agent:job:letsencrypt', 'id', 'state');

        return of === job && /^(done|failed)$/.test(is) && is;
    }, 60000);

    is(state, 'done', 'back to the ACME server');

    return stored();
}


async function renew() {
    await server.call('must', 'certbot', 'renew', '--cert-name', 'conference',
                      '--force-renewal', '--no-random-sleep-on-renew', '-q');

    return stored();
}


const WAYS_TO_REPLACE = [upload, backToAcme, renew];
const changes = [];

for (let i = 0; i < count; i += 1) {
    const way = WAYS_TO_REPLACE[i % WAYS_TO_REPLACE.length];
    const { serial, since } = await way();

    changes.push({ way: way.name, serial, since });
    ok(await waitFor(() => load.allSee(serial), 20000),
       `${i + 1}: ${way.name}: all names have it`);
}


/* what came of it */

await load.stop();
relay.stdin.end();

const { sent, received, gap } = JSON.parse((await relayed.next()).value);

changes.forEach(({ way }, i) => {
    const { came, knew } = load.lateness(changes, i);

    ok(came < 2000, `${i + 1}: ${way}: in use after ${came} to ${knew} ms`);
});

is(load.failures.slice(0, 10), [], 'no request has failed');
diag(`${load.sent} requests, ${load.failures.length} failed, `
     + `${(load.sent / load.seconds).toFixed(1)} in a second`);

is(sent - received, 0, 'the relay has lost nothing');
diag(`${sent} messages, ${gap} ms between two at most`);

for (const [page, who, [connections, sockets]] of [[anna, 'Anna', before[0]],
                                                   [ben, 'Ben', before[1]]])
{
    is(await page.evaluate(() => window.ended), [],
       `${who}: nothing has ended`);
    is(await page.evaluate(() => [window.spied.length,
                                  window.sockets.length]),
       [connections, sockets], '.. and nothing is new');
    ok(await seesVideo(page, who === 'Anna' ? 'Ben' : 'Anna'),
       '.. and the picture moves');
    diag(`the picture stood for ${Math.round(await page.evaluate(() =>
        window.gap))} ms at most`);
}

is(await anna.evaluate(selectedPairs), ['relay tls'],
   'TURN over TLS is still in use');
is(await server.call('must', 'pgrep', '-f', 'nginx: worker'), workers,
   'no worker is new');

is(await browser.close(), [], 'no problem in the pages');
is(await server.problems(), [], 'none in the log');

done();
