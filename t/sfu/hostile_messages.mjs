#!/usr/bin/env node
/*
 * Copyright (C) the project's authors, BSD-2-Clause.
 *
 * Signalling of somebody who means harm: frames and messages.
 */

import { randomBytes } from 'node:crypto';

import {
    DisconnectReason, RequestResponse_Reason, SignalRequest, TrackSource,
    TrackType,
} from '@livekit/protocol';

import { startInstance, waitFor } from '../lib/instance.mjs';
import { rss, workerPids } from '../lib/processes.mjs';
import { SignalClient } from '../lib/signalclient.mjs';
import { done, is, ok } from '../lib/tap.mjs';


const instance = await startInstance({ WORKERS: 1, LOG_LEVEL: 'info' });
const { _id: id } = await instance.createRoom({ name: 'hostile' });
const watcher = await SignalClient.join(instance, id, { name: 'Watcher' });
const mallory = await instance.joinToken(id, { name: 'Mallory' });

const attacker = () => SignalClient.connect(mallory);
const others = [];

/* who looks on is served in time, whatever the others do */

async function served(name) {
    const start = Date.now();

    watcher.send({ case: 'pingReq', value: { timestamp: 1n } });
    ok(await watcher.next('pongResp') && Date.now() - start < 1000, name);
}

async function refused(bytes, opcode = 2) {
    const client = await SignalClient.connect(await instance.joinToken(id,
        { name: `m${others.length}` }));

    others.push(client);
    client.ws.frame(opcode, bytes);

    const answer = await client.next(undefined, () =>
        true, 50) && await client.next('leave', () => true, 2000);

    client.end();

    return answer?.reason;
}

/* protobuf by hand */

function varint(n) {
    return n < 128 ? [n] : [n & 127 | 128, ...varint(n >>> 7)];
}

function field(number, bytes) {
    return Buffer.concat([Buffer.from([...varint(number << 3 | 2),
                                       ...varint(bytes.length)]), bytes]);
}

/* a varint, a length or a field that breaks off, anywhere */

const track = {
    cid: 'c', name: 'n', type: TrackType.VIDEO, source: TrackSource.CAMERA,
    layers: [{ quality: 1, width: 640, height: 360, rid: 'h' }],
    simulcastCodecs: [{ codec: 'vp8', cid: 'c' }],
};
const valid = Buffer.from(new SignalRequest({
    message: { case: 'addTrack', value: track },
}).toBinary());
const cuts = [...Array(valid.length - 1).keys()].map((i) => i + 1);
const reasons = new Set(await Promise.all(cuts.map(
    (n) => refused(valid.subarray(0, n)))));

is([...reasons], [DisconnectReason.STATE_MISMATCH],
   'a message cut at any byte ends the session');
is(await refused(Buffer.from('{"ping":1}'), 1),
   DisconnectReason.STATE_MISMATCH, 'text, too');

/* strings that are no UTF-8: SDKs would refuse every update with one */

for (const [name, [type, number]] of Object.entries({
    'a track': [4, 2], 'one with another key': [4, 1], metadata: [15, 1],
    'a data track': [19, 2],
})) {
    for (const text of [[0xff], [0xc3], [0xed, 0xa0, 0x80], [0xc0, 0x80]]) {
        is(await refused(field(type, field(number,
            Buffer.from(text)))), DisconnectReason.STATE_MISMATCH,
           `no UTF-8, ${name}: ${Buffer.from(text).toString('hex')}`);
    }
}

for (let i = 0; i < 100; i += 1) {
    const client = await attacker();

    for (let j = 0; j < 20; j += 1) {
        client.ws.frame(2, randomBytes(1 + Math.random() * 200));
    }

    client.end();
}

await served('after random bytes');

/* small on the wire, large in memory */

function repeated(number, bytes, size) {
    return Buffer.alloc(size, field(number, bytes));
}

const [pid] = workerPids(instance);
const empty = Buffer.alloc(0);
const before = rss(pid);
let peak = before;

const bombs = {
    'sids, submessage by submessage':
        field(12, repeated(2, field(1, Buffer.from('T')), 900000)),
    'empty layers': field(4, repeated(9, empty, 900000)),
    'empty tracks': field(12, repeated(3, empty, 900000)),
    'empty sids': field(6, repeated(1, empty, 900000)),
    'unknown fields': repeated(15, empty, 900000),
    'the same member': repeated(4, empty, 900000),
};

for (const [name, bomb] of Object.entries(bombs)) {
    const client = await attacker();

    client.ws.frame(2, bomb);
    await served(`not stopped by ${name}`);
    peak = Math.max(peak, rss(pid));
    client.end();
}

