#!/usr/bin/env node
/*
 * Copyright (C) the project's authors, BSD-2-Clause.
 *
 * Data tracks as signalling has them: published, subscribed to, ended, in one
 * worker and in two.
 */

import { RequestResponse_Reason } from '@livekit/protocol';

import { startInstance, waitFor } from '../lib/instance.mjs';
import { SignalClient } from '../lib/signalclient.mjs';
import { done, is, ok } from '../lib/tap.mjs';
import { fillTwo } from '../lib/workers.mjs';


const instance = await startInstance({ WORKERS: 2 });
const { _id: id } = await instance.createRoom({ name: 'data tracks' });

const people = await fillTwo(instance, (n) => SignalClient.join(instance, id,
    { name: `p${n}` }), 2);
const home = people[0].pid;
const [first, near] = people.filter((p) => p.pid === home)
    .map((p) => p.client);
let anna = first;
const [far] = people.filter((p) => p.pid !== home).map((p) => p.client);

function publish(client, pubHandle, name, more = {}) {
    client.send({ case: 'publishDataTrackRequest',
                  value: { pubHandle, name, ...more } });
}

async function refused(client) {
    const answer = await client.next('requestResponse', (r) =>
        r.request.case?.endsWith('ublishDataTrack'));

    return answer && RequestResponse_Reason[answer.reason];
}

function subscribe(client, trackSid, wanted = true) {
    client.send({ case: 'updateDataSubscription',
                  value: { updates: [{ trackSid, subscribe: wanted }] } });
}

const tracksOf = (u) => u.participants.find((p) =>
    p.sid === anna.joined.participant.sid)?.dataTracks;

/* publishing */

publish(anna, 1, 'positions', {
    encryption: 1, schema: { name: 's' },
    frameEncoding: { value: { case: 'custom', value: 'mine' } },
});

const { info } = await anna.next('publishDataTrackResponse');

ok(info.sid.startsWith('DTR_'), 'a data track is published');
is([info.pubHandle, info.name, info.encryption, info.schema.name,
    info.frameEncoding.value.value],
   [1, 'positions', 1, 's', 'mine'], '.. as it was asked for');

for (const [name, client] of Object.entries({ near, far })) {
    const update = await client.next('update', (u) => tracksOf(u)?.length);

    is(tracksOf(update)[0].sid, info.sid, `${name}: hears of it`);
    subscribe(client, info.sid);

    const { subHandles } = await client.next('dataTrackSubscriberHandles');
    const [[handle, track]] = Object.entries(subHandles);

    ok(Number(handle) > 0, '.. and gets a handle');
    is([track.publisherIdentity, track.publisherSid, track.trackSid],
       [anna.grant.identity, anna.joined.participant.sid, info.sid],
       '.. of the track');
}

for (const [handle, name, reason] of [
    [0, 'a', 'INVALID_HANDLE'], [65536, 'a', 'INVALID_HANDLE'],
    [2, '', 'INVALID_NAME'], [2, 'x'.repeat(257), 'INVALID_NAME'],
    [1, 'a', 'DUPLICATE_HANDLE'], [2, 'positions', 'DUPLICATE_NAME'],
]) {
    publish(anna, handle, name);
    is(await refused(anna), reason, `${handle} ${name.slice(0, 9)}: refused`);
}

publish(anna, 2, 'a', { schema: { name: 'x'.repeat(2000) } });
is(await refused(anna), 'INVALID_REQUEST', 'a long schema is refused');

for (let i = 2; i <= 33; i += 1) {
    publish(anna, i, `track ${i}`);
}

is(await refused(anna), 'LIMIT_EXCEEDED', 'so many may be');

const late = await SignalClient.join(instance, id, { name: 'late' },
                                     '&auto_subscribe_data_track=1');
const { subHandles: all } = await late.next('dataTrackSubscriberHandles');

is(Object.keys(all).length, 32, 'one who wants all has all');
is(new Set(Object.values(all).map((t) => t.trackSid)).size, 32,
   '.. each by a handle of its own');

/* a viewer, and a room without chat */

const viewer = await SignalClient.join(instance, id, { name: 'V',
                                                       mode: 'view' });

await instance.updateRoom(id, { allow_chat: false });
await viewer.next('update', (u) => u.participants.some((p) =>
    p.sid === viewer.joined.participant.sid && !p.permission.canPublishData));
publish(viewer, 1, 'mine');
is(await refused(viewer), 'NOT_ALLOWED', 'who may not send data may not');

/* what does not exist */

subscribe(near, 'DTR_none');
subscribe(anna, info.sid);
near.send({ case: 'pingReq', value: { timestamp: 1n } });
await near.next('pongResp');
ok(!near.messages.some((m) => m.case === 'dataTrackSubscriberHandles'),
   'no handle of what is not there');
anna.send({ case: 'unpublishDataTrackRequest', value: { pubHandle: 99 } });
is(await refused(anna), 'NOT_FOUND', 'nor is it ended');

/* ends */

anna.send({ case: 'unpublishDataTrackRequest', value: { pubHandle: 1 } });
is((await anna.next('unpublishDataTrackResponse'))?.info.sid, info.sid,
   'a track ends');

for (const [name, client] of Object.entries({ near, far })) {
    ok(await client.next('update', (u) => tracksOf(u)
       && !tracksOf(u).some((t) => t.sid === info.sid)),
       `${name}: hears of that`);
}

publish(anna, 1, 'positions');

const again = (await anna.next('publishDataTrackResponse', (r) =>
    r.info.pubHandle === 1))?.info;

/* an answer may be lost; who knows of a track is told nothing, or forgets it */

for (const [known, answers] of [[[], 1], [[{ info: again }], 0]]) {
    const resumed = await SignalClient.connect(anna.grant,
        `&reconnect=1&sid=${anna.joined.participant.sid}`);

    resumed.send({ case: 'syncState', value: { publishDataTracks: known } });
    resumed.send({ case: 'pingReq', value: { timestamp: 1n } });
    await waitFor(() => resumed.messages.some((m) => m.case === 'pongResp'));
    is(resumed.messages.filter((m) => m.case === 'publishDataTrackResponse'
           && m.value.info.sid === again.sid).length, answers,
       `${answers ? 'a lost' : 'no other'} answer comes after a resume`);
    resumed.joined = anna.joined;
    anna = resumed;
}


ok(again && again.sid !== info.sid, 'the name is free again');
is(Object.keys((await late.next('dataTrackSubscriberHandles'))?.subHandles)
   .length, 32, 'and one who wants all has that one');

/* who leaves takes its tracks with it */

anna.end();

for (const [name, client] of Object.entries({ near, far })) {
    ok(await client.next('update', (u) => u.participants.some((p) =>
        p.sid === anna.joined.participant.sid && p.state === 3
        && p.dataTracks.length === 0), 8000), `${name}: the publisher left`);
}

for (const client of [...people.map((p) => p.client), late, viewer]) {
    client.end();
}

is(await instance.stop(), [], 'no problems in the server');

done();
