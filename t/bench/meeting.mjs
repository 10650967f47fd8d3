/*
 * Copyright (C) the project's authors, BSD-2-Clause.
 *
 * PARTS=meeting: twelve people who all send sound and a picture, in one worker
 * and in two: what does not arrive, and what the way between workers adds.
 */

import { startInstance } from '../lib/instance.mjs';
import { measureMeeting } from './servers.mjs';
import { ms, note, printHead, printRow } from './table.mjs';


const people = 12;


/* answers what must not be */

async function measure(workers, seconds) {
    const instance = await startInstance({ WORKERS: workers,
        LOG_LEVEL: 'notice' });
    const result = await measureMeeting(instance, { people, workers },
        ['--frames', '15', '--packets', '4', '--size', '1000', '--seconds',
            `${seconds}`]);

    note({ ...result, meeting: people, workers });

    for (const [name, late] of [['own', result.same_us],
                                ['other', result.other_us]])
    {
        if (late) {
            printRow([workers, result.spread.join(' + '), result.sent,
                result.expected, result.missing,
                Math.min(...result.received_by), name,
                ...[late.p50, late.p99, late.max].map(ms)]);
        }
    }

    return [
        ...await instance.stop(),
        ...result.missing + result.repeated + result.broken === 0 ? []
            : [`in ${workers} workers a meeting is not exact`],
    ];
}


export async function meeting(seconds) {
    printHead('workers', 'people', 'sent', 'to arrive', 'missing',
              'least of one', 'to worker', 'p50 ms', 'p99 ms', 'max ms');

    return [...await measure(1, seconds), ...await measure(2, seconds)];
}
