#!/usr/bin/env node
/*
 * Copyright (C) the project's authors, BSD-2-Clause.
 *
 * Data tracks of LiveKit's SDK, within a worker and between two: frames of one
 * packet and of many, and permissions.
 */

import { openBrowser } from '../lib/browser.mjs';
import { startInstance, waitFor } from '../lib/instance.mjs';
import { enter } from '../lib/sdk.mjs';
import { done, is, ok } from '../lib/tap.mjs';
import { fillTwo, metrics } from '../lib/workers.mjs';


const instance = await startInstance({ WORKERS: 2 });
const { _id: id } = await instance.createRoom({ name: 'data tracks' });
const browser = await openBrowser();

const people = await fillTwo(instance, (n) => enter(browser, instance, id,
    { name: `p${n}` }), 2);
const home = people[0].pid;
const [anna, near] = people.filter((p) => p.pid === home)
    .map((p) => p.client);
const [far] = people.filter((p) => p.pid !== home).map((p) => p.client);

for (const { client } of people) {
    await client.run(() => {
        window.tracks = [];
        window.frames = [];
        window.watch = async (track) => {
            for await (const frame of track.subscribe()) {
                frames.push(frame.payload.reduce((a, b) => a + b, 0));
            }

            frames.push('end');
        };

        room.on('dataTrackPublished', (track) => tracks.push(track));
    });
}

await anna.run(async () => {
    window.track = await room.localParticipant.publishDataTrack(
        { name: 'positions' });
});

/* sums of bytes: of one packet, and of more than SCTP takes at once */

const push = (value, length) => anna.run(([v, n]) => track.tryPush({
    payload: new Uint8Array(n).fill(v),
}), [value, length]);

for (const [name, client] of Object.entries({ near, far })) {
    ok(await client.until(() => tracks.length === 1), `${name}: is told`);
    await client.run(() => { watch(tracks[0]); });

    /* lossy, and the subscription takes its time: until one comes */

    let came = false;

    for (let i = 0; i < 100 && !came; i += 1) {
        await push(1, 10);
        came = await client.until(() => frames.length > 0, null, 100);
    }

    ok(came, '.. and gets frames');
    is(await client.run(() => frames[0]), 10, '.. as they were');
}

await push(2, 50000);

for (const [name, client] of Object.entries({ near, far })) {
    ok(await client.until(() => frames.includes(100000)),
       `${name}: a frame of many packets`);
}

/* who may not have it */

await anna.run((identity) => room.localParticipant
    .setTrackSubscriptionPermissions(false, [
        { participantIdentity: identity, allowAll: true },
    ]), near.identity);

let without = 0;

for (let i = 0; i < 50 && without < 5; i += 1) {
    const before = await far.run(() => frames.length);
    const seen = await near.run(() => frames.length);

    await push(3, 10);
    await near.until((n) => frames.length > n, seen, 1000);
    without = await far.run((n) => frames.length === n, before)
              ? without + 1 : 0;
}

is(without, 5, 'far: nothing comes without permission');

await anna.run(() => room.localParticipant
    .setTrackSubscriptionPermissions(true));

let returned = false;

for (let i = 0; i < 100 && !returned; i += 1) {
    const before = await far.run(() => frames.length);

    await push(4, 10);
    returned = await far.until((n) => frames.length > n, before, 100);
}

ok(returned, 'far: it comes with permission');

const counted = (what) => `rtc_sfu_data_track_packets_total{what="${what}"}`;

ok(await waitFor(async () => (await metrics(instance)).get(counted('out'))
                             > 10), 'packets are counted');
is((await metrics(instance)).get(counted('refused')), 0,
   'none is malformed');

await anna.run(() => track.unpublish());

for (const [name, client] of Object.entries({ near, far })) {
    ok(await client.until(() => frames.at(-1) === 'end'),
       `${name}: the track ends`);
}

is(await browser.close(), [], 'no problems in the browser');
is(await instance.stop(), [], 'no problems in the server');

done();
