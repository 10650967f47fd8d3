#!/usr/bin/env node
/*
 * Copyright (C) the project's authors, BSD-2-Clause.
 *
 * A meeting beside hostile traffic: it misses nothing, whatever comes is
 * counted as dropped, and takes no memory.
 */

import { existsSync } from 'node:fs';

import { count, datagrams, measureFlood, openStage, requests }
    from '../bench/flood.mjs';
import { startInstance } from '../lib/instance.mjs';
import { diag, done, is, ok } from '../lib/tap.mjs';


const instance = await startInstance({ WORKERS: 2 });
const stage = await openStage(instance);
const sizes = [];

async function beside(flood) {
    const result = await measureFlood(instance, stage, flood,
                                      { seconds: 1, rate: 4000 });
    const { missing, repeated, broken } = result;

    sizes.push(result.after_kib);

    if (!is([missing, repeated, broken], [0, 0, 0],
            `${result.name}: a meeting misses nothing`))
    {
        diag(JSON.stringify(result));
    }

    return result;
}

is((await beside(undefined)).dropped, {}, '.. and nothing is dropped');

for (const flood of datagrams) {
    const { dropped, flooded } = await beside(flood);

    ok(flooded > 1000 && count(dropped, flood.drops) >= flooded,
       '.. all of it was dropped');
    diag(`${flooded}: ${JSON.stringify(dropped)}`);
}

/* a body that is not read ends the connection of some clients */

for (const request of requests) {
    const { answers } = await beside(request);

    delete answers.closed;
    is(Object.keys(answers), [`${request.status}`], '.. all of it was refused');
    diag(JSON.stringify(answers));
}

/* AddressSanitizer keeps what was freed for a while */

const slack = existsSync(`${process.env.BUILD}/sanitizer`) ? 400000 : 6000;

ok(sizes.at(-1) - sizes[1] < slack, 'memory does not grow');
diag(`KiB: ${sizes.join(' ')}`);

is(await instance.stop(), [], 'nothing in the log');
done();
