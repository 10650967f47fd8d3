#!/usr/bin/env node
/*
 * Copyright (C) the project's authors, BSD-2-Clause.
 *
 * Reloads in the middle of a meeting: those who are there stay where they are,
 * those who come meet them.
 */

import { startInstance, waitFor as until } from '../lib/instance.mjs';
import { dispose, join } from '../lib/rtcclient.mjs';
import { done, is, ok } from '../lib/tap.mjs';
import { workers } from '../lib/workers.mjs';
import { readFileSync } from 'node:fs';


const instance = await startInstance({ WORKERS: 1 });
const { _id: id } = await instance.createRoom({ name: 'generations' });
const people = [];

async function come() {
    const one = await join(instance, id, { name: `P${people.length}` });

    await one.publishAudio();
    people.push(one);
}

function all(n) {
    return people.every((p) => people.every((from) => p === from
        || (p.received.get(from.grant.name)?.audio ?? 0) > n));
}

await come();
await come();
ok(await until(() => all(20)), 'two hear each other');

const master = Number(readFileSync(`${instance.dir}/nginx.pid`, 'utf8'));

for (let reload = 1; reload <= 3; reload += 1) {
    process.kill(master, 'SIGHUP');

    ok(await until(async () => {
        const list = await workers(instance);

        return list.length === reload + 1
            && list.filter((w) => w.draining).length === reload;
    }, 20000), `reload ${reload}: the workers before it drain`);

    await come();
    ok(await until(() => all(20), 20000),
       'who comes then and who was there hear each other');
}

ok(people.every((p) => p.disconnected === undefined),
   'nobody had to join again');

const texts = [];

people[0].room.registerTextStreamHandler('lk.chat', async (reader) => {
    texts.push(await reader.readAll());
});
await people.at(-1).room.localParticipant.sendText('hello',
                                                   { topic: 'lk.chat' });
ok(await until(() => texts.length === 1), 'a text goes from last to first');

/* an old worker goes when its last one leaves */

await people[0].leave();
await people[1].leave();

ok(await until(async () => (await workers(instance)).length === 3, 20000),
   'the first worker leaves with its last participant');

people.splice(0, 2);
ok(await until(() => people.every((p) =>
    p.room.remoteParticipants.size === people.length - 1)),
   'the others see that');

for (const p of people) {
    await p.leave();
}

ok(await until(async () => (await workers(instance)).length === 1, 20000),
   'only the last generation stays');

await dispose();
is(await instance.stop(), [], 'nothing is wrong in the log');
done();
