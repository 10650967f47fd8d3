/*
 * Copyright (C) the project's authors, BSD-2-Clause.
 *
 * PARTS=flood: a meeting of four in two workers, and beside it traffic of
 * those who mean harm: what the meeting loses, how late it gets, what it takes
 * of memory.
 */

import { startInstance, waitFor } from '../lib/instance.mjs';
import { rss, workerPids } from '../lib/processes.mjs';
import { SDP, client, sections } from '../lib/wish.mjs';
import { metrics } from '../lib/workers.mjs';
import { measureMeeting } from './servers.mjs';
import { ms, note, printHead, printRow } from './table.mjs';


/* by UDP, and the counters of what has to be dropped for it */

export const datagrams = [
    { name: 'checks of nobody', flood: 'stun', drops: ['stun_unknown'] },
    { name: 'checks without the password', flood: 'check',
        drops: ['stun_refused'] },
    { name: 'RTP of strangers', flood: 'rtp', drops: ['tuple_unknown'] },
    { name: 'ClientHello of 1000 strangers', flood: 'hello',
        drops: ['tuple_unknown'] },
    { name: "RTP with a person's address", flood: 'tuple',
        drops: ['srtp_forged', 'srtp_refused', 'ssrc_refused'] },
    { name: 'all again', flood: 'replay', drops: ['srtp_replayed'] },
    { name: "RTP with a worker's address", flood: 'relay',
        drops: ['relay_unknown', 'relay_forged'] },
];


const offer = ['v=0', 'o=- 1 1 IN IP4 127.0.0.1', 's=-', 't=0 0',
    'a=group:BUNDLE 0', 'm=audio 9 UDP/TLS/RTP/SAVPF 111', 'c=IN IP4 0.0.0.0',
    'a=mid:0', 'a=recvonly', 'a=rtcp-mux', 'a=rtpmap:111 opus/48000/2',
    'a=setup:active', 'a=ice-ufrag:abcd', 'a=ice-pwd:0123456789abcdefghijklmn',
    `a=fingerprint:sha-256 ${Array(32).fill('AB').join(':')}`, '']
    .join('\r\n');


/* by HTTP: requests, and what they must be answered */

export const requests = [
    { name: 'offers of a megabyte', status: 413,
        ask: ({ ask, id }) => ask('POST', `/whip/${id}`,
            { type: SDP, body: 'x'.repeat(1 << 20) }) },
    { name: 'offers of 1000 sections', status: 413,
        ask: ({ ask, id }) => ask('POST', `/whep/${id}`,
            { type: SDP, body: sections(offer, 1000) }) },
    { name: 'offers of 500 sections', status: 422,
        ask: ({ ask, id }) => ask('POST', `/whip/${id}`,
            { type: SDP, body: sections(offer, 500) }) },
    { name: 'addresses of others', status: 401, begin: openSession,
        ask: ({ ask, other, session }) => ask('DELETE', session,
            { auth: other }) },
    { name: 'addresses of no session', status: 404,
        ask: ({ ask, id }) => ask('DELETE', `/whep/${id}/PA_`
            + `${Math.random().toString(16).slice(2)}.${'0'.repeat(48)}`) },
];


/* a player that never comes, whose address somebody else gets to know */

async function openSession(stage) {
    const answer = await stage.ask('POST', `/whep/${stage.id}`,
                                   { type: SDP, body: offer });

    stage.session = answer.header('location');
}


/* requests of so many at once until it is enough; answers statuses by number */

async function keepAsking(request, stage, until) {
    const answers = {};

    await Promise.all(Array.from({ length: 4 }, async () => {
        while (!until()) {
            const { status } = await request.ask(stage).catch(() =>
                ({ status: 'closed' }));

            answers[status] = (answers[status] ?? 0) + 1;
        }
    }));

    return answers;
}


const memory = (instance) =>
    workerPids(instance).reduce((sum, pid) => sum + rss(pid), 0);


/* packets by the reason why they were dropped; workers tell once a second */

function drops(after, before) {
    const dropped = {};

    for (const [series, value] of after.samples) {
        const reason = /^rtc_sfu_dropped_packets_total\{reason="(\w+)"\}$/
            .exec(series)?.[1];
        const more = value - before.get(series);

        if (reason && more) {
            dropped[reason] = more;
        }
    }

    return dropped;
}


export const count = (dropped, reasons) =>
    reasons.reduce((sum, reason) => sum + (dropped[reason] ?? 0), 0);


/*
 * A meeting beside a flood: its figures, and with them what was dropped, what
 * was answered, and KiB of all workers before and after.
 */

export async function measureFlood(instance, stage, flood, { seconds, rate })
{
    const before = { kib: memory(instance), metrics: await metrics(instance) };
    let over = false;

    await flood?.begin?.(stage);

    const asking = flood?.ask && keepAsking(flood, stage, () => over);
    const result = await measureMeeting(instance, { people: 4, workers: 2 },
        ['--frames', '15', '--packets', '3', '--size', '600', '--seconds',
            `${seconds}`, ...flood?.flood
                ? ['--flood', flood.flood, '--flood-rate', `${rate}`] : []]);

    over = true;

    const answers = await asking;
    let dropped;

    await waitFor(async () => {
        dropped = drops(await metrics(instance), before.metrics);
        return count(dropped, flood?.drops ?? []) >= result.flooded;
    }, 3000);

    return { ...result, name: flood?.name ?? 'nothing', answers, dropped,
        before_kib: before.kib, after_kib: memory(instance) };
}


/* a room and a token for requests that come to nothing */

export async function openStage(instance) {
    const { _id: id } = await instance.createRoom({ name: 'target' });
    const [{ token }, { token: other }] = [
        await instance.joinToken(id, { name: 'Player' }),
        await instance.joinToken(id, { name: 'Mallory' }),
    ];

    return { id, other, ...client(instance, token) };
}


function print(result) {
    const hostile = result.flooded || Object.values(result.answers ?? {})
        .reduce((sum, n) => sum + n, 0);

    printRow([result.name, hostile, result.expected, result.missing,
        ...[result.same_us, result.other_us]
            .flatMap((late) => [ms(late.p50), ms(late.p99)]),
        result.before_kib, result.after_kib,
        Object.entries(result.dropped).map((pair) => pair.join(' '))
            .join(', ')]);
}


/* answers what must not be */

export async function flood(seconds, rate = 30000) {
    const instance = await startInstance({ WORKERS: 2, LOG_LEVEL: 'notice' });
    const stage = await openStage(instance);
    const problems = [];

    printHead('beside', 'hostile', 'to arrive', 'missing', 'p50 ms', 'p99 ms',
              'relayed p50 ms', 'p99 ms', 'KiB before', 'after', 'dropped');

    for (const one of [undefined, ...datagrams, ...requests, undefined]) {
        const result = await measureFlood(instance, stage, one,
                                          { seconds, rate });

        note({ ...result, beside: result.name });
        print(result);

        if (result.missing + result.broken) {
            problems.push(`beside ${result.name} a meeting is not exact`);
        }
    }

    return [...problems, ...await instance.stop()];
}
