#!/usr/bin/env node
/*
 * Copyright (C) the project's authors, BSD-2-Clause.
 *
 * GET /metrics: its format, counters that move and never fall, gauges that go
 * with what they count, over reloads and killed workers; who may read it.
 */

import { readFileSync } from 'node:fs';
import { get } from 'node:http';
import { join as path } from 'node:path';

import { startInstance, waitFor as until } from '../lib/instance.mjs';
import { redisPid, reload, workerPids } from '../lib/processes.mjs';
import { parse } from '../lib/prometheus.mjs';
import { dispose, join } from '../lib/rtcclient.mjs';
import { SignalClient } from '../lib/signalclient.mjs';
import { diag, done, is, ok } from '../lib/tap.mjs';


const instance = await startInstance({ WORKERS: 1, LOG_LEVEL: 'info' });
const { _id: id } = await instance.createRoom({ name: 'measured' });

/* an answer to a request with these headers, from this address */

function request(options = {}) {
    return new Promise((resolve, reject) => {
        get(`${instance.url}${options.path ?? '/metrics'}`,
            { agent: false, ...options }, async (response) => {
                let text = '';

                response.setEncoding('utf8');
                for await (const part of response) {
                    text += part;
                }

                resolve({ status: response.statusCode,
                          type: response.headers['content-type'], text });
            }).on('error', reject);
    });
}

async function read() {
    return parse((await request()).text);
}

/* the metrics once they are so, or as they are in the end */

async function when(condition, ms) {
    let metrics;

    const pass = await until(async () => {
        metrics = await read().catch(() => undefined);

        return metrics !== undefined && condition(metrics);
    }, ms);

    return [pass, metrics];
}

const gauges = ['rooms', 'participants', 'tracks', 'subscriptions',
                'transports', 'websockets'];
const now = (metrics) => gauges.map((name) => metrics.sum(`rtc_sfu_${name}`));

function fallen(before, after) {
    return before.counters().filter(([series, value]) =>
        !(after.get(series) >= value)).map(([series]) => series);
}

/* the format */

const first = await request();

is([first.status, first.type],
   [200, 'text/plain; version=0.0.4; charset=utf-8'], 'text of Prometheus');

const zero = parse(first.text);

is(zero.sum('rtc_sfu_worker_info'), 1, 'one worker');
is(now(zero), [0, 0, 0, 0, 0, 0], 'nobody is there');
is(zero.sum('rtc_sfu_worker_ready'), 1, 'the worker has a media port');
is(zero.sum('rtc_sfu_redis_up'), 1, '.. and Redis');
is((await request({ method: 'HEAD' })).status, 200, 'HEAD is answered');
is((await request({ method: 'POST' })).status, 405, 'POST is not');

/* who may read it */

const stranger = { localAddress: '127.0.0.2' };

is((await request(stranger)).status, 403, 'another address is refused');
is((await request({ ...stranger, headers: {
    'X-Forwarded-For': '127.0.0.1', 'X-Real-IP': '127.0.0.1',
    Forwarded: 'for=127.0.0.1',
} })).status, 403, '.. whatever it says about itself');
is((await request({ ...stranger, path: '//x/..//metrics?a=/healthz' })).status,
   403, '.. however it writes the path');

/* a meeting */

const anna = await join(instance, id, { name: 'Anna' });

await anna.publishAudio();
await anna.publishVideo();

const ben = await join(instance, id, { name: 'Ben' });

ok(await until(() => ben.received.get('Anna')?.video > 5
                     && ben.received.get('Anna')?.audio > 5),
   'media flows');

const [, busy] = await when((m) => m.get('rtc_sfu_joins_total{result="ok"}')
                                   === 2);

is(now(busy), [1, 2, 2, 2, 2, 2], 'two in a room, one publishes two tracks');

for (const name of ['packets', 'bytes', 'rtp_packets', 'rtp_bytes']) {
    for (const direction of ['in', 'out']) {
        const series = `rtc_sfu_${name}_total{direction="${direction}"}`;

        ok(busy.get(series) > 0, series);
    }
}

ok(busy.get('rtc_sfu_forward_duration_seconds_count') > 5
   && busy.get('rtc_sfu_forward_duration_seconds_sum') < 5,
   'how long forwarding takes');
