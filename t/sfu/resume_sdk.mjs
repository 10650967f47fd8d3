#!/usr/bin/env node
/*
 * Copyright (C) the project's authors, BSD-2-Clause.
 *
 * LiveKit's SDK for node loses its signalling, again and again, and comes back
 * by another worker each time: to the session it had, while media goes on.
 */

import { startInstance, waitFor as until } from '../lib/instance.mjs';
import { RoomEvent, dispose, join } from '../lib/rtcclient.mjs';
import { Proxy, steerable } from '../lib/steer.mjs';
import { diag, done, is, ok } from '../lib/tap.mjs';
import { metrics, workers } from '../lib/workers.mjs';


const rounds = Number(process.env.ROUNDS ?? 20);

const instance = await startInstance({ WORKERS: 3 }, steerable);
const { _id: id } = await instance.createRoom({ name: 'resumes' });
const proxy = await Proxy.start(instance);

const anna = await join({
    ...instance,
    joinToken: async (...words) => ({
        ...await instance.joinToken(...words),
        url: proxy.url.replace('http', 'ws'),
    }),
}, id, { name: 'Anna' });

const owner = await until(async () => (await workers(instance))
    .find((w) => w.participants > 0)?.pid);
const ben = await join(instance, id, { name: 'Ben' });

for (const person of [anna, ben]) {
    await person.publishAudio();
    await person.publishVideo();
}

const got = (p, from) => ({ ...p.received.get(from.grant.name) });
const flows = (kind) => async (p, from) => {
    const before = got(p, from)[kind] ?? 0;

    return until(() => (got(p, from)[kind] ?? 0) > before + 3, 10000);
};

ok(await flows('video')(anna, ben) && await flows('video')(ben, anna),
   'they see each other');

const events = [];
const { sid } = anna.room.localParticipant;

anna.room.on(RoomEvent.Reconnecting, () => events.push('reconnecting'));
anna.room.on(RoomEvent.Reconnected, () => events.push('reconnected'));
ben.room.on(RoomEvent.ParticipantDisconnected, () => events.push('left'));

proxy.fits = (pid) => pid !== owner;

const count = async (result) => (await metrics(instance))
    .get(`rtc_sfu_joins_total{result="${result}"}`);
const first = proxy.accepted.length;
const before = { carried: await count('carried'), ok: await count('ok') };

let gap = 0;
let worst = 0;
let resumes = 0;

for (let i = 0; i < rounds; i += 1) {
    const start = Date.now();
    let last = start;
    let seen = got(ben, anna).audio;

    const watch = setInterval(() => {
        const now = got(ben, anna).audio;

        if (now !== seen) {
            gap = Math.max(gap, Date.now() - last);
            last = Date.now();
            seen = now;
        }
    }, 5);

    proxy.cut();

    const back = await until(async () =>
        await count('carried') === before.carried + i + 1);

    worst = Math.max(worst, Date.now() - start);

    /* the SDK gives up if it happens before it is content */

    await until(() => events.filter((e) => e === 'reconnected').length > i);

    if (!back) {
        clearInterval(watch);
        break;
    }

    resumes += 1;
    worst = Math.max(worst, Date.now() - start);

    if (!await flows('audio')(ben, anna) || !await flows('audio')(anna, ben)
        || !await flows('video')(ben, anna))
    {
        break;
    }

    clearInterval(watch);
}

diag(`signalling back in ${worst} ms at most, largest gap of audio ${gap} ms`);

is(resumes, rounds, `${rounds} resumes of ${rounds}`);
ok(proxy.accepted.slice(first).every((pid) => pid !== owner),
   '.. all by another worker');
is(await count('ok'), before.ok, 'nobody joined anew');
ok(!events.includes('left'), 'nobody saw it leave');
is(anna.room.localParticipant.sid, sid, 'its sid is the same');
ok(gap < 2000, 'media went on');

/* data, both ways, after all of that */

const texts = new Map([anna, ben].map((p) => [p, []]));

for (const p of [anna, ben]) {
    p.room.registerTextStreamHandler('lk.chat', async (reader) => {
        texts.get(p).push(await reader.readAll());
    });
}

await anna.room.localParticipant.sendText('to Ben', { topic: 'lk.chat' });
await ben.room.localParticipant.sendText('to Anna', { topic: 'lk.chat' });
ok(await until(() => [...texts.values()].every((t) => t.length === 1)),
   'data arrives');

/* who comes and goes */

const cleo = await join(instance, id, { name: 'Cleo' });

await cleo.publishAudio();
ok(await flows('audio')(anna, cleo), 'who comes then is heard');

proxy.cut();
await cleo.leave();
ok(await until(() => anna.room.remoteParticipants.size === 1),
   'who leaves while the signalling is away is gone');

for (const p of [anna, ben]) {
    await p.leave();
}

ok(await until(async () => (await workers(instance)).every((w) =>
    w.participants === 0)), 'leaving over a link works');

proxy.stop();
await dispose();
is(await instance.stop(), [], 'nothing is wrong in the log');
done();
