#!/usr/bin/env node
/*
 * Copyright (C) the project's authors, BSD-2-Clause.
 *
 * LiveKit's SDK for node with those for browsers in one room; then a room
 * whose six publishers have been there for a while.
 */

import { openBrowser } from '../lib/browser.mjs';
import { ownHost, startInstance, waitFor } from '../lib/instance.mjs';
import { dispose, join } from '../lib/rtcclient.mjs';
import { enter, resumes } from '../lib/sdk.mjs';
import { done, is, ok } from '../lib/tap.mjs';


const instance = await startInstance({ RTC_IP: ownHost(import.meta.url) });
const { _id: id } = await instance.createRoom({ name: 'mixed' });
const [chromium, firefox] = await Promise.all([openBrowser('chromium'),
                                               openBrowser('firefox')]);

const node = await join(instance, id, { name: 'Node' });
const anna = await enter(chromium, instance, id, { name: 'Anna' });
const fox = await enter(firefox, instance, id, { name: 'Fox' },
                        { expect: resumes });

await node.publishAudio();
await node.publishVideo(640, 360, { simulcast: true });

for (const [name, person] of [['Anna', anna], ['Fox', fox]]) {
    ok(await person.until(() => received('video').framesDecoded > 10),
       `${name} sees Node`);
    ok(await person.until(() => received('audio').totalAudioEnergy > 0.01),
       `${name} hears Node`);

    await person.run(async () => {
        await room.localParticipant.setMicrophoneEnabled(true);
        await room.localParticipant.publishTrack(picture(640, 360, 10),
                                                 { source: 'camera' });
    });

    ok(await waitFor(() => node.received.get(name)?.audio > 20, 15000),
       `Node hears ${name}`);
    ok(await waitFor(() => node.received.get(name)?.width === 640, 15000),
       `Node sees ${name}`);
}

/* data and calls */

await anna.run(() => room.registerRpcMethod('greet', async ({ payload }) =>
    `hello ${payload}`));
is(await node.room.localParticipant.performRpc({
       destinationIdentity: anna.identity, method: 'greet', payload: 'Node',
   }), 'hello Node', 'Node calls Anna');

node.room.localParticipant.registerRpcMethod('greet', async ({ payload }) =>
    `good evening ${payload}`);
is(await fox.run((to) => room.localParticipant.performRpc({
       destinationIdentity: to, method: 'greet', payload: 'Fox',
   }), node.grant.identity), 'good evening Fox', 'Fox calls Node');

await fox.run(() => {
    window.texts = [];
    room.registerTextStreamHandler('t', async (reader) => {
        texts.push((await reader.readAll()).length);
    });
});
await node.room.localParticipant.sendText('x'.repeat(200000), { topic: 't' });
ok(await fox.until(() => texts[0] === 200000), 'a long text of Node arrives');

await node.leave();
ok(await anna.until(() => room.remoteParticipants.size === 1), 'Node leaves');

/* those who come late */

const { _id: full } = await instance.createRoom({ name: 'full',
                                                  max_participants: 20 });
const six = await Promise.all([1, 2, 3, 4, 5, 6].map((n) =>
    enter(chromium, instance, full, { name: `P${n}` },
          { connectOptions: { autoSubscribe: false } })));

for (const person of six) {
    await person.run(async () => {
        await room.localParticipant.publishTrack(tone(),
            { source: 'microphone' });
        await room.localParticipant.publishTrack(picture(160, 90, 8),
            { source: 'camera', simulcast: false });
    });
}

is(await six[0].run(() => streams('video').length), 0,
   'without autoSubscribe nothing comes');

for (const [name, browser, settings] of [
    ['Chromium', chromium, {}],
    ['Firefox', firefox, {}],
    ['adaptive Chromium', chromium, { options: { adaptiveStream: true } }],
]) {
    const late = await enter(browser, instance, full,
                             { name, mode: 'view' }, settings);

    ok(await late.until(() =>
           streams('video').filter((s) => s.framesDecoded > 3).length === 6
           && streams('audio').filter((s) => s.totalAudioEnergy > 0).length
              === 6),
       `${name} sees and hears all six`);
    ok(await late.run(() => room.localParticipant.publishTrack(tone())
                      .then(() => false, () => true)), '.. and only that');
    await late.run(() => room.disconnect());
}

ok(await six[0].until(() => room.remoteParticipants.size === 5),
   'six are left');

is(await chromium.close(), [], 'no problems in Chromium');
is(await firefox.close(), [], 'no problems in Firefox');
await dispose();
is(await instance.stop(), [], 'no problems in the server');
done();
