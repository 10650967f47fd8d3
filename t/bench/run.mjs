/*
 * Copyright (C) the project's authors, BSD-2-Clause.
 *
 * make bench: what a forwarded packet costs here, in Debian's Janus and in a
 * bare loop, in turn, so that all have the same machine.  Prints a table, and
 * writes a line of JSON per measurement to build/bench/.
 *
 *   VIEWERS="1 40 200"   SECONDS=4   ROUNDS=2   SERVERS="ours janus loop"
 */

import { spawn } from 'node:child_process';
import { appendFileSync, mkdtempSync, readFileSync, rmSync,
         writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';

import { startInstance } from '../lib/instance.mjs';
import { hasJanus, startJanus } from './janus.mjs';


const build = resolve(process.env.BUILD ?? 'build');
const tool = join(build, 'bench/bench');
const seconds = Number(process.env.SECONDS || 4);
const rounds = Number(process.env.ROUNDS || 2);
const viewers = (process.env.VIEWERS || '1 40 200').split(/[ ,]+/)
    .map(Number);

const media = [
    { name: 'video', size: 1100, options: [] },
    { name: 'audio', size: 120, options: ['--audio', '--frames', '50'] },
];

const scratch = mkdtempSync(join(tmpdir(), 'bench-'));
const file = join(build, 'bench', `${new Date().toISOString()}.jsonl`);


/* pids of nginx below conf/run, its Redis left out */

function nginxPids(pid) {
    const children = readFileSync(`/proc/${pid}/task/${pid}/children`, 'utf8')
        .trim().split(' ').filter(Boolean);
    const own = readFileSync(`/proc/${pid}/comm`, 'utf8').trim() === 'nginx';

    return [...own ? [pid] : [], ...children.flatMap(nginxPids)];
}


/* answers the figures, or throws what the tool has said */

function bench(args) {
    return new Promise((done, fail) => {
        const child = spawn(tool, args);
        let out = '';
        let error = '';

        child.stdout.on('data', (data) => { out += data; });
        child.stderr.on('data', (data) => { error += data; });
        child.on('error', fail);
        child.on('close', (code) => {
            if (code === 0) {
                done(JSON.parse(out));
            } else {
                fail(new Error(error || `the tool ended with ${code}`));
            }
        });
    });
}


async function ours(instance, count, args) {
    const { _id: id } = await instance.createRoom({
        name: 'bench', max_participants: count + 1,
    });
    const tokens = join(scratch, 'tokens');
    const lines = [];
    let url;

    for (let i = 0; i <= count; i += 1) {
        const grant = await instance.joinToken(id, { name: `Bench ${i}` });

        lines.push(`${grant.token}\n`);
        ({ url } = grant);
    }

    writeFileSync(tokens, lines.join(''));

    try {
        return await bench(['--driver', 'livekit', '--url', url,
            '--tokens', tokens,
            '--pids', nginxPids(instance.child.pid).join(','), ...args]);
    } finally {
        await instance.removeRoom(id);
    }
}


async function janus(args) {
    const server = await startJanus();

    try {
        return await bench(['--driver', 'janus', '--url', server.url,
            '--pids', `${server.pid}`, ...args]);
    } finally {
        await server.stop();
    }
}


function servers(instance) {
    const wanted = (process.env.SERVERS || 'ours janus loop').split(/[ ,]+/);
    const all = {
        ours: (count, args) => ours(instance, count, args),
        janus: (count, args) => janus(args),
        loop: (count, args) => bench(['--driver', 'loop', ...args]),
    };

    if (wanted.includes('janus') && !hasJanus()) {
        console.log('Janus is not installed: its rows are left out');
        delete all.janus;
    }

    return Object.entries(all).filter(([name]) => wanted.includes(name));
}


/* one of each in turn, and again */

async function measure(list, kind, count) {
    const results = [];

    for (let round = 1; round <= rounds; round += 1) {
        for (const [name, run] of list) {
            const figures = await run(count, ['--count',
                '--viewers', `${count}`, '--size', `${kind.size}`,
                '--seconds', `${seconds}`, ...kind.options]);
            const result = { ...figures, server: name, round };

            results.push(result);
            appendFileSync(file, `${JSON.stringify(result)}\n`);
        }
    }

    return results;
}


function mean(results, field) {
    return results.reduce((sum, r) => sum + field(r), 0) / results.length;
}


function printRow(kind, count, name, results, floor) {
    const own = results.filter((r) => r.server === name);
    const ns = mean(own, (r) => r.ns_per_packet);
    const loss = mean(own, (r) => 100 * (1 - r.received / r.expected));
    const p99 = name === 'loop' ? ''
        : (mean(own, (r) => r.latency_us?.p99 ?? 0) / 1000).toFixed(1);
    const cells = [kind.name, kind.size, count, name,
        mean(own, (r) => r.rate).toFixed(0), (ns / 1000).toFixed(2),
        own.map((r) => (r.ns_per_packet / 1000).toFixed(2)).join(' '),
        floor ? (ns / floor).toFixed(2) : '',
        `${Math.max(0, loss).toFixed(2)} %`, p99];

    console.log(`| ${cells.join(' | ')} |`);
}


console.log('| media | bytes | viewers | server | packets/s | µs/packet '
    + '| rounds | of loop | loss | p99 ms |');
console.log(`|${' --- |'.repeat(10)}`);

const instance = await startInstance({ LOG_LEVEL: 'notice' });
let status = 0;

try {
    const list = servers(instance);

    for (const kind of media) {
        for (const count of viewers) {
            const results = await measure(list, kind, count);
            const floor = mean(results.filter((r) => r.server === 'loop'),
                               (r) => r.ns_per_packet);

            for (const [name] of list) {
                printRow(kind, count, name, results, floor);
            }
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

rmSync(scratch, { recursive: true });
console.log(`${file}`);
process.exit(status);
