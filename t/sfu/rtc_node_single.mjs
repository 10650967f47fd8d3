#!/usr/bin/env node
/*
 * Copyright (C) the project's authors, BSD-2-Clause.
 *
 * LiveKit's SDK for node with a single peer connection: more tracks than its
 * first offer has sections, and one that has two connections among them.
 */

import { readFileSync } from 'node:fs';

import { startFormer } from '../lib/former.mjs';
import { startInstance, waitFor } from '../lib/instance.mjs';
import { TrackSource, dispose, join } from '../lib/rtcclient.mjs';
import { done, is, ok } from '../lib/tap.mjs';


const instance = await startInstance();
const former = await startFormer(instance);
const { _id: id } = await instance.createRoom({ name: 'many' });

const names = ['Anna', 'Ben', 'Cid'];
const clients = await Promise.all(names.map((name) =>
    join(instance, id, { name }, name === 'Cid' ? { url: former.url } : {})));

const log = () => readFileSync(`${instance.dir}/logs/access.log`, 'utf8');

/* how many tracks of how many others bring sound and pictures */

const has = (client, others, tracks) => [...client.received.values()]
    .filter(({ sids }) => sids.size >= tracks).length >= others;

async function all(others, tracks, name) {
    for (const [i, client] of clients.entries()) {
        ok(await waitFor(() => has(client, others, tracks), 20000),
           `${names[i]} ${name}`);
    }
}


/* two of each kind from each: four of each kind for each */

const extra = [];

for (const client of clients) {
    await client.publishAudio();
    await client.publishVideo();
}

await all(2, 2, 'sees and hears the others');

for (const client of clients) {
    extra.push(await client.publishAudio({
        source: TrackSource.SOURCE_SCREENSHARE_AUDIO,
    }));
    extra.push(await client.publishVideo(160, 90, {
        source: TrackSource.SOURCE_SCREENSHARE,
    }));
}

await all(2, 4, 'has all tracks');


/* they go, and come again */

for (let round = 0; round < 3; round += 1) {
    await Promise.all(clients.map((client, i) =>
        client.room.localParticipant.unpublishTrack(extra[2 * i].sid)));

    ok(await waitFor(() => clients.every(({ room }) =>
           [...room.remoteParticipants.values()].every(
               ({ trackPublications }) => trackPublications.size === 3))),
       'a track of each goes');

    clients.forEach(({ received }) => received.forEach((counts) =>
        counts.sids.clear()));

    for (const [i, client] of clients.entries()) {
        extra[2 * i] = await client.publishAudio({
            source: TrackSource.SOURCE_SCREENSHARE_AUDIO,
        });
    }

    await all(2, 4, 'has all tracks again');
}


/* one that is muted says nothing; data goes both ways */

const packets = new Map(names.map((name) => [name, 0]));

clients.forEach(({ room }, i) => room.on('dataReceived', () => {
    packets.set(names[i], packets.get(names[i]) + 1);
}));

for (const { room } of clients) {
    await room.localParticipant.publishData(new TextEncoder().encode('x'),
                                            { reliable: true });
}

ok(await waitFor(() => [...packets.values()].every((n) => n === 2)),
   'all get the data of the others');


for (const client of clients) {
    await client.leave();
}

await dispose();
former.close();

ok(await waitFor(() => /GET \/rtc\/v1/.test(log())), 'by /rtc/v1');
is((log().match(/GET \/rtc\/v1/g) ?? []).length, 2, '.. two of them');
ok(!/join_request|access_token/.test(log()), 'the log has no request');

is(await instance.stop(), [], 'nothing in the log');

done();
