#!/usr/bin/env node
/*
 * Copyright (C) the project's authors, BSD-2-Clause.
 *
 * What LiveKit's SDK sends beside media: packets, texts, files, calls of
 * procedures, and what participants tell about themselves.  One is Chromium,
 * the other Firefox.
 */

import { openBrowser } from '../lib/browser.mjs';
import { ownHost, startInstance } from '../lib/instance.mjs';
import { enter } from '../lib/sdk.mjs';
import { done, is, ok } from '../lib/tap.mjs';


const instance = await startInstance({ RTC_IP: ownHost(import.meta.url) });
const { _id: id } = await instance.createRoom({ name: 'data' });
const [chromium, firefox] = await Promise.all([openBrowser('chromium'),
                                               openBrowser('firefox')]);

const anna = await enter(chromium, instance, id, { name: 'Anna' });
const ben = await enter(firefox, instance, id, { name: 'Ben' });


await ben.run(() => {
    window.got = [];

    room.on('dataReceived', (payload, from, kind, topic) => {
        got.push([payload.length, from?.identity, kind, topic ?? '']);
    });
    room.registerTextStreamHandler('text', async (reader, from) => {
        const text = await reader.readAll();

        got.push([text.length, from.identity, reader.info.attributes.a]);
    });
    room.registerByteStreamHandler('bytes', async (reader, from) => {
        const parts = await reader.readAll();

        got.push([parts.reduce((n, part) => n + part.length, 0),
                  from.identity, reader.info.name]);
    });
    room.registerRpcMethod('double', async ({ payload, callerIdentity }) =>
        `${payload}${payload}${callerIdentity.length}`);
    room.registerRpcMethod('refuse', async () => {
        throw new lk.RpcError(1500, 'no', 'why');
    });
});

async function gets(want, name) {
    await ben.until((n) => got.length >= n, want.length, 10000);
    is(await ben.run(() => got.splice(0)), want, name);
}

function call(method, payload) {
    return anna.run(([to, m, p]) => room.localParticipant.performRpc({
        destinationIdentity: to, method: m, payload: p,
    }).catch((error) => [error.code, error.message, error.data]),
                    [ben.identity, method, payload]);
}


/* packets */

await anna.run(() => room.localParticipant.publishData(new Uint8Array(10),
                                                       { topic: 'x' }));
await gets([[10, anna.identity, 1, 'x']], 'a lossy packet');

await anna.run(async (to) => {
    const send = (size, to) => room.localParticipant.publishData(
        new Uint8Array(size), { reliable: true, destinationIdentities: to });

    await send(1, ['nobody']);
    await send(2, [to]);
    await send(60000, []);
}, ben.identity);
await gets([[2, anna.identity, 0, ''], [60000, anna.identity, 0, '']],
           'reliable packets, to one and to all');

/* streams */

await anna.run(() => room.localParticipant.sendText('x'.repeat(100000), {
    topic: 'text', attributes: { a: 'b' },
}));
await gets([[100000, anna.identity, 'b']], 'a long text');

await anna.run(async () => {
    const writer = await room.localParticipant.streamText({
        topic: 'text', attributes: { a: 'c' },
    });

    for (let i = 0; i < 20; i += 1) {
        await writer.write('0123456789');
    }

    await writer.close();
});
await gets([[200, anna.identity, 'c']], 'a text in parts');

/* more than waits in any buffer for a receiver that is slower */

await anna.run(() => Promise.all([1, 2, 3, 4].map(() =>
    room.localParticipant.sendFile(new File([new Uint8Array(1 << 20)], 'f'),
                                   { topic: 'bytes' }))));
await gets(Array(4).fill([1 << 20, anna.identity, 'f']), 'four files at once');
ok(await ben.run(() => !events.includes('reconnecting')),
   'the receiver stays in the room');

/* procedures */

is(await call('double', 'a'), `aa${anna.identity.length}`, 'a call');
is((await call('double', 'x'.repeat(50000))).length,
   100000 + String(anna.identity.length).length, 'a large one');
is(await call('refuse', ''), [1500, 'no', 'why'], 'one that fails');
is((await call('none', ''))[0], 1400, 'one that there is not');

/* about oneself */

await anna.run(async () => {
    await room.localParticipant.setAttributes({ a: '1', b: '2' });
    await room.localParticipant.setAttributes({ a: '', c: '3' });
    await room.localParticipant.setMetadata('{"x": 1}');
    await room.localParticipant.setName('Änna ☃');
});
await ben.until(() => events.includes('participantNameChanged'));
is(await ben.run(() => [...room.remoteParticipants.values()].map((p) =>
       [p.attributes, p.metadata, p.name])),
   [[{ b: '2', c: '3' }, '{"x": 1}', 'Änna ☃']],
   'attributes, metadata and name');
ok(await anna.run(() => room.localParticipant.setMetadata('x'.repeat(70000))
                  .then(() => false, () => true)), 'too much is refused');

/* how well they are connected, told to those who come later, too */

for (const person of [anna, ben]) {
    ok(await person.until(() => [room.localParticipant,
                                 ...room.remoteParticipants.values()]
                          .every((p) => p.connectionQuality === 'excellent')),
       'all are connected well');
}

/* who speaks */

await anna.run(async () => {
    window.publication = await room.localParticipant.publishTrack(
        tone(), { source: 'microphone' });
});

const speakers = (n) => ben.until((count) =>
    room.activeSpeakers.length === count, n);

ok(await speakers(1), 'one speaks');
await anna.run(() => publication.mute());
ok(await speakers(0), 'nobody speaks');
await anna.run(() => publication.unmute());
ok(await speakers(1), 'one speaks again');

is(await chromium.close(), [], 'no problems in Chromium');
is(await firefox.close(), [], 'no problems in Firefox');
is(await instance.stop(), [], 'no problems in the server');
done();
