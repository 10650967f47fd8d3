/*
 * Copyright (C) the project's authors, BSD-2-Clause.
 *
 * A long call: two publishers, two viewers, one more who comes and goes.
 * Prints the worker's resident memory every minute as JSON lines, and fails on
 * an alert, a sanitizer report, or a participant that gets no media.
 *
 *   node t/bench/soak.mjs [MINUTES]
 *   BUILD=build-asan node t/bench/soak.mjs 30
 */

import { execFileSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { join as path } from 'node:path';

import { startInstance, waitFor } from '../lib/instance.mjs';
import { dispose, join } from '../lib/rtcclient.mjs';


const minutes = Number(process.argv[2] ?? 30);
const instance = await startInstance();
const { _id: id } = await instance.createRoom({ name: 'soak' });
const problems = [];

function workers() {
    const master = readFileSync(path(instance.dir, 'nginx.pid'), 'utf8');

    return execFileSync('pgrep', ['-P', master.trim()], { encoding: 'utf8' })
        .trim().split('\n');
}

function memory(pid) {
    const status = readFileSync(`/proc/${pid}/status`, 'utf8');

    return Number(/VmRSS:\s+(\d+)/.exec(status)[1]);
}

function frames(client, name) {
    return client.received.get(name) ?? { audio: 0, video: 0 };
}

const anna = await join(instance, id, { name: 'Anna' });
const ben = await join(instance, id, { name: 'Ben' });

for (const publisher of [anna, ben]) {
    await publisher.publishAudio();
    await publisher.publishVideo();
}

const viewers = [
    await join(instance, id, { name: 'Vera', mode: 'view' }),
    await join(instance, id, { name: 'Walt', mode: 'view' }),
];

for (let minute = 0; minute < minutes; minute += 1) {
    const before = viewers.map((v) => ({ ...frames(v, 'Anna') }));
    const guest = await join(instance, id, { name: `Guest ${minute}` });

    await guest.publishAudio();
    await guest.room.localParticipant.sendText(`minute ${minute}`,
                                               { topic: 'lk.chat' });

    if (!await waitFor(() => frames(guest, 'Ben').video > 5, 20000)) {
        problems.push(`minute ${minute}: a guest sees nothing`);
    }

    await new Promise((done) => { setTimeout(done, 50000); });
    await guest.leave();

    viewers.forEach((viewer, i) => {
        const now = frames(viewer, 'Anna');

        if (now.video - before[i].video < 100
            || now.audio - before[i].audio < 100)
        {
            problems.push(`minute ${minute}: viewer ${i} stands still`);
        }
    });

    console.log(JSON.stringify({
        minute, rss_kb: workers().map(memory),
        frames: viewers.map((v) => frames(v, 'Anna')),
    }));
}

for (const client of [anna, ben, ...viewers]) {
    await client.leave();
}

await dispose();

problems.push(...await instance.stop());
problems.forEach((problem) => console.log(problem));
process.exit(problems.length ? 1 : 0);
