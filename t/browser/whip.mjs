#!/usr/bin/env node
/*
 * Copyright (C) the project's authors, BSD-2-Clause.
 *
 * WHIP: a peer publishes by HTTP, a meeting page sees it; ICE restart, the end
 * of a session, what is refused.
 */

import { openBrowser, join, seesVideo, tile } from '../lib/browser.mjs';
import { startInstance, waitFor } from '../lib/instance.mjs';
import { members } from '../lib/processes.mjs';
import { done, is, ok } from '../lib/tap.mjs';
import { FRAGMENT, SDP, client, credentials, sections } from '../lib/wish.mjs';


const instance = await startInstance();
const { _id: id } = await instance.createRoom({ name: 'studio' });
const { token } = await instance.joinToken(id, { name: 'Encoder' });
const { token: viewer } = await instance.joinToken(id, {
    name: 'Viewer', mode: 'view' });
const endpoint = `/whip/${id}`;
const { ask, status } = client(instance, token);

/* an offer of a real peer, which stays in its page as window.pc */

const browser = await openBrowser();
const studio = await browser.visit(`${instance.url}/`,
                                   { expect: /status of 401/ });

function offer(options = {}) {
    return studio.evaluate(async ({ rids, direction = 'sendonly', bare }) => {
        const canvas = document.createElement('canvas');
        const draw = canvas.getContext('2d');

        canvas.width = 640;
        canvas.height = 360;
        setInterval(() => {
            draw.fillStyle = `hsl(${performance.now() / 10 % 360} 90% 50%)`;
            draw.fillRect(0, 0, 640, 360);
        }, 40);

        const [video] = canvas.captureStream(25).getTracks();
        const [audio] = new AudioContext().createMediaStreamDestination()
            .stream.getTracks();

        window.pc = new RTCPeerConnection();
        window.pc.addTransceiver(audio, { direction });
        window.pc.addTransceiver(video, { direction, ...(rids && {
            sendEncodings: rids.map((rid, i) =>
                ({ rid, scaleResolutionDownBy: 2 ** (rids.length - 1 - i) })),
        }) });
        await window.pc.setLocalDescription();

        /* what an encoder may leave out */

        return bare
            ? window.pc.localDescription.sdp.split('\r\n').filter((line) =>
                !/^a=(extmap|ssrc|msid)/.test(line)).join('\r\n')
            : window.pc.localDescription.sdp;
    }, options);
}

async function publish(options) {
    const answer = await ask('POST', endpoint,
                             { type: SDP, body: await offer(options) });

    if (answer.status === 201) {
        await studio.evaluate((sdp) => window.pc.setRemoteDescription(
            { type: 'answer', sdp }), answer.text);
    }

    return answer;
}

const gone = () => waitFor(async () =>
    (await members(instance, id))[0] === 1);

const watcher = await browser.visit(`${instance.url}/conferences/${id}`);

await join(watcher, 'Watcher');

/* what is refused */

const sdp = await offer();

is(await status('POST', endpoint, { body: sdp, type: 'text/plain' }), 415,
   'an offer of another type');
is(await status('POST', endpoint, { body: sdp, type: SDP, auth: '' }), 401,
   'no token');
is(await status('POST', endpoint, { body: sdp, type: SDP, auth: 'x.y.z' }),
   401, 'a malformed token');
is(await status('POST', endpoint, { body: sdp, type: SDP, auth: viewer }), 403,
   'a token that may not publish');
is(await status('POST', '/whip/000000000000000000000000',
                { body: sdp, type: SDP }), 403, 'a token of another room');
is(await status('POST', endpoint, { body: 'hello', type: SDP }), 400,
   'no description');
is(await status('POST', endpoint, { body: '', type: SDP }), 400, 'no body');
is(await status('POST', endpoint, { body: sections(sdp, 500), type: SDP }),
   422, '500 sections');
is(await status('POST', endpoint, { body: 'x'.repeat(1 << 20), type: SDP }),
   413, 'a megabyte');
is(await status('POST', endpoint,
                { body: sdp.replace(/^a=fingerprint.*\r\n/mg, ''),
                  type: SDP }), 422, 'no fingerprint');
ok(await gone(), '.. and nobody of these stays');

const put = await ask('PUT', endpoint, { body: sdp, type: SDP });

is([put.status, put.header('allow')], [405, 'GET, HEAD, OPTIONS, POST'],
   'a method that is not there');
is(await status('GET', endpoint), 204, 'GET is empty');

