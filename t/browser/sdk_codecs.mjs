#!/usr/bin/env node
/*
 * Copyright (C) the project's authors, BSD-2-Clause.
 *
 * LiveKit's SDK publishes with each codec, in simulcast, with spatial layers
 * in one stream, and plainly; Chromium and Firefox receive.
 */

import { openBrowser } from '../lib/browser.mjs';
import { ownHost, startInstance } from '../lib/instance.mjs';
import { enter } from '../lib/sdk.mjs';
import { done, is, ok } from '../lib/tap.mjs';


const instance = await startInstance({ RTC_IP: ownHost(import.meta.url) });
const { _id: id } = await instance.createRoom({ name: 'codecs' });
const [chromium, firefox] = await Promise.all([openBrowser('chromium'),
                                               openBrowser('firefox')]);

const anna = await enter(chromium, instance, id, { name: 'Anna' },
                         { options: { dynacast: true } });
const ben = await enter(chromium, instance, id, { name: 'Ben' });
const fox = await enter(firefox, instance, id, { name: 'Fox' });


/* the track that a receiver has, or why not, moves */

const moves = (person) => person.until(() => {
    const track = [...room.remoteParticipants.values()]
        .flatMap((p) => [...p.trackPublications.values()])
        .find((t) => t.kind === 'video')?.track;

    return streams('video').some((s) => s.framesDecoded > 5
        && s.trackIdentifier === track?.mediaStreamTrack.id);
});

const cases = [
    ['VP8, simulcast', { videoCodec: 'vp8' }],
    ['VP8', { videoCodec: 'vp8', simulcast: false }],
    ['H264, simulcast', { videoCodec: 'h264' }],
    ['H264', { videoCodec: 'h264', simulcast: false }],
    ['VP9 L3T3_KEY', { videoCodec: 'vp9', backupCodec: true }],
    ['VP9 L1T3', { videoCodec: 'vp9', scalabilityMode: 'L1T3' }],
    ['AV1 L3T3_KEY', { videoCodec: 'av1' }],
    ['AV1 L1T3', { videoCodec: 'av1', scalabilityMode: 'L1T3' }],
    ['a VP8 screen', { videoCodec: 'vp8', source: 'screen_share' }],
    ['a VP9 screen', { videoCodec: 'vp9', source: 'screen_share' }],
];

for (const [name, options] of cases) {
    const mime = await anna.run(async (o) => {
        window.publication = await room.localParticipant.publishTrack(
            picture(640, 360, 10), { source: 'camera', ...o });

        return publication.mimeType;
    }, options);

    is(mime, `video/${options.videoCodec}`, `${name} is published`);
    ok(await moves(ben), `${name}: Chromium sees it`);

    /* Debian's Firefox has no H264 */

    if (options.videoCodec === 'h264') {
        ok(await fox.until(() => events.includes('trackSubscriptionFailed')),
           `${name}: Firefox is told that it cannot`);
        await fox.run(() => { events.length = 0; });

    } else {
        ok(await moves(fox), `${name}: Firefox sees it`);
    }

    await anna.run(() => room.localParticipant.unpublishTrack(
        publication.track));

    for (const person of [ben, fox]) {
        await person.until(() => [...room.remoteParticipants.values()]
                           .every((p) => p.trackPublications.size === 0));
    }
}

is(await chromium.close(), [], 'no problems in Chromium');
is(await firefox.close(), [], 'no problems in Firefox');
is(await instance.stop(), [], 'no problems in the server');
done();
