#!/usr/bin/env node
/*
 * Copyright (C) the project's authors, BSD-2-Clause.
 *
 * Reliable packets that are sent while the network fails, or the client gets
 * another address, or its signalling another worker: each comes once, in
 * order, in both directions, with one peer connection and with two.
 */

import { ADDRESS, Faraway, Network, farawayChromium } from '../lib/faraway.mjs';
import { startInstance, waitFor } from '../lib/instance.mjs';
import { RoomEvent, dispose, join } from '../lib/rtcclient.mjs';
import { cuts, enter } from '../lib/sdk.mjs';
import { Proxy, steerable } from '../lib/steer.mjs';
import { diag, done, is, ok } from '../lib/tap.mjs';
import { metrics } from '../lib/workers.mjs';


/*
 * If it is longer than 15 s the SDK for browsers gives its first attempt up,
 * and sends a few packets before those that it has kept: these are too late
 */

const outage = Number(process.env.OUTAGE ?? 10000);

const network = Network.here(import.meta.url);
const instance = await startInstance({ WORKERS: 2, RTC_IP: ADDRESS },
                                     steerable);
const { _id: id } = await instance.createRoom({ name: 'network' });
const proxy = await Proxy.start(instance, ADDRESS);
const { url } = proxy;

const browser = await farawayChromium(url);

async function grant(name) {
    return { ...await instance.joinToken(id, { name }),
             url: url.replace('http', 'ws') };
}


/* each has say(text) and data(): [[name, text]] */

async function page(name, singlePeerConnection) {
    const person = await enter(browser, { ...instance, url }, id, {}, {
        expect: cuts, options: { singlePeerConnection },
        grant: await grant(name),
    });

    await person.run(() => {
        window.data = [];
        room.on('dataReceived', (payload, from) => {
            data.push([from?.name, new TextDecoder().decode(payload)]);
        });
    });

    return {
        name,
        sid: () => person.run(() => room.localParticipant.sid),
        data: () => person.run(() => window.data),
        say: (text) => person.run((what) => {
            room.localParticipant.publishData(new TextEncoder().encode(what),
                                              { reliable: true });
        }, text),
    };
}

async function far(name) {
    const faraway = await Faraway.join({ joinToken: () => grant(name) });

    return { name, faraway, sid: () => faraway.sid, data: () => faraway.data,
             say: (text) => faraway.say(text) };
}

async function near(name) {
    const client = await join(instance, id, { name });
    const data = [];

    client.room.on(RoomEvent.DataReceived, (payload, from) => {
        data.push([from?.name, new TextDecoder().decode(payload)]);
    });

    return {
        name, client, sid: () => client.room.localParticipant.sid,
        data: () => data,
        say: (text) => client.room.localParticipant.publishData(
            new TextEncoder().encode(text), { reliable: true }),
    };
}

const people = await Promise.all([page('single', true), page('two', false),
                                  far('far'), near('near')]);
const sids = () => Promise.all(people.map((p) => p.sid()));
const before = await sids();
const count = async (result) => (await metrics(instance))
    .get(`rtc_sfu_joins_total{result="${result}"}`);


/* all talk until told to stop; what they said comes */

let said = 0;

async function talk(until) {
    let over = false;

    until.then(() => { over = true; });

    while (!over) {
        await Promise.all([...people.map((p) => p.say(String(said))),
                           new Promise((next) => { setTimeout(next, 100); })]);
        said += 1;
    }
}

async function missing() {
    const all = await Promise.all(people.map((p) => p.data()));
    const list = [];

    for (const [i, to] of people.entries()) {
        for (const from of people.filter((p) => p !== to)) {
            const got = all[i].filter(([name]) => name === from.name)
                .map(([, text]) => Number(text));
            const wrong = got.findIndex((n, at) => n !== at);

            if (got.length !== said || wrong >= 0) {
                list.push(`${from.name} > ${to.name}: ${got.length} of `
                          + `${said}, first wrong: ${wrong}`);
            }
        }
    }

    return list;
}

const sleep = (ms) => new Promise((next) => { setTimeout(next, ms); });

for (const [name, happen, rest] of [
    ['nothing happens', () => {}, 500],
    ['an outage', async () => {
        network.cut();
        await sleep(outage);
        network.mend();
    }, 1000],
    ['another address', () => network.move(), 3000],
    ['another connection', () => proxy.cut(), 3000],
]) {
    const first = said;

    await talk((async () => {
        await sleep(500);
        await happen();
        await sleep(rest);
    })());

    const start = Date.now();

    await waitFor(async () => (await missing()).length === 0, 30000);
    is(await missing(), [], `${name}: each of ${said - first} packets comes`);
    diag(`${name}: the last of them after ${Date.now() - start} ms`);
}

is(await sids(), before, 'all of that in one session');
is([await count('ok'), await count('resume')], [4, 0], 'nobody joined anew');
ok(await count('resumed') + await count('carried') > 0, '.. some resumed');

const [, , { faraway }, { client }] = people;

faraway.end();
await client.leave();
proxy.stop();
is(await browser.close(), [], 'no problems in the browser');
await dispose();
is(await instance.stop(), [], 'no problems in the server');
done();
