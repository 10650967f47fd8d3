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
 *
 *   PARTS="cost scale joins"   VIEWERS="1 40 200 1000"   SECONDS=4   ROUNDS=2
 *   SERVERS="ours janus loop segments"
 */

import { appendFileSync } from 'node:fs';
import { join } from 'node:path';

import { startInstance } from '../lib/instance.mjs';
import { hasJanus } from './janus.mjs';
import { build, measureJanus, measureLoop, measureOurs } from './servers.mjs';


const words = (name, text) => (process.env[name] || text).split(/[ ,]+/);

const seconds = Number(process.env.SECONDS || 4);
const rounds = Number(process.env.ROUNDS || 2);
const viewers = words('VIEWERS', '1 40 200 1000').map(Number);
const parts = words('PARTS', 'cost scale joins');

/* more than that would take more than this machine */
const janusViewers = 200;

const media = [
    { name: 'video', size: 1100, options: [] },
    { name: 'uneven', size: 1100, options: ['--uneven'] },
    { name: 'audio', size: 120, options: ['--audio', '--frames', '50'] },
];

/* as many packets in each row of a group */
const scale = [
    { group: 'subscriptions', rooms: 1, viewers: 10, frames: 500 },
    { group: 'subscriptions', rooms: 1, viewers: 100, frames: 50 },
    { group: 'subscriptions', rooms: 1, viewers: 1000, frames: 5 },
    { group: 'rooms', rooms: 1, viewers: 2, frames: 500 },
    { group: 'rooms', rooms: 50, viewers: 100, frames: 10 },
    { group: 'rooms', rooms: 500, viewers: 1000, frames: 1 },
];

const joins = [
    { name: '1000 into one room within 20 s', rooms: 1, viewers: 1000,
        rate: 50 },
    { name: '200 per second into 20 rooms', rooms: 20, viewers: 6000,
        rate: 200 },
];

const file = join(build, 'bench', `${new Date().toISOString()}.jsonl`);

const servers = {
    ours: (instance, run, args) => measureOurs(instance, run, args),
    whep: (instance, run, args) => measureOurs(instance,
                                               { ...run, whep: true }, args),
    janus: (instance, run, args) => measureJanus(run, args),
    loop: (instance, run, args) => measureLoop(run, args),
    segments: (instance, run, args) => measureLoop(run,
                                                   [...args, '--segment']),
};


function note(result) {
    appendFileSync(file, `${JSON.stringify(result)}\n`);
}


function mean(results, field) {
    return results.reduce((sum, r) => sum + field(r), 0) / results.length;
}


function printRow(cells) {
    console.log(`| ${cells.join(' | ')} |`);
}


function printHead(...titles) {
    console.log('');
    printRow(titles);
    console.log(`|${' --- |'.repeat(titles.length)}`);
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
                '--frames', `${frames}`]);
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
        for (const whep of [false, true]) {
            const result = await measureOurs(instance, { ...run, whep },
                ['--count', '--audio', '--frames', '10', '--size', '120',
                    '--rate', `${rate}`, '--seconds', '2']);
            const { first_packet_ms: first } = result;

            note({ ...result, server: whep ? 'whep' : 'ours', joins: name });

            printRow([name, whep ? 'WHEP' : 'LiveKit', result.join_seconds,
                first.p50, first.p99, first.max, loss(result)]);
        }
    }
}


const instance = await startInstance({ LOG_LEVEL: 'notice' });
let status = 0;

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