const options = await ask('OPTIONS', endpoint, { auth: '' });

is([options.status, options.header('accept-post'),
    options.header('access-control-allow-origin'),
    options.header('access-control-allow-headers')],
   [200, SDP, '*', 'Authorization, Content-Type, If-Match'],
   'OPTIONS tells any origin');

/* a session */

const created = await publish();
const location = created.header('location');
const etag = created.header('etag');

is([created.status, created.header('content-type'),
    created.header('access-control-expose-headers')],
   [201, SDP, 'Location, ETag, Link'], 'an offer is answered');
ok(location.startsWith(`${endpoint}/`)
   && location.length - endpoint.length > 32, 'its address is random');
ok(/^"[^"]+"$/.test(etag), 'a strong ETag');
is(created.text.match(/^a=(send|recv).*/mg), ['a=recvonly', 'a=recvonly'],
   'the answer only receives');
ok(await seesVideo(watcher, 'Encoder'), 'the meeting sees it');

/* who may change it, and how */

const patch = { type: FRAGMENT, body: credentials(sdp) };

is(await status('PATCH', location, patch), 428, 'no If-Match');
is(await status('PATCH', location, { ...patch, match: '"old"' }), 412,
   'another ETag');
is(await status('PATCH', location, { ...patch, match: `W/${etag}` }), 412,
   'a weak one');
is(await status('PATCH', location, { ...patch, match: etag.slice(0, -1) }),
   412, 'half of it');
is(await status('PATCH', location, { ...patch, match: etag }), 204,
   'a candidate');
is(await status('PATCH', location, { ...patch, match: `"old", ${etag}` }), 204,
   'one of several');
is(await status('PATCH', location, { ...patch, match: etag, type: SDP }), 415,
   'another type');
is(await status('PATCH', location, { ...patch, match: '*', body: 'a=x' }), 400,
   'a restart without credentials');
is(await status('PATCH', location,
                { ...patch, match: '*',
                  body: patch.body.replace(/ufrag:..../, 'ufrag:<..>') }), 400,
   '.. with malformed ones');
is(await status('DELETE', location, { auth: '' }), 401,
   'a stolen address without the token');
is(await status('DELETE', location, { auth: viewer }), 401,
   '.. with another token');
is(await status('DELETE', `${endpoint}/${'0'.repeat(48)}`), 404,
   'an address that is none');
is(await status('POST', location, { body: sdp, type: SDP }), 405,
   'no offer to a session');

const restarted = await ask('PATCH', location, { ...patch, match: '*' });

is([restarted.status, restarted.header('content-type')], [200, FRAGMENT],
   'an ICE restart');
ok(restarted.header('etag') !== etag
   && restarted.text.includes(
       `a=ice-ufrag:${restarted.header('etag').slice(1, -1)}`),
   '.. has other credentials and another ETag');
is(await status('PATCH', location, { ...patch, match: etag }), 412,
   '.. the old one is stale');

is(await status('DELETE', location), 200, 'the session ends');
is(await status('DELETE', location), 404, '.. once');
ok(await gone(), '.. and the participant has left');
await tile(watcher, 'Encoder').waitFor({ state: 'detached' });

/* offers of encoders: sendrecv, simulcast, no extensions and no SSRC */

for (const [name, kind] of [['sendrecv', { direction: 'sendrecv' }],
                            ['simulcast', { rids: ['q', 'h', 'f'] }],
                            ['no extension, no SSRC', { bare: true }]]) {
    const answer = await publish(kind);

    is(answer.status, 201, `${name}: answered`);
    ok(await seesVideo(watcher, 'Encoder'), `${name}: seen`);
    is(await status('DELETE', answer.header('location')), 200,
       `${name}: ended`);
    await tile(watcher, 'Encoder').waitFor({ state: 'detached' });
}

/* the encoder says goodbye by DTLS; the room is closed */

await publish();
ok(await seesVideo(watcher, 'Encoder'), 'once more');
await studio.evaluate(() => window.pc.close());
ok(await gone(), 'the end of its connection ends it');

const last = await publish();

await instance.updateRoom(id, { active: false });
ok(await waitFor(async () => (await members(instance, id))[0] === 0),
   'a closed room ends it');
is(await status('DELETE', last.header('location')), 404,
   '.. and its address');
is(await status('POST', endpoint, { body: sdp, type: SDP }), 403,
   'a closed room is refused');

is(await browser.close(), [], 'no problem in a page');
is(await instance.stop(), [], 'no problem in the log');
done();
