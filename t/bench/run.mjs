/*
 * Copyright (C) the project's authors, BSD-2-Clause.
 *
 * make bench: prints tables, and writes a line of JSON per measurement to
 * build/bench/.
 *
 *   cost    what a forwarded packet costs here, in Debian's Janus and in a bare
 *           loop, in turn, so that all have the same machine
 *   scale   the same number of packets for few and many subscriptions, and in
 *           one and many rooms
 *   joins   many at once
 *   faults  what viewers in two workers lose, and how late it comes, while
 *           nginx is reloaded and Redis stands still
 *   meeting twelve people who all send, in one worker and in two: nothing may
 *           be missing
 *   memory  what a viewer takes, by each way in
 *   flood   what happens to a meeting of four beside hostile traffic
 *   sizing  memory, and what Redis has to do: not among those by default
 *
 *   PARTS="cost scale joins faults memory meeting flood"
 *   VIEWERS="1 40 200 1000"   SECONDS=4   ROUNDS=2   PEOPLE=16
 *   SERVERS="ours janus loop segments"
 */

import { startInstance } from '../lib/instance.mjs';
import { redisPid, reload } from '../lib/processes.mjs';
import { hasJanus } from './janus.mjs';
import { flood } from './flood.mjs';
import { meeting } from './meeting.mjs';
import { memory } from './memory.mjs';
import { sizing } from './sizing.mjs';
import { measureJanus, measureLoop, measureOurs } from './servers.mjs';
import { file, note, printHead, printRow } from './table.mjs';


const words = (name, text) => (process.env[name] || text).split(/[ ,]+/);

const seconds = Number(process.env.SECONDS || 4);
const rounds = Number(process.env.ROUNDS || 2);
const viewers = words('VIEWERS', '1 40 200 1000').map(Number);
const parts = words('PARTS', 'cost scale joins faults memory meeting flood');

/* more than that would take more than this machine */
const janusViewers = 200;

const media = [
    { name: 'video', size: 1100, options: [] },
    { name: 'uneven', size: 1100, options: ['--uneven'] },
    { name: 'audio', size: 120, options: ['--audio', '--frames', '50'] },
];

/*
 * As many packets in each row of a group, of one packet where it is rooms: a
 * room alone with the packets of 500 would send runs that no other has.
 */
const scale = [
    { group: 'subscriptions', rooms: 1, viewers: 10, frames: 500 },
    { group: 'subscriptions', rooms: 1, viewers: 100, frames: 50 },
    { group: 'subscriptions', rooms: 1, viewers: 1000, frames: 5 },
    { group: 'rooms', rooms: 1, viewers: 2, frames: 1000 },
    { group: 'rooms', rooms: 25, viewers: 50, frames: 40 },
    { group: 'more rooms', rooms: 25, viewers: 50, frames: 1000 },
    { group: 'more rooms', rooms: 500, viewers: 1000, frames: 50 },
];

const joins = [
    { name: '1000 into one room within 20 s', rooms: 1, viewers: 1000,
        rate: 50 },
    { name: '200 per second into 20 rooms', rooms: 20, viewers: 6000,
        rate: 200 },
];

const servers = {
    ours: (instance, run, args) => measureOurs(instance, run, args),
    whep: (instance, run, args) => measureOurs(instance,
                                               { ...run, whep: true }, args),
    janus: (instance, run, args) => measureJanus(run, args),
    loop: (instance, run, args) => measureLoop(run, args),
    segments: (instance, run, args) => measureLoop(run,
                                                   [...args, '--segment']),
};


function mean(results, field) {
    return results.reduce((sum, r) => sum + field(r), 0) / results.length;
}


const us = (ns) => (ns / 1000).toFixed(2);
const loss = (r) => `${Math.max(0, 100 * (1 - r.received / r.expected))
    .toFixed(2)} %`;


/* one of each in turn, and again */

async function measure(instance, names, kind, count) {
    const results = [];

    for (let round = 1; round <= rounds; round += 1) {
        for (const name of names) {
            const figures = await servers[name](instance, { viewers: count },
                ['--count', '--size', `${kind.size}`, '--rate', '50',
                    '--seconds', `${seconds}`, ...kind.options]);
            const result = { ...figures, server: name, kind: kind.name,
                round };

            results.push(result);
            note(result);
        }
    }

    return results;
}


function printCost(kind, count, name, results) {
    const of = (server) => results.filter((r) => r.server === server);
    const own = of(name);
    const ns = mean(own, (r) => r.ns_per_packet);
    const floor = mean(of('loop'), (r) => r.ns_per_packet);
    const p99 = name === 'loop' || name === 'segments' ? ''
        : (mean(own, (r) => r.latency_us?.p99 ?? 0) / 1000).toFixed(1);

    printRow([kind.name, kind.size, count, name,
        mean(own, (r) => r.rate).toFixed(0), us(ns),
        own.map((r) => us(r.ns_per_packet)).join(' '),
        floor ? (ns / floor).toFixed(2) : '',
        loss({ received: mean(own, (r) => r.received),
            expected: mean(own, (r) => r.expected) }), p99]);
}


