#!/usr/bin/env node
/*
 * Copyright (C) the project's authors, BSD-2-Clause.
 *
 * Two with a key of their own: the server passes on what it cannot read.
 */

import { openBrowser } from '../lib/browser.mjs';
import { startInstance } from '../lib/instance.mjs';
import { enter } from '../lib/sdk.mjs';
import { done, is, ok } from '../lib/tap.mjs';


const instance = await startInstance();
const { _id: id } = await instance.createRoom({ name: 'secret' });
const browser = await openBrowser();

const [anna, ben, eve] = await Promise.all([
    ['Anna', 'a key'], ['Ben', 'a key'],
    ['Eve', 'another key', { expect: /./ }],
].map(([name, key, settings]) =>
    enter(browser, instance, id, { name }, { key, ...settings })));

for (const person of [ben, eve]) {
    await person.run(() => {
        window.texts = [];
        room.registerTextStreamHandler('t', async (reader) => {
            texts.push(await reader.readAll());
        });
    });
}

await anna.run(async () => {
    await room.localParticipant.publishTrack(tone(), { source: 'microphone' });
});

for (const codec of ['vp8', 'h264', 'vp9']) {
    await anna.run(async (videoCodec) => {
        window.publication = await room.localParticipant.publishTrack(
            picture(320, 180), { source: 'camera', videoCodec });
    }, codec);

    ok(await ben.until(() => {
        const track = [...room.remoteParticipants.values()]
            .map((p) => p.getTrackPublication('camera')).find(Boolean)?.track;

        return streams('video').some((s) => s.framesDecoded > 5
            && s.trackIdentifier === track?.mediaStreamTrack.id);
    }, undefined, 15000), `${codec}: who has the key sees`);

    await anna.run(() => room.localParticipant.unpublishTrack(
        publication.track));
}

ok(await ben.until(() => received('audio').totalAudioEnergy > 0.01),
   '.. and hears');

await anna.run(() => room.localParticipant.sendText('hello',
                                                         { topic: 't' }));
is(await ben.until(() => texts[0]), 'hello', '.. and reads');

is(await eve.run(() => [received('video').framesDecoded ?? 0,
                             texts.length]),
   [0, 0], 'who has another one does neither');

is(await browser.close(), [], 'no problems in the browser');
is(await instance.stop(), [], 'no problems in the server');
done();
