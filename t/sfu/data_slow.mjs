#!/usr/bin/env node
/*
 * Copyright (C) the project's authors, BSD-2-Clause.
 *
 * Somebody sends more than a receiver takes: that one misses some of it, and
 * its call goes on.  The receiver is a process of its own, which stands still
 * for a while.
 */

import { fork } from 'node:child_process';
import { fileURLToPath } from 'node:url';

import { startInstance, waitFor } from '../lib/instance.mjs';
import { RoomEvent, dispose, enter, join } from '../lib/rtcclient.mjs';
import { done, is, ok } from '../lib/tap.mjs';
import { metrics } from '../lib/workers.mjs';


const size = 15000;
const limit = 8388608;


/* the receiver: says what it has, and why it is disconnected */

async function receive(grant) {
    const { room } = await enter(grant);
    const said = { n: 0, last: undefined, sid: room.localParticipant.sid };
    const say = () => process.send(said);

    room.on(RoomEvent.DataReceived, (payload) => {
        said.n += 1;
        said.last = payload.length < size
            ? new TextDecoder().decode(payload) : said.last;
        say();
    });
    room.on(RoomEvent.Disconnected, (reason) => {
        said.reason = reason;
        say();
    });
    room.on(RoomEvent.Reconnected, () => {
        said.sid = room.localParticipant.sid;
        say();
    });
    say();
}


async function test() {
    const instance = await startInstance({ WORKERS: 1 });
    const { _id: id } = await instance.createRoom({ name: 'a large file' });
    const anna = await join(instance, id, { name: 'Anna' });
    const ben = await join(instance, id, { name: 'Ben' });
    const slow = fork(fileURLToPath(import.meta.url), {
        env: { ...process.env,
               GRANT: JSON.stringify(await instance.joinToken(id)) },
        stdio: ['ignore', 'ignore', 'inherit', 'ipc'],
    });
    const send = (data) => anna.room.localParticipant.publishData(data,
        { reliable: true });
    const dropped = async () => (await metrics(instance))
        .get('rtc_sfu_data_overflows_total');

    let said;
    let came = 0;

    slow.on('message', (message) => { said = message; });
    ben.room.on(RoomEvent.DataReceived, () => { came += 1; });

    await send(new TextEncoder().encode('first'));
    ok(await waitFor(async () => said?.last === 'first'
        || (said && await send(new TextEncoder().encode('first')))),
       'data comes');

    const { sid } = said;
    const before = came;
    const packets = Math.ceil(limit * 1.5 / size);

    slow.kill('SIGSTOP');

    for (let n = 0; n < packets; n += 1) {
        await send(new Uint8Array(size));
    }

    ok(await waitFor(() => came >= before + packets, 30000),
       'who is fast has all');
    ok(await waitFor(async () => await dropped() > 0),
       'who stands still misses some');

    slow.kill('SIGCONT');
    await send(new TextEncoder().encode('last'));

    ok(await waitFor(async () => said.last === 'last'
        || await send(new TextEncoder().encode('last')), 30000),
       'what comes later is there again');
    ok(said.n > limit / size / 2, '.. after what had waited');
    is([said.sid, said.reason], [sid, undefined], '.. in the same session');

    slow.kill('SIGKILL');
    await anna.leave();
    await ben.leave();
    await dispose();
    is(await instance.stop(), [], 'nothing is wrong in the log');
    done();
}


await (process.env.GRANT ? receive(JSON.parse(process.env.GRANT)) : test());
