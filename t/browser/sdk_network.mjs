#!/usr/bin/env node
/*
 * Copyright (C) the project's authors, BSD-2-Clause.
 *
 * The network of a client fails for five seconds, or gives it another address:
 * LiveKit's SDK in Chromium resumes at another worker, and media is back.
 */

import { openBrowser } from '../lib/browser.mjs';
import { ADDRESS, Network, farawayChromium } from '../lib/faraway.mjs';
import { startInstance, waitFor } from '../lib/instance.mjs';
import { cuts, enter } from '../lib/sdk.mjs';
import { Proxy, steerable } from '../lib/steer.mjs';
import { diag, done, is, ok } from '../lib/tap.mjs';
import { metrics, workers } from '../lib/workers.mjs';


const rounds = Number(process.env.ROUNDS ?? 2);
const outage = 5000;

const network = Network.here(import.meta.url);
const instance = await startInstance({ WORKERS: 3, RTC_IP: ADDRESS },
                                     steerable);
const { _id: id } = await instance.createRoom({ name: 'network' });
const proxy = await Proxy.start(instance, ADDRESS);
const { url } = proxy;

const browsers = [
    await farawayChromium(url),
    await openBrowser('chromium'),
];

const anna = await enter(browsers[0], { ...instance, url }, id, {}, {
    expect: cuts,
    grant: { ...await instance.joinToken(id, { name: 'Anna' }),
             url: url.replace('http', 'ws') },
});
const owner = await waitFor(async () => (await workers(instance))
    .find((w) => w.participants > 0)?.pid);
const ben = await enter(browsers[1], instance, id, { name: 'Ben' },
                        { expect: cuts });
const people = [anna, ben];

for (const person of people) {
    await person.run(() => room.localParticipant.publishTrack(
        picture(320, 180), { source: 'camera', simulcast: false }));
}

proxy.fits = (pid) => pid !== owner;

/* ms until more is decoded by both */

async function back() {
    const start = Date.now();
    const all = await Promise.all(people.map(async (person) => {
        const n = await person.run(() => received('video').framesDecoded ?? 0);

        return person.until((before) =>
            received('video').framesDecoded > before + 2, n, 20000);
    }));

    return all.every(Boolean) ? Date.now() - start : undefined;
}

ok(await back() !== undefined, 'they see each other');

const count = async (result) => (await metrics(instance))
    .get(`rtc_sfu_joins_total{result="${result}"}`);
const sid = await anna.run(() => room.localParticipant.sid);
const times = {};

for (const [name, happen] of [
    ['another address', () => network.move()],
    ['an outage', async () => {
        network.cut();
        await new Promise((resolve) => { setTimeout(resolve, outage); });
        network.mend();
    }],
]) {
    times[name] = [];

    for (let i = 0; i < rounds; i += 1) {
        const carried = await count('carried');

        await anna.run(() => { events.length = 0; });
        await happen();

        const ms = await back();

        times[name].push(ms);

        if (ms === undefined
            || (name === 'another address' && (!await anna.until(() =>
                events.includes('reconnected'), undefined, 30000)
                || await count('carried') === carried)))
        {
            times[name].pop();
            break;
        }
    }

    diag(`${name}: media back after ${times[name].join(', ')} ms`);
    is(times[name].length, rounds, `${name}: ${rounds} of ${rounds}`);
    ok(Math.max(...times[name]) < 8000, '.. soon');
}

is(await anna.run(() => room.localParticipant.sid), sid, 'in one session');
is(await count('ok'), 2, 'nobody joined anew');

for (const browser of browsers) {
    is(await browser.close(), [], 'no problems in the browser');
}

proxy.stop();
is(await instance.stop(), [], 'no problems in the server');
done();
