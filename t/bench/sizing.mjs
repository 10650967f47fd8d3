/*
 * Copyright (C) the project's authors, BSD-2-Clause.
 *
 * PARTS=sizing: what docs/sizing.md reckons with: memory of a worker and of who
 * is in it, rooms made per second, and what Redis has to do for a room, for a
 * join and for a second without either.
 */

import { readFileSync } from 'node:fs';

import { startInstance } from '../lib/instance.mjs';
import { redis, redisPid, rss, workerPids } from '../lib/processes.mjs';
import { measureMeeting, measureOurs } from './servers.mjs';
import { note, printHead, printRow } from './table.mjs';


const rooms = 1000;
const viewers = 500;
const people = 12;
const idle = 10;


/* KiB of all workers, and what Redis has done so far */

const memory = (instance) => workerPids(instance)
    .reduce((sum, pid) => sum + rss(pid), 0);

async function redisDone(instance) {
    const stat = readFileSync(`/proc/${redisPid(instance)}/stat`, 'utf8');
    const [user, system] = stat.slice(stat.lastIndexOf(')')).split(' ')
        .slice(12, 14).map(Number);
    const number = async (part, name) => Number(new RegExp(`${name}:(\\d+)`)
        .exec(await redis(instance, 'INFO', part))[1]);

    return {
        commands: await number('stats', 'total_commands_processed'),
        memory: await number('memory', 'used_memory'),
        ms: (user + system) * 10,
    };
}


/* answers the figures of what is done, and prints them for each of "count" */

async function measure(instance, name, count, act) {
    const before = await redisDone(instance);
    const kib = memory(instance);
    const started = Date.now();
    let most = kib;
    const timer = setInterval(() => {
        most = Math.max(most, memory(instance));
    }, 100);

    await act(instance);
    clearInterval(timer);

    const after = await redisDone(instance);
    const result = {
        sizing: name, count,
        seconds: (Date.now() - started) / 1000,
        kib: (most - kib) / count,
        commands: (after.commands - before.commands) / count,
        redis_ms: (after.ms - before.ms) / count,
        redis_bytes: (after.memory - before.memory) / count,
    };

    note(result);
    printRow([name, count, (count / result.seconds).toFixed(0),
        result.kib.toFixed(0), result.commands.toFixed(1),
        (result.redis_ms * 1000).toFixed(0), result.redis_bytes.toFixed(0),
        (kib / 1024).toFixed(1)]);
}


async function makeRooms(instance) {
    const some = Array.from({ length: 8 }, async () => {
        for (let n = 0; n < rooms / 8; n += 1) {
            await instance.createRoom({ name: 'a room' });
        }
    });

    await Promise.all(some);
}


const light = ['--audio', '--frames', '5', '--size', '120', '--seconds', '2'];


/* each in a server of its own: memory that was used once is kept */

const parts = [
    ['an idle second', idle, () =>
        new Promise((over) => { setTimeout(over, idle * 1000); })],
    ['rooms', rooms, makeRooms],
    ['viewers', viewers, (instance) => measureOurs(instance, { viewers },
        ['--count', '--rate', '100', ...light])],
    ['people of a meeting', people, (instance) => measureMeeting(instance,
        { people }, ['--frames', '15', '--packets', '1', '--size', '600',
            '--seconds', '4'])],
];


export async function sizing() {
    const problems = [];

    printHead('what', 'number', 'per second', 'KiB each',
              'Redis: commands each', 'µs each', 'bytes each', 'before: MiB');

    for (const part of parts) {
        const instance = await startInstance({ WORKERS: 1,
            LOG_LEVEL: 'notice' });

        await measure(instance, ...part);
        problems.push(...await instance.stop());
    }

    return problems;
}
