/*
 * Copyright (C) the project's authors, BSD-2-Clause.
 *
 * A long call: two publishers, two viewers, one more who comes and goes.
 * Prints the worker's resident memory every minute as JSON lines, and fails on
 * an alert, a sanitizer report, a participant that gets no media, or memory
 * that grows.
 *
 *   node t/bench/soak.mjs [MINUTES]
 *   BUILD=build-asan node t/bench/soak.mjs 30
 */

import { startInstance, waitFor } from '../lib/instance.mjs';
import { rss as memory, workerPids } from '../lib/processes.mjs';
import { dispose, join } from '../lib/rtcclient.mjs';


const minutes = Number(process.argv[2] ?? 30);

/* AddressSanitizer keeps what was freed; here little of it, or memory grows */

const instance = await startInstance({
    ASAN_OPTIONS: 'quarantine_size_mb=8:thread_local_quarantine_size_kb=64',
});
const { _id: id } = await instance.createRoom({ name: 'soak' });
const problems = [];

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

/* until the minute is over */

async function visit(minute, end) {
    const guest = await join(instance, id, { name: `Guest ${minute}` });

    await guest.publishAudio();
    await guest.room.localParticipant.sendText(`minute ${minute}`,
                                               { topic: 'lk.chat' });

    if (!await waitFor(() => frames(guest, 'Ben').video > 5, 20000)) {
        problems.push(`minute ${minute}: a guest sees nothing`);
    }

    await waitFor(() => Date.now() > end, minutes * 60000);
    await guest.leave();
}

const start = Date.now();
const sizes = [];

for (let minute = 0; minute < minutes; minute += 1) {
    const before = viewers.map((v) => ({ ...frames(v, 'Anna') }));

    await visit(minute, start + (minute + 1) * 60000).catch((error) =>
        problems.push(`minute ${minute}: ${error.message}`));

    viewers.forEach((viewer, i) => {
        const now = frames(viewer, 'Anna');

        if (now.video - before[i].video < 100
            || now.audio - before[i].audio < 100)
        {
            problems.push(`minute ${minute}: viewer ${i} stands still`);
        }
    });

    sizes.push(workerPids(instance).reduce((sum, pid) => sum + memory(pid), 0));

    console.log(JSON.stringify({
        minute, rss_kb: sizes.at(-1),
        frames: viewers.map((v) => frames(v, 'Anna')),
    }));
}

/* the first third warms up; then the last minutes are as the middle ones */

const median = (from, to) => sizes.slice(Math.floor(from * minutes),
                                         Math.ceil(to * minutes))
    .sort((a, b) => a - b).at(Math.floor((to - from) * minutes / 2));

if (median(0.66, 1) > 1.05 * median(0.33, 0.66)) {
    problems.push(`memory grows: ${sizes.join(' ')} KiB`);
}

for (const client of [anna, ben, ...viewers]) {
    await client.leave();
}

await dispose();

problems.push(...await instance.stop());
problems.forEach((problem) => console.log(problem));
process.exit(problems.length ? 1 : 0);
