#!/usr/bin/env node
/*
 * Copyright (C) the project's authors, BSD-2-Clause.
 *
 * A worker is killed: those of the other one go on, its own come back.
 */

import { startInstance, waitFor as until } from '../lib/instance.mjs';
import { RoomEvent, dispose, join } from '../lib/rtcclient.mjs';
import { diag, done, is, ok } from '../lib/tap.mjs';
import { fillTwo } from '../lib/workers.mjs';


const instance = await startInstance({ WORKERS: 2 });
const { _id: id } = await instance.createRoom({ name: 'crash' });

/* two in one worker, at least one in the other */

const people = await fillTwo(instance, (n) =>
    join(instance, id, { name: `P${n}` }), 2);

for (const { client } of people) {
    await client.publishAudio();
}

const name = (p) => p.client.grant.name;
const heard = (p, from) => p.client.received.get(name(from))?.audio ?? 0;

ok(await until(() => people.every((p) => people.every((from) => p === from
    || heard(p, from) > 20)), 20000), 'everybody hears everybody');

const { pid } = people[0];
const lost = people.filter((p) => p.pid === pid);
const safe = people.filter((p) => p.pid !== pid);

const started = Date.now();
const left = safe.map((p) => new Promise((resolve) => {
    const gone = new Set();

    p.client.room.on(RoomEvent.ParticipantDisconnected, (who) => {
        gone.add(who.name);

        if (lost.every((l) => gone.has(name(l)))) {
            resolve(Date.now() - started);
        }
    });
}));

process.kill(pid, 'SIGKILL');

diag(`gone after ${await Promise.all(left)} ms`);
ok(true, 'the others see them go');

const [a, b] = safe;
const before = heard(a, b);

ok(await until(() => heard(a, b) > before + 20),
   'who is in the other worker goes on hearing the other');
ok(safe.every((p) => p.client.disconnected === undefined), '.. all the time');

ok(await until(() => safe.every((p) =>
    p.client.room.remoteParticipants.size === people.length - 1), 30000),
   'the lost ones come back');
diag(`back after ${Date.now() - started} ms`);

const then = new Map(people.map((p) => [p, people.map((f) => heard(p, f))]));

ok(await until(() => people.every((p) => people.every((from, i) => p === from
    || heard(p, from) > then.get(p)[i] + 20)), 30000),
   'everybody hears everybody again');

for (const p of people) {
    await p.client.leave();
}

await dispose();

/* nginx itself logs that it lost a process */

is((await instance.stop()).filter((line) => !/exited on signal 9/.test(line)),
   [], 'nothing else is wrong in the log');
done();
