#!/usr/bin/env node
/*
 * Copyright (C) the project's authors, BSD-2-Clause.
 *
 * What is answered to requests that fail, or have to wait.
 */

import {
    AudioTrackFeature, RequestResponse_Reason, SubscriptionError,
} from '@livekit/protocol';

import { startInstance } from '../lib/instance.mjs';
import { SdpClient } from '../lib/sdpclient.mjs';
import { done, is, ok } from '../lib/tap.mjs';


const instance = await startInstance({ WORKERS: 1 });
const { _id: id } = await instance.createRoom({ name: 'requests' });

const anna = await SdpClient.join(instance, id, { name: 'Anna' });
const ben = await SdpClient.join(instance, id, { name: 'Ben' },
                                 '&auto_subscribe=0');

/* a reason and the request that it is about */

async function refused(client, which) {
    const answer = await client.next('requestResponse',
                                     (r) => r.request.case === which);

    return answer && [RequestResponse_Reason[answer.reason],
                      answer.request.value];
}

/* a cid that is taken waits for the end of the track that has it */

const first = await anna.publish('mic');

anna.addTrack('mic', 'audio', { name: 'again' });

const queued = await refused(anna, 'addTrack');

is(queued?.[0], 'QUEUED', 'a cid that is taken waits');
is(queued?.[1].name, 'again', '.. as the request says');

await anna.unpublish('mic');

const second = (await anna.next('trackPublished',
                                (t) => t.cid === 'mic'))?.track;

is(second?.name, 'again', 'the next one has its turn');
ok(second?.sid !== first, '.. as another track');

for (let i = 0; i < 20; i += 1) {
    anna.addTrack('mic');
}

for (let i = 0; i < 20; i += 1) {
    await refused(anna, 'addTrack');
}

anna.addTrack('mic');
is((await refused(anna, 'addTrack'))?.[0], 'LIMIT_EXCEEDED',
   'so many may wait');

/* tracks that are not there */

anna.send({ case: 'updateAudioTrack', value: { trackSid: 'TR_none' } });
is((await refused(anna, 'updateAudioTrack'))?.[0], 'NOT_FOUND',
   'features of no track');
anna.send({ case: 'updateVideoTrack', value: { trackSid: second.sid } });
is((await refused(anna, 'updateVideoTrack'))?.[0], 'NOT_FOUND',
   'a size of audio');

const features = [AudioTrackFeature.TF_STEREO, AudioTrackFeature.TF_NO_DTX];

anna.sections[0].sends = true;
anna.offer();
ok(await ben.next('update', (u) => u.participants.some((p) =>
       p.tracks.some((t) => t.sid === second.sid))), 'others see the track');
anna.send({ case: 'updateAudioTrack',
            value: { trackSid: second.sid, features } });
ok(await ben.next('update', (u) => u.participants.some((p) =>
       p.tracks.some((t) => t.stereo && t.disableDtx
                     && t.audioFeatures.length === 2))),
   'its features are told to others');

/* subscriptions of what is not there yet */

ben.send({ case: 'subscription',
           value: { trackSids: ['TR_none'], subscribe: true } });

const failed = await ben.next('subscriptionResponse', () => true, 8000);

is([failed?.trackSid, failed?.err],
   ['TR_none', SubscriptionError.SE_TRACK_NOTFOUND],
   'a track that does not come');

ben.send({ case: 'subscription',
           value: { trackSids: ['x'.repeat(100)], subscribe: true } });
is((await ben.next('subscriptionResponse'))?.trackSid, 'x'.repeat(100),
   'what can be none is told at once');

anna.addTrack('later', 'video');

const later = (await anna.next('trackPublished', (t) => t.cid === 'later'))
    ?.track.sid;

ben.send({ case: 'subscription',
           value: { trackSids: [later], subscribe: true } });
ben.send({ case: 'pingReq', value: { timestamp: 1n } });
await ben.next('pongResp');
anna.sections.push({ kind: 'video', cid: 'later', sends: true });
anna.offer();
ok(await ben.has(later), 'one that comes later is had');
ok(!ben.offered.includes(second.sid), '.. and no other');

/* success is told to those who know of it */

anna.send({ case: 'updateMetadata', value: { name: 'N', requestId: 1 } });
is((await refused(anna, 'updateMetadata'))?.[0], 'OK',
   'metadata: the outcome');

const elder = await SdpClient.join(instance, id, { name: 'Elder' },
                                   '&protocol=6');

elder.send({ case: 'updateMetadata', value: { name: 'E', requestId: 1 } });
elder.send({ case: 'mute', value: { sid: 'TR_none', muted: true } });
is((await elder.next('requestResponse'))?.request.case, 'mute',
   'protocol 6: success is not told');

const camera = await elder.publish('camera', 'video');

ok(await anna.has(camera), 'it publishes');
await instance.updateRoom(id, { mediaType: 'MEDIA_TYPE_AUDIO_ONLY' });
is((await elder.next('mute'))?.sid, camera, 'the end of its track is a mute');
is((await anna.next('trackUnpublished'))?.trackSid, later,
   'others are told that their track ended');

for (const client of [anna, ben, elder]) {
    client.end();
}

is(await instance.stop(), [], 'no problems in the server');

done();
