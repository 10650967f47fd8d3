#!/usr/bin/env node
/*
 * Copyright (C) the project's authors, BSD-2-Clause.
 *
 * A room of many on two hosts, and another one on the second host.  All
 * processes of the first are killed at once: its members, SDKs, come back on
 * the second; between those who were there no packet is missing or late.
 *
 * NODES_PEOPLE is how many are in the room, 20 where there are cores for them;
 * half of them are on each host.
 */

import { measureMeeting } from '../bench/servers.mjs';
import { RoomEvent, dispose, join } from '../lib/rtcclient.mjs';
import { waitFor as until } from '../lib/instance.mjs';
import { Balancer, killAll, startNodes } from '../lib/nodes.mjs';
import { diag, done, is, ok } from '../lib/tap.mjs';
import { metrics } from '../lib/workers.mjs';


const half = Number(process.env.NODES_PEOPLE ?? 12) / 2;
const seconds = 20;

const nodes = await startNodes(import.meta.url);
const [one, two] = nodes.instances;
const balancer = await new Balancer(nodes.instances).listen(8080);
const service = balancer.service();
const { _id: room } = await service.createRoom({ name: 'twenty' });

const participants = async (instance) => (await metrics(instance))
    .sum('rtc_sfu_participants');

/* SDKs on one, who speak and do not listen; one on two, who listens */

const lost = [];

balancer.prefers = 0;

for (let n = 0; n < half; n += 1) {
    const p = await join(service, room, { name: `P${n}` },
                         { autoSubscribe: false });

    await p.publishAudio({}, 100);
    lost.push(p);
}

balancer.prefers = 1;

const witness = await join(service, room, { name: 'witness' },
                           { autoSubscribe: false });

const speaks = (name) => witness.received.get(name)?.audio ?? 0;
const listen = (publication, p) => {
    if (/^P\d/.test(p.name)) {
        publication.setSubscribed(true);
    }
};

witness.room.on(RoomEvent.TrackPublished, listen);
witness.room.remoteParticipants.forEach((p) =>
    p.trackPublications.forEach((publication) => listen(publication, p)));

/* from now on */

async function all() {
    const then = lost.map((p) => speaks(p.grant.name));

    return until(() => lost.every((p, i) =>
        speaks(p.grant.name) > then[i] + 5), 60000);
}

ok(await all(), 'who is on two hears who is on one');

/* the others on two, who count each packet of each other */

const options = ['--frames', '5', '--packets', '1', '--size', '600',
    '--seconds', `${seconds}`];
const figures = [];
const meet = (people, inRoom) => new Promise((begun) => {
    figures.push(measureMeeting(two, { people, workers: 2, begun,
                                       room: inRoom }, options));
});

await Promise.all([meet(half - 1, room), meet(4)]);

ok(await until(async () => await participants(one) === half
                           && await participants(two) === half + 4),
   'half of them on each host, and four in another room');
ok(await all(), 'who is on two still hears who is on one');

/* one is killed */

const left = new Set();
const times = {};

witness.room.on(RoomEvent.ParticipantDisconnected, (p) => {
    left.add(p.name);

    if (lost.every(({ grant }) => left.has(grant.name))) {
        times.told ??= Date.now();
    }
});

const killed = Number(process.hrtime.bigint() / 1000n);
const started = Date.now();

killAll(one);

ok(await until(() => times.told, 15000),
   'the others are told that they are gone');

const silent = lost.map((p) => speaks(p.grant.name));

ok(await until(async () => await participants(two) === 2 * half + 4, 30000),
   'they come back on two');
times.back = Date.now();
ok(await until(() => lost.every((p, i) => speaks(p.grant.name)
    > silent[i]), 30000), '.. and are heard');
times.heard = Date.now();

ok(times.told - started < 10000, '.. told in time');
ok(times.back - started < 10000, '.. back in time');
ok(witness.disconnected === undefined, 'who was there, stays');

const results = await Promise.all(figures);

for (const [n, result] of results.entries()) {
    const second = Math.floor((killed - result.began_us) / 1000000);
    const before = Math.max(...result.gaps_ms.slice(0, second || 1));
    const after = Math.max(...result.gaps_ms.slice(second, second + 12));
    const where = n ? 'in the other room' : 'in the room';

    ok(second >= 0 && second + 5 < seconds, `${where} it was in the middle`);
    is([result.missing, result.repeated, result.broken], [0, 0, 0],
       '.. no packet is missing');
    ok(after < 1000, '.. or late');
    diag(`${where} the longest time between two sounds was ${before} ms `
        + `before, ${after} ms after; packets: ${result.received} of ${
            result.expected}`);
}

diag(`told after ${times.told - started} ms, back after ${
    times.back - started} ms, heard after ${times.heard - started} ms`);

await Promise.all([...lost, witness].map((p) => p.leave()));
await dispose();

nodes.instances = [two];
is(await nodes.stop(), [], 'nothing is wrong in the log');
is((await one.stop()).filter((line) => !/exited on signal 9|ended with/
    .test(line)), [], 'nor in that of the killed one');
done();