is(busy.get('rtc_sfu_join_duration_seconds_count'), 2, 'both are connected');
ok(busy.get('rtc_sfu_redis_commands_total') > 0, 'Redis is asked');
ok(busy.get('rtc_sfu_redis_duration_seconds_sum') > 0
   && busy.get('rtc_sfu_redis_duration_seconds_sum') < 60, '.. and answers');

/* a token that is none, a room that is none */

const upgrade = {
    Connection: 'Upgrade', Upgrade: 'websocket',
    'Sec-WebSocket-Version': '13',
    'Sec-WebSocket-Key': 'AAAAAAAAAAAAAAAAAAAAAA==',
};

is((await request({ path: '/rtc?access_token=a.b.c', headers: upgrade }))
   .status, 401, 'a bad token');
is((await request({ path: '/rtc' })).status, 404, 'no handshake');

const refused = await read();

is(['token', 'handshake', 'ok'].map((result) =>
    refused.get(`rtc_sfu_joins_total{result="${result}"}`)), [1, 1, 2],
   'joins by their result');

/* they leave */

await anna.leave();
await ben.leave();

const [, left] = await when((m) => now(m).every((n) => n === 0));

is(now(left), [0, 0, 0, 0, 0, 0], 'nobody is there any more');
is(fallen(busy, left), [], 'no counter has fallen');

const [, later] = await when(() => true);

is(later.get('rtc_sfu_rtp_packets_total{direction="in"}'),
   left.get('rtc_sfu_rtp_packets_total{direction="in"}'),
   'what has ended is not counted twice');

/* what access_log says about it */

const log = readFileSync(path(instance.dir, 'logs/access.log'), 'utf8');

ok(new RegExp(`"GET /rtc.* 101 .* "${id}" PA_\\S+ ok$`, 'm').test(log),
   'the log has the room, the participant and the result');
ok(/ 401 .* "-" - token$/m.test(log), '.. and why one was refused');
ok(/GET \/metrics.* "-" - -$/m.test(log), '.. nothing of other requests');

/* a reload with somebody in the room: he stays in the old worker */

const carol = await SignalClient.join(instance, id, { name: 'Carol' });

ok(carol.joined, 'one more joins');
ok(await reload(instance), 'a reload');

const [both, drained] = await when((m) =>
    m.sum('rtc_sfu_worker_info') === 2
    && m.sum('rtc_sfu_worker_draining') === 1);

ok(both, 'two workers, one of them drains');
is(drained.sum('rtc_sfu_participants'), 1, 'its participant is shown');
is(fallen(left, drained), [], 'no counter has fallen');

carol.end();

const [alone, single] = await when((m) =>
    m.sum('rtc_sfu_worker_info') === 1
    && now(m).every((n) => n === 0));

ok(alone, 'the old worker has gone, and its gauges with it')
    || diag(String(now(single)));
is(fallen(drained, single), [], 'no counter has fallen');

/* the worker is killed */

const dave = await SignalClient.join(instance, id, { name: 'Dave' });

ok(dave.joined, 'one more joins');

const [, full] = await when((m) => m.sum('rtc_sfu_participants') === 1);
const [killed] = workerPids(instance);

process.kill(killed, 'SIGKILL');

const [again, fresh] = await when((m) =>
    m.sum('rtc_sfu_worker_info') === 1
    && ![...m.samples.keys()].some((s) => s.includes(`pid="${killed}"`)));

ok(again, 'another worker is there');
is(now(fresh), [0, 0, 0, 0, 0, 0], 'the gauges of the killed one are gone');
is(fallen(single, fresh), [], 'no counter has fallen');
ok(fresh.get('rtc_sfu_joins_total{result="ok"}')
   >= full.get('rtc_sfu_joins_total{result="ok"}'),
   'what was told before it was killed is kept');

/* Redis goes silent */

process.kill(redisPid(instance), 'SIGSTOP');

const [silent] = await when((m) => m.sum('rtc_sfu_redis_up') === 0);

process.kill(redisPid(instance), 'SIGCONT');
ok(silent, 'a silent Redis is shown');

const [, back] = await when((m) => m.sum('rtc_sfu_redis_up') === 1);

ok(back.get('rtc_sfu_redis_errors_total{reason="timeout"}') > 0,
   'its timeouts are counted');

dave.end();
await dispose();

is((await instance.stop()).filter((line) =>
    !line.includes(`process ${killed} exited on signal 9`)), [],
   'nothing else in the log');

done();
