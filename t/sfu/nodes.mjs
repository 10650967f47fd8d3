#!/usr/bin/env node
/*
 * Copyright (C) the project's authors, BSD-2-Clause.
 *
 * One room on two hosts: everybody sees and hears everybody, data crosses, and
 * hosts may be reloaded, taken away and killed.  NODES_PEOPLE is the number of
 * participants.
 */

import { connect } from 'node:net';

import { RoomEvent, dispose, join } from '../lib/rtcclient.mjs';
import { waitFor as until } from '../lib/instance.mjs';
import {
    Balancer, address, isWell, killAll, startNodes,
} from '../lib/nodes.mjs';
import { masterPid } from '../lib/processes.mjs';
import { diag, done, is, ok } from '../lib/tap.mjs';
import { metrics, workers } from '../lib/workers.mjs';


const count = Number(process.env.NODES_PEOPLE ?? 4);

const nodes = await startNodes(import.meta.url);
const [one, two] = nodes.instances;
const balancer = await new Balancer(nodes.instances).listen(8080);
const service = balancer.service();
const { _id: id } = await service.createRoom({ name: 'two hosts' });

const people = [];

async function come(node) {
    balancer.prefers = node;

    const p = await join(service, id, { name: `P${people.length}` });

    await p.publishAudio();
    people.push(p);

    return p;
}

async function leave(p) {
    people.splice(people.indexOf(p), 1);
    await p.leave();
}

const participants = async (instance) => (await metrics(instance))
    .sum('rtc_sfu_participants');

const heard = (p, from) => p.received.get(from.grant.name)?.audio ?? 0;
const saw = (p, from) => p.received.get(from.grant.name)?.video ?? 0;

/* from now on */

async function all(ms = 30000, some = people) {
    const then = new Map(some.map((p) => [p, some.map((f) => heard(p, f))]));

    return until(() => some.every((p) => some.every((from, i) => p === from
        || heard(p, from) > then.get(p)[i] + 20)), ms);
}

/* half of them on each host; all send audio, the first of each video */

for (let n = 0; n < count; n += 1) {
    await come(n % 2);
}

ok(await until(async () => await participants(one) === Math.ceil(count / 2)
    && await participants(two) === Math.floor(count / 2)),
   'half of them on each host');

for (const p of people.slice(0, 2)) {
    await p.publishVideo();
}

ok(await until(() => people.every((p) =>
    p.room.remoteParticipants.size === count - 1)),
   'everybody sees everybody');
ok(await all(), 'everybody hears everybody');
ok(await until(() => people.every((p) => people.slice(0, 2)
    .every((from) => p === from || saw(p, from) > 10)), 30000),
   'everybody sees both');

/* data */

const packets = new Map(people.map((p) => [p, 0]));

for (const p of people) {
    p.room.on(RoomEvent.DataReceived, () => {
        packets.set(p, packets.get(p) + 1);
    });
}

for (const p of people) {
    for (let i = 0; i < 20; i += 1) {
        await p.room.localParticipant.publishData(
            new TextEncoder().encode(`packet ${i}`), { reliable: true });
    }
}

ok(await until(() => people.every((p) => packets.get(p) === 20 * (count - 1))),
   'data crosses');

/* what both count, and what a stranger gets to know */

const counted = await metrics(one);

ok(counted.sum('rtc_sfu_links') >= 1, 'there are links');
ok(counted.get('rtc_sfu_relay_packets_total{direction="in"}') > 100
   && counted.get('rtc_sfu_relay_packets_total{direction="out"}') > 100,
   '.. and packets');

function says(bytes) {
    return new Promise((resolve) => {
        const socket = connect(7946, address(1));
        const parts = [];

        socket.on('data', (part) => parts.push(part));
        socket.on('error', () => {});
        socket.on('close', () => resolve(Buffer.concat(parts)));
        socket.end(bytes);
    });
}

const said = await says('conf'.padEnd(85, 'x'));

ok(said.length === 0 || said[0] === 21, 'nobody gets in without TLS');

/* a reload of one */

const former = new Set((await workers(one)).map((w) => w.pid));

process.kill(masterPid(one), 'SIGHUP');
ok(await until(async () => (await workers(one))
    .some((w) => !former.has(w.pid)), 20000), 'one is reloaded');

await come(0);
ok(await all(), 'who comes then and who was there hear each other');
ok(people.every((p) => p.disconnected === undefined), '.. all the time');

/* two is taken away: nobody gets in, and its members move */

const drain = (fields) => two.api('POST', '/api/application/drain', fields);
const answer = await drain({});

is([answer.success, answer.draining], [true, true], 'two drains');
ok(!await isWell(two), '.. and says so');
ok(await all(), 'calls go on');

const came = await come(1);

ok(await until(async () => (await participants(two))
    === Math.floor(count / 2)), 'who comes is at the other one');
await leave(came);

let started = Date.now();

await drain({ after: 0, over: 1 });
ok(await until(async () => await participants(two) === 0, 20000),
   'its members move');
diag(`moved after ${Date.now() - started} ms`);
ok(await until(async () => await participants(one) === people.length, 30000),
   '.. to the other one');
ok(await all(60000), 'everybody hears everybody');

await drain({ drain: false });
ok(await until(() => isWell(two)), 'two is back');

/* one is killed, wholly */

while (people.length > count / 2 + 1) {
    await leave(people[0]);
}

await come(1);
await come(1);
ok(await until(async () => await participants(two) === 2),
   'two people are on it');
ok(await all(60000), 'and hear everybody');

const safe = people.slice(-2);
const lost = people.slice(0, -2);

started = Date.now();

let gone;
const left = new Set();

safe[0].room.on(RoomEvent.ParticipantDisconnected, (p) => {
    left.add(p.identity);

    if (left.size === lost.length) {
        gone ??= Date.now() - started;
    }
});

const before = heard(...safe);

balancer.prefers = 1;

killAll(one);

ok(await until(() => gone, 15000), 'the others see all of one go');
ok(gone < 10000, '.. in time');
diag(`gone after ${gone} ms`);

ok(await until(async () => await participants(two) === people.length, 30000),
   'they come back on two');
diag(`back after ${Date.now() - started} ms`);

ok(await all(60000), 'everybody hears everybody again');
ok(heard(...safe) > before + 100
   && safe.every((p) => p.disconnected === undefined),
   'those of two heard each other all the time');

await Promise.all(people.map((p) => p.leave()));
await dispose();

nodes.instances = [two];
is(await nodes.stop(), [], 'nothing is wrong in the log');
is((await one.stop()).filter((line) => !/exited on signal 9|ended with/
    .test(line)), [], 'nor in that of the killed one');
diag(`participants: ${people.length}`);
done();
