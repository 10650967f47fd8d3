#!/usr/bin/env node
/*
 * Copyright (C) the project's authors, BSD-2-Clause.
 *
 * A room whose members live in two workers.
 */

import { startInstance, waitFor as until } from '../lib/instance.mjs';
import { RoomEvent, TrackSource, dispose, join } from '../lib/rtcclient.mjs';
import { diag, done, is, ok } from '../lib/tap.mjs';
import { fillTwo, metrics } from '../lib/workers.mjs';


const instance = await startInstance({ WORKERS: 2 });
const { _id: id } = await instance.createRoom({ name: 'two workers' });

const people = (await fillTwo(instance, (n) =>
    join(instance, id, { name: `P${n}` }))).map((p) => p.client);

ok(await until(() => people.every((p) =>
    p.room.remoteParticipants.size === people.length - 1)),
   'everybody sees everybody');

/* the first two who came may be in one worker, the last is in the other */

const publishers = [people[0], people.at(-1)];
const subscribed = new Map(people.map((p) => [p, 0]));

for (const p of people) {
    p.room.on(RoomEvent.LocalTrackSubscribed, () => {
        subscribed.set(p, subscribed.get(p) + 1);
    });
}

for (const p of publishers) {
    await p.publishAudio();
    await p.publishVideo();
}

function gets(kind, n) {
    return people.every((p) => publishers.every((from) => p === from
        || p.received.get(from.grant.name)?.[kind] > n));
}

ok(await until(() => gets('audio', 20), 30000), 'everybody hears both');
ok(await until(() => gets('video', 10), 30000), 'everybody sees both');
ok(await until(() => publishers.every((p) => subscribed.get(p) === 2)),
   'they are told that somebody does, in the other worker, too');

/* a track goes, and comes again */

const [first, last] = publishers;
const remote = () => [...last.room.remoteParticipants.values()]
    .find((p) => p.identity === first.grant.identity);
const [camera] = [...first.room.localParticipant.trackPublications.values()]
    .filter((p) => p.source === TrackSource.SOURCE_CAMERA);

await first.room.localParticipant.unpublishTrack(camera.sid);
ok(await until(() => remote().trackPublications.size === 1),
   'the other worker sees a track end');

const seen = last.received.get(first.grant.name).video;

await first.publishVideo();
ok(await until(() => last.received.get(first.grant.name).video > seen + 10,
               20000), '.. and gets the next one');

/* data */

const packets = new Map(people.map((p) => [p, []]));

for (const p of people) {
    p.room.on(RoomEvent.DataReceived, (payload, from) => {
        packets.get(p).push(`${from.identity} ${new TextDecoder()
            .decode(payload)}`);
    });
}

const send = (p, text, to) => p.room.localParticipant.publishData(
    new TextEncoder().encode(text),
    { reliable: true, destination_identities: to });

for (const p of people) {
    for (let i = 0; i < 50; i += 1) {
        await send(p, `packet ${i}`);
    }
}

ok(await until(() => people.every((p) =>
    packets.get(p).length === 50 * (people.length - 1))),
   'everybody gets every packet');
ok(people.every((p) => people.every((from) => packets.get(p)
    .filter((t) => t.startsWith(from.grant.identity))
    .every((t, i) => t.endsWith(`packet ${i}`)))),
   'in the order they were sent');

/* to one alone */

await send(last, 'for one', [first.grant.identity]);

ok(await until(() => packets.get(first).some((t) => t.endsWith('for one'))),
   'a packet for one in the other worker arrives');
ok(people.every((p) => p === first
    || !packets.get(p).some((t) => t.endsWith('for one'))), '.. nowhere else');

/* what is counted */

const counted = await metrics(instance);

ok(counted.sum('rtc_sfu_links') === 2, 'there is a link between the workers');
ok(counted.sum('rtc_sfu_legs') >= 3, '.. with tracks in both directions');
ok(counted.get('rtc_sfu_relay_packets_total{direction="in"}') > 100
   && counted.get('rtc_sfu_relay_packets_total{direction="out"}') > 100,
   '.. and packets');

/* one leaves */

people.pop();
await last.leave();

ok(await until(() => people.every((p) =>
    p.room.remoteParticipants.size === people.length - 1)),
   'everybody sees one leave');

for (const p of people) {
    await p.leave();
}

ok(await until(async () => (await metrics(instance)).sum('rtc_sfu_rooms')
    === 0), 'both workers have forgotten the room');
ok(await until(async () => (await metrics(instance)).sum('rtc_sfu_legs')
    === 0), '.. and the tracks');

await dispose();
is(await instance.stop(), [], 'nothing is wrong in the log');
diag(`participants: ${people.length + 1}`);
done();
