#!/usr/bin/env node
/*
 * Copyright (C) the project's authors, BSD-2-Clause.
 *
 * LiveKit's SDK in browsers loses its signalling, again and again, and comes
 * back by another worker each time, with the session and the media it had.
 */

import { openBrowser } from '../lib/browser.mjs';
import { ownHost, startInstance, waitFor } from '../lib/instance.mjs';
import { cuts, enter, openSdk } from '../lib/sdk.mjs';
import { Proxy, steerable } from '../lib/steer.mjs';
import { diag, done, is, ok } from '../lib/tap.mjs';
import { metrics, workers } from '../lib/workers.mjs';


const rounds = Number(process.env.ROUNDS ?? 5);

const instance = await startInstance({
    WORKERS: 3, RTC_IP: ownHost(import.meta.url),
}, steerable);
const { _id: id } = await instance.createRoom({ name: 'resumes' });

const count = async (result) => (await metrics(instance))
    .get(`rtc_sfu_joins_total{result="${result}"}`);

const people = [];

for (const kind of ['chromium', 'firefox']) {
    const proxy = await Proxy.start(instance);
    const browser = await openBrowser(kind);
    const before = await workers(instance);
    const url = proxy.url.replace('127.0.0.1', 'localhost');
    const person = await enter(browser, { ...instance, url }, id, {}, {
        expect: cuts,
        grant: {
            ...await instance.joinToken(id, { name: kind }),
            url: url.replace('http', 'ws'),
        },
    });

    await person.run(() => room.localParticipant.publishTrack(
        picture(320, 180), { source: 'camera', simulcast: false }));

    const grown = async () => (await workers(instance)).find((w) =>
        w.participants > (before.find((b) => b.pid === w.pid)
            ?.participants ?? 0));

    const { pid } = await waitFor(grown);

    proxy.fits = (other) => other !== pid;
    people.push({ kind, proxy, browser, person });
}

/*
 * ms until more is decoded, by everybody; who joins anew is counted from zero
 */

async function flow() {
    const start = Date.now();
    const all = await Promise.all(people.map(async ({ person }) => {
        await person.run(() => { window.least = Infinity; });

        return person.until(() => {
            const n = received('video').framesDecoded ?? 0;

            window.least = Math.min(window.least, n);

            return n > window.least + 3;
        }, undefined, 20000);
    }));

    return all.every(Boolean) ? Date.now() - start : undefined;
}

ok(await flow() >= 0, 'they see each other');

const joined = await count('ok');
let carried = await count('carried');

for (const { kind, proxy, person } of people) {
    const sid = await person.run(() => room.localParticipant.sid);
    const first = proxy.accepted.length;
    const times = [];
    let media = 0;

    for (let i = 0; i < rounds; i += 1) {
        await person.run(() => { events.length = 0; });

        const start = Date.now();

        proxy.cut();

        if (!await person.until(() => events.includes('reconnected')
            || events.includes('disconnected'), undefined, 30000))
        {
            break;
        }

        times.push(Date.now() - start);

        if (await flow() === undefined) {
            break;
        }

        media += 1;
    }

    diag(`${kind}: reconnected after ${times.join(', ')} ms`);
    is(media, rounds, `${kind}: ${rounds} of ${rounds} came back with media`);
    ok(await count('carried') >= carried + rounds,
       '.. by another worker each time');
    is(await person.run(() => room.localParticipant.sid), sid,
       '.. to the same session');
    ok(proxy.accepted.length > first, '.. by new connections');
    carried = await count('carried');
}

is(await count('ok'), joined, 'nobody joined anew');

/* what the SDK can simulate */

const [{ person }] = people;
const scenarios = {
    'signal-reconnect': 'the signalling connection ends',
    'disconnect-signal-on-resume': 'it ends in the next resume',
    'disconnect-signal-on-resume-no-messages': '.. before any message',
    migration: 'the session moves',
};

for (const [scenario, name] of Object.entries(scenarios)) {
    await person.run((s) => {
        events.length = 0;

        return room.simulateScenario(s);
    }, scenario);

    ok(await person.until(() => events.includes('reconnected'), undefined,
                          30000), `${scenario}: ${name}`);
    ok(await flow() !== undefined, '.. media comes');
    is(await count('ok'), joined, '.. to the same session');
}

await person.run(() => {
    events.length = 0;

    return room.simulateScenario('node-failure');
});
ok(await person.until(() => events.includes('reconnected'), undefined, 30000),
   'node-failure: it joins anew');
ok(await waitFor(async () => await count('ok') > joined), '.. indeed');
ok(await flow() !== undefined, '.. media comes');

/* the SDK's own check */

for (const { kind, browser, proxy } of people) {
    const url = proxy.url.replace('127.0.0.1', 'localhost');
    const page = await openSdk(browser, { url }, { expect: cuts });
    const run = async () => page.evaluate(async ({ to, token }) => {
        const { success, logs, status } =
            await new lk.ConnectionCheck(to, token).checkReconnect();

        return { success, status, logs };
    }, {
        to: url.replace('http', 'ws'),
        token: (await instance.joinToken(id, { name: 'check' })).token,
    });

    /* it gives itself five seconds, of which it sleeps two */

    let check;

    for (let i = 0; i < 3 && !(check?.success ?? check?.status === 3); i += 1) {
        check = await run();
        diag(JSON.stringify(check));
    }

    ok(check.success ?? check.status === 3, `${kind}: ReconnectCheck`);
    await page.context().close();
}

for (const { browser, proxy } of people) {
    is(await browser.close(), [], 'no problems in the browser');
    proxy.stop();
}

is(await instance.stop(), [], 'no problems in the server');
done();