ok(peak - before < 150000, `memory for them is bounded, KiB:${peak - before}`);

/* frames */

const long = await attacker();

long.ws.frame(2, Buffer.alloc(1100000));
ok(await waitFor(() => long.ws.closed), 'a message of 1.1 MB is too long');

const split = await attacker();

split.ws.socket.write(Buffer.alloc(7 * 1000, Buffer.from(
    [0x02, 0x81, 0, 0, 0, 0, 0])).fill(0, 7).map((byte, i) =>
    i < 7 ? byte : i % 7 === 1 ? 0x81 : 0));
ok(await waitFor(() => split.ws.closed), 'so are 1000 fragments');

const pinger = await attacker();
const ping = Buffer.alloc(1 << 20, Buffer.from([0x89, 0x80, 0, 0, 0, 0]));

pinger.ws.socket.pause();
peak = rss(pid);

for (let i = 0; i < 40; i += 1) {
    pinger.ws.socket.write(ping);
}

await served('while another sends pings and reads no pong');
await waitFor(() => pinger.ws.socket.bufferSize === 0, 500);
await served('.. still');

ok(rss(pid) - peak < 50000, `.. which take no memory, ${rss(pid) - peak} KiB`);
pinger.end();

/* messages that are well formed, and mean nothing good */

const rude = await attacker();

for (const value of [
    { ...track, cid: '' }, { ...track, cid: 'x'.repeat(300) },
    { ...track, name: 'x'.repeat(5000) },
    { ...track, stream: 'x'.repeat(5000) },
    { ...track, layers: Array(100).fill({}) },
    { ...track, layers: [{ rid: 'x'.repeat(9999) }] },
    { ...track, simulcastCodecs: Array(100).fill({ codec: 'vp8' }) },
    { ...track, simulcastCodecs: [{ codec: 'x'.repeat(9999) }] },
    { ...track, simulcastCodecs: [{ codec: 'vp8', cid: 'x'.repeat(9999) }] },
    { ...track, audioFeatures: Array(100).fill(1) },
    { ...track, type: -1 }, { ...track, source: -1 }, { ...track, source: 77 },
    { ...track, sid: 'TR_none' },
]) {
    rude.send({ case: 'addTrack', value });
    ok(await rude.next('requestResponse', (r) => r.request.case === 'addTrack'),
       `a track is refused: ${JSON.stringify(value).slice(0, 40)}`);
}

for (let i = 0; i < 1000; i += 1) {
    rude.send({ case: 'addTrack', value: { ...track, cid: `c${i}` } });
}

is((await rude.next('requestResponse'))?.reason,
   RequestResponse_Reason.LIMIT_EXCEEDED, 'tracks are counted');

const sids = Array.from({ length: 4000 }, (_, i) => `TR_${i}`);

for (const trackSids of [sids, [...sids, ...sids], ['', 'TR_', 'x']]) {
    rude.send({ case: 'subscription', value: { trackSids, subscribe: true } });
    rude.send({ case: 'trackSetting', value: { trackSids, disabled: true } });
}

for (const sid of sids) {
    rude.send({ case: 'mute', value: { sid, muted: true } });
}

await served('after all that');

for (const fields of [
    { metadata: 'x'.repeat(65537) }, { name: 'x'.repeat(1025) },
    { attributes: { a: 'x'.repeat(65537) } },
    { attributes: Object.fromEntries(sids.map((sid) => [sid, 'x'])) },
]) {
    rude.send({ case: 'updateMetadata', value: { ...fields, requestId: 9 } });
    is((await rude.next('requestResponse', (r) => r.requestId === 9))?.reason,
       RequestResponse_Reason.LIMIT_EXCEEDED, 'too much is refused');
}

rude.send({ case: 'updateMetadata', value: {
    metadata: 'm'.repeat(65536), attributes: { a: 'x'.repeat(65000) },
    requestId: 10,
} });
ok(await rude.next('requestResponse', (r) => r.requestId === 10),
   'as much as is allowed is written');
ok(await watcher.next('update', (u) => u.participants.some((p) =>
    p.metadata.length === 65536)), '.. and told');

/* after leave */

rude.send({ case: 'leave', value: {} });
rude.send({ case: 'addTrack', value: track });
rude.ws.frame(2, Buffer.from([0xff]));
ok(await waitFor(() => rude.ws.closed), 'nothing is heard after leave');

await served('in the end');
is(await instance.stop(), [], 'nothing in the log');

done();