async function cost(instance) {
    const wanted = words('SERVERS', 'ours janus loop segments');

    if (wanted.includes('janus') && !hasJanus()) {
        console.log('Janus is not installed: its rows are left out');
    }

    printHead('media', 'bytes', 'viewers', 'server', 'packets/s', 'µs/packet',
              'rounds', 'of loop', 'loss', 'p99 ms');

    for (const kind of media) {
        for (const count of viewers) {
            const names = wanted.filter((name) => name !== 'janus'
                || (hasJanus() && count <= janusViewers));
            const results = await measure(instance, names, kind, count);

            for (const name of names) {
                printCost(kind, count, name, results);
            }
        }
    }
}


async function measureScale(instance) {
    let first;

    printHead('growth of', 'rooms', 'subscriptions', 'packets/s', 'µs/packet',
              'of first', 'loss');

    for (const { group, frames, ...run } of scale) {
        const result = await measureOurs(instance, run,
            ['--count', '--rate', '50', '--seconds', `${seconds}`,
                '--frames', `${frames}`,
                ...group === 'subscriptions' ? []
                    : ['--audio', '--size', '120', '--packets', '1']]);
        const ns = result.ns_per_packet;

        note({ ...result, server: 'ours', group });

        first = first?.group === group ? first : { group, ns };

        printRow([group, run.rooms, run.viewers, result.rate, us(ns),
            (ns / first.ns).toFixed(2), loss(result)]);
    }
}


async function measureJoins(instance) {
    printHead('joins', 'by', 'seconds', 'first packet p50 ms', 'p99 ms',
              'max ms', 'loss');

    for (const { name, rate, ...run } of joins) {
        for (const [by, way] of [
            ['LiveKit, /rtc', {}],
            ['LiveKit, /rtc/v1', { single: true }],
            ['WHEP', { whep: true }],
        ]) {
            const result = await measureOurs(instance, { ...run, ...way },
                ['--count', '--audio', '--frames', '5', '--size', '120',
                    '--rate', `${rate}`, '--seconds', '2']);
            const { first_packet_ms: first } = result;

            note({ ...result, server: by, joins: name });

            printRow([name, by, result.join_seconds,
                first.p50, first.p99, first.max, loss(result)]);
        }
    }
}


/* viewers that live in any workers; all of them decrypt what they get */

async function measureFaults(workers, name, act) {
    const other = await startInstance({ WORKERS: workers,
        LOG_LEVEL: 'notice' });
    const running = measureOurs(other, { viewers: 40 },
        ['--size', '1100', '--rate', '50', '--seconds', '12']);

    await new Promise((begun) => { setTimeout(begun, 4000); });
    await act(other);

    const result = await running;
    const { latency_us: late } = result;

    note({ ...result, server: 'ours', fault: name, workers });
    printRow([name, workers, result.rate, loss(result),
        ...[late.p50, late.p99, late.max].map((n) => (n / 1000).toFixed(1))]);

    for (const problem of await other.stop()) {
        console.error(problem);
        status = 1;
    }
}


async function faults() {
    printHead('while', 'workers', 'packets/s', 'loss', 'p50 ms', 'p99 ms',
              'max ms');

    await measureFaults(1, 'nothing', () => {});
    await measureFaults(2, 'nothing', () => {});
    await measureFaults(2, 'three reloads', async (other) => {
        await reload(other);
        await reload(other);
        await reload(other);
    });
    await measureFaults(2, 'Redis stands still for 5 s', async (other) => {
        process.kill(redisPid(other), 'SIGSTOP');
        await new Promise((over) => { setTimeout(over, 5000); });
        process.kill(redisPid(other), 'SIGCONT');
    });
}


let status = 0;
const instance = await startInstance({ WORKERS: 1, LOG_LEVEL: 'notice' });

try {
    if (parts.includes('cost')) {
        await cost(instance);
    }

    if (parts.includes('scale')) {
        await measureScale(instance);
    }

    if (parts.includes('joins')) {
        await measureJoins(instance);
    }

    if (parts.includes('faults')) {
        await faults();
    }

    for (const [name, part] of [['memory', memory], ['meeting', meeting],
                                ['flood', flood], ['sizing', sizing]])
    {
        for (const problem of parts.includes(name) ? await part(seconds) : [])
        {
            console.error(problem);
            status = 1;
        }
    }
} catch (error) {
    console.error(error.message);
    status = 1;
}

for (const problem of await instance.stop()) {
    console.error(problem);
    status = 1;
}

console.log(`${file}`);
process.exit(status);
