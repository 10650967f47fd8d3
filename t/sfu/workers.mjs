#!/usr/bin/env node
/*
 * Copyright (C) the project's authors, BSD-2-Clause.
 *
 * A room whose members live in two workers.
 */

import { startInstance, waitFor as until } from '../lib/instance.mjs';
import { RoomEvent, dispose, join } from '../lib/rtcclient.mjs';
import { parse } from '../lib/prometheus.mjs';
import { diag, done, is, ok } from '../lib/tap.mjs';


const instance = await startInstance({ WORKERS: 2 });
const { _id: id } = await instance.createRoom({ name: 'two workers' });

async function metrics() {
    const response = await fetch(`${instance.url}/metrics`);

    return parse(await response.text());
}

/* participants by worker, only those that have any */

async function spread() {
    const all = [...(await metrics()).samples];

    return all.filter(([series]) => series.startsWith('rtc_sfu_participants{'))
        .map(([, value]) => value)
        .filter((value) => value > 0);
}

/* one comes after another until there are two in each worker */

const people = [];

while (people.length < 12) {
    people.push(await join(instance, id, { name: `P${people.length}` }));
    await until(async () => {
        const counts = await spread();
        return counts.reduce((a, b) => a + b, 0) === people.length;
    });

    const counts = await spread();

    if (counts.length === 2 && Math.min(...counts) >= 2) {
        break;
    }
}

diag(`participants: ${await spread()}`);
is((await spread()).length, 2, 'both workers have participants');

const names = people.map((p) => p.grant.name);

ok(await until(() => people.every((p) =>
    p.room.remoteParticipants.size === people.length - 1)),
   'everybody sees everybody');

for (const p of people) {
    await p.publishAudio();
    await p.publishVideo();
}

function hears(p, kind, n) {
    return names.every((name) => name === p.grant.name
        || p.received.get(name)?.[kind] > n);
}

ok(await until(() => people.every((p) => hears(p, 'audio', 20)), 20000),
   'everybody hears everybody');
ok(await until(() => people.every((p) => hears(p, 'video', 10)), 20000),
   'everybody sees video of everybody');

for (const p of people) {
    diag(`${p.grant.name}: ${JSON.stringify([...p.received])}`);
}

/* data */

const texts = new Map(people.map((p) => [p, []]));

for (const p of people) {
    p.room.registerTextStreamHandler('lk.chat', async (reader, from) => {
        texts.get(p).push(`${from.identity} ${await reader.readAll()}`);
    });
}

for (const p of people) {
    for (let i = 0; i < 10; i += 1) {
        await p.room.localParticipant.sendText(`text ${i}`,
                                               { topic: 'lk.chat' });
    }
}

ok(await until(() => people.every((p) =>
    texts.get(p).length === 10 * (people.length - 1))),
   'everybody gets every text');
ok(people.every((p) => people.every((from) => {
    const got = texts.get(p).filter((t) => t.startsWith(from.grant.identity));

    return from === p
        || got.every((t, i) => t.endsWith(`text ${i}`));
})), 'in the order they were sent');

/* one leaves */

const gone = people.pop();

await gone.leave();

ok(await until(() => people.every((p) =>
    p.room.remoteParticipants.size === people.length - 1)),
   'everybody sees one leave');

for (const p of people) {
    await p.leave();
}

ok(await until(async () => (await metrics()).sum('rtc_sfu_rooms') === 0),
   'both workers have forgotten the room');

await dispose();
is(await instance.stop(), [], 'nothing is wrong in the log');
done();
