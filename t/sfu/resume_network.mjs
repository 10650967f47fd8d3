#!/usr/bin/env node
/*
 * Copyright (C) the project's authors, BSD-2-Clause.
 *
 * The network of a client fails for five seconds, or gives it another address:
 * media is back soon after the network is, in the same session.
 */

import { Faraway, ADDRESS, Network } from '../lib/faraway.mjs';
import { startInstance, waitFor as until } from '../lib/instance.mjs';
import { RoomEvent, dispose, join } from '../lib/rtcclient.mjs';
import { Proxy, steerable } from '../lib/steer.mjs';
import { diag, done, is, ok } from '../lib/tap.mjs';
import { metrics } from '../lib/workers.mjs';


const rounds = Number(process.env.ROUNDS ?? 2);

/* SDKs look every two seconds which addresses they have */

const limit = 10000;                     /* the times themselves are told */
const outage = Number(process.env.OUTAGE ?? 5000);

const network = Network.here(import.meta.url);
const instance = await startInstance({ RTC_IP: ADDRESS }, steerable);
const { _id: id } = await instance.createRoom({ name: 'network' });
const proxy = await Proxy.start(instance, ADDRESS);

const anna = await Faraway.join({
    joinToken: async (...words) => ({
        ...await instance.joinToken(...words),
        url: proxy.url.replace('http', 'ws'),
    }),
}, id, { name: 'Anna' });
const ben = await join(instance, id, { name: 'Ben' });

await ben.publishAudio();
await ben.publishVideo();

const { sid } = anna;
const left = [];

ben.room.on(RoomEvent.ParticipantDisconnected, (who) => left.push(who.name));

const sums = () => ['audio', 'video'].flatMap((kind) => [
    anna.counts.Ben?.[kind] ?? 0, ben.received.get('Anna')?.[kind] ?? 0]);

/* ms until more of everything is there, in both directions */

async function back(ms = 20000) {
    const start = Date.now();
    const before = sums();

    return await until(() => sums().every((n, i) => n > before[i] + 2), ms)
        ? Date.now() - start : undefined;
}

ok(await back() !== undefined, 'they see and hear each other');

async function repeat(name, happen) {
    const times = [];

    for (let i = 0; i < rounds; i += 1) {
        await happen();
        times.push(await back());

        if (times.at(-1) === undefined) {
            break;
        }
    }

    diag(`${name}: media back after ${times.join(', ')} ms`);
    is(times.filter((t) => t <= limit).length, rounds,
       `${name}: media is back in ${limit} ms, ${rounds} of ${rounds}`);
}

const sleep = (ms) => new Promise((resolve) => { setTimeout(resolve, ms); });

await repeat(`an outage of ${outage} ms`, async () => {
    network.cut();
    await sleep(outage);
    network.mend();
});

await repeat('another address', () => network.move());

const count = async (result) => (await metrics(instance))
    .get(`rtc_sfu_joins_total{result="${result}"}`);

is([await count('ok'), await count('resume')], [2, 0], 'nobody joined anew');
is([anna.sid, left], [sid, []], 'all of that in one session');

anna.end();
await ben.leave();
proxy.stop();
await dispose();
is(await instance.stop(), [], 'nothing is wrong in the log');
done();
