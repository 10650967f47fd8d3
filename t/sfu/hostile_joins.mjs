#!/usr/bin/env node
/*
 * Copyright (C) the project's authors, BSD-2-Clause.
 *
 * Joins in numbers, joins of one identity at once, and sockets that close at
 * every stage of a join.
 */

import { existsSync } from 'node:fs';
import { createConnection } from 'node:net';

import { startInstance, waitFor } from '../lib/instance.mjs';
import {
    descriptors, members, redisPid, rss, workerPids,
} from '../lib/processes.mjs';
import { SignalClient } from '../lib/signalclient.mjs';
import { done, is, ok } from '../lib/tap.mjs';


const instance = await startInstance({ WORKERS: 1, LOG_LEVEL: 'info' });
const { _id: id } = await instance.createRoom({
    name: 'crowd', max_participants: 1000,
});
const [pid] = workerPids(instance);
const port = new URL(instance.url).port;

const empty = (ms) => waitFor(async () =>
    (await members(instance, id)).every((n) => !n), ms);

/* a request, and what is done to its socket */

function open(grant, query = '') {
    return new Promise((resolve) => {
        const socket = createConnection(port, '127.0.0.1', () => {
            socket.write(`GET /rtc?access_token=${grant.token}${query} `
                + 'HTTP/1.1\r\nHost: x\r\nConnection: Upgrade\r\n'
                + 'Upgrade: websocket\r\nSec-WebSocket-Version: 13\r\n'
                + 'Sec-WebSocket-Key: AAAAAAAAAAAAAAAAAAAAAA==\r\n\r\n',
                () => resolve(socket));
        });

        socket.on('error', () => {});
    });
}

const grants = await Promise.all(Array.from({ length: 200 }, (_, i) =>
    instance.joinToken(id, { name: `guest ${i}` })));

/* the same identity, twenty times at once */

const twins = (await Promise.all(Array.from({ length: 20 }, () =>
    SignalClient.connect(grants[0]).catch((e) => e))));

is(twins.filter((twin) => twin.first || twin.status).length, 20,
   'all are answered');
ok(await waitFor(async () => twins.filter((twin) =>
    twin.joined && !twin.ws.closed).length === 1), 'one session remains');
is(await members(instance, id), [1, 1], '.. also in Redis');

twins.forEach((twin) => twin.ws?.end());
ok(await empty(), 'none after its socket has closed');

/* sockets that close while Redis is not heard of: with a FIN, with a reset */

const before = descriptors(pid);

for (const end of ['end', 'resetAndDestroy', 'destroy']) {
    process.kill(redisPid(instance), 'SIGSTOP');

    const sockets = await Promise.all(grants.slice(0, 50).map(
        (grant) => open(grant)));

    await waitFor(() => descriptors(pid) >= before + 50);
    sockets.forEach((socket) => socket[end]?.() ?? socket.destroy());
    await waitFor(() => descriptors(pid) <= before + 5, 1000);

    process.kill(redisPid(instance), 'SIGCONT');
    ok(await empty(), `${end}() before the answer of Redis: nobody is left`);
}

/* right behind the request, the 101, the first byte of a frame */

for (const resume of ['', '&reconnect=1&sid=PA_x']) {
    for (const grant of grants.slice(0, 50)) {
        (await open(grant, resume)).resetAndDestroy();
    }

    await Promise.all(grants.slice(0, 50).map(async (grant, i) => {
        const socket = await open(grant, resume);

        await new Promise((resolve) => { socket.once('data', resolve); });

        if (i % 2) {
            socket.write(Buffer.from([0x82]));
        }

        socket.resetAndDestroy();
    }));

    ok(await empty(), `closed at once${resume}: nobody is left`);
}

ok(await waitFor(() => descriptors(pid) <= before), 'nor any socket');

/* two hundred come, and are cut off */

const sizes = [];

for (let round = 0; round < 5; round += 1) {
    const clients = await Promise.all(grants.map((grant) =>
        SignalClient.connect(grant).catch((e) => e)));

    is(clients.filter((client) => client.joined).length, 200, '200 join');
    is(await members(instance, id), [200, 200], '.. and are in Redis');

    clients.forEach((client) => client.ws.end());

    ok(await empty(10000), '.. cut off, nobody is left');
    ok(await waitFor(() => descriptors(pid) <= before), '.. nor any socket');

    sizes.push(rss(pid));
}

/* AddressSanitizer keeps what was freed for a while */

const slack = existsSync(`${process.env.BUILD}/sanitizer`) ? 400000 : 10000;

ok(sizes[4] - sizes[1] < slack, `memory does not grow: ${sizes.join(' ')} KiB`);

/* the room is forgotten with its last member, and found again */

const last = await SignalClient.connect(grants[0]);

ok(last.joined, 'the next one joins');
last.end();

is(await instance.stop(), [], 'nothing in the log');

done();
