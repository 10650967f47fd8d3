#!/usr/bin/env node
/*
 * Copyright (C) the project's authors, BSD-2-Clause.
 *
 * Two hosts and what is between them: the way from one to the other is cut,
 * while both reach Redis and their clients; one of them does not reach Redis;
 * one loses its network at once, as without power.  Nobody crashes, who can
 * hear each other does so all the time, and all is well when the cable is back.
 */

import { RoomEvent, dispose, join } from '../lib/rtcclient.mjs';
import { waitFor as until } from '../lib/instance.mjs';
import { Balancer, startNodes } from '../lib/nodes.mjs';
import { WebSocket } from '../lib/signalclient.mjs';
import { diag, done, is, ok } from '../lib/tap.mjs';
import { metrics } from '../lib/workers.mjs';


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

for (const node of [0, 0, 1, 1]) {
    await come(node);
}

const onOne = people.slice(0, 2);
const onTwo = people.slice(2);
const sees = (p, other) => [...p.room.remoteParticipants.values()]
    .some(({ name }) => name === other.grant.name);
const heard = (p, from) => p.received.get(from.grant.name)?.audio ?? 0;
const participants = async (instance) => (await metrics(instance))
    .sum('rtc_sfu_participants');

/* from now on */

function all(some = people, ms = 60000) {
    const then = new Map(some.map((p) => [p, some.map((f) => heard(p, f))]));

    return until(() => some.every((p) => some.every((from, i) => p === from
        || heard(p, from) > then.get(p)[i] + 10)), ms);
}

ok(await all(), 'everybody hears everybody');

/* the longest time in which one did not hear the other */

function watchSilence(p, from) {
    let before = heard(p, from);
    let since = Date.now();
    let longest = 0;

    setInterval(() => {
        const now = heard(p, from);

        longest = Math.max(longest, Date.now() - since);

        if (now > before) {
            before = now;
            since = Date.now();
        }
    }, 50).unref();

    return () => longest;
}

async function refused(instance) {
    const { token, url } = await two.joinToken(id, { name: 'guest' });

    try {
        const ws = await WebSocket.connect(
            `${url.replace(two.url.slice(4), instance.url.slice(4))}`
            + `/rtc?access_token=${token}&protocol=15`);

        ws.socket.destroy();
        return 101;
    } catch (error) {
        return error.status;
    }
}

/* the way between the hosts */

let silences = [watchSilence(...onOne), watchSilence(...onTwo)];
const apart = watchSilence(onOne[0], onTwo[0]);

nodes.cut(1, 2);
nodes.cut(2, 1);

ok(await until(() => apart() > 3000, 20000),
   'cut off from each other, they do not hear each other');
ok(await all(onOne) && await all(onTwo), '.. each host goes on');
is([await participants(one), await participants(two)], [2, 2],
   '.. with all of its members');

nodes.mend(1, 2);
nodes.mend(2, 1);
ok(await all(), 'together again, everybody hears everybody');
ok(people.every((p) => p.disconnected === undefined), '.. without a new join');
diag(`silence on the same host: ${silences.map((f) => f()).join(', ')} ms`);

/* Redis, for one of them */

silences = [watchSilence(...onOne), watchSilence(onOne[0], onTwo[0])];
nodes.cut(1, 4);

ok(await until(async () => await refused(one) === 503, 20000),
   'without Redis a host lets nobody in');
is(await refused(two), 101, '.. the other one does');
ok(await all(), '.. and everybody hears everybody');

nodes.mend(1, 4);
ok(await until(async () => await refused(one) === 101, 20000),
   'with Redis it does again');
ok(people.every((p) => people.every((q) => p === q || sees(p, q))),
   '.. everybody is still there');
ok(await all(), '.. and heard');
diag(`silence without Redis: ${silences.map((f) => f()).join(', ')} ms`);

/* power */

const silence = watchSilence(...onTwo);
const started = Date.now();
const times = {};
const left = new Set();

onTwo[0].room.on(RoomEvent.ParticipantDisconnected, ({ name }) => {
    left.add(name);

    if (left.size === onOne.length) {
        times.told ??= Date.now() - started;
    }
});

balancer.prefers = 1;

const endWatch = balancer.watch();

nodes.cable(1, 'down');

ok(await until(() => times.told, 20000), 'without power, its members are gone');
ok(times.told < 15000, '.. in time');
ok(await until(async () => await participants(two) === 4, 60000),
   'they come back on the other one');
times.back = Date.now() - started;
ok(await all(), '.. and everybody hears everybody');
times.heard = Date.now() - started;
diag(`told after ${times.told} ms, back after ${times.back} ms, heard after ${
    times.heard} ms; silence between the others: ${silence()} ms`);

endWatch();
nodes.cable(1, 'up');
ok(await until(async () => await refused(one) === 101, 30000),
   'with power it lets people in');

await come(0);
ok(await until(async () => await participants(one) === 1, 60000),
   '.. has none of those who were there');
ok(await all(), '.. and everybody hears everybody');
is(onTwo.map((p) => p.disconnected), [undefined, undefined],
   'who was on the other one never left');

await Promise.all(people.map((p) => p.leave()));
await dispose();
is(await nodes.stop(), [], 'nothing is wrong in the logs');
done();
