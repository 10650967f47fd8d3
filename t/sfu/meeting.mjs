#!/usr/bin/env node
/*
 * Copyright (C) the project's authors, BSD-2-Clause.
 *
 * A meeting of four in two workers, all with sound and picture: nobody misses
 * a packet of anybody, from the first one on.
 */

import { measureMeeting } from '../bench/servers.mjs';
import { startInstance } from '../lib/instance.mjs';
import { done, is, ok } from '../lib/tap.mjs';
import { metrics } from '../lib/workers.mjs';


const instance = await startInstance({ WORKERS: 2 });
const result = await measureMeeting(instance, { people: 4, workers: 2 },
    ['--frames', '15', '--packets', '3', '--size', '600', '--seconds', '4']);

is(result.spread, [2, 2], 'two people live in each worker');
ok(result.sent > 4 * 4 * (50 + 45), 'all of them send');
is(result.missing, 0, 'everything arrives');
is(result.received, result.expected, '.. as much as was sent');
is([result.repeated, result.broken], [0, 0],
   '.. once, in order, with the next number and the right time');

const counted = await metrics(instance);

is(counted.sum('rtc_sfu_dropped_packets_total'), 0, 'nothing was dropped');
is(await instance.stop(), [], 'nothing in the log');
done();
