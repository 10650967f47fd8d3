#!/usr/bin/env node
/*
 * Copyright (C) the project's authors, BSD-2-Clause.
 *
 * What becomes of a session whose signalling goes through another worker: that
 * one is killed, the configuration is loaded anew, its own one is killed.
 */

import { readFileSync } from 'node:fs';

import { startInstance, waitFor as until } from '../lib/instance.mjs';
import { RoomEvent, dispose, join } from '../lib/rtcclient.mjs';
import { Proxy, steerable } from '../lib/steer.mjs';
import { diag, done, is, ok } from '../lib/tap.mjs';
import { metrics, workers } from '../lib/workers.mjs';


const instance = await startInstance({ WORKERS: 3 }, steerable);
const { _id: id } = await instance.createRoom({ name: 'workers' });
const proxy = await Proxy.start(instance);

const anna = await join({
    joinToken: async (...words) => ({
        ...await instance.joinToken(...words),
        url: proxy.url.replace('http', 'ws'),
    }),
}, id, { name: 'Anna' });
const owner = await until(async () => (await workers(instance))
    .find((w) => w.participants > 0)?.pid);

/* Ben is in a worker that lives on */

async function another() {
    for (let n = 0; n < 20; n += 1) {
        const ben = await join(instance, id, { name: `Ben ${n}` });
        const now = await until(async () => {
            const list = await workers(instance);

            return list.reduce((sum, w) => sum + w.participants, 0) === 2
                && list;
        });
        const at = now.find((w) => w.participants > 0 && w.pid !== owner);

        if (at) {
            return [ben, at.pid];
        }

        await ben.leave();
        await until(async () => (await workers(instance)).reduce((sum, w) =>
            sum + w.participants, 0) === 1);
    }

    throw new Error('all of them are in one worker');
}

const [ben, place] = await another();

await anna.publishAudio();

const heard = () => ben.received.get('Anna')?.audio ?? 0;
const flows = async () => {
    const before = heard();

    return until(() => heard() > before + 20, 15000);
};

ok(await flows(), 'she is heard');

const events = [];
const left = [];
const { sid } = anna.room.localParticipant;
const reconnected = (n) => until(() =>
    events.filter((e) => e === 'reconnected').length >= n, 20000);

anna.room.on(RoomEvent.Reconnected, () => events.push('reconnected'));
ben.room.on(RoomEvent.ParticipantDisconnected, (who) => left.push(who.name));

const joins = async (result) => (await metrics(instance))
    .get(`rtc_sfu_joins_total{result="${result}"}`);
const others = new Set([owner, place]);

/* she goes to the third worker, which is killed */

proxy.fits = (pid) => !others.has(pid);
proxy.cut();
ok(await reconnected(1), 'she resumes');

const carrier = proxy.accepted.at(-1);

proxy.fits = (pid) => pid === place;
process.kill(carrier, 'SIGKILL');
ok(await reconnected(2), 'the worker with her signalling is killed: resumed');
is([left, await joins('carried')], [[], 2], '.. by another one, unnoticed');
ok(await flows(), '.. she is heard');

/* a reload: she is passed on by a worker of the next generation */

const old = new Set((await workers(instance)).map((w) => w.pid));

process.kill(Number(readFileSync(`${instance.dir}/nginx.pid`, 'utf8')),
             'SIGHUP');
ok(await until(async () => (await workers(instance)).some((w) =>
    !old.has(w.pid)), 20000), 'the configuration is loaded anew');
ok(await flows(), '.. she is heard');
is(events.length, 2, '.. and did not have to resume');

proxy.fits = (pid) => !old.has(pid);
proxy.cut();
ok(await reconnected(3), 'a worker of the next generation takes her back');
is([left, await joins('carried')], [[], 3], '.. to the old one, unnoticed');
ok(await flows(), '.. she is heard');
is(anna.room.localParticipant.sid, sid, 'all of the time by the same sid');

/* her own worker is killed: she is told at once */

const start = Date.now();

process.kill(owner, 'SIGKILL');

ok(await until(() => left.includes('Anna')), 'her worker is killed: she goes');
ok(await until(() => [...ben.room.remoteParticipants.values()].some((p) =>
    p.name === 'Anna' && p.sid !== sid), 20000), '.. and joins anew');
diag(`back ${Date.now() - start} ms after her worker died`);
ok(await flows(), '.. she is heard');
is(await joins('resume'), 0, '.. without another try to resume');

await anna.leave();
await ben.leave();
proxy.stop();
await dispose();

/* nginx itself logs that it lost a process */

is((await instance.stop()).filter((line) => !/exited on signal 9/.test(line)),
   [], 'nothing else is wrong in the log');
done();
