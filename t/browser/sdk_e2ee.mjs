#!/usr/bin/env node
/*
 * Copyright (C) the project's authors, BSD-2-Clause.
 *
 * Two with a key of their own: the server passes on what it cannot read.
 */

import { readFileSync } from 'node:fs';

import { openBrowser } from '../lib/browser.mjs';
import { startInstance, waitFor } from '../lib/instance.mjs';
import { openSdk, single } from '../lib/sdk.mjs';
import { done, is, ok } from '../lib/tap.mjs';


const worker = readFileSync(new URL(import.meta.resolve(
    'livekit-client/e2ee-worker')), 'utf8');

const instance = await startInstance();
const { _id: id } = await instance.createRoom({ name: 'secret' });
const browser = await openBrowser();


async function enter(name, key, settings) {
    const grant = await instance.joinToken(id, { name });
    const page = await openSdk(browser, instance, settings);

    await page.route('**/worker.mjs', (route) => route.fulfill({
        contentType: 'text/javascript', body: worker,
    }));
    await page.evaluate(async ({ url, token, secret, one }) => {
        const keyProvider = new lk.ExternalE2EEKeyProvider();

        await keyProvider.setKey(secret);

        window.texts = [];
        window.room = new lk.Room({ singlePeerConnection: one, encryption: {
            keyProvider, worker: new Worker('/worker.mjs', { type: 'module' }),
        } });

        room.on('trackSubscribed', (track) => show(track));
        room.registerTextStreamHandler('t', async (reader) => {
            texts.push(await reader.readAll());
        });
        await room.setE2EEEnabled(true);
        await room.connect(url, token);
    }, { ...grant, secret: key, one: single });

    return page;
}


const anna = await enter('Anna', 'a key');
const ben = await enter('Ben', 'a key');
const eve = await enter('Eve', 'another key', { expect: /./ });

await anna.evaluate(async () => {
    await room.localParticipant.publishTrack(tone(), { source: 'microphone' });
});

for (const codec of ['vp8', 'h264', 'vp9']) {
    await anna.evaluate(async (videoCodec) => {
        window.publication = await room.localParticipant.publishTrack(
            picture(320, 180), { source: 'camera', videoCodec });
    }, codec);

    ok(await waitFor(() => ben.evaluate(() => {
        const track = [...room.remoteParticipants.values()]
            .map((p) => p.getTrackPublication('camera')).find(Boolean)?.track;

        return streams('video').some((s) => s.framesDecoded > 5
            && s.trackIdentifier === track?.mediaStreamTrack.id);
    }), 15000), `${codec}: who has the key sees`);

    await anna.evaluate(() => room.localParticipant.unpublishTrack(
        publication.track));
}

ok(await waitFor(() => ben.evaluate(() =>
       received('audio').totalAudioEnergy > 0.01)), '.. and hears');

await anna.evaluate(() => room.localParticipant.sendText('hello',
                                                         { topic: 't' }));
is(await waitFor(() => ben.evaluate(() => texts[0])), 'hello', '.. and reads');

is(await eve.evaluate(() => [received('video').framesDecoded ?? 0,
                             texts.length]),
   [0, 0], 'who has another one does neither');

is(await browser.close(), [], 'no problems in the browser');
is(await instance.stop(), [], 'no problems in the server');
done();
